"""Broadcasts that tell themselves apart by ear: each is a tone of its own height, found again in a recording."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contract.orders import Audio
from simulator.listening import find_instant
from simulator.soundcard import RATE_HZ, Recording
from simulator.sounds import write_opus

TONES = 12
LOWEST_HZ = 500.0
STEP_HZ = 200.0
AMPLITUDE = 12_000
LOUD = 1_500
FRAME = 960
"""Listened to at once: 20 ms."""
LEAST_FRAMES = 3
AT_ONCE = 5_000
BREATH_S = 0.4
"""A shorter silence is a stumble of the sound card, not the end of a tone. Nothing dead plays again so soon."""
FADE_S = 0.02
FINENESS = 4
"""Of the spectrum: how many times finer than the frame alone gives."""

Pcm = NDArray[np.int16]


@dataclass(frozen=True)
class Tone:
    """One tone that was heard: which, from when, for how long."""

    number: int
    at: datetime
    duration_s: float


def write_tone(number: int, duration_s: float, folder: Path) -> Audio:
    """Encode tone `number` (0 to TONES - 1) as a hub stores sounds, into a file named by its SHA-256."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    fade = np.minimum(1.0, np.minimum(t, duration_s - t) / FADE_S)
    height_hz = LOWEST_HZ + number * STEP_HZ
    part = folder / f"{number}.part"
    write_opus(part, np.asarray(AMPLITUDE * fade * np.sin(2 * np.pi * height_hz * t), dtype=np.int16))
    data = part.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    part.rename(folder / sha256)
    return Audio(sha256=sha256, size=len(data), duration_s=duration_s)


def hear_tones(recording: Recording) -> list[Tone]:
    """All tones of a recording in their order. One may follow another without a pause."""
    heard = np.frombuffer(recording.samples().tobytes(), dtype=np.int16)
    numbers = _numbers(heard)
    found = [_tone(recording, number, span) for number in range(TONES) for span in _spans(numbers == number)]
    return sorted(found, key=lambda tone: tone.at)


def _numbers(heard: Pcm) -> NDArray[np.int64]:
    """Which tone sounds in each frame; -1 where all is quiet."""
    frames = heard[: len(heard) // FRAME * FRAME].reshape(-1, FRAME)
    numbers = np.full(len(frames), -1)
    loud = np.flatnonzero(frames.max(axis=1) > LOUD)
    for some in np.array_split(loud, len(loud) // AT_ONCE + 1):
        spectra = np.abs(np.fft.rfft(frames[some] * np.hanning(FRAME), FINENESS * FRAME))
        heights_hz = spectra.argmax(axis=1) * RATE_HZ / (FINENESS * FRAME)
        numbers[some] = np.rint((heights_hz - LOWEST_HZ) / STEP_HZ)
    return numbers


def _spans(is_heard: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last frame of everything that goes on; what only stumbles stays one, what only clicks is none."""
    heard = np.flatnonzero(is_heard)
    breaks = np.flatnonzero(np.diff(heard) > BREATH_S * RATE_HZ / FRAME)
    groups = np.split(heard, breaks + 1)
    return [(int(group[0]), int(group[-1]) + 1) for group in groups if len(group) >= LEAST_FRAMES]


def _tone(recording: Recording, number: int, span: tuple[int, int]) -> Tone:
    start, end = span
    at = datetime.fromtimestamp(find_instant(recording, start * FRAME), UTC)
    return Tone(number, at, (end - start) * FRAME / RATE_HZ)
