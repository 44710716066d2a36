"""/calendar: when what sounds, day by day, and what a rule in words means."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic.dataclasses import dataclass

from contract.terms import Priority
from hub.api.caller import Caller, Looker, Planner
from hub.api.fields import ANSWER, Instant
from hub.api.problems import answers
from hub.orders import timetable
from hub.orders.broadcasts import Stage
from hub.orders.timetable import Day, Slot
from hub.refusals import Refused
from hub.rules import calendar, wording
from hub.rules.rule import Name, Rule
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets

router = APIRouter(tags=["calendar"])

SPAN_DAYS = 62
FIRST, LAST = date(2025, 1, 1), date(2099, 12, 1)
"""Lunar dates are right between them."""
AIRINGS_MAX = 50

From = Annotated[Instant, Query(alias="from", description="From this instant on.")]
Until = Annotated[Instant, Query(description="Up to before this instant.")]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Airing:
    """One airing of a broadcast."""

    broadcast: str
    """Its id."""
    title: str
    at: Instant
    ends_at: Instant
    nodes: tuple[str, ...]
    """In which villages."""
    stage: Stage
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class DayShown:
    """One local day."""

    day: date
    lunar_day: int
    lunar_month: int
    is_lunar_leap_month: bool
    names: tuple[Name, ...]
    """Which of the commune's sets of days it belongs to."""
    minutes: dict[str, float]
    """How long each village sounds, by node; emergencies do not count."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class RuleShown:
    """What a rule in words means."""

    words: str
    """The same in the hub's own words, to be used when ordering."""
    airings: tuple[Instant, ...]
    """Its next ones, as many as were asked for."""


@router.get("/calendar", responses=answers(409))
def list_airings(caller: Looker, from_: From, until: Until) -> tuple[Airing, ...]:
    """Every airing that is heard in a span of at most 62 days, in order; what is cancelled is not there."""
    start, end = span(from_, until)
    with caller.desk.database.read() as c:
        laid = timetable.slots(broadcast_rows.between(c, start, end), start, end, day_sets.day_sets(c))
    return tuple(map(_airing, laid))


@router.get("/calendar/days", responses=answers(409))
def list_days(
    caller: Looker,
    first: Annotated[date, Query(description="The first local day.")],
    days: Annotated[int, Query(ge=1, le=SPAN_DAYS, description="How many.")] = 7,
) -> tuple[DayShown, ...]:
    """Local days with their lunar dates, their names, and how full they are in each village."""
    if not FIRST <= first <= LAST:
        raise _out_of_years()
    zone, last = caller.hub.pages.zone, first + timedelta(days=days - 1)
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    with caller.desk.database.read() as c:
        sets = day_sets.day_sets(c)
        laid = timetable.slots(broadcast_rows.between(c, start, end), start, end, sets)
    return tuple(map(_day, timetable.days(laid, first, last, zone, sets)))


@router.get("/calendar/rule", responses=answers(409))
def read_rule(
    caller: Planner,
    words: Annotated[
        str, Query(max_length=wording.MAX_TEXT, description="In Vietnamese.", examples=list(wording.EXAMPLES))
    ],
    most: Annotated[int, Query(ge=1, le=AIRINGS_MAX, description="How many airings to list.")] = 5,
) -> RuleShown:
    """What a rule in words means: the same in the hub's own words, and its next airings."""
    rule = parse(caller, words)
    with caller.desk.database.read() as c:
        sets = day_sets.day_sets(c)
    found: list[datetime] = []
    following = calendar.next_occurrence(rule, caller.now, sets)
    while following is not None and len(found) < most:
        found.append(following.at)
        following = calendar.next_occurrence(rule, following.at + timedelta(seconds=1), sets)
    return RuleShown(words=wording.words(rule), airings=tuple(found))


def parse(caller: Caller, words: str) -> Rule:
    """The rule in the zone of this hub. Raises Misread."""
    zone = caller.hub.pages.zone
    return wording.parse(words, caller.now.astimezone(zone).date(), zone.key)


def span(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Raises Refused where it is none, too long, or out of the calendar."""
    if not all(FIRST <= each.date() <= LAST for each in (first, last)):
        raise _out_of_years()
    if not timedelta() < last - first <= timedelta(days=SPAN_DAYS):
        raise Refused(
            f"Mỗi lần xem được nhiều nhất {SPAN_DAYS} ngày.", f"At most {SPAN_DAYS} days can be seen at once."
        )
    return first, last


def _out_of_years() -> Refused:
    return Refused("Lịch chỉ có các năm 2025 đến 2099.", "The calendar has the years 2025 to 2099.")


def _airing(slot: Slot) -> Airing:
    of = slot.broadcast
    return Airing(
        broadcast=of.id,
        title=of.title,
        at=slot.at,
        ends_at=slot.ends_at,
        nodes=of.nodes,
        stage=of.stage,
        priority=of.priority,
    )


def _day(day: Day) -> DayShown:
    return DayShown(
        day=day.date,
        lunar_day=day.lunar.day,
        lunar_month=day.lunar.month,
        is_lunar_leap_month=day.lunar.is_leap,
        names=day.names,
        minutes=dict(day.minutes),
    )
