# Shared by setup.sh: progress lines, step times, long commands with a log.
# shellcheck shell=bash

say() { printf '[setup %s] %s\n' "$(date +%H:%M:%S)" "$*"; }
die() {
  printf '[setup] ERROR: %s\n' "$*" >&2
  exit 1
}
now_ms() { date +%s%3N; }
seconds_since() { awk -v a="$1" -v b="$(now_ms)" 'BEGIN { printf "%.1f", (b - a) / 1000 }'; }

# A command in the background does not hear Ctrl-C by itself.
COMMAND_PID=""
on_signal() {
  trap - INT TERM HUP
  if [ -n "$COMMAND_PID" ]; then
    kill -TERM "$COMMAND_PID" 2>/dev/null || true
    wait "$COMMAND_PID" || true
  fi
  kill -INT $$
}
trap on_signal INT TERM HUP

# step TITLE FUNCTION: runs it and tells how long it took. The function sets STEP_NOTE.
step() {
  local from
  from=$(now_ms)
  STEP_NOTE=""
  "$2"
  say "$1: ${STEP_NOTE:-done} ($(seconds_since "$from") s)"
}

# try_logged LABEL COMMAND...: output goes to a log file; a line every 15 s shows that it
# lives; if it fails, the end of the log is shown and 1 returned.
try_logged() {
  local label=$1 log pid beat=0 last
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/opticserp-setup.XXXXXX.log")
  "$@" >"$log" 2>&1 </dev/null 8<&- &
  pid=$!
  COMMAND_PID=$pid
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    beat=$((beat + 1))
    if [ $((beat % 75)) -eq 0 ]; then
      last=$(grep -v '^npm warn' "$log" | tail -n 1 | tr -d '\r' | cut -c1-80 || true)
      say "  … $label, $((beat / 5)) s: ${last:-busy}"
    fi
  done
  COMMAND_PID=""
  if wait "$pid"; then
    rm -f "$log"
    return 0
  fi
  tail -n 40 "$log" >&2
  say "$label failed; the whole log is $log"
  return 1
}

run_logged() { try_logged "$@" || die "$1 failed, see above"; }
