"""What the network gave this node: its router and its resolver, out of the texts the kernel and DHCP keep. Pure."""

import sys
from ipaddress import ip_address

_GATEWAY_FLAG = 0x2
_ARP_COMPLETE = 0x2


def router(route_table: str) -> str | None:
    """The router of the best default route, out of /proc/net/route; None without one."""
    best = _best(route_table)
    return None if best is None else ".".join(str(byte) for byte in int(best[2], 16).to_bytes(4, sys.byteorder))


def device(route_table: str) -> str | None:
    """The network device of that route; None without one."""
    best = _best(route_table)
    return None if best is None else best[0]


def _best(route_table: str) -> list[str] | None:
    rows = [line.split() for line in route_table.splitlines()[1:]]
    defaults = [
        r for r in rows if len(r) >= 8 and int(r[1], 16) == int(r[7], 16) == 0 and int(r[3], 16) & _GATEWAY_FLAG
    ]
    return min(defaults, key=lambda r: int(r[6]), default=None)


def is_near(arp_table: str, address: str) -> bool:
    """Whether the machine of this address answers on the wire itself, by /proc/net/arp, though it take no pings."""
    rows = (line.split() for line in arp_table.splitlines()[1:])
    return any(len(r) >= 4 and r[0] == address and int(r[2], 16) & _ARP_COMPLETE for r in rows)


def resolver(resolv_conf: str) -> str | None:
    """The first name server of a resolv.conf that is an address; None without one."""
    rows = (line.split() for line in resolv_conf.splitlines())
    return next((row[1] for row in rows if row[:1] == ["nameserver"] and len(row) > 1 and _is_address(row[1])), None)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
