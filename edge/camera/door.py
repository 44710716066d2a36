"""How the decoding child gets its connections: it asks, and its parent opens them. The child itself can open none.

What the child says names no address: the parent connects to the camera that it has just asked the child to look at, to
its very port, and to nothing else. So a camera, whatever it makes the child do, reaches nobody. (edge/seccomp.py is
the wall, this is the door in it.)
"""

import contextlib
import os
import socket
import stat
from urllib.parse import urlsplit

from edge.camera.source.aim import PORTS
from edge.camera.source.wire import Met

CONNECT_S = 1.5
OPENINGS_MAX = 6
"""A look: a login takes two, a redirect one each, a certificate that is not trusted one more."""
UDP_BUFFER = 1024 * 1024
"""A key picture comes in one burst."""


class Door:
    """The parent's side."""

    def __init__(self) -> None:
        self._mine, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._mine.settimeout(CONNECT_S)
        self._url = ""
        self._left = 0

    def fileno(self) -> int:
        """To be waited for: it can be read once the child asks."""
        return self._mine.fileno()

    def show(self, url: str) -> None:
        """Whatever is asked for from now on is this camera's. An empty one: nothing is."""
        self._url, self._left = url, OPENINGS_MAX if url else 0

    def serve(self) -> bool:
        """Answer one request. False where the child has gone."""
        try:
            wish = self._mine.recv(64)
            if not wish:
                return False
            self._left -= 1
            word, opened = self._open(wish) if self._left >= 0 else (b"refused", [])
            try:
                socket.send_fds(self._mine, [word], opened)
            finally:
                for fd in opened:
                    os.close(fd)
        except OSError:
            return False
        return True

    def close(self) -> None:
        self._mine.close()
        self.theirs.close()

    def _open(self, wish: bytes) -> tuple[bytes, list[int]]:
        try:
            if self._url.startswith("/"):
                return b"open", [_open_device(self._url)]
            if wish == b"udp":
                return b"open", _open_udp(*_place(self._url))
            return b"open", [socket.create_connection(_place(self._url), CONNECT_S).detach()]
        except ConnectionRefusedError:
            return b"refused", []
        except (OSError, UnicodeError, ValueError):
            return b"unreachable", []


def ask(door: socket.socket, wish: bytes) -> list[int]:
    """The child's side: descriptors of what was opened. Raises Met."""
    door.send(wish)
    word, opened, _, _ = socket.recv_fds(door, 64, 2)
    if word != b"open" or not opened:
        raise Met("refused" if word == b"refused" else "unreachable")
    return opened


def _place(url: str) -> tuple[str, int]:
    """Host and port. Raises ValueError."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _open_udp(host: str, port: int) -> list[int]:
    """Two ports side by side, the first even (RFC 3550, 11), at the address from which the camera is reached."""
    kind, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(kind, socket.SOCK_DGRAM) as scout:
        scout.connect(place)
        own = scout.getsockname()[0]
    for _ in range(64):
        first = socket.socket(kind, socket.SOCK_DGRAM)
        second = socket.socket(kind, socket.SOCK_DGRAM)
        with first, second:
            first.bind((own, 0))
            number = first.getsockname()[1]
            if number % 2 == 0 and number < 65535:
                with contextlib.suppress(OSError):
                    second.bind((own, number + 1))
                    first.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)
                    return [first.detach(), second.detach()]
    raise OSError("no two free ports side by side")


def _open_device(path: str) -> int:
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISCHR(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError("no device")
    return fd
