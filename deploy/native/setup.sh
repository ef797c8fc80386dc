#!/usr/bin/env bash
# Prepares this machine for a native run: Debian packages, npm packages, Odoo 19.
# Every step looks first at what is there, works in a temporary place and renames at the
# end: a second run takes about a second, a broken first run is repaired by the next.
#
#   deploy/native/setup.sh [--only deps|npm|odoo]...
set -euo pipefail
umask 022
export LC_ALL=C.UTF-8

NATIVE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
REPO_ROOT=$(cd "$NATIVE_DIR/../.." && pwd -P)
# shellcheck source=setup/lib.sh
. "$NATIVE_DIR/setup/lib.sh"
# shellcheck source=setup/state.sh
. "$NATIVE_DIR/setup/state.sh"
# shellcheck source=setup/deps.sh
. "$NATIVE_DIR/setup/deps.sh"
# shellcheck source=setup/npm.sh
. "$NATIVE_DIR/setup/npm.sh"

usage() {
  cat <<'USAGE'
Usage: deploy/native/setup.sh [--only deps|npm|odoo]...

Installs what is missing on Debian 12 or newer (root or sudo needed for that part only),
the npm packages of this checkout, and Odoo 19 into .run/odoo. Run it as often as you like.
USAGE
}

steps=()
while [ $# -gt 0 ]; do
  case $1 in
    --only)
      case ${2-} in
        deps | npm | odoo) steps+=("$2") ;;
        *) die "--only takes deps, npm or odoo, not '${2-}'" ;;
      esac
      shift 2
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) usage >&2 && die "unknown option '$1'" ;;
  esac
done
[ ${#steps[@]} -gt 0 ] || steps=(deps npm odoo)

# Two runs in one checkout would spoil each other's work.
exec 8<"$REPO_ROOT/package.json"
if ! flock --nonblock 8; then
  say "another set-up of this checkout is running; waiting for it"
  flock 8
fi

started=$(now_ms)
for step in "${steps[@]}"; do
  case $step in
    deps) step "Debian packages" ensure_packages ;;
    npm) step "npm packages" ensure_npm ;;
    odoo)
      ensure_state
      step "Odoo 19" ensure_odoo
      ;;
  esac
done
say "ready in $(seconds_since "$started") s"
