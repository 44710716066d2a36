"""What a rebroadcast needs beside its sounds: someone who pulls the stream, and a door where it is brought.

The speaker has no network. It writes down which stream it wants, and when, as the signed cue says it; the link's child
pulls it, and brings its samples to a socket in the run folder. The door is open only while a rebroadcast is on.
"""

import contextlib
import logging
import os
import pwd
import socket
import struct
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from edge import wish
from edge.clock import Clock
from edge.speaker.feed import Course, On
from edge.speaker.schedule import Start
from edge.speaker.sound import Feed
from edge.speaker.track import Track
from edge.spool import ring
from edge.unix import named
from edge.wish import Wish

AHEAD_S = 10.0
"""So long before the feed's instant pulling begins: a Pi starts the process in four, a server answers in three."""
LEAST_S = 1.0
LINK_USER = "loa-link"
_CREDENTIALS = struct.Struct("3i")

_log = logging.getLogger(__name__)


class Tuner:
    """Opens at `tune`, and closes at `let_go`, which may be called at any time."""

    def __init__(self, run: Path, clock: Clock) -> None:
        self._run = run
        self._clock = clock
        self._address = ""
        self._door: socket.socket | None = None
        self._trusted = {os.getuid(), *_uid(LINK_USER)}
        """Whose samples are taken: in the run folder others could knock too."""
        self.let_go()

    def tune(self, start: Start, intro_s: float, substitute: Sequence[Track]) -> Feed:
        """Ask for the stream of a cue that is about to start, to follow `intro_s` of its sounds.

        Where the run folder does not take the wish, the feed is one that never comes.
        """
        self.let_go()
        cue = start.want.cue
        length_s = max(LEAST_S, start.duration_s)
        self._address = cue.stream
        start_s = self._clock.monotonic() + max(timedelta(), start.at - self._clock.now()).total_seconds()
        from_s = max(0.0, start_s + min(intro_s, length_s) - AHEAD_S)
        try:
            self._door = _open_door(wish.door(self._run))
            wish.ask(self._run, Wish(cue.stream, from_s, start_s + length_s + LEAST_S))
        except OSError as error:
            _log.error("%s cannot be asked for: %s", cue.stream, error)
        ring(self._run / "link.bell")
        return Feed(self, length_s, tuple(substitute))

    def answer(self) -> int | None:
        """The socket of the link's child, once it is there. Whoever else knocks is sent away."""
        while self._door is not None:
            try:
                guest, _ = self._door.accept()
            except OSError:
                return None
            if _peer(guest) in self._trusted:
                guest.setblocking(True)
                return guest.detach()
            guest.close()
        return None

    def let_go(self) -> None:
        """No rebroadcast is on: nobody need pull."""
        if self._door is not None:
            self._door.close()
            self._door = None
        try:
            wish.withdraw(self._run)
        except OSError as error:
            _log.error("a stream is still asked for: %s", error)
        ring(self._run / "link.bell")

    def describe(self, course: Course) -> tuple[str, str]:
        """Value and detail of the change to be told about a stream."""
        if course.on is On.STREAM:
            return "back", self._address
        return course.on.value, " ".join(filter(None, (self._address, wish.trouble(self._run))))


def _open_door(path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.setblocking(False)
        path.unlink(missing_ok=True)
        with named(path) as name:
            door.bind(name)
        path.chmod(0o660)
        door.listen(1)
    except OSError:
        door.close()
        raise
    return door


def _peer(guest: socket.socket) -> int:
    """Whose process it is: the kernel says so (unix(7), SO_PEERCRED)."""
    said = guest.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(said)[1])


def _uid(user: str) -> set[int]:
    with contextlib.suppress(KeyError):
        return {pwd.getpwnam(user).pw_uid}
    return set()
