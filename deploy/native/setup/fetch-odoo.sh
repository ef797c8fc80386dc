#!/usr/bin/env bash
# Fetches Debian's package of Odoo 19 into STATE/odoo without installing it system-wide.
# Read from stdin and run as the service user: fetch-odoo.sh STATE MIRROR...
# Debian unstable is read through apt settings of its own, so the system's sources stay as
# they are; apt checks the signature against Debian's archive keyring.
set -euo pipefail
umask 022

state=$1
shift
package=odoo-19
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
odoo=$state/odoo
say() { printf '[setup %s] %s\n' "$(date +%H:%M:%S)" "$*"; }
die() {
  printf '[setup] ERROR: %s\n' "$*" >&2
  exit 1
}

exec 9>"$state/locks/fetch-odoo"
flock 9

link() { # link TARGET NAME: made or replaced in one step
  [ "$(readlink "$2" || true)" = "$1" ] && return
  ln -sfn "$1" "$2.new.$$"
  mv -Tf "$2.new.$$" "$2"
}
# Names that stay the same whatever the version: for tsconfig paths and for readers.
stable_links() {
  local inside=usr/lib/python3/dist-packages/odoo
  link "$inside" "$odoo/current/odoo"
  link "$inside/addons" "$odoo/current/addons"
  link current/usr/lib/python3/dist-packages/odoo "$odoo/odoo"
  link current/usr/lib/python3/dist-packages/odoo/addons "$odoo/addons"
}

if [ -s "$odoo/current/.complete" ] && [ -d "$odoo/current/usr/lib/python3/dist-packages/odoo/addons" ]; then
  stable_links
  exit 0
fi

rm -rf "$odoo"/.new.* # left by a run that was broken off
work=$(mktemp -d "$odoo/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/prefix"
cat >"$work/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::SourceList "$work/sid.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$work/lists";
Dir::State::Status "/dev/null";
Dir::Cache "$work/cache";
Acquire::Languages "none";
Acquire::Retries "3";
CONF

for mirror in "$@"; do
  printf 'deb [signed-by=%s] %s sid main\n' "$keyring" "$mirror" >"$work/sid.list"
  say "looking for $package in Debian unstable at the machine's mirror"
  rm -f "$work"/*.deb
  if apt-get -q -c "$work/apt.conf" -o APT::Update::Error-Mode=any update >"$work/apt.log" 2>&1 &&
    (cd "$work" && apt-get -q -c "$work/apt.conf" download "$package" >>"$work/apt.log" 2>&1); then
    break
  fi
  grep '^[EW]:' "$work/apt.log" || tail -n 5 "$work/apt.log"
  if grep -q 'is expired' "$work/apt.log"; then
    say "the mirror is behind, or this machine's clock ahead; who trusts a mirror that is behind"
    say "says so to apt (Acquire::Check-Valid-Until \"false\"), the signature is checked anyway"
  fi
done
deb=$(find "$work" -maxdepth 1 -name "${package}_*.deb" -print -quit)
[ -n "$deb" ] || die "no mirror of this machine gave $package (tried: $*)"
version=$(dpkg-deb -f "$deb" Version)

say "unpacking $package $version"
dpkg -x "$deb" "$work/prefix"
# Its fonts and script libraries are relative links into usr/share: lead them to the system's.
for shared in javascript fonts fonts-font-awesome; do
  [ -e "$work/prefix/usr/share/$shared" ] || ln -s "/usr/share/$shared" "$work/prefix/usr/share/$shared"
done
# Debian's package leaves this file out; its absence is a console error, which fails Odoo's
# browser tests. An empty one does.
selfie=$work/prefix/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
mkdir -p "$selfie"
[ -e "$selfie/selfie_segmentation.js" ] || : >"$selfie/selfie_segmentation.js"

PYTHONPATH="$work/prefix/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 \
  /usr/bin/python3 "$work/prefix/usr/bin/odoo" --version >"$work/version" 2>"$work/error" ||
  die "Odoo does not start: $(tail -n 3 "$work/error")"
grep -q ' 19\.' "$work/version" || die "expected Odoo 19, found $(cat "$work/version")"

echo "$version" >"$work/prefix/.complete"
chmod 755 "$work/prefix"
rm -rf "${odoo:?}/$version"
mv -T "$work/prefix" "$odoo/$version"
sync -f "$odoo"
link "$version" "$odoo/current"
stable_links
