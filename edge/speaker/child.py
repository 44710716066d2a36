"""The speaker's end of the audio child: starts it, hands it descriptors, reads its reports, kills it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import msgspec

from contract.form import require
from contract.terms import Reason
from edge.lean import child_command
from edge.speaker.feed import Course

_MESSAGE_MAX = 4096
_LATEST = 32_503_680_000
"""The year 3000."""
_REAP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the child says; times are wall-clock seconds since 1970. `idle` also means ready for the next item."""

    phase: Literal["idle", "armed", "sounding", "done", "failed"]
    first_at: float | None = None
    last_at: float | None = None
    level_dbfs: float | None = None
    reason: Reason = Reason.NONE
    fault: str = ""
    feed: Course | None = None

    def __post_init__(self) -> None:
        for at in (self.first_at, self.last_at):
            require(at is None or 0 <= at < _LATEST, "no time of this world")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is to sound how: the sample `offset_s` into the files leaves the card `card` at `start_at` (wall-clock
    seconds since 1970), or as soon as possible. `feed` has a rebroadcast's `length_s`, and how many of the descriptors,
    the last ones, are its `substitute`."""

    start_at: float | None
    offset_s: float
    volume_pct: int
    card: str
    feed: Mapping[str, float] | None = None


class Gone(Exception):
    """The child has ended, or no longer listens."""


class Child:
    """One audio child, started at once. `env` is added to the environment (the simulated sound card's)."""

    def __init__(self, env: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                child_command("player", "-P", str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "JACK_NO_START_SERVER": "1", "MALLOC_ARENA_MAX": "2", **env},
            )
        ours.setblocking(False)
        self._socket = ours
        self._decoder = msgspec.json.Decoder(Report)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def describe_end(self) -> str:
        code = self._process.poll()
        if code is not None and code < 0:
            return f"the audio process was ended by {signal.Signals(-code).name}"
        return "the audio process ended" if code is None else f"the audio process ended with code {code}"

    def arm(self, fds: Sequence[int], item: Item) -> None:
        """Hand over an item; the descriptors stay the caller's to close. Raises Gone."""
        self._send({"do": "arm", **asdict(item)}, fds)

    def connect(self, fd: int) -> None:
        """Hand over a socket from which the stream comes; it stays the caller's to close. Raises Gone."""
        self._send({"do": "connect"}, [fd])

    def stop(self) -> None:
        """Raises Gone."""
        self._send({"do": "stop"}, [])

    def reports(self) -> Iterator[Report]:
        """Give what the child has said since. Raises Gone after its last word, or where it talks nonsense."""
        while True:
            try:
                data = self._socket.recv(_MESSAGE_MAX)
            except BlockingIOError:
                return
            except OSError as error:
                raise Gone(str(error)) from None
            if not data:
                raise Gone("it hung up")
            try:
                yield self._decoder.decode(data)
            except (msgspec.MsgspecError, ValueError) as error:
                raise Gone(f"it said {data[:80]!r}: {error}") from None

    def kill(self) -> None:
        """End it whatever it does; `has_ended` tells when the kernel is done with it."""
        self._socket.close()
        if not self.has_ended:
            self._process.kill()

    def end(self) -> None:
        """Kill it and wait for the kernel to be done with it, which takes long only while a driver hangs."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_S)

    def _send(self, order: dict[str, object], fds: Sequence[int]) -> None:
        try:
            socket.send_fds(self._socket, [json.dumps(order).encode()], fds)
        except OSError as error:
            raise Gone(str(error)) from None
