"""Time as the node sees it. How far to believe it is in `trust`.

The wall clock is suspect: a Pi without a battery wakes up behind by the length of the outage.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

STEP_S = 0.5
"""A clock that gained or lost more than this beside the monotonic one was set; slewing makes a millisecond of it."""


class Clock(Protocol):
    """What every decision of the node takes its time from."""

    def now(self) -> datetime:
        """The wall clock, aware UTC. It may step."""

    def monotonic(self) -> float:
        """Seconds that only rise, with no meaning beyond differences."""


class SystemClock:
    """The machine's clocks. Monotonic is CLOCK_BOOTTIME: it goes on while the machine is suspended."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


def ahead_s(clock: Clock) -> float:
    """By how much the wall clock is ahead of the monotonic one: it changes where it is set. Both are read now, for what
    came before, on a slow card, took its time."""
    return clock.now().timestamp() - clock.monotonic()


@dataclass(slots=True)
class VirtualClock:
    """A clock that moves only when told: `advance` lets time pass, `step` moves the wall clock alone."""

    wall: datetime
    elapsed_s: float = field(default=0.0)

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.elapsed_s += seconds

    def step(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
