"""/calendar: what is ordered by month, week and day, and the next 24 hours with a lane for each village."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from contract.limits import Limits
from hub.nodes.fleet import Node
from hub.orders import timetable
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.timetable import Day, Load, Slot, View
from hub.people.accounts import Act
from hub.refusals import Conflicted, Refused
from hub.rules.rule import DAY_MIN
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, nodes
from hub.web import sight
from hub.web.visit import Looker, Visit
from hub.web.wording.times import read_instant

router = APIRouter()

FIRST_YEAR, LAST_YEAR = 2024, 2100
"""Lunar dates are right between them."""
LEAST_MIN = 16
"""A bar in a lane is drawn at least this long, to be seen and held."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days in view, and where the arrows lead."""

    first: date
    last: date
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Bar:
    """One airing in a lane: minutes after the lane's beginning."""

    slot: Slot
    from_min: int
    length_min: int


@dataclass(frozen=True, slots=True)
class Lane:
    """24 hours of one village."""

    node: Node
    bars: tuple[Bar, ...]
    quiet: Sequence[tuple[int, int]]
    load: Load | None
    """Of the day that is looked at; None where the village has not told its limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What was just done, or could not be."""

    broadcast: Broadcast | None = None
    was: datetime | None = None
    is_undone: bool = False
    fault: str = ""
    busy: Conflicted | None = None
    wanted_at: datetime | None = None


@router.get("/calendar")
def show_calendar(
    visit: Looker,
    view: View = View.WEEK,
    day: Annotated[str, Query(max_length=10)] = "",
    moved: Annotated[str, Query(max_length=40)] = "",
    was: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """`moved` and `was` tell what was just moved, and from when; without `was` it was moved back."""
    with visit.desk.database.read() as c:
        done = broadcast_rows.broadcast(c, moved) if moved else None
    is_told = done is not None and done.starts_at is not None
    notice = Notice(broadcast=done, was=read_instant(was), is_undone=not was) if is_told else Notice()
    return calendar_page(visit, view, day, notice)


def calendar_page(visit: Visit, view: View, day: str, notice: Notice, status: int = 200) -> Response:
    """Raises Refused for a day that there is not."""
    zone, now = visit.hub.pages.zone, visit.now
    today = now.astimezone(zone).date()
    shown = _read_day(day, today)
    window = _window(view, shown, today)
    begun = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    start, end = _midnight(window.first, zone), _midnight(window.last + timedelta(days=1), zone)
    if view is View.NEXT:
        start, end = begun, begun + timedelta(days=1)
    with visit.desk.database.read() as c:
        sets = day_sets.day_sets(c)
        orders = broadcast_rows.between(c, start, end)
        laid = timetable.slots(orders, start, end, sets)
        villages = [n for n in nodes.nodes(c) if not n.is_revoked]
        limits = {id: birth.limits for id, birth in nodes.births(c).items()}
        seen = sight.look(c, now, visit.hub.online_since()) if notice.busy else None
    days = timetable.days(laid, window.first, window.last, zone, sets)
    known = {v.id: limits[v.id] for v in villages if v.id in limits}
    return visit.page(
        "calendar.html",
        status,
        view=view,
        views=list(View),
        day=shown,
        today=today,
        window=window,
        days=days,
        weeks=[days[n : n + 7] for n in range(0, len(days), 7)],
        lanes=_lanes(laid, villages, limits, start, days[0].slots) if view in (View.DAY, View.NEXT) else [],
        start=start,
        hours=[(60 * n, start + n * _HOUR) for n in range(0, 25, 2)],
        villages=villages,
        fullest=lambda each: _fullest(each, known),
        now_min=_minute(now, start),
        noon=lambda each: datetime.combine(each, time(12), zone),
        can_order=visit.may(Act.ORDER),
        can_move=lambda slot: visit.may(Act.ORDER, slot.broadcast.nodes) and _is_movable(slot, now),
        is_over=_is_over(visit, days),
        notice=notice,
        sight=seen,
    )


def _is_movable(slot: Slot, now: datetime) -> bool:
    """What airs but once and has not begun; of one that recurs the rule is changed."""
    order = slot.broadcast
    return order.rule is None and slot.at > now and order.stage is not Stage.CANCELLED


def _lanes(
    laid: Sequence[Slot],
    villages: Sequence[Node],
    limits: Mapping[str, Limits],
    start: datetime,
    counted: Sequence[Slot],
) -> list[Lane]:
    """`counted` are the airings of the day of which the quota is shown."""
    by_node = timetable.lanes(laid, [v.id for v in villages])
    return [
        Lane(
            v,
            tuple(_bar(slot, start) for slot in by_node[v.id]),
            timetable.quiet(limits[v.id], start) if v.id in limits else [],
            timetable.load(counted, v.id, limits[v.id]) if v.id in limits else None,
        )
        for v in villages
    ]


def _bar(slot: Slot, start: datetime) -> Bar:
    first = max(0, _minute(slot.at, start))
    last = min(DAY_MIN, _minute(slot.ends_at, start))
    return Bar(slot, first, max(LEAST_MIN, last - first))


def _is_over(visit: Visit, days: list[Day]) -> set[tuple[str, datetime]]:
    """The airings that have ended."""
    return {(s.broadcast.id, s.at) for each in days for s in each.slots if s.ends_at < visit.now}


def _read_day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("Không có ngày này.", "There is no such day.") from None
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise Refused("Lịch chỉ có các năm 2025 đến 2099.", "The calendar has the years 2025 to 2099.")
    return day


def _window(view: View, day: date, today: date) -> Window:
    one = timedelta(days=1)
    match view:
        case View.MONTH:
            first, last = timetable.month_span(day)
            begun = day.replace(day=1)
            return Window(first, last, (begun - one).replace(day=1), begun + timedelta(days=32))
        case View.WEEK:
            first = day - timedelta(days=day.weekday())
            return Window(first, first + timedelta(days=6), day - timedelta(days=7), day + timedelta(days=7))
        case View.NEXT:
            return Window(today, today + one, today - one, today + one)
        case _:
            return Window(day, day, day - one, day + one)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _minute(at: datetime, start: datetime) -> int:
    """Since the first instant in view."""
    return int((at - start).total_seconds() // 60)


def _fullest(day: Day, limits: Mapping[str, Limits]) -> Load | None:
    """Of the village that is nearest to its quota; None where nothing is known or played."""
    loads = [timetable.load(day.slots, node, own) for node, own in limits.items()]
    return max((each for each in loads if each.sessions), key=lambda each: each.share, default=None)
