"""Where frame 0 of an open stream lies on the wall clock, from what the card says and from when it asks. Pure.

A card says when the samples it asks for will leave (its time), and it asks whenever its buffer has run down to a fixed
rest. Behind a sound server on a busy machine the first may swing by milliseconds for seconds, while the earliest of
the asking stays true to some 50 µs; what the asking does not tell is the rest, the lag between the two. So the lag is
learned while the card's times are calm, and used where they are not; it may be kept from one stream to the next.
"""

from collections import deque

RATE_HZ = 48_000
KEPT = 30
"""Askings looked at: about a second."""

CALM_S = 0.0002
"""Swing of the card's time within that second up to which it is believed."""


class Timeline:
    """The time line of one stream. Times are wall-clock seconds since 1970."""

    def __init__(self, lag_s: float | None = None) -> None:
        self.lag_s = lag_s
        """From the asking to the leaving of the first sample asked for; None before a calm second."""
        self.origin = 0.0
        self._said: deque[float] = deque(maxlen=KEPT)
        self._asked: deque[float] = deque(maxlen=KEPT)
        self._lags: deque[float] = deque(maxlen=KEPT)

    def note(self, frame: int, asked_at: float, dac_at: float) -> None:
        """Take in one asking: for samples from `frame` on, at `asked_at`, to leave at `dac_at` as the card says."""
        self._said.append(dac_at - frame / RATE_HZ)
        self._asked.append(asked_at - frame / RATE_HZ)
        earliest = min(self._asked)
        self._lags.append(self._said[-1] - earliest)
        if len(self._lags) == KEPT and max(self._lags) - min(self._lags) <= CALM_S:
            self.lag_s = _median(self._lags)
        self.origin = _median(self._said) if self.lag_s is None else earliest + self.lag_s


def _median(values: "deque[float]") -> float:
    return sorted(values)[len(values) // 2]
