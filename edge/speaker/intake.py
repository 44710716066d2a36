"""Takes in a stream's samples from a descriptor, in a thread of its own, and holds a few seconds of them.

What comes is mono PCM, 16 bit in the machine's order, 48 kHz, unsigned by anyone: it is sound and nothing else,
whatever its bytes. Where the buffer is full nothing more is read, so the sender waits.
"""

import contextlib
import math
import socket
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable

from edge.speaker.feed import HELD_MAX_S, Judge, On
from edge.speaker.playhead import FLOOR_DBFS
from edge.speaker.timeline import RATE_HZ

PIECE = RATE_HZ // 10
"""Samples judged at once: 100 ms."""
_REST_S = 0.05


class Intake:
    """The newest descriptor given by `connect` counts. `keep_s` says how much of the newest sound is kept while nothing
    is taken; None while it is on air, when nothing may be dropped."""

    def __init__(self, volume_pct: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self.keep_s: float | None = None
        self._now_s = now_s
        self._volume = volume_pct
        self._blocks: deque[array[int]] = deque()
        self._held = 0
        self._lock = threading.Lock()
        self._judge = Judge(now_s())
        self._wire: socket.socket | None = None
        self._is_closed = threading.Event()

    @property
    def held_s(self) -> float:
        return self._held / RATE_HZ

    def begin(self) -> None:
        """The feed's instant has come."""
        with self._lock:
            self._judge.begin(self._now_s())

    def look(self) -> On:
        """What should be on now."""
        with self._lock:
            return self._judge.look(self._now_s())

    def connect(self, fd: int) -> None:
        """Take over a stream socket, and read from it instead of the one before."""
        self._hang_up()
        self._wire = socket.socket(fileno=fd)
        threading.Thread(target=self._read, args=(self._wire,), name="intake", daemon=True).start()

    def take(self, frames: int) -> "array[int]":
        """Give at most `frames` samples. Never waits for any."""
        out = array("h")
        with self._lock:
            while self._blocks and len(out) < frames:
                block = self._blocks.popleft()
                room = frames - len(out)
                if len(block) > room:
                    self._blocks.appendleft(block[room:])
                out.extend(block[:room])
            self._held -= len(out)
        return out

    def close(self) -> None:
        self._is_closed.set()
        self._hang_up()

    def _hang_up(self) -> None:
        """Wakes the thread that reads there, and it closes the socket."""
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
            self._wire = None

    def _read(self, wire: socket.socket) -> None:
        piece, filled = bytearray(2 * PIECE), 0
        with wire, contextlib.suppress(OSError):
            while came := wire.recv_into(memoryview(piece)[filled:]):
                filled += came
                if filled == len(piece):
                    filled = 0
                    if not self._put(array("h", bytes(piece)), wire):
                        return

    def _put(self, block: "array[int]", wire: socket.socket) -> bool:
        """Hold a block, once there is room. False where another socket counts by now."""
        level_dbfs = measure_dbfs(block)
        scaled = scale(block, self._volume)
        while self.keep_s is None and self.held_s > HELD_MAX_S:
            if self._is_closed.wait(_REST_S):
                return False
        with self._lock:
            if wire is not self._wire:
                return False
            self._blocks.append(scaled)
            self._held += PIECE
            while self.keep_s is not None and self.held_s > self.keep_s + PIECE / RATE_HZ:
                self._held -= len(self._blocks.popleft())
            self._judge.arrive(self._now_s(), PIECE / RATE_HZ, level_dbfs)
        return True


def measure_dbfs(block: "array[int]") -> float:
    """RMS of a block that is not empty; a full-scale square wave is 0."""
    rms = math.hypot(*block) / math.sqrt(len(block)) / 32768
    return max(FLOOR_DBFS, 20 * math.log10(rms)) if rms else FLOOR_DBFS


def scale(block: "array[int]", volume_pct: int) -> "array[int]":
    if volume_pct >= 100:
        return block
    return array("h", [sample * volume_pct // 100 for sample in block])
