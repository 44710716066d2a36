"""Takes the levels of frames as they pass, for a waveform. The memory grows by 16 bytes with each 10 ms."""

from collections.abc import Iterable, Iterator

import numpy as np
from av.audio import AudioFrame
from numpy.typing import NDArray

from hub.media.graph import RATE
from hub.media.waveform import STEP_S, Waveform, draw

_STEP = round(RATE * STEP_S)
_BLOCK = 100 * _STEP
"""Samples that are looked at together: a second."""


class Meter:
    """Mono frames at 48 kHz go through it unchanged."""

    def __init__(self) -> None:
        self._held: list[NDArray[np.float32]] = []
        self._samples = 0
        self._peaks: list[NDArray[np.float64]] = []
        self._powers: list[NDArray[np.float64]] = []

    def watch(self, frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
        for frame in frames:
            self._held.append(np.frombuffer(memoryview(frame.planes[0]), np.float32)[: frame.samples].copy())
            self._samples += frame.samples
            if self._samples >= _BLOCK:
                self._settle()
            yield frame

    def waveform(self) -> Waveform:
        """Of all that passed. What is left over at the end is filled up with silence."""
        self._held.append(np.zeros(-self._samples % _STEP, np.float32))
        self._samples += len(self._held[-1])
        self._settle()
        return draw(np.concatenate(self._peaks), np.concatenate(self._powers))

    def _settle(self) -> None:
        held = np.concatenate(self._held)
        whole = len(held) - len(held) % _STEP
        steps = held[:whole].astype(np.float64).reshape(-1, _STEP)
        self._peaks.append(np.abs(steps).max(axis=1))
        self._powers.append(np.square(steps).mean(axis=1))
        self._held, self._samples = [held[whole:]], len(held) - whole
