"""Finds a known sound in a recording and tells the instant it was heard: what a listener with a stopwatch would say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from simulator.soundcard import RATE_HZ, Recording

Wave = NDArray[np.float64]

_NEAR_S = 10.0
_HEADS_MIN = 4
_HEAD = RATE_HZ
_STEP = RATE_HZ // 2
_SLACK = RATE_HZ // 100
_SILENT = 0.003


@dataclass(frozen=True)
class Match:
    """Where a reference lies in a recording. `likeness` is the correlation there: 1 the very same sound, 0 another."""

    offset: int
    likeness: float


@dataclass(frozen=True)
class Hearing:
    """A sound that was heard: its first and last sample, and how like the reference its least like half second was."""

    first_sample_at: datetime
    last_sample_at: datetime
    likeness: float


def read_audio(path: Path) -> Wave:
    """Decode any audio file to mono at 48 kHz, full scale 1."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    pieces: list[Wave] = []
    with av.open(str(path), "r") as container:
        for frame in chain[AudioFrame | None](container.decode(container.streams.audio[0]), [None]):
            for out in resampler.resample(frame):
                pieces.append(_scale(bytes(out.planes[0])[: 2 * out.samples]))
    return np.concatenate(pieces)


def hear(recording: Recording) -> Wave:
    """Everything recorded so far, full scale 1."""
    return _scale(recording.samples().tobytes())


def find(reference: Wave, heard: Wave) -> Match:
    """Find where `reference` fits best in `heard`, by normalised cross-correlation."""
    size = len(reference)
    if len(heard) < size:
        raise ValueError("the recording is shorter than the reference")
    length = 1 << (len(heard) + size - 1).bit_length()
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(reference, length))
    products = np.fft.irfft(spectrum, length)[: len(heard) - size + 1]
    running = np.concatenate(([0.0], np.cumsum(heard**2)))
    energy = running[size:] - running[:-size]
    floor = 1e-6 * max(float(energy.max()), 1e-12)
    likeness = products / np.sqrt(np.maximum(energy, floor) * float(np.sum(reference**2)))
    offset = int(np.argmax(likeness))
    return Match(offset, float(likeness[offset]))


def find_instant(recording: Recording, sample: int) -> float:
    """Tell when a sample sounded, in seconds since 1970: a line through the arrivals within ten seconds of it.

    Arrivals can be late and never early, so the line is drawn again through the earlier half.
    """
    heads = np.array(recording.heads)
    near = heads[np.abs(heads[:, 0] - sample) <= _NEAR_S * RATE_HZ]
    if len(near) < _HEADS_MIN:
        raise ValueError("too little was recorded around this sample")
    for _ in range(2):
        x, late = near[:, 0] - sample, near[:, 1] - near[:, 0] / RATE_HZ
        slope, level = np.polyfit(x, late, 1)
        rest = late - (slope * x + level)
        near = near[rest <= np.median(rest)]
    return float(sample / RATE_HZ + level)


def listen(recording: Recording, reference: Wave) -> Hearing:
    """Find a sound in all that was recorded so far, and follow it to its end.

    A player may drop or double samples to keep to the clock; so each half second is looked for by itself, near where
    the one before was. Where something else comes between, that half second's likeness is low.
    """
    heard = hear(recording)
    offset = find(reference[:_HEAD], heard).offset
    shift, likeness = offset, 1.0
    for start in range(0, len(reference), _STEP):
        piece = reference[start : start + _STEP]
        if np.max(np.abs(piece)) < _SILENT or len(piece) < _STEP // 10:
            continue
        begin = max(0, start + shift - _SLACK)
        around = heard[begin : start + shift + len(piece) + _SLACK]
        if len(around) < len(piece):
            likeness = 0.0
            break
        match = find(piece, around)
        likeness = min(likeness, match.likeness)
        if match.likeness > 0.5:
            shift = begin + match.offset - start
    first_at, last_at = find_instant(recording, offset), find_instant(recording, shift + len(reference))
    return Hearing(datetime.fromtimestamp(first_at, UTC), datetime.fromtimestamp(last_at, UTC), likeness)


def _scale(pcm: bytes) -> Wave:
    return np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32768
