"""What the machine says of its own network: devices, link, route, the router on the wire, the wifi's power saving."""

import contextlib
import fcntl
import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path

from contract.reports import Wifi
from edge.netmon import lease
from edge.netmon.config import WifiSettings
from edge.netmon.diagnosis import House
from edge.netmon.radio import Radio

DEVICES = "sys/class/net"
ROUTES = "proc/net/route"
ROUTES6 = "proc/net/ipv6_route"
ARP = "proc/net/arp"
RESOLV_CONF = "etc/resolv.conf"

_SIOCGIWPOWER = 0x8B2D
_IWREQ = struct.Struct("16s i B B H 8x")
"""struct iwreq with struct iw_param (linux/wireless.h): name, value, fixed, disabled, flags, and room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies around the node at one moment; None, or an empty address, where the machine does not say."""

    house: House = field(default_factory=House)
    resolver: str = ""
    is_saving_power: bool | None = None
    wifi: Wifi | None = None


def look(root: Path, radio: Radio, wanted: WifiSettings) -> Surroundings:
    """Read everything once. `root` is `/` but in tests."""
    interface = wanted.interface or next(iter(wifis(root)), "")
    return Surroundings(
        house=read(root),
        resolver=lease.resolver(_text(root / RESOLV_CONF)) or "",
        is_saving_power=is_saving_power(root),
        wifi=radio.look(interface, wanted.guest_ssid) if interface else None,
    )


def read(root: Path) -> House:
    """What a diagnosis needs of it."""
    devices = _devices(root)
    router = lease.router(_text(root / ROUTES))
    return House(
        has_device=None if devices is None else bool(devices),
        has_link=None if devices is None else any(_has_link(device) for device in devices),
        has_route=route_device(root) is not None if (root / ROUTES).exists() else None,
        is_router_near=lease.is_near(_text(root / ARP), router) if router and (root / ARP).exists() else None,
    )


def route_device(root: Path) -> str | None:
    """The network device of the default route; where IPv4 has none, of that of IPv6."""
    return lease.device(_text(root / ROUTES)) or lease.device6(_text(root / ROUTES6))


def is_saving_power(root: Path) -> bool | None:
    """Whether the wifi that questions go by lets its radio sleep; None without one, or where the driver does not say.

    Asked of the running kernel by the name of the device, whatever `root` is.
    """
    answers = [answer for name in asking_wifis(root) if (answer := _ask_power_saving(name)) is not None]
    return any(answers) if answers else None


def asking_wifis(root: Path) -> list[str]:
    """The wifi device of the default route; all that have a link where no route is known."""
    device = route_device(root)
    return [name for name in wifis(root) if device in (None, name)]


def wifis(root: Path) -> list[str]:
    """Names of the wifi devices that have a link."""
    found = [d for d in _devices(root) or [] if (d / "phy80211").exists() or (d / "wireless").exists()]
    return [d.name for d in found if _has_link(d)]


def _devices(root: Path) -> list[Path] | None:
    """The folders of all network devices but the loopback."""
    try:
        return sorted(path for path in (root / DEVICES).iterdir() if path.name != "lo" and path.is_dir())
    except OSError:
        return None


def _has_link(device: Path) -> bool:
    """A device that is switched off refuses to be read, and has none."""
    return _text(device / "carrier").strip() == "1"


def _ask_power_saving(name: str) -> bool | None:
    request = _IWREQ.pack(name.encode(), 0, 0, 0, 0)
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        _, _, _, is_disabled, _ = _IWREQ.unpack(fcntl.ioctl(any_socket, _SIOCGIWPOWER, request))
        return not is_disabled
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
