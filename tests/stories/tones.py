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
FRAME = 480
"""Loudness is looked at every 10 ms."""
BREATH_S = 0.4
"""A shorter silence is a stumble of the sound card, not the end of a tone. Nothing dead plays again so soon."""
FADE_S = 0.02
FINENESS = 4
"""Of the spectrum: so many steps a hertz."""

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
    """All tones of a recording in their order."""
    heard = np.frombuffer(recording.samples().tobytes(), dtype=np.int16)
    return [_describe(recording, heard, start, end) for start, end in _spans(heard)]


def _spans(heard: Pcm) -> list[tuple[int, int]]:
    """First and last sample of everything loud; what only stumbles stays one."""
    frames = np.abs(heard[: len(heard) // FRAME * FRAME]).reshape(-1, FRAME).max(axis=1)
    loud = np.flatnonzero(frames > LOUD)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > BREATH_S * RATE_HZ / FRAME)
    starts = loud[np.concatenate(([0], breaks + 1))]
    ends = loud[np.concatenate((breaks, [len(loud) - 1]))] + 1
    return [(int(start) * FRAME, int(end) * FRAME) for start, end in zip(starts, ends, strict=True)]


def _describe(recording: Recording, heard: Pcm, start: int, end: int) -> Tone:
    spectrum = np.abs(np.fft.rfft(heard[start:end] * np.hanning(end - start), max(FINENESS * RATE_HZ, end - start)))
    height_hz = int(np.argmax(spectrum)) * RATE_HZ / max(FINENESS * RATE_HZ, end - start)
    at = datetime.fromtimestamp(find_instant(recording, start), UTC)
    return Tone(round((height_hz - LOWEST_HZ) / STEP_HZ), at, (end - start) / RATE_HZ)
