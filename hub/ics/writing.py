"""What is ordered as a calendar for other programs (RFC 5545). Pure.

A rule that has an RRULE is one event for each of its times; one that has none, of the lunar calendar say, is told by
its single airings of the next 90 days. The file is a picture of the day it was made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from hub.ics import recurrence
from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.rules import calendar
from hub.rules.rule import DaySets

SINGLES = timedelta(days=90)
LEFT_OUT = timedelta(days=366)
"""How far ahead the days that a rule leaves out are named one by one."""
_ZONE_FROM, _ZONE_UNTIL = date(2024, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An order as the calendar is to tell it: where, with which remark, and how often it has been changed."""

    order: Broadcast
    place: str
    note: str = ""
    sequence: int = 0


def write(name: str, listed: Iterable[Listed], now: datetime, sets: DaySets, zone: ZoneInfo) -> bytes:
    """The calendar of this name, with every order that has an instant."""
    made = Calendar()
    made.add("prodid", "-//Loa Lang//Loa Lang hub//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone.key)
    made.add_component(Timezone.from_tzid(zone.key, first_date=_ZONE_FROM, last_date=_ZONE_UNTIL))
    for each in listed:
        for event in _events(each, now, sets, zone):
            made.add_component(event)
    return bytes(made.to_ical())


def _events(each: Listed, now: datetime, sets: DaySets, zone: ZoneInfo) -> Iterator[Event]:
    order, rule = each.order, each.order.rule
    if order.starts_at is None:
        return
    if rule is None:
        yield _event(each, order.id, order.starts_at.astimezone(zone), now)
        return
    told = recurrence.minutes(rule)
    if not told:
        for airing in broadcasts.airings(order, now, now + SINGLES, sets):
            yield _event(each, f"{order.id}-{airing.at:%Y%m%dT%H%MZ}", airing.at.astimezone(zone), now)
    for minute in told:
        bare = replace(rule, times=(minute,), repeats=1, gap_min=0, exemptions=())
        first = calendar.next_occurrence(bare, order.starts_at, sets)
        if first is None:
            continue
        event = _event(each, f"{order.id}-{minute // 60:02d}{minute % 60:02d}", first.at.astimezone(zone), now)
        event.add("rrule", recurrence.written(rule, minute))
        until = max(now, first.at) + LEFT_OUT
        heard = {o.at for o in broadcasts.airings(order, first.at, until, sets)}
        silent = [o.at for o in calendar.occurrences(bare, first.at, until, sets) if o.at not in heard]
        if silent:
            event.add("exdate", [at.astimezone(zone) for at in silent])
        yield event


def _event(each: Listed, id: str, at: datetime, now: datetime) -> Event:
    order = each.order
    event = Event()
    event.add("uid", f"{id}@loalang")
    event.add("dtstamp", now)
    event.add("sequence", each.sequence)
    event.add("summary", order.title)
    event.add("location", each.place)
    event.add("description", each.note)
    event.add("status", _status(order))
    event.add("dtstart", at)
    event.add("dtend", at + timedelta(seconds=ceil(broadcasts.length_s(order, None))))
    return event


def _status(order: Broadcast) -> str:
    if order.stage is Stage.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if order.is_approved else "TENTATIVE"
