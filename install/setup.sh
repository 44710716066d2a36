#!/usr/bin/env bash
# install/setup.sh ROLE: bring this machine to where ROLE can run, installing only what is missing.
#   test  what `make test` and `make demo` need, in .venv of this checkout; changes no service
#   node  a Pi in a cultural house: the program in /opt/loalang/node, users, folders and systemd units
#   hub   the commune's computer: the same in /opt/loalang/hub
# Run it again at any time: what is there already is left alone.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
# shellcheck source=install/say.sh
. install/say.sh

role=${1:-}
case $role in
  test) venv=$top/.venv lock=locks/dev.txt ;;
  node) venv=/opt/loalang/node lock=locks/edge.txt ;;
  hub) venv=/opt/loalang/hub lock=locks/hub.txt ;;
  *) stop 'Cách dùng: install/setup.sh node|hub|test' 'Usage: install/setup.sh node|hub|test' ;;
esac
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0
# lgpio has wheels for Python 3.11 and 3.12 only; elsewhere it is built here, with its C library inside (PYPI=1).
export PYPI=1

has_lgpio_wheel() {
  /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null
}

missing_packages() {
  local wanted installed
  wanted=$(awk -v role="$role" '$1 !~ /^#/ && "," $2 "," ~ "," role ","  { print $1 }' install/packages.txt)
  [ "$role" = hub ] || has_lgpio_wheel || wanted="$wanted"$'\n'swig
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2 == "installed" { print $1 }')
  # A desktop on PipeWire cannot have PulseAudio's server beside it; it has a sound card of its own to play to.
  if grep -qxE 'pipewire-(alsa|audio)' <<<"$installed"; then wanted=$(grep -vx pulseaudio <<<"$wanted"); fi
  comm -23 <(sort <<<"$wanted") <(sort <<<"$installed") | tr '\n' ' '
}

as_root() { # COMMAND...; on failure the command itself has said why
  if [ "$(id -u)" -eq 0 ]; then
    "$@" || exit 1
    return
  fi
  command -v sudo >/dev/null || stop \
    "Việc này cần quyền root mà máy không có sudo. Hãy đăng nhập root rồi chạy: $*" \
    "This needs root, and there is no sudo here. As root, run: $*"
  sudo -n true 2>/dev/null || [ -t 0 ] || stop \
    "Việc này cần mật khẩu sudo mà không có bàn phím để hỏi. Hãy chạy trước: sudo $*" \
    "This needs sudo's password, and there is no terminal to ask at. First run: sudo $*"
  say 'Cần quyền root cho việc trên; sudo có thể hỏi mật khẩu một lần.' \
    'Root is needed for this; sudo may ask for your password, once.'
  sudo -- "$@" || exit 1
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || stop \
    "Máy này không có apt-get (cần Debian 12 trở lên hoặc Raspberry Pi OS). Còn thiếu: $missing" \
    "There is no apt-get here (Debian 12 or newer, or Raspberry Pi OS, is needed). Missing: $missing"
  say "Cần thêm các gói Debian: $missing" 'These Debian packages are needed.'
  # shellcheck disable=SC2086 # one word a package
  as_root "$top/install/packages.sh" $missing
}

make_venv() {
  "$venv/bin/python" -c "import pip, sys; sys.exit(sys.prefix != '$venv')" 2>/dev/null && return 0
  say "Đang tạo môi trường Python ở $venv." "Making a Python environment in $venv."
  rm -rf "$venv"
  quietly /usr/bin/python3 -m venv "$venv" || stop \
    "Không tạo được $venv." "$venv could not be made."
}

pip() { # PYTHON ARGUMENT...
  local python=$1
  shift
  quietly "$python" -m pip install --no-build-isolation --use-pep517 --progress-bar off "$@" || stop \
    'Không cài được các thư viện Python (nguyên nhân ở các dòng trên). Hãy kiểm tra mạng và chỗ trống trên đĩa rồi chạy lại.' \
    'The Python libraries could not be installed (the lines above say why). Check network and disk space, then run this again.'
}

install_libraries() {
  say 'Đang cài các thư viện Python (lần đầu mất vài phút).' 'Installing the Python libraries (the first time takes minutes).'
  pip "$venv/bin/python" --require-hashes -r locks/build.txt
  pip "$venv/bin/python" --require-hashes -r "$lock"
}

fetch_front_end() { # PYTHON FOLDER: the page's scripts, with the npm that PYTHON has
  local work
  work=$(mktemp -d)
  say 'Đang lấy các tệp cho trang web.' "Fetching the page's files."
  cp package.json package-lock.json "$work"
  (cd "$work" && quietly "$1" "$top/install/npm.py" ci --ignore-scripts --no-audit --no-fund) || stop \
    'Không lấy được các tệp cho trang web (nguyên nhân ở các dòng trên). Hãy kiểm tra mạng rồi chạy lại.' \
    "The page's files could not be fetched (the lines above say why). Check the network, then run this again."
  mkdir -p "$2"
  cp "$work/node_modules/htmx.org/dist/htmx.min.js" "$work/node_modules/htmx-ext-sse/dist/sse.min.js" \
    "$work/node_modules/uplot/dist/uPlot.iife.min.js" "$work/node_modules/uplot/dist/uPlot.min.css" "$2"
  rm -rf "$work"
}

# Built from a copy, so that nothing of root's is left in the checkout and nothing of an older build gets in.
install_program() {
  local work
  work=$(mktemp -d)
  say "Đang cài chương trình vào $venv." "Installing the program in $venv."
  cp -r pyproject.toml README.md LICENSE contract edge hub simulator "$work"
  if [ "$role" = hub ]; then
    /usr/bin/python3 -m venv "$work/front"
    pip "$work/front/bin/python" --require-hashes -r locks/front.txt
    fetch_front_end "$work/front/bin/python" "$work/hub/web/static/vendor"
  fi
  pip "$venv/bin/python" --no-deps --force-reinstall "$work"
  rm -rf "$work"
}

# The children run without help texts (edge/lean.py), and a service could not write what is compiled.
compile_children() {
  quietly "$venv/bin/python" -I -OO -X "pycache_prefix=$venv/bytecode" -c 'import edge.child, edge.camera.grab, edge.speaker.player' || stop \
    'Không nạp được các thư viện âm thanh và camera (nguyên nhân ở các dòng trên).' \
    "The libraries for sound and cameras do not load (the lines above say why)."
}

# Changes with anything that decides what is installed.
fingerprint() {
  { echo "$venv"; /usr/bin/python3 --version; cat locks/build.txt "$lock" package-lock.json pyproject.toml install/setup.sh; } | sha256sum
}

if [ "$role" != test ] && [ "$(id -u)" -ne 0 ]; then
  say "Sẽ cài vào $venv, thêm người dùng và dịch vụ hệ thống; gói Debian còn thiếu: $(missing_packages)" \
    "Will install in $venv and add users and system services; the Debian packages above are missing."
  as_root "$top/install/setup.sh" "$role"
  exit
fi

install_packages
/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop \
  'Cần Python 3.11 trở lên (Debian 12 trở lên).' 'Python 3.11 or newer is needed (Debian 12 or newer).'
stamp=$venv/.installed
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ] || ! [ -x "$venv/bin/python" ]; then
  make_venv
  rm -f "$stamp"
  install_libraries
  if [ "$role" = test ]; then
    # A plain entry in the path: the finder that setuptools writes else would load at each start what no Pi loads.
    pip "$venv/bin/python" --no-deps --config-settings editable_mode=compat -e .
    compile_children
  fi
  fingerprint >"$stamp"
fi
if [ "$role" = test ]; then
  [ hub/web/static/vendor/htmx.min.js -nt package-lock.json ] || fetch_front_end "$venv/bin/python" hub/web/static/vendor
else
  install_program
  [ "$role" != node ] || compile_children
  install/services.sh "$role"
fi
