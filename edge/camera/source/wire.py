"""A connection to a camera, read for so long and so much and no more. What a camera does amiss ends in `Met`."""

import socket
import time

READ_S = 3.5
"""The longest silence."""
LINE_MAX = 4096
HEADERS_MAX = 64
BYTES_MAX = 24 * 1024 * 1024
"""Of one connection: three of the largest pictures."""

NONSENSE = "camera trả lời vô nghĩa / its answer makes no sense"

_PIECE = 64 * 1024


class Met(Exception):
    """A look met an obstacle (a value of edge.camera.view.seen.Obstacle); the note says what else there is."""

    def __init__(self, obstacle: str, note: str = "") -> None:
        super().__init__(note or obstacle)
        self.obstacle = obstacle
        self.note = note


class Wire:
    """Reads whole lines and counted bytes. Raises Met where they do not come by `until_s` (monotonic)."""

    def __init__(self, connection: socket.socket, until_s: float) -> None:
        self._connection = connection
        self._until_s = until_s
        self._held = bytearray()
        self._read = 0

    def send(self, data: bytes) -> None:
        self._wait()
        try:
            self._connection.sendall(data)
        except OSError:
            raise Met("silent") from None

    def line(self) -> bytes:
        """The next line without its end."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > LINE_MAX:
                raise Met("silent", NONSENSE)
            self._fill()
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        if len(line) > LINE_MAX:
            raise Met("silent", NONSENSE)
        return line.rstrip(b"\r")

    def take(self, count: int) -> bytes:
        while len(self._held) < count:
            self._fill()
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def first(self) -> int:
        """The next byte, left where it is."""
        if not self._held:
            self._fill()
        return self._held[0]

    def some(self, most: int = _PIECE) -> bytes:
        """What has come, at least one byte; b"" at the end."""
        if not self._held:
            try:
                self._fill()
            except Ended:
                return b""
        return self.take(min(len(self._held), most))

    def headers(self) -> list[tuple[str, str]]:
        """Header lines up to the empty one, names in small letters."""
        found: list[tuple[str, str]] = []
        while line := self.line():
            name, colon, value = line.decode("utf-8", errors="replace").partition(":")
            if not colon or len(found) >= HEADERS_MAX:
                raise Met("silent", NONSENSE)
            found.append((name.strip().casefold(), value.strip()))
        return found

    def peer(self) -> str:
        """The camera's address. Raises Met."""
        try:
            return str(self._connection.getpeername()[0])
        except OSError:
            raise Met("silent") from None

    def close(self) -> None:
        self._connection.close()

    def _fill(self) -> None:
        self._wait()
        try:
            piece = self._connection.recv(_PIECE)
        except OSError:
            raise Met("silent") from None
        if not piece:
            raise Ended
        self._read += len(piece)
        if self._read > BYTES_MAX:
            raise Met("garbled", "camera gửi mãi không hết / it sends without end")
        self._held += piece

    def _wait(self) -> None:
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise Met("silent")
        self._connection.settimeout(min(READ_S, left_s))


class Ended(Met):
    """The camera has closed the connection."""

    def __init__(self) -> None:
        super().__init__("silent", "camera ngắt kết nối / it closed the connection")


def header(headers: list[tuple[str, str]], name: str) -> str:
    """The first of this name; empty where there is none."""
    return next((value for each, value in headers if each == name), "")
