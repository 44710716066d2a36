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

# The last line of pip's or apt's output that tells of progress, in a few words; nothing where there is none. What else
# they say (warnings, paths, addresses) is for the day a step fails.
progress() { # LOG
  awk '
    function name(path) { sub(/.*\//, "", path); sub(/[=<>;\[].*/, "", path); return path }
    /^ *Collecting / { said = "tìm / finding " name($2) }
    /^ *Downloading [^ ]+\.(whl|tar\.gz|zip)/ { said = "tải / downloading " name($2) }
    /^ *Building wheel for / { said = "dựng / building " $4 }
    /^ *Installing collected packages/ { said = "cài thư viện / installing libraries" }
    /^Get:[0-9]+ / && NF > 6 { said = "tải / downloading " $5 }
    /^Unpacking / { said = "mở gói / unpacking " $2 }
    /^Setting up / { said = "cài / setting up " $3 }
    END { print said }' "$1"
}

# Run a command with its output kept aside; now and then show that it goes on, and all of its output where it fails.
beat_s=15
quietly() {
  { while sleep "$beat_s" 3>&-; do
    last=$(progress "$log")
    printf '  … %s\n' "${last:-đang làm / working}" >&3
  done; } 3>&1 >/dev/null 2>&1 &
  pulse=$!
  local result=0
  "$@" >"$log" 2>&1 </dev/null || result=$?
  kill "$pulse" 2>/dev/null || true
  wait "$pulse" 2>/dev/null || true
  pulse=
  [ "$result" -eq 0 ] || cat "$log" >&2
  return "$result"
}
