"""One house with a real card, the link's child, and the speaker's own parts of a rebroadcast; and an ear that tells
noise from tones."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from contract.orders import Cue
from contract.terms import Priority
from edge.clock import SystemClock
from edge.speaker import schedule
from edge.speaker.schedule import Start
from edge.speaker.sound import ACTIVE, CardSound, Sounding
from edge.speaker.track import Track
from edge.speaker.tuner import Tuner
from edge.stream import Streams
from simulator.listening import find_instant, hear
from simulator.soundcard import RATE_HZ, Recording, SoundCard

STEP = RATE_HZ // 50
"""20 ms."""
QUIET = 0.003
LEAD_S = 6.0


@dataclass(frozen=True)
class Heard:
    """A run of one kind of sound, `noise`, `tone` or `silence`, in seconds since the cue's instant."""

    kind: str
    from_s: float
    until_s: float


class Horn:
    """Plays one rebroadcast, and keeps what the speaker was told."""

    def __init__(self, folder: Path, card: SoundCard) -> None:
        self.run = folder / "run"
        self.run.mkdir()
        self.clock = SystemClock()
        self.sound = CardSound(self.clock, "", card.env("horn"))
        self.tuner = Tuner(self.run, self.clock)
        self.streams = Streams(self.run, self.clock)
        self.told: list[tuple[float, str, str]] = []
        """(seconds since the instant, value, detail) at each change."""
        self._is_closing = threading.Event()
        self._link = threading.Thread(target=self._step_link, daemon=True)
        self._link.start()

    def play(
        self, address: str, length_s: float, intro: list[Track], intro_s: float, substitute: list[Track]
    ) -> datetime:
        """Arm it a few seconds ahead; returns its instant."""
        at = datetime.now(UTC) + timedelta(seconds=LEAD_S)
        cue = Cue(
            id="news.cue", broadcast="news", title="news", at=at, duration_s=length_s, priority=Priority.ROUTINE,
            audio=tuple(each.sha256 for each in intro), stream=address,
        )  # fmt: skip
        start = Start(schedule.planned(cue, length_s, at, 0.0), at, 0.0, length_s)
        feed = self.tuner.tune(start, intro_s, substitute)
        self.sound.arm(intro, at, 100, feed=feed)
        return at

    def follow(self, at: datetime, events: dict[float, Callable[[], object]] | None = None) -> Sounding:
        """Watch until it is over; `events` happen at seconds since the instant."""
        due = sorted((events or {}).items(), key=lambda each: each[0])
        value = "back"
        while (state := self.sound.poll()).phase in ACTIVE:
            since_s = (datetime.now(UTC) - at).total_seconds()
            if due and since_s >= due[0][0]:
                due.pop(0)[1]()
            if state.feed is not None and (new := self.tuner.describe(state.feed))[0] != value:
                value = new[0]
                self.told.append((since_s, *new))
            time.sleep(0.05)
        self.tuner.let_go()
        return state

    def close(self) -> None:
        self._is_closing.set()
        self._link.join()
        self.streams.close()
        self.sound.close()

    def _step_link(self) -> None:
        while not self._is_closing.wait(0.1):
            self.streams.step()


@contextlib.contextmanager
def open_house(folder: Path) -> Iterator[tuple[Horn, Recording]]:
    with SoundCard(folder / "card", ["horn"]) as card, card.record("horn", folder / "heard.wav") as recording:
        horn = Horn(folder, card)
        try:
            yield horn, recording
        finally:
            horn.close()


def listen(recording: Recording, at: datetime, least_s: float = 0.1) -> list[Heard]:
    """What was heard, in runs of at least `least_s`: shorter ones belong to the run before."""
    wave = hear(recording)
    zero = find_instant(recording, 0) - at.timestamp()
    slope = (find_instant(recording, len(wave)) - find_instant(recording, 0)) / len(wave)
    kinds = [_name(wave[start : start + STEP]) for start in range(0, len(wave) - STEP, STEP)]
    runs: list[Heard] = []
    start = 0
    for kind, group in groupby(kinds):
        size = len(list(group))
        begin_s, end_s = zero + start * STEP * slope, zero + (start + size) * STEP * slope
        start += size
        if runs and (runs[-1].kind == kind or size * STEP / RATE_HZ < least_s):
            runs[-1] = Heard(runs[-1].kind, runs[-1].from_s, end_s)
        else:
            runs.append(Heard(kind, begin_s, end_s))
    return runs


def find_end_s(recording: Recording, at: datetime) -> float:
    """When the last sample above silence was heard, in seconds since the instant."""
    wave = hear(recording)
    return find_instant(recording, int(np.flatnonzero(np.abs(wave) > QUIET)[-1])) - at.timestamp()


def _name(piece: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    if np.sqrt(np.mean(piece**2)) < QUIET:
        return "silence"
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    return "tone" if np.sort(power)[-8:].sum() > 0.5 * power.sum() else "noise"
