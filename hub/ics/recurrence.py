"""A rule as an RRULE of RFC 5545, and back. Pure.

Both ways are exact: a rule that has no RRULE has none here, and an RRULE is only taken for a rule that airs at the same
instants for a year to come. What has no rule of ours, such as every second Tuesday, becomes its single dates.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule as rr
from icalendar import vRecur

from hub.rules import calendar
from hub.rules.reading import Misread
from hub.rules.rule import DAY_MIN, Days, Exemption, Kind, Rule
from hub.rules.wording import MAX_TEXT, words

AHEAD = timedelta(days=366)
"""How far an RRULE and the rule it is taken for are compared, and how far single dates reach."""
MAX_DATES = 20
"""So many dates can still be read and checked by a person, and fit the field of the form."""
MAX_COUNT = 1000
_THE_END = datetime(2099, 12, 31, tzinfo=UTC)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: dict[str, Any] = {"DAILY": rr.DAILY, "WEEKLY": rr.WEEKLY, "MONTHLY": rr.MONTHLY, "YEARLY": rr.YEARLY}
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}


@dataclass(frozen=True, slots=True)
class Repeats:
    """When an event takes place: by `rule`, or once at `at`. `is_cut`: only what a year holds of it is told."""

    at: datetime
    rule: Rule | None = None
    is_cut: bool = False


def minutes(rule: Rule) -> tuple[int, ...]:
    """The minutes of a day at which it airs, each of which has an RRULE of its own; none where it has no RRULE."""
    told = {t + n * rule.gap_min for t in rule.times for n in range(rule.repeats)}
    is_solar = rule.days.kind in (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.YEARLY)
    return tuple(sorted(told)) if is_solar and max(told) < DAY_MIN else ()


def written(rule: Rule, minute: int) -> vRecur:
    """The RRULE of its airings at one of its `minutes`; what the rule leaves out is not told by it."""
    days = rule.days
    told: dict[str, object] = {"FREQ": days.kind.value.upper()}
    if days.every > 1:
        told["INTERVAL"] = days.every
    if rule.last is not None:
        told["UNTIL"] = _at(rule.last, minute, ZoneInfo(rule.zone)).astimezone(UTC)
    if days.kind is Kind.WEEKLY:
        told |= {"BYDAY": [_WEEKDAYS[d] for d in days.weekdays], "WKST": "MO"}
    if days.kind is Kind.YEARLY:
        told["BYMONTH"] = days.month
    if days.days:
        told["BYMONTHDAY"] = list(days.days)
    return vRecur(told)


def understood(
    recur: vRecur, start: datetime, left_out: Collection[datetime], now: datetime, zone: ZoneInfo
) -> Repeats:
    """What an RRULE of an event that begins at `start` (aware, in the event's own zone) means in `zone`.

    `left_out` are instants that do not count. Raises Misread where it cannot be told; the sentence names no line.
    """
    _check(recur)
    every = set(_instants(recur, start, now, now + AHEAD)) - set(left_out)
    rule = _rule(recur, start, [at for at in left_out if now <= at < now + AHEAD], now, zone)
    if rule is not None and every == {o.at for o in calendar.occurrences(rule, now, now + AHEAD)}:
        if len(words(rule)) > MAX_TEXT:
            raise _too_many()
        following = calendar.next_occurrence(rule, now)
        return Repeats(start if following is None else following.at, rule)
    return dated(every, start, zone, is_cut=_goes_on(recur, start, now + AHEAD))


def dated(instants: Collection[datetime], start: datetime, zone: ZoneInfo, is_cut: bool = False) -> Repeats:
    """Single dates as a rule; one alone is no rule. Raises Misread where they are too many or differ in their time."""
    local = sorted(at.astimezone(zone) for at in instants)
    times = {at.time() for at in local}
    if len(local) > MAX_DATES or len(times) > 1:
        raise _too_many()
    if len(local) < 2:
        return Repeats(local[0].astimezone(UTC) if local else start.astimezone(UTC), None, is_cut)
    days = Days(kind=Kind.DATES, dates=tuple(at.date() for at in local))
    rule = Rule(days=days, times=(_minute(local[0]),), zone=zone.key)
    return Repeats(local[0].astimezone(UTC), rule, is_cut)


def without(rule: Rule, dates: Collection[date]) -> Rule:
    """The rule with these days left out."""
    days = Days(kind=Kind.DATES, dates=tuple(sorted(set(dates))))
    return replace(rule, exemptions=(*rule.exemptions, Exemption(days=(days,))))


def _check(recur: vRecur) -> None:
    unknown = sorted(set(recur) - _KNOWN)
    frequency = _one(recur, "FREQ", "")
    if frequency not in _FREQUENCIES or unknown:
        raise _not_understood(unknown[0] if unknown else f"FREQ={frequency}")
    is_usual = frequency in ("MONTHLY", "YEARLY") or not (set(recur) & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"})
    if not is_usual or not 1 <= _one(recur, "INTERVAL", 1) <= 99 or not 1 <= _one(recur, "COUNT", 1) <= MAX_COUNT:
        raise _not_understood(_text(recur))


def _rule(recur: vRecur, start: datetime, left_out: Collection[datetime], now: datetime, zone: ZoneInfo) -> Rule | None:
    """A rule that may mean the same; None where there is none."""
    local = start.astimezone(zone)
    try:
        days = _days(recur, start, local)
        if days is None:
            return None
        is_anchored = days.every > 1 or local > now
        rule = Rule(
            days=days,
            times=(_minute(local),),
            first=local.date() if is_anchored else None,
            last=_last(recur, start, zone),
            zone=zone.key,
        )
        return without(rule, [at.astimezone(zone).date() for at in left_out]) if left_out else rule
    except ValueError:
        return None


def _days(recur: vRecur, start: datetime, local: datetime) -> Days | None:
    every, told = _one(recur, "INTERVAL", 1), set(recur) & {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
    shift = (local.date() - start.date()).days
    match _one(recur, "FREQ", ""):
        case "DAILY" if not told:
            return Days(kind=Kind.DAILY, every=every)
        case "WEEKLY" | "DAILY" as frequency if told <= {"BYDAY"} and (frequency == "WEEKLY" or every == 1):
            named = recur.get("BYDAY", [_WEEKDAYS[start.weekday()]])
            weekdays = sorted({(_WEEKDAYS.index(day) + shift) % 7 for day in named})
            return Days(kind=Kind.WEEKLY, weekdays=tuple(weekdays), every=every)
        case "MONTHLY" if told <= {"BYMONTHDAY"} and not shift:
            return Days(kind=Kind.MONTHLY, days=_month_days(recur, start), every=every)
        case "YEARLY" if told <= {"BYMONTHDAY", "BYMONTH"} and not shift and every == 1:
            return Days(kind=Kind.YEARLY, days=_month_days(recur, start), month=_one(recur, "BYMONTH", start.month))
        case _:
            return None


def _month_days(recur: vRecur, start: datetime) -> tuple[int, ...]:
    return tuple(sorted({int(day) for day in recur.get("BYMONTHDAY", [start.day])}))


def _last(recur: vRecur, start: datetime, zone: ZoneInfo) -> date | None:
    if "COUNT" in recur:
        *_, last = _instants(recur, start, start, _THE_END)
        return last.astimezone(zone).date()
    until = _until(recur, start)
    if until is None:
        return None
    local = until.astimezone(zone)
    return local.date() - timedelta(days=local.time() < start.astimezone(zone).time())


def _until(recur: vRecur, start: datetime) -> datetime | None:
    """A day alone means all of it; without a zone it is the event's own."""
    until = _one(recur, "UNTIL", None)
    if isinstance(until, datetime):
        return until if until.tzinfo is not None else until.replace(tzinfo=start.tzinfo)
    return None if until is None else datetime.combine(until, time.max, start.tzinfo)


def _instants(recur: vRecur, start: datetime, since: datetime, end: datetime) -> Iterator[datetime]:
    """Its instants from `since` up to before `end`, counted on the clock of the event's own zone."""
    zone, until = start.tzinfo, _until(recur, start)
    stop = end if until is None else min(end, until)
    try:
        weekdays = [_weekday(str(day)) for day in recur.get("BYDAY", [])]
        expanded = rr.rrule(
            _FREQUENCIES[_one(recur, "FREQ", "")],
            dtstart=start.replace(tzinfo=None),
            interval=_one(recur, "INTERVAL", 1),
            until=stop.astimezone(zone).replace(tzinfo=None),
            wkst=_weekday(_one(recur, "WKST", "MO")).weekday,
            byweekday=weekdays or None,
            bymonthday=[int(n) for n in recur.get("BYMONTHDAY", [])] or None,
            bymonth=[int(n) for n in recur.get("BYMONTH", [])] or None,
            bysetpos=[int(n) for n in recur.get("BYSETPOS", [])] or None,
        )
    except (ValueError, OverflowError):
        raise _not_understood(_text(recur)) from None
    for naive in islice(expanded, _one(recur, "COUNT", None)):
        at = naive.replace(tzinfo=zone).astimezone(UTC)
        if since <= at < end:
            yield at


def _goes_on(recur: vRecur, start: datetime, end: datetime) -> bool:
    return next(_instants(recur, start, end, _THE_END), None) is not None


def _weekday(text: str) -> rr.weekday:
    """“TU” or “2TU”. Raises ValueError."""
    name, nth = text[-2:].upper(), text[:-2]
    if name not in _WEEKDAYS:
        raise ValueError(text)
    return rr.weekday(_WEEKDAYS.index(name), int(nth) if nth else None)


def _one(recur: vRecur, name: str, usual: Any) -> Any:
    values = recur.get(name) or [usual]
    return values[0] if isinstance(values, list) else values


def _text(recur: vRecur) -> str:
    return ";".join(f"{name}={','.join(map(str, values))}" for name, values in recur.items())[:80]


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _not_understood(what: str) -> Misread:
    return Misread(
        f"Không hiểu cách lặp lại “{what}”. Hãy tự đặt buổi phát này.",
        f"The repetition “{what}” is not understood. Order this one by hand.",
    )


def _too_many() -> Misread:
    return Misread(
        "Lặp lại không đều, có quá nhiều ngày riêng lẻ. Hãy tự đặt buổi phát này.",
        "It repeats unevenly, on too many single days. Order this one by hand.",
    )
