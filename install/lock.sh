#!/usr/bin/env bash
# install/lock.sh [--upgrade]: write locks/ anew from pyproject.toml, for every Python and processor we serve.
# Needs uv on the path (any folder's `pip install uv`). Versions already locked stay, unless --upgrade is given.
# No address of a package index may get into a lock file: whoever installs uses their own.
set -eu
cd "$(dirname "$0")/.."

lock() { # FILE WHAT...
  local file=$1
  shift
  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url \
    ${upgrade:+"$upgrade"} -o "locks/$file" "$@" >/dev/null
}

upgrade=${1:-}
lock dev.txt pyproject.toml --extra edge --extra hub --extra dev
lock edge.txt pyproject.toml --extra edge -c locks/dev.txt
lock hub.txt pyproject.toml --extra hub -c locks/dev.txt
lock build.txt --group build -c locks/dev.txt
lock front.txt --group front -c locks/dev.txt
if grep -n '://' locks/*.txt; then
  echo 'an address got into a lock file' >&2
  exit 1
fi
