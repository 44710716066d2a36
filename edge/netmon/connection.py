"""Connections whose waits all together are bounded, to the address of a host that answers."""

import socket
import time
from collections.abc import Sequence
from typing import Any

Found = tuple[int, int, int, str, Any]
"""One of what `socket.getaddrinfo` finds."""


class Bounded(socket.socket):
    """A TCP connection that is read until its time is over: a page may drip its answer byte by byte, for ever."""

    until_s: float = 0.0

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """What http.client reads with."""
        left_s = self.until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self.settimeout(left_s)
        return super().recv_into(buffer, nbytes, flags)


def connect(host: str, port: int, timeout_s: float) -> Bounded:
    """Connect to a host by name or address. Raises OSError."""
    return reach(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), timeout_s)


def reach(found: Sequence[Found], timeout_s: float) -> Bounded:
    """Connect to the first address of IPv4, or else of IPv6, within half the time each where there are both.

    Many a line promises IPv6 and carries none, and whoever asks for both at once does not notice. Raises OSError, as
    IPv4 met it.
    """
    until_s = time.monotonic() + timeout_s
    families = (next((f for f in found if f[0] == family), None) for family in (socket.AF_INET, socket.AF_INET6))
    tried = [each for each in families if each is not None]
    first: OSError | None = None
    for waiting, each in zip(range(len(tried), 0, -1), tried, strict=True):
        try:
            return _try(each, (until_s - time.monotonic()) / waiting, until_s)
        except OSError as error:
            first = first or error
    raise first or OSError("no address")


def _try(found: Found, wait_s: float, until_s: float) -> Bounded:
    family, kind, protocol, _, address = found
    door = Bounded(family, kind, protocol)
    try:
        door.settimeout(max(wait_s, 0.001))
        door.connect(address)
        door.settimeout(max(until_s - time.monotonic(), 0.001))
    except OSError:
        door.close()
        raise
    door.until_s = until_s
    return door
