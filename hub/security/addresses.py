"""How this machine can be called in its network: its name, and the addresses of its interfaces."""

import fcntl
import re
import socket
import struct
from array import array

_SIOCGIFCONF = 0x8912
_IFREQ_BYTES = 40
_ADDRESS_AT = 20
_MOST = 128
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def own_names() -> list[str]:
    """localhost, the machine's name alone and below .local (mDNS), and every IPv4 address it has now."""
    label = socket.gethostname().partition(".")[0].lower()
    named = [label, f"{label}.local"] if _LABEL.fullmatch(label) and label != "localhost" else []
    return ["localhost", *named, *own_addresses()]


def own_addresses() -> list[str]:
    """The IPv4 addresses of all interfaces, in their order (netdevice(7); the hub's unit allows no netlink)."""
    room = array("B", bytes(_MOST * _IFREQ_BYTES))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        answer = fcntl.ioctl(asked, _SIOCGIFCONF, struct.pack("iL", len(room), room.buffer_info()[0]))
    length, _ = struct.unpack("iL", answer)
    raw = bytes(room[:length])
    found = [socket.inet_ntoa(raw[at + _ADDRESS_AT :][:4]) for at in range(0, length, _IFREQ_BYTES)]
    return list(dict.fromkeys(found))
