#!/usr/bin/env bash
# install/packages.sh PACKAGE...: as root, install these Debian packages and start nothing that comes with them.
# Never removes a package: where Debian would have to, it refuses.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=install/say.sh
. install/say.sh

# While this file exists and says 101, Debian's package scripts start no service.
policy=/usr/sbin/policy-rc.d
mark='# loalang: no services while its packages are installed; safe to delete'
hold_services() {
  if [ ! -e "$policy" ] || grep -qF "$mark" "$policy"; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
    chmod 755 "$policy"
    trap 'kill $pulse 2>/dev/null || true; rm -f "$log" "$policy"' EXIT
  fi
}

# A server package also asks to be started at the next boot. These came for their programs, so they stay off.
keep_off() {
  command -v systemctl >/dev/null || return 0
  local package
  for package in "$@"; do
    case $package in
      mosquitto | postgresql | icecast2) systemctl -q disable "$package.service" 2>/dev/null || true ;;
      pulseaudio) systemctl -q --global disable pulseaudio.service pulseaudio.socket 2>/dev/null || true ;;
    esac
  done
}

apt() {
  DEBIAN_FRONTEND=noninteractive quietly apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

hold_services
say 'Đang hỏi danh sách gói của Debian.' "Asking for Debian's list of packages."
apt update || true
say "Đang cài $# gói Debian." "Installing $# Debian packages."
apt install -y --no-install-recommends --no-remove "$@" || stop \
  "Không cài được các gói Debian (nguyên nhân ở các dòng trên). Hãy kiểm tra mạng rồi chạy lại." \
  "The Debian packages could not be installed (the lines above say why). Check the network, then run this again."
keep_off "$@"
