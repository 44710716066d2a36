"""What is ordered, laid out by days: airings, the lunar date, named days, and how full the fullest village is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contract.terms import Priority
from hub import broadcasts, calendar
from hub.broadcasts import Broadcast, Stage
from hub.calendar import Occurrence
from hub.lunar import LunarDate, lunar_date
from hub.rule import Days, DaySets, Kind, Name


class View(StrEnum):
    """How much is seen at once."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


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


def lanes(laid: Sequence[Slot], nodes: Iterable[str]) -> Mapping[str, tuple[Slot, ...]]:
    """The airings of each village."""
    return {node: tuple(slot for slot in laid if node in slot.broadcast.nodes) for node in nodes}


def month_span(day: date) -> tuple[date, date]:
    """The whole weeks, Monday first, that show the month of this day."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
