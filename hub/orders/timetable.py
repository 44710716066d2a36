"""What is ordered, laid out by days: airings, the lunar date, named days, and how full the fullest village is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contract.limits import Limits
from contract.rules import Span, sessions
from contract.terms import Priority
from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.rules import calendar
from hub.rules.calendar import Occurrence
from hub.rules.lunar import LunarDate, lunar_date
from hub.rules.rule import DAY_MIN, Days, DaySets, Kind, Name


class View(StrEnum):
    """How much is seen at once."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    NEXT = "next"
    """The next 24 hours."""


_LONGEST = timedelta(days=1)
"""No airing lasts longer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One airing of a broadcast, from `at` to `ends_at`."""

    broadcast: Broadcast
    airing: Occurrence
    ends_at: datetime

    @property
    def at(self) -> datetime:
        return self.airing.at

    @property
    def minutes(self) -> float:
        return (self.ends_at - self.at).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Load:
    """How much of a village's quota of one day is used: minutes and sessions, each with its most."""

    minutes: float
    most_minutes: int
    sessions: int
    most_sessions: int

    @property
    def share(self) -> float:
        """Of the quota that is nearer to its end; above 1 where it is exceeded."""
        return max(_share(self.minutes, self.most_minutes), _share(self.sessions, self.most_sessions))


def _share(used: float, most: int) -> float:
    return used / most if most else float(used > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day. `minutes` is what counts against the quota, by village."""

    date: date
    lunar: LunarDate
    names: tuple[Name, ...]
    slots: tuple[Slot, ...]
    minutes: Mapping[str, float]

    @property
    def is_lunar_feast(self) -> bool:
        """Mùng một and rằm, which people look for."""
        return self.lunar.day in (1, 15)


def slots(found: Iterable[Broadcast], start: datetime, end: datetime, sets: DaySets) -> list[Slot]:
    """Every airing that is heard between `start` and `end`, of what is not cancelled, in order of its beginning."""
    told = [
        Slot(b, o, o.at + timedelta(seconds=broadcasts.length_s(b, o)))
        for b in found
        if b.stage is not Stage.CANCELLED
        for o in broadcasts.airings(b, start - _LONGEST, end, sets)
    ]
    return sorted(
        (slot for slot in told if slot.ends_at > start),
        key=lambda slot: (slot.at, slot.broadcast.title, slot.broadcast.id),
    )


def days(laid: Sequence[Slot], first: date, last: date, zone: ZoneInfo, sets: DaySets) -> list[Day]:
    """The days from `first` to `last`, with their airings."""
    by_day: dict[date, list[Slot]] = {}
    for slot in laid:
        by_day.setdefault(slot.at.astimezone(zone).date(), []).append(slot)
    named = {name: calendar.days_between(Days(kind=Kind.NAMED, name=name), first, last, sets) for name in Name}
    return [
        Day(
            date=day,
            lunar=lunar_date(day),
            names=tuple(name for name, its in named.items() if day in its),
            slots=tuple(by_day.get(day, ())),
            minutes=minutes_by_node(by_day.get(day, ())),
        )
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]


def minutes_by_node(laid: Iterable[Slot]) -> dict[str, float]:
    """How long each village sounds; emergencies do not count."""
    minutes: dict[str, float] = {}
    for slot in laid:
        if slot.broadcast.priority is not Priority.EMERGENCY:
            for node in slot.broadcast.nodes:
                minutes[node] = minutes.get(node, 0.0) + slot.minutes
    return minutes


def load(laid: Iterable[Slot], node: str, limits: Limits) -> Load:
    """What the airings of one day take of a village's quota; emergencies take none."""
    heard = [
        Span(slot.at, slot.minutes * 60, slot.broadcast.priority)
        for slot in laid
        if node in slot.broadcast.nodes and slot.broadcast.priority is not Priority.EMERGENCY
    ]
    minutes = sum(span.duration_s for span in heard) / 60
    return Load(minutes, limits.minutes_a_day, sessions(heard, limits.session_gap_s), limits.sessions_a_day)


def quiet(limits: Limits, start: datetime) -> list[tuple[int, int]]:
    """The quiet hours in the 24 hours from `start` (in local time), as minutes after it."""
    begun, length = start.hour * 60 + start.minute, limits.quiet_until_min - limits.quiet_from_min
    length += DAY_MIN if length < 0 else 0
    spans = [(n * DAY_MIN + limits.quiet_from_min - begun, length) for n in (-1, 0, 1)]
    cut = [(max(0, at), min(DAY_MIN, at + length)) for at, length in spans]
    return [(first, last) for first, last in cut if first < last]


def lanes(laid: Sequence[Slot], nodes: Iterable[str]) -> Mapping[str, tuple[Slot, ...]]:
    """The airings of each village."""
    return {node: tuple(slot for slot in laid if node in slot.broadcast.nodes) for node in nodes}


def month_span(day: date) -> tuple[date, date]:
    """The whole weeks, Monday first, that show the month of this day."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
