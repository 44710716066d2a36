"""On which days and at what instants a recurring broadcast airs. Pure: dates and `now` come in.

Days of the solar calendar are RFC 5545 rules, expanded by python-dateutil; days of the lunar calendar are found month
by month.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, YEARLY, rrule

from hub.rules import lunar
from hub.rules.lunar import Month
from hub.rules.rule import USUAL_SETS, Days, DaySets, Kind, Leap, Rule


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One airing of a rule: its instant, the local day it belongs to, and what replaces its sound, if anything."""

    at: datetime
    day: date
    replacement: str = ""


def occurrences(rule: Rule, start: datetime, end: datetime, sets: DaySets = USUAL_SETS) -> list[Occurrence]:
    """Every airing whose first sample is due from `start` up to before `end` (aware), in order."""
    zone = ZoneInfo(rule.zone)
    first = (start - rule.overhang).astimezone(zone).date()
    last = end.astimezone(zone).date()
    return [o for o in on_days(rule, first, last, sets) if start <= o.at < end]


def next_occurrence(rule: Rule, now: datetime, sets: DaySets = USUAL_SETS) -> Occurrence | None:
    """The first airing at `now` or later; None where there is none within the next ten years."""
    start = now
    for days in (8, 60, 400, 3660):
        found = occurrences(rule, start, now + timedelta(days=days), sets)
        if found:
            return found[0]
        start = now + timedelta(days=days)
    return None


def days_between(
    days: Days, first: date, last: date, sets: DaySets = USUAL_SETS, anchor: date | None = None
) -> set[date]:
    """The days of the set from `first` to `last`, both included; `anchor` is where counting by `every` begins."""
    match days.kind:
        case Kind.DATES:
            found: Iterable[date] = days.dates
        case Kind.SPAN:
            found = _each_day(max(first, days.dates[0]), min(last, days.dates[1]))
        case Kind.NAMED:
            assert days.name is not None
            held = sets.of(days.name)
            found = (day for each in held for day in days_between(each, first, last, DaySets()))
        case Kind.LUNAR_MONTHLY | Kind.LUNAR_YEARLY:
            found = _lunar_days(days, first, last)
        case Kind.BEFORE_TET:
            years = range(first.year, last.year + 2)
            found = (lunar.tet(year) - timedelta(days=days.before) for year in years)
        case _:
            found = _solar_days(days, first, last, anchor)
    return {day for day in found if first <= day <= last}


@lru_cache(maxsize=2048)
def on_days(rule: Rule, first: date, last: date, sets: DaySets = USUAL_SETS) -> tuple[Occurrence, ...]:
    """All airings that belong to the local days from `first` to `last`, in order. Two at one instant are one."""
    start = max(first, rule.first or first)
    end = min(last, rule.last or last)
    if start > end:
        return ()
    spared = [
        (days_between(d, start, end, sets), exemption.replacement)
        for exemption in rule.exemptions
        for d in exemption.days
    ]
    found: dict[datetime, Occurrence] = {}
    for day in sorted(days_between(rule.days, start, end, sets, rule.first)):
        replacement = next((replacement for days, replacement in spared if day in days), None)
        if replacement == "":
            continue
        for at in _instants(rule, day):
            found.setdefault(at, Occurrence(at, day, replacement or ""))
    return tuple(found[at] for at in sorted(found))


def _instants(rule: Rule, day: date) -> Iterator[datetime]:
    zone = ZoneInfo(rule.zone)
    for minute in rule.times:
        local = datetime.combine(day, time(minute // 60, minute % 60), zone)
        for n in range(rule.repeats):
            yield local.astimezone(UTC) + timedelta(minutes=n * rule.gap_min)


def recurrence(days: Days, anchor: date) -> rrule:
    """A set of solar days as an RFC 5545 rule that counts from `anchor`; weeks begin on Monday."""
    start = datetime.combine(anchor, time())
    match days.kind:
        case Kind.DAILY:
            return rrule(DAILY, dtstart=start, interval=days.every)
        case Kind.WEEKLY:
            return rrule(WEEKLY, dtstart=start, interval=days.every, byweekday=days.weekdays, wkst=MO)
        case Kind.MONTHLY:
            return rrule(MONTHLY, dtstart=start, interval=days.every, bymonthday=days.days)
        case Kind.YEARLY:
            return rrule(YEARLY, dtstart=start, bymonth=days.month, bymonthday=days.days)
        case _:
            raise ValueError(f"{days.kind}: no rule of the solar calendar")


def _solar_days(days: Days, first: date, last: date, anchor: date | None) -> list[date]:
    rule = recurrence(days, first if anchor is None else anchor)
    return [at.date() for at in rule.between(_midnight(first), _midnight(last), inc=True)]


def _lunar_days(days: Days, first: date, last: date) -> Iterator[date]:
    months = lunar.months_between(first, last)
    # the month after tells whether the last one is doubled
    beyond = lunar.months_between(first, last + timedelta(days=31))
    doubled = {(m.year, m.number) for m in beyond if m.is_leap}
    for month in months:
        if days.kind is Kind.LUNAR_YEARLY and month.number != days.month:
            continue
        if _counts(month, days.leap, (month.year, month.number) in doubled):
            yield from filter(None, map(month.day, days.days))


def _counts(month: Month, leap: Leap, is_doubled: bool) -> bool:
    if leap is Leap.FIRST:
        return not month.is_leap
    return leap is Leap.BOTH or month.is_leap or not is_doubled


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
