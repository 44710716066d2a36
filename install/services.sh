#!/usr/bin/env bash
# install/services.sh node|hub: as root, put users, folders, units and the command of this role in place.
# Starts nothing: a node has nothing to do before `loa-edge join`, a hub nothing before its first user.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=install/say.sh
. install/say.sh

role=${1:-}
case $role in
  node)
    command=loa-edge
    units='edge.target loa-link.service loa-speaker.service loa-camera.service loa-netmon.service'
    ;;
  hub)
    command=loa-hub
    units='loa-hub.service'
    ;;
  *) stop 'Cách dùng: install/services.sh node|hub' 'Usage: install/services.sh node|hub' ;;
esac

say 'Đang thêm người dùng, thư mục và dịch vụ hệ thống.' 'Adding users, folders and system services.'
ln -sf "/opt/loalang/$role/bin/$command" "/usr/local/bin/$command"
install -D -m 644 "systemd/$command.sysusers" "/etc/sysusers.d/$command.conf"
install -D -m 644 "systemd/$command.tmpfiles" "/etc/tmpfiles.d/$command.conf"
quietly systemd-sysusers "/etc/sysusers.d/$command.conf"
quietly systemd-tmpfiles --create "/etc/tmpfiles.d/$command.conf"
if [ "$role" = hub ] && [ ! -e /etc/loa/hub.toml ]; then
  install -D -m 640 -g loa-hub configs/hub.toml /etc/loa/hub.toml
fi
for unit in $units; do
  install -D -m 644 "systemd/$unit" "/etc/systemd/system/$unit"
done

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
else
  say 'Máy này không chạy systemd: dịch vụ đã có sẵn nhưng sẽ không tự khởi động.' \
    'systemd does not run here: the services are in place but nothing will start them.'
fi
# shellcheck disable=SC2086 # one word a unit
systemctl -q enable $units

case $role in
  node) known=/etc/loa/node.toml restart='sudo systemctl restart edge.target' ;;
  hub) known=/var/lib/loa-hub/hub.db restart='sudo systemctl restart loa-hub' ;;
esac
if [ -e "$known" ]; then
  say "Xong. Để dùng bản mới: $restart" "Done. To run the new version: $restart"
elif [ "$role" = node ]; then
  say 'Xong. Bước tiếp theo: sudo loa-edge join <tệp do hub cấp>' 'Done. Next: sudo loa-edge join <bundle from the hub>'
else
  say 'Xong. Bước tiếp theo: sudo -u loa-hub loa-hub user add <tên>, rồi sudo systemctl start loa-hub' \
    'Done. Next: sudo -u loa-hub loa-hub user add <name>, then sudo systemctl start loa-hub'
  say 'Địa chỉ để mở trên điện thoại: sudo -u loa-hub loa-hub trust' 'The address for phones: sudo -u loa-hub loa-hub trust'
fi
