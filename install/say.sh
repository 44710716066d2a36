# shellcheck shell=bash
# Words for the person at the keyboard, Vietnamese first. Sourced by the other scripts here.

log=$(mktemp "${TMPDIR:-/tmp}/loalang-install.XXXXXX")
pulse=
trap 'kill $pulse 2>/dev/null || true; rm -f "$log"' EXIT

say() { # VIETNAMESE ENGLISH
  printf '• %s\n  %s\n' "$1" "$2"
}

stop() { # VIETNAMESE ENGLISH: why it cannot go on, and what to do
  printf '\n✗ %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

# Run a command with its output kept aside; every 15 s show that it goes on, and its last lines where it fails.
quietly() {
  { while sleep 15 3>&-; do
    last=$(tail -n 1 "$log")
    printf '  … %.100s\n' "${last:-đang làm / working}" >&3
  done; } 3>&1 >/dev/null 2>&1 &
  pulse=$!
  local result=0
  "$@" >"$log" 2>&1 </dev/null || result=$?
  kill "$pulse" 2>/dev/null || true
  wait "$pulse" 2>/dev/null || true
  pulse=
  [ "$result" -eq 0 ] || tail -n 15 "$log" >&2
  return "$result"
}
