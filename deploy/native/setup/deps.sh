# What the native run needs from Debian, and how it gets there.
# shellcheck shell=bash

PACKAGES=(
  ca-certificates debian-archive-keyring iproute2 procps
  # node-gyp (better-sqlite3 is built from its sources)
  g++ make python3
  # database, serial ptys, browser
  postgresql postgresql-client socat chromium
  # the till's clock jumps in the chaos campaign
  libfaketime
  # fonts that Odoo links to, and one with Cyrillic letters
  fonts-dejavu-core fonts-font-awesome fonts-inconsolata fonts-liberation
  fonts-ocr-b fonts-roboto-unhinted
  libjs-jquery libjs-jquery-form libjs-underscore
  # Odoo 19
  python3-asn1crypto python3-babel python3-cbor2 python3-chardet python3-cryptography
  python3-dateutil python3-docutils python3-freezegun python3-geoip2 python3-gevent
  python3-greenlet python3-idna python3-jinja2 python3-libsass python3-lxml python3-magic
  python3-markupsafe python3-num2words python3-ofxparse python3-openpyxl python3-openssl
  python3-passlib python3-pil python3-polib python3-psutil python3-psycopg2 python3-pypdf
  python3-qrcode python3-reportlab python3-requests python3-rjsmin python3-serial
  python3-stdnum python3-tz python3-urllib3 python3-usb python3-vobject python3-websocket
  python3-werkzeug python3-xlrd python3-xlsxwriter python3-xlwt python3-zeep
  # Python style checks of `make lint`
  black flake8 isort
)
# In some Debian releases only: PDF reports, a font that Odoo links to, lxml's cleaner
# (a package of its own since 13).
PACKAGES_IF_KNOWN=(wkhtmltopdf fonts-montserrat python3-lxml-html-clean)

# Prints those of its arguments that are not installed.
not_installed() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
      awk '$1 == "ii" { print $2 }' | sort -u)
}

# true when apt has an installable version of this package
apt_knows() { [[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]; }

# Debian's own Node keeps the headers that node-gyp needs in a package of their own.
node_header_packages() {
  local node
  node=$(readlink -f "$(command -v node)" 2>/dev/null) || return 0
  if [[ $(dpkg -S "$node" 2>/dev/null) == nodejs:* ]] &&
    ! [ -e "$(dirname "$(dirname "$node")")/include/node/node_api.h" ] && apt_knows libnode-dev; then
    echo libnode-dev
  fi
}

is_supported_debian() {
  local ID="" VERSION_ID=""
  # shellcheck disable=SC1091
  . /etc/os-release 2>/dev/null || return 1
  # testing and unstable have no VERSION_ID
  [ "$ID" = debian ] && [ "${VERSION_ID:-99}" -ge 12 ]
}

find_missing() {
  local optional
  mapfile -t PACKAGES_MISSING < <(not_installed "${PACKAGES[@]}" $(node_header_packages))
  PACKAGES_WANTED=()
  # Optional ones only when something else is installed anyway: they alone never need root.
  [ ${#PACKAGES_MISSING[@]} -gt 0 ] || return 0
  for optional in $(not_installed "${PACKAGES_IF_KNOWN[@]}"); do PACKAGES_WANTED+=("$optional"); done
}

PACKAGES_MISSING=()
ensure_packages() {
  if ! command -v dpkg-query >/dev/null || ! is_supported_debian; then
    local os
    os=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME-}")
    say "This system is ${os:-unknown}; the native set-up is for Debian 12 and newer."
    if command -v dpkg-query >/dev/null; then
      say "Missing here (names as in Debian): $(not_installed "${PACKAGES[@]}" | tr '\n' ' ')"
    else
      say "It needs (names as in Debian): ${PACKAGES[*]}"
    fi
    die "use Docker instead (docker compose up), or run on Debian 12+"
  fi
  find_missing
  if [ ${#PACKAGES_MISSING[@]} -eq 0 ]; then
    STEP_NOTE="all ${#PACKAGES[@]} there"
    return
  fi

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && ! [ -t 0 ]; }; then
      say "Missing packages: ${PACKAGES_MISSING[*]}"
      die "only root can install them, and sudo is not usable here: ask an administrator for 'apt-get install ${PACKAGES_MISSING[*]}', or use Docker"
    fi
    as_root=(sudo)
  fi

  local package unknown=()
  for package in "${PACKAGES_MISSING[@]}"; do apt_knows "$package" || unknown+=("$package"); done
  if [ ${#unknown[@]} -gt 0 ]; then
    run_logged "apt-get update" "${as_root[@]}" apt-get -q update
    for package in "${unknown[@]}"; do
      apt_knows "$package" || die "this machine's apt sources have no package $package (is 'main' of Debian $(. /etc/os-release && echo "${VERSION_CODENAME-}") among them?)"
    done
  fi
  for package in $(node_header_packages); do PACKAGES_MISSING+=("$package"); done
  local install=("${PACKAGES_MISSING[@]}")
  for package in "${PACKAGES_WANTED[@]}"; do
    if apt_knows "$package"; then install+=("$package"); fi
  done

  # An installation that was broken off is finished first; nothing happens otherwise.
  # What dpkg cannot finish is left to apt's --fix-broken.
  try_logged "dpkg --configure" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a || true
  without_system_cluster "${as_root[@]}"
  say "installing ${#install[@]} Debian packages and what they depend on"
  if ! try_logged "apt-get install" apt_install "${install[@]}"; then
    # Package lists of last month name files that the mirror no longer has.
    say "once more with fresh package lists"
    run_logged "apt-get update" "${as_root[@]}" apt-get -q update
    run_logged "apt-get install" apt_install "${install[@]}"
  fi
  local count=${#install[@]}
  find_missing
  [ ${#PACKAGES_MISSING[@]} -eq 0 ] || die "still missing after the installation: ${PACKAGES_MISSING[*]}"
  STEP_NOTE="$count installed"
}

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    install --fix-broken --no-install-recommends "$@"
}

# PostgreSQL's package makes and starts a system-wide cluster on port 5432 when it is new.
# This project has a private one, so that is switched off, but only where no PostgreSQL
# was installed before: an administrator's set-up is left alone.
without_system_cluster() {
  [ ! -e /etc/postgresql-common/createcluster.conf ] || return 0
  local file=/etc/postgresql-common/createcluster.d/opticserp.conf
  "$@" mkdir -p "$(dirname "$file")"
  printf '%s\n' "# written by OpticsERP's set-up, which keeps a private cluster; remove at will" \
    "create_main_cluster = false" | "$@" tee "$file" >/dev/null
}
