# npm packages of the checkout.
# shellcheck shell=bash

ensure_npm() {
  command -v node >/dev/null && command -v npm >/dev/null || die "Node 20.19 or newer and npm are needed"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    die "Node $(node --version) is too old, 20.19 or newer is needed"
  if node "$NATIVE_DIR/setup/npm-in-sync.mjs" "$REPO_ROOT"; then
    STEP_NOTE="as in package-lock.json"
    return
  fi
  # better-sqlite3 would fetch a binary from elsewhere than the registry; building it needs
  # only Node's headers, and those are usually beside Node. (serialport's come in its package.)
  export npm_config_build_from_source=better-sqlite3 npm_config_jobs=max
  local prefix
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  if [ -e "$prefix/include/node/node_api.h" ]; then export npm_config_nodedir=$prefix; fi
  say "npm ci (native modules are compiled, a minute or two)"
  cd "$REPO_ROOT"
  run_logged "npm ci" npm ci --no-audit --no-fund
  node "$NATIVE_DIR/setup/npm-in-sync.mjs" "$REPO_ROOT" || die "npm ci ended, but node_modules does not fit package-lock.json"
}
