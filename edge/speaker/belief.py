"""How far the wall clock is believed, and since when it was not. Only emergencies sound by a clock that is not."""

from datetime import datetime, timedelta
from typing import Protocol

from contract.reports import ClockReport
from contract.terms import Trust
from edge.clock import Clock


class TrustSource(Protocol):
    """Who says how far the clock is to be believed."""

    def read(self) -> ClockReport: ...


class Belief:
    """Reads the trust in the clock at every `look`, and remembers the blind time until it was made good."""

    def __init__(self, trust: TrustSource, clock: Clock) -> None:
        self.report = trust.read()
        self._trust = trust
        self._clock = clock
        self._blind_from_s: float | None = None if self.is_good else clock.monotonic()

    @property
    def is_good(self) -> bool:
        """Believed, be it only because it was set once since boot."""
        return self.report.trust is not Trust.UNTRUSTED

    @property
    def believed_now(self) -> datetime | None:
        """Now, or None where that is not known."""
        return self._clock.now() if self.is_good else None

    @property
    def blind_since(self) -> datetime | None:
        """By the clock that is good again: since when it was not. None where it is not good, or was all the time."""
        if not self.is_good or self._blind_from_s is None:
            return None
        return self._clock.now() - timedelta(seconds=self._clock.monotonic() - self._blind_from_s)

    def look(self) -> None:
        self.report = self._trust.read()
        if not self.is_good and self._blind_from_s is None:
            self._blind_from_s = self._clock.monotonic()

    def make_good(self) -> None:
        """What fell into the blind time has been judged: from a good clock on it is forgotten."""
        if self.is_good:
            self._blind_from_s = None
