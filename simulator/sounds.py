"""Makes the sounds that tests and benchmarks play: Ogg Opus as a node's spool holds it."""

from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

RATE_HZ = 48_000
_FRAME = 960


def make_sweep(duration_s: float, from_hz: float = 300.0, to_hz: float = 6000.0) -> NDArray[np.int16]:
    """A rising tone, half of full scale: it fits itself at one place only, so that it can be timed to the sample."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * (from_hz * t + (to_hz - from_hz) * t**2 / (2 * duration_s))
    return np.asarray(16384 * np.sin(phase), dtype=np.int16)


def make_noise(duration_s: float, seed: int) -> NDArray[np.int16]:
    """White noise at a quarter of full scale: long items that fit themselves at one place only."""
    noise = np.random.default_rng(seed).uniform(-8192, 8192, round(duration_s * RATE_HZ))
    return np.asarray(noise, dtype=np.int16)


def write_opus(path: Path, samples: NDArray[np.int16], bit_rate: int = 64_000) -> None:
    """Encode mono samples of 48 kHz as Ogg Opus."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="mono")
        stream.bit_rate = bit_rate
        for start in range(0, len(samples), _FRAME):
            piece = samples[start : start + _FRAME]
            frame = AudioFrame(format="s16", layout="mono", samples=len(piece))
            frame.sample_rate = RATE_HZ
            frame.pts = start
            frame.planes[0].update(piece.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
