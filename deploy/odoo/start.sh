#!/bin/bash
# Entry point of the Odoo image: makes the database at the first start (some minutes), then
# serves it. Each step is skipped when it was done, so a broken first start is repaired by the
# next. Arguments go to Odoo. PGHOST, PGUSER and PGPASSWORD come from the environment.
set -euo pipefail

database=${ODOO_DATABASE:-opticserp}
here=$(dirname "${BASH_SOURCE[0]}")
addons=${ADDONS:-optics_pos_ru54fz}
pos=point_of_sale,pos_hr,pos_sale,pos_loyalty,pos_online_payment
common=(--database="$database" --addons-path="${ADDONS_PATH:-/opt/opticserp/addons}" --data-dir="${DATA_DIR:-/var/lib/odoo}")

# state MODULE: what the database says about it; empty when there is no database yet
state() {
  psql --no-psqlrc --tuples-only --no-align --dbname="$database" \
    --command="SELECT state FROM ir_module_module WHERE name = '$1'" 2>/dev/null || true
}
all_installed() {
  local module
  for module in ${1//,/ }; do [ "$(state "$module")" = installed ] || return 1; done
}
once() { odoo "${common[@]}" --no-http --stop-after-init "$@"; }

russia() { odoo shell "${common[@]}" --no-http <"$here/russia.py"; }

all_installed base || once --init=base --load-language=ru_RU
# Before any sale is posted; a database with our addons has been through it.
if ! all_installed "$addons"; then
  russia
  all_installed account || once --init=account
  russia
fi
all_installed "$pos,$addons" || once --init="$pos,$addons"
all_installed "$pos,$addons" || {
  echo "Odoo did not install all of $pos,$addons; see above" >&2
  exit 1
}

exec odoo "${common[@]}" --http-interface=0.0.0.0 --db-filter="^$database\$" --no-database-list "$@"
