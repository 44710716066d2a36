"""What the network gave this node: its router and its resolver, out of the texts the kernel and DHCP keep. Pure."""

import contextlib
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from typing import NamedTuple

_UP, _GATEWAY, _REJECT = 0x1, 0x2, 0x200
"""Flags of a route in both tables (linux/route.h). One that rejects says that there is no way."""
_ARP_COMPLETE = 0x2
_NOWHERE = "0" * 32


def router(route_table: str) -> str | None:
    """The router of the best default route, out of /proc/net/route; None without one, or where it needs none: what is
    dialled (ppp, a 4G stick) has somebody at its other end, and nobody between."""
    best = _best(route_table)
    return None if best is None else best.router


def device(route_table: str) -> str | None:
    """The network device of that route; None without one."""
    best = _best(route_table)
    return None if best is None else best.device


def device6(route_table: str) -> str | None:
    """The same of IPv6, out of /proc/net/ipv6_route."""
    rows = (_default6(line.split()) for line in route_table.splitlines())
    best = min((row for row in rows if row is not None), key=lambda row: row.metric, default=None)
    return None if best is None else best.device


class _Default(NamedTuple):
    """A default route; the best has the least metric."""

    metric: int
    device: str
    router: str | None = None


def _best(route_table: str) -> _Default | None:
    rows = (_default(line.split()) for line in route_table.splitlines()[1:])
    return min((row for row in rows if row is not None), key=lambda row: row.metric, default=None)


def _default(row: Sequence[str]) -> _Default | None:
    """None for a route to somewhere, or a line that is none at all."""
    try:
        flags = int(row[3], 16)
        if int(row[1], 16) or int(row[7], 16) or not flags & _UP or flags & _REJECT:
            return None
        address = ".".join(str(byte) for byte in int(row[2], 16).to_bytes(4, sys.byteorder))
        return _Default(int(row[6]), row[0], address if flags & _GATEWAY else None)
    except (ValueError, IndexError, OverflowError):
        return None


def _default6(row: Sequence[str]) -> _Default | None:
    """By columns: destination, its length, source, its length, next hop, metric, two counters, flags, device."""
    try:
        flags = int(row[8], 16)
        if row[0] != _NOWHERE or int(row[1], 16) or not flags & _UP or flags & _REJECT or row[9] == "lo":
            return None
        return _Default(int(row[5], 16), row[9])
    except (ValueError, IndexError):
        return None


def is_near(arp_table: str, address: str) -> bool:
    """Whether the machine of this address answers on the wire itself, by /proc/net/arp, though it take no pings."""
    rows = (line.split() for line in arp_table.splitlines()[1:])
    return any(len(r) >= 4 and r[0] == address and _flags(r[2]) & _ARP_COMPLETE for r in rows)


def _flags(text: str) -> int:
    with contextlib.suppress(ValueError):
        return int(text, 16)
    return 0


def resolver(resolv_conf: str) -> str | None:
    """The first name server of a resolv.conf that is an address; None without one."""
    rows = (line.split() for line in resolv_conf.splitlines())
    return next((row[1] for row in rows if row[:1] == ["nameserver"] and len(row) > 1 and _is_address(row[1])), None)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
