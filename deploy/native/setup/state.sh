# Who runs the services and where their files live.
# shellcheck shell=bash
#
# SERVICE_USER: an ordinary user, since neither PostgreSQL nor Odoo runs as root. Whoever
# calls is that user; for root it is the owner of an existing .run, else `opticserp`.
# .run: a folder in the checkout; when the service user cannot get there (a clone below
# /root with mode 0700), a link to a state folder of this checkout under /var/lib.
# The owner of .run is what the TypeScript side goes by.

STATE_LINK="$REPO_ROOT/.run"
# The real folder, set by ensure_state: the service user may be unable to follow the link.
STATE_DIR=/nonexistent

# as_service COMMAND...: runs it as the service user, in /, with a small clean environment.
as_service() {
  local keep=(
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$STATE_DIR/home" "LC_ALL=C.UTF-8"
    "http_proxy=${http_proxy-}" "https_proxy=${https_proxy-}" "no_proxy=${no_proxy-}"
  )
  if [ "$(id -u)" -ne 0 ]; then
    (cd / && env -i "${keep[@]}" "$@")
  else
    (cd / && setpriv --reuid "$SERVICE_USER" --regid "$(id -g "$SERVICE_USER")" --clear-groups \
      env -i "${keep[@]}" "$@")
  fi
}

ensure_service_user() {
  if [ "$(id -u)" -ne 0 ]; then
    SERVICE_USER=$(id -un)
    return
  fi
  local owner=""
  [ -e "$STATE_LINK/" ] && owner=$(stat -Lc %U "$STATE_LINK/")
  if [ -n "$owner" ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
    SERVICE_USER=$owner
    return
  fi
  SERVICE_USER=opticserp
  if ! id "$SERVICE_USER" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin "$SERVICE_USER"
    say "system user $SERVICE_USER created (services never run as root)"
  fi
}

ensure_state() {
  ensure_service_user
  if as_service test -x "$REPO_ROOT" && as_service test -r "$REPO_ROOT"; then
    # A link left by an earlier place of this checkout leads to somebody else's state.
    if [ -L "$STATE_LINK" ]; then rm -f "$STATE_LINK"; fi
    mkdir -p "$STATE_LINK"
  else
    local target
    target="/var/lib/opticserp-$(printf %s "$REPO_ROOT" | sha256sum | cut -c1-12)"
    if [ "$(readlink "$STATE_LINK" || true)" != "$target" ] || [ ! -d "$target" ]; then
      if [ -L "$STATE_LINK" ]; then rm -f "$STATE_LINK"; fi
      if [ -d "$STATE_LINK" ] && [ ! -e "$target" ]; then mv -T "$STATE_LINK" "$target"; fi
      [ ! -e "$STATE_LINK" ] || die "$STATE_LINK and $target both exist; remove one of them"
      mkdir -p "$target"
      ln -s "$target" "$STATE_LINK"
      say "$SERVICE_USER cannot enter $REPO_ROOT: run-time files go to $target (linked as .run)"
    fi
  fi
  if [ "$(id -u)" -eq 0 ]; then
    [ "$(stat -Lc %U "$STATE_LINK/")" = "$SERVICE_USER" ] ||
      chown "$SERVICE_USER:$(id -g "$SERVICE_USER")" "$STATE_LINK/"
  elif [ ! -w "$STATE_LINK/" ] || [ ! -O "$STATE_LINK/" ]; then
    die ".run belongs to $(stat -Lc %U "$STATE_LINK/"); run this as that user or as root"
  fi
  STATE_DIR=$(readlink -f "$STATE_LINK")
  as_service mkdir -p "$STATE_DIR"/{home,locks,logs,odoo,pids} ||
    die "cannot make folders below .run as $SERVICE_USER; were they made by root? chown -R $SERVICE_USER .run/ repairs that"
}

ensure_odoo() {
  local mirrors
  # The machine's own mirrors, Debian's main archive first; security archives carry no sid.
  mirrors=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
    awk -F'|' '{ rank = ($1 == "Debian" && $2 == "Debian") ? 0 : 1 } $3 !~ /security/ { print rank "|" $3 }' |
    sort -u | cut -d'|' -f2 | awk '!seen[$0]++')
  [ -n "$mirrors" ] || die "apt knows no package source, so there is no mirror to take Odoo from"
  # By stdin: the service user may be unable to read this checkout.
  # shellcheck disable=SC2086
  as_service bash -s -- "$STATE_DIR" $mirrors <"$NATIVE_DIR/setup/fetch-odoo.sh"
  STEP_NOTE="version $(cat "$STATE_DIR/odoo/current/.complete")"
}
