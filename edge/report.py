"""Reads what the node's processes say of themselves, and makes of it the births and heartbeats that are due."""

import platform
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from contract.orders import Counter
from contract.reports import Birth, Heartbeat
from edge import VERSION, summary
from edge.clock import Clock
from edge.summary import CameraSummary, NetmonSummary, SpeakerSummary
from edge.uplink import Hearing, Node, Pulse, birth, heartbeat

_MODEL = Path("/proc/device-tree/model")


class Reporter:
    """What to say of the node now. Summaries are read from the folder `run`."""

    def __init__(self, run: Path, clock: Clock) -> None:
        self._run = run
        self._clock = clock
        self._started_s = clock.monotonic()
        self._hearing = Hearing(("speaker", "camera", "netmon"), self._started_s)
        self._pulse = Pulse()
        self._born: Birth | None = None
        self._software = f"loalang {VERSION}"
        self._hardware = hardware()

    def renew(self) -> None:
        """Somebody new listens: birth and heartbeat are due."""
        self._pulse.renew()
        self._born = None

    def due(self, received: Counter | None) -> Iterator[Birth | Heartbeat]:
        """What to send now; `received` is the counter of the spooled plan."""
        now_s = self._clock.monotonic()
        node = self._look(received, now_s)
        if node.speaker is not None and (self._born is None or self._born.limits != node.speaker.limits):
            self._born = self._birth(node.speaker, now_s)
            yield self._born
        beat = heartbeat(node, self._clock.now())
        if self._pulse.is_due(beat, now_s):
            yield beat

    def present(self, received: Counter | None) -> Heartbeat:
        """What would be said now, were anybody there to hear it."""
        return heartbeat(self._look(received, self._clock.monotonic()), self._clock.now())

    def _look(self, received: Counter | None, now_s: float) -> Node:
        speaker = summary.read(self._run, "speaker", SpeakerSummary)
        camera = summary.read(self._run, "camera", CameraSummary)
        netmon = summary.read(self._run, "netmon", NetmonSummary)
        silent = self._hearing.silent({"speaker": speaker, "camera": camera, "netmon": netmon}, now_s)
        return Node(
            speaker=speaker, camera=camera, netmon=netmon, received=received, silent=silent, uptime_s=max(now_s, 0.0)
        )

    def _birth(self, speaker: SpeakerSummary, now_s: float) -> Birth:
        now = self._clock.now()
        started_at = now - timedelta(seconds=now_s - self._started_s)
        return birth(speaker, now, started_at, self._software, self._hardware)


def hardware() -> str:
    """The board's own name on a Pi, else the machine's architecture."""
    try:
        return _MODEL.read_text(encoding="utf-8").rstrip("\0\n")
    except (OSError, UnicodeDecodeError):
        return f"{platform.system()} {platform.machine()}"
