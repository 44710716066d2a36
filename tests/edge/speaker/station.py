"""A station on air for a stage: a script for the fake sound, real samples on a socket for the real one."""

import contextlib
import socket
import threading
import time
from array import array
from types import TracebackType
from typing import Self

from edge.speaker.silent import SilentSound
from edge.speaker.timeline import RATE_HZ
from tests.edge.speaker.stage import Stage

PIECE = RATE_HZ // 10
LOUD_DBFS, HUSH_DBFS = -20.0, -80.0


class Station:
    """Sends sound or, where it `is_hushed`, silence from its start on; where it `is_dead`, nothing at all.

    It is its own door: the first to ask gets the socket.
    """

    def __init__(self, stage: Stage, is_hushed: bool = False, is_dead: bool = False) -> None:
        self._level = 3 if is_hushed else 3277
        self._wire, ours = socket.socketpair()
        self._given: socket.socket | None = ours
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._is_dead = is_dead
        if isinstance(stage.sound, SilentSound):
            stage.sound.script.level_dbfs = None if is_dead else HUSH_DBFS if is_hushed else LOUD_DBFS

    def answer(self) -> int | None:
        given, self._given = self._given, None
        return given.detach() if given else None

    def __enter__(self) -> Self:
        if not self._is_dead:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_closing.set()
        self._wire.shutdown(socket.SHUT_RDWR)
        if not self._is_dead:
            self._thread.join()
        self._wire.close()
        if self._given:
            self._given.close()

    def _send(self) -> None:
        """Two seconds at once, then as time goes by."""
        begun_s, piece = time.monotonic() - 2.0, array("h", [self._level, -self._level]) * (PIECE // 2)
        with contextlib.suppress(OSError):
            for number in range(10_000):
                if self._is_closing.wait(max(0.0, begun_s + number * 0.1 - time.monotonic())):
                    return
                self._wire.sendall(piece)
