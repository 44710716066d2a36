"""The socket that paho is given: it reads and writes ahead, and keeps the flood of messages for the hub itself.

Never blocks: `fill` takes what has arrived, `flush` sends what may be sent, and in between `recv` and `send` only
move bytes in memory.
"""

import contextlib
import socket
from typing import Protocol

from hub.nodes.sieve import Delivery, sift

READ_BYTES = 256 * 1024
UNSENT_BYTES_MAX = 4 * 1024 * 1024
"""Beyond this `send` says that it would block."""
LAST_WORDS_S = 1.0
"""How long `close` waits for the other side to take what was unsent."""


class RawSocket(Protocol):
    """What is needed of the socket below."""

    def recv(self, buffer_size: int, /) -> bytes: ...
    def send(self, buffer: bytes | bytearray, /) -> int: ...
    def close(self) -> None: ...
    def fileno(self) -> int: ...
    def setblocking(self, flag: bool, /) -> None: ...


class BufferedSocket:
    """Wraps a connected socket. Whoever uses it as a socket does not see QoS 1 messages, and must be given none.

    Not for use from several threads.
    """

    def __init__(self, raw: RawSocket) -> None:
        raw.setblocking(False)
        self._raw = raw
        self._rest = b""
        self._read = b""
        self._place = 0
        self._is_ended = False
        self._unsent = bytearray()

    @property
    def has_read(self) -> bool:
        """Whether `recv` would return something, the end of the stream included."""
        return self._place < len(self._read) or self._is_ended

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    @property
    def is_full(self) -> bool:
        """Whether `send` takes no more."""
        return len(self._unsent) > UNSENT_BYTES_MAX

    def fill(self) -> list[Delivery]:
        """Take what has arrived, and return the QoS 1 messages in it."""
        try:
            arrived = self._raw.recv(READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            arrived = b""
        self._is_ended = not arrived
        sifted = sift(self._rest + arrived)
        self._rest = sifted.rest
        self._read = self._read[self._place :] + sifted.others
        self._place = 0
        return sifted.deliveries

    def recv(self, buffer_size: int) -> bytes:
        """The next bytes of other packets, at most `buffer_size`; empty at the end of the stream.

        Raises BlockingIOError where none are here.
        """
        start = self._place
        piece = self._read[start : start + buffer_size]
        if not piece and not self._is_ended:
            raise BlockingIOError
        self._place = start + len(piece)
        return piece

    def send(self, buffer: bytes | bytearray) -> int:
        """Take all of it, to be sent at the next flush. Raises BlockingIOError where too much is waiting."""
        if self.is_full:
            raise BlockingIOError
        self._unsent += buffer
        return len(buffer)

    def flush(self) -> None:
        """Send what the system takes now. A broken connection shows at the next `fill`."""
        try:
            while self._unsent:
                del self._unsent[: self._raw.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()

    def close(self) -> None:
        """Close. What is unsent still goes out, and is waited for: closing at once would have the system throw it
        away together with an answer that is on its way."""
        if self._unsent and isinstance(self._raw, socket.socket):
            self._raw.settimeout(LAST_WORDS_S)
            with contextlib.suppress(OSError):
                self._raw.sendall(self._unsent)
                self._raw.shutdown(socket.SHUT_WR)
                while self._raw.recv(READ_BYTES):
                    pass
        self._raw.close()

    def fileno(self) -> int:
        return self._raw.fileno()

    def setblocking(self, flag: bool) -> None:
        """Always non-blocking, whatever is asked."""
