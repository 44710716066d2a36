"""The changes of one thing in the order of their own time, whatever order they came in. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hub.nodes.fleet import Flip


class Follower:
    """The value of one thing at instants that only go on."""

    def __init__(self, flips: Sequence[Flip]) -> None:
        self._flips = flips
        self._next = 0

    def at(self, instant: datetime) -> str | None:
        """None before its first change."""
        while self._next < len(self._flips) and self._flips[self._next].at <= instant:
            self._next += 1
        return self._flips[self._next - 1].value if self._next else None


def of_subject(flips: Iterable[Flip], subject: str) -> list[Flip]:
    """Those of one thing, the first first; of several of one instant one alone, always the same: the others lasted no
    time."""
    found = sorted((f for f in flips if f.subject == subject), key=lambda f: (f.at, f.value, f.detail))
    return list({flip.at: flip for flip in found}.values())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
