"""How far the wall clock is believed, and since when it was not: the kernel's word, the hub's, and a plan's date."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from contract.reports import ClockReport
from contract.terms import Trust
from edge.clock import Clock

TOLERANCE_S = 2.0
"""A clock that agrees with the hub's within this and what the message took is right enough to begin a broadcast by."""
WORD_HOLDS_S = 12 * 3600.0
"""A clock of 50 ppm is 2 s off after 11 hours."""
NEVER_EARLIER_S = 60.0
"""No clock may be this much behind the date of a plan it was given."""


class TrustSource(Protocol):
    """Who says how far the clock is to be believed."""

    def read(self) -> ClockReport: ...


@dataclass(frozen=True, slots=True)
class HubWord:
    """What the hub's clock showed at `heard_s` (monotonic), right to within `bound_s` either way."""

    at: datetime
    heard_s: float
    bound_s: float

    def ahead_s(self, now: datetime, now_s: float) -> float:
        """By how much a clock that shows `now` is ahead of the hub's."""
        return (now - self.at).total_seconds() - (now_s - self.heard_s)


def judge(
    kernel: ClockReport, word: HubWord | None, plan_issued_at: datetime | None, now: datetime, now_s: float
) -> ClockReport:
    """Weigh what is known. A clock that the network keeps is believed; else the hub's word counts, unless it is too
    old; else what the kernel remembers, unless a plan was issued later than this clock says it is."""
    report = kernel
    if word is not None and now_s - word.heard_s < WORD_HOLDS_S:
        ahead_s = word.ahead_s(now, now_s)
        report = replace(report, ahead_s=ahead_s)
        if kernel.trust is not Trust.TRUSTED:
            is_right = abs(ahead_s) <= word.bound_s + TOLERANCE_S
            return replace(report, trust=Trust.HOLDOVER if is_right else Trust.UNTRUSTED)
    if kernel.trust is Trust.TRUSTED or plan_issued_at is None:
        return report
    is_behind = now < plan_issued_at - timedelta(seconds=NEVER_EARLIER_S)
    return replace(report, trust=Trust.UNTRUSTED) if is_behind else report


class Belief:
    """Weighs the clock at every `look`, and remembers the blind time until it was made good."""

    def __init__(self, trust: TrustSource, clock: Clock) -> None:
        self.report = trust.read()
        self._trust = trust
        self._clock = clock
        self._word: HubWord | None = None
        self._blind_from_s: float | None = None if self.is_good else clock.monotonic()

    @property
    def is_good(self) -> bool:
        """Believed, be it only because it was right once since boot."""
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

    def hear(self, at: datetime, took_s: float) -> None:
        """The hub said that it is `at`, in a message that was at most `took_s` under way."""
        half_s = took_s / 2
        self._word = HubWord(at + timedelta(seconds=half_s), self._clock.monotonic(), half_s)

    def look(self, plan_issued_at: datetime | None = None) -> None:
        self.report = judge(self._trust.read(), self._word, plan_issued_at, self._clock.now(), self._clock.monotonic())
        if not self.is_good and self._blind_from_s is None:
            self._blind_from_s = self._clock.monotonic()

    def make_good(self) -> None:
        """What fell into the blind time has been judged: from a good clock on it is forgotten."""
        if self.is_good:
            self._blind_from_s = None
