"""Which sample leaves the card when: pure arithmetic on the card's own times, fed by the stream's callback.

Times are wall-clock seconds since 1970. The card counts frames from the opening of its stream; silence fed early costs
nothing and lets the time line settle. One sample is dropped or doubled now and then to keep a long item on the wall
clock though the card's own clock drifts.
"""

import math
from array import array
from typing import Protocol

from edge.speaker.timeline import RATE_HZ, Timeline

SETTLE_S = 2.0
"""A freshly opened stream tells wrong times for about a second; two are allowed."""

FADE = RATE_HZ // 50
"""20 ms: short enough to be a stop, long enough not to click."""

FLOOR_DBFS = -120.0
_SLIP_FROM = 12
_SLIP_EVERY = RATE_HZ // 20
"""At most 20 a second (417 ppm), four times the drift the design reckons with."""

_STEP_S = 0.05
"""A wall clock that is off by this all of a sudden was set; sound is not bent after it."""


class Samples(Protocol):
    """Where mono samples come from, in order."""

    def take(self, frames: int) -> "array[int]":
        """At most `frames` samples; fewer where no more are decoded yet, or ever."""

    @property
    def is_over(self) -> bool:
        """Whether all samples were taken."""


class Playhead:
    """Places one item on the card's time line: `start_at` for its first sample, None as soon as possible."""

    def __init__(self, samples: Samples, start_at: float | None, timeline: Timeline) -> None:
        self._samples = samples
        self._start_at = start_at
        self._timeline = timeline
        self._anchor: float | None = None
        self._first_at: float | None = None
        self._position = 0
        self._slipped_at = 0
        self._fade_left = FADE
        self._is_stopping = False
        self._energy = 0.0
        self._measured = 0
        self.frames = 0
        self.first: int | None = None
        self.end: int | None = None

    def stop(self) -> None:
        """Fade out from the next callback on; before the first sample there will be none."""
        self._is_stopping = True

    def fill(self, frames: int, asked_at: float, dac_at: float) -> "array[int]":
        """Give the next `frames` samples, which the card asks for at `asked_at` and says will leave from `dac_at`."""
        self._timeline.note(self.frames, asked_at, dac_at)
        out = self._render(frames)
        self.frames += frames
        return out

    def first_at(self) -> float | None:
        """When the first sample leaves or left. Grows more exact while the stream settles, then stays."""
        if self._first_at is not None or self.first is None:
            return self._first_at
        at = self._timeline.origin + self.first / RATE_HZ
        if self.frames > self.first + SETTLE_S * RATE_HZ:
            self._first_at = at
        return at

    def end_at(self) -> float | None:
        """When the last sample leaves or left; None while more are to come or where none sounded."""
        return None if self.end is None or self.first is None else self._timeline.origin + self.end / RATE_HZ

    def is_over(self, now: float) -> bool:
        """Whether everything has left the card."""
        end_at = self.end_at()
        return self.end is not None and (end_at is None or now >= end_at)

    def level_dbfs(self) -> float | None:
        """RMS of what went to the card; a full-scale square wave is 0. None before the first sample."""
        if not self._measured:
            return None
        rms = math.sqrt(self._energy / self._measured) / 32768
        return max(FLOOR_DBFS, 20 * math.log10(rms)) if rms else FLOOR_DBFS

    def _render(self, frames: int) -> "array[int]":
        lead = 0
        if self.end is None and self.first is None:
            lead = self._find_lead(frames)
        if self.end is not None or lead >= frames:
            return _silence(frames)
        if self.first is None:
            self.first = self.frames + lead
        return _silence(lead) + self._sound(self.frames + lead, frames - lead)

    def _find_lead(self, frames: int) -> int:
        """Count the frames of silence before the first sample; `frames` or more: not in this callback."""
        if self._is_stopping:
            self.end = self.frames
            return frames
        if self._start_at is None:
            return 0
        lead = round((self._start_at - self._timeline.origin) * RATE_HZ) - self.frames
        if lead < 0:
            return 0
        if lead < frames:
            self._anchor = self._start_at
        return lead

    def _sound(self, at: int, frames: int) -> "array[int]":
        slip = self._find_slip(at)
        block = self._samples.take(frames + slip)
        self._position += len(block)
        if len(block) == frames + slip:
            _bend(block, slip)
        if self._is_stopping:
            block = self._fade(block)
        self._energy += math.hypot(*block) ** 2
        self._measured += len(block)
        missing = frames - len(block)
        if missing > 0:
            self._run_dry(at + len(block), missing)
            block.extend(_silence(missing))
        return block

    def _run_dry(self, at: int, missing: int) -> None:
        if self._samples.is_over or self._is_stopping:
            self.end = at
        elif self._anchor is not None:
            self._anchor += missing / RATE_HZ

    def _find_slip(self, at: int) -> int:
        """1 to drop a sample because the card lags, -1 to double one because it hurries, else 0."""
        due = self._timeline.origin + (at - self._position) / RATE_HZ
        if self._anchor is None:
            if self.frames > SETTLE_S * RATE_HZ:
                self._anchor = due
            return 0
        error_s = due - self._anchor
        if abs(error_s) > _STEP_S:
            self._anchor = due
            return 0
        if abs(error_s) * RATE_HZ < _SLIP_FROM or at - self._slipped_at < _SLIP_EVERY:
            return 0
        self._slipped_at = at
        return 1 if error_s > 0 else -1

    def _fade(self, block: "array[int]") -> "array[int]":
        left = self._fade_left
        self._fade_left -= len(block)
        return array("h", [sample * (left - i) // FADE for i, sample in enumerate(block[:left])])


def _silence(frames: int) -> "array[int]":
    return array("h", bytes(2 * frames))


def _bend(block: "array[int]", slip: int) -> None:
    """Drop (1) or double (-1) one sample where its neighbour is nearest, so that nobody hears it."""
    if slip == 0 or len(block) < 2:
        return
    at = min(range(len(block) - 1), key=lambda i: abs(block[i + 1] - block[i]))
    if slip > 0:
        del block[at]
    else:
        block.insert(at, block[at])
