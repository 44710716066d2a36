"""Where frame 0 of an open stream lies on the wall clock, from what the card says and from when it asks. Pure.

A card says when the samples it asks for will leave (its time), and it asks whenever its buffer has run down to a fixed
rest. Behind a sound server on a busy machine the first may swing by milliseconds for seconds, while the earliest of
the asking stays true to some 50 µs; what the asking does not tell is the rest, the lag between the two. So the lag is
learned while the card's times are calm, and used where they are not; it is kept from one stream to the next.
"""

import math
from collections import deque

RATE_HZ = 48_000
KEPT = 30
"""Askings looked at: about a second."""

CALM_S = 0.0002
"""A card whose time swings by no more within that second is as calm as can be asked."""


class Timeline:
    """The time line of one stream. Times are wall-clock seconds since 1970."""

    def __init__(self, before: "Timeline | None" = None) -> None:
        """`before` is that of the stream before on the same card."""
        self.origin = 0.0
        self._lag_s: float | None = before._lag_s if before else None
        self._swing_s: float = before._swing_s if before else math.inf
        self._said: deque[float] = deque(maxlen=KEPT)
        self._asked: deque[float] = deque(maxlen=KEPT)
        self._lags: deque[float] = deque(maxlen=KEPT)

    def note(self, frame: int, asked_at: float, dac_at: float) -> None:
        """Take in one asking: for samples from `frame` on, at `asked_at`, to leave at `dac_at` as the card says."""
        self._said.append(dac_at - frame / RATE_HZ)
        self._asked.append(asked_at - frame / RATE_HZ)
        earliest = min(self._asked)
        self._lags.append(self._said[-1] - earliest)
        if len(self._lags) == KEPT:
            self._learn(max(CALM_S, max(self._lags) - min(self._lags)))
        self.origin = _median(self._said) if self._lag_s is None else earliest + self._lag_s

    def _learn(self, swing_s: float) -> None:
        """Take the lag of a second as calm as any so far, the latest of such."""
        if swing_s <= self._swing_s:
            self._swing_s = swing_s
            self._lag_s = _median(self._lags)


def _median(values: "deque[float]") -> float:
    return sorted(values)[len(values) // 2]
