"""A sound to try on stage: the fake in virtual time, or the real one on a simulated sound card."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.clock import Clock, SystemClock, VirtualClock
from edge.speaker.silent import SilentSound
from edge.speaker.sound import ACTIVE, CardSound, Sound, Sounding
from edge.speaker.track import Track
from simulator.soundcard import SoundCard
from simulator.sounds import write_opus

STEP_S = 0.01


@dataclass
class Stage:
    """A sound to try, and its time: virtual or the machine's."""

    sound: Sound
    clock: Clock
    folder: Path

    def pass_time(self, seconds: float) -> None:
        if isinstance(self.clock, VirtualClock):
            self.clock.advance(seconds)
        else:
            time.sleep(seconds)

    def wait_for(self, is_so: Callable[[Sounding], bool], at_most_s: float) -> Sounding:
        for _ in range(round(at_most_s / STEP_S)):
            if is_so(self.sound.poll()):
                break
            self.pass_time(STEP_S)
        state = self.sound.poll()
        assert is_so(state), state
        return state

    def wait_for_end(self, at_most_s: float = 10.0) -> Sounding:
        return self.wait_for(lambda state: state.phase not in ACTIVE, at_most_s)

    def make(self, samples: NDArray[np.int16]) -> Track:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.opus"
        write_opus(path, samples)
        return name_by_content(path)


def name_by_content(path: Path) -> Track:
    data = path.read_bytes()
    return Track(path, hashlib.sha256(data).hexdigest(), len(data))


@contextlib.contextmanager
def set_up_silent(folder: Path) -> Iterator[Stage]:
    clock = VirtualClock(SystemClock().now())
    yield Stage(SilentSound(clock), clock, folder)


@contextlib.contextmanager
def set_up_card(card: SoundCard, folder: Path, name: str = "") -> Iterator[Stage]:
    clock = SystemClock()
    sound = CardSound(clock, name, card.env("horn"))
    try:
        yield Stage(sound, clock, folder)
    finally:
        sound.close()


def seconds_between(state: Sounding) -> float:
    assert state.first_sample_at is not None
    assert state.last_sample_at is not None
    return (state.last_sample_at - state.first_sample_at).total_seconds()
