"""/calendar: what is ordered by month, week and day; a day has a lane for each village."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub import timetable
from hub.accounts import Act
from hub.refusals import Refused
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets, nodes
from hub.timetable import Day, View
from hub.web.visit import Looker, Visit

router = APIRouter()

DAY_MIN = 1440
FIRST_YEAR, LAST_YEAR = 2024, 2100
"""Lunar dates are right between them."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days in view, and where the arrows lead."""

    first: date
    last: date
    before: date
    after: date


@router.get("/calendar")
def show_calendar(visit: Looker, view: View = View.WEEK, day: Annotated[str, Query(max_length=10)] = "") -> Response:
    zone = visit.hub.pages.zone
    today = visit.now.astimezone(zone).date()
    shown = _read_day(day, today)
    window = _window(view, shown)
    with visit.desk.database.read() as c:
        sets = day_sets.day_sets(c)
        start, end = _midnight(window.first, zone), _midnight(window.last + timedelta(days=1), zone)
        laid = timetable.slots(broadcast_rows.between(c, start, end), start, end, sets)
        villages = [n for n in nodes.nodes(c) if not n.is_revoked]
        limits = {id: birth.limits for id, birth in nodes.births(c).items()}
    days = timetable.days(laid, window.first, window.last, zone, sets)
    return visit.page(
        "calendar.html",
        view=view,
        views=list(View),
        day=shown,
        today=today,
        window=window,
        days=days,
        weeks=[days[n : n + 7] for n in range(0, len(days), 7)],
        lanes=timetable.lanes(laid, [n.id for n in villages]),
        villages=villages,
        limits=limits,
        fullest=lambda each: _fullest(each, {v.id: limits[v.id].minutes_a_day for v in villages if v.id in limits}),
        now_min=_minute(visit.now, start),
        from_min=lambda slot: max(0, _minute(slot.at, start)),
        until_min=lambda slot: min(DAY_MIN, _minute(slot.ends_at, start)),
        noon=lambda each: datetime.combine(each, time(12), zone),
        can_order=visit.may(Act.ORDER),
        is_over=_is_over(visit, days),
    )


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


def _window(view: View, day: date) -> Window:
    match view:
        case View.MONTH:
            first, last = timetable.month_span(day)
            begun = day.replace(day=1)
            return Window(first, last, (begun - timedelta(days=1)).replace(day=1), begun + timedelta(days=32))
        case View.WEEK:
            first = day - timedelta(days=day.weekday())
            return Window(first, first + timedelta(days=6), day - timedelta(days=7), day + timedelta(days=7))
        case _:
            return Window(day, day, day - timedelta(days=1), day + timedelta(days=1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _minute(at: datetime, start: datetime) -> int:
    """Since the first midnight in view."""
    return int((at - start).total_seconds() // 60)


def _fullest(day: Day, quotas_min: Mapping[str, int]) -> tuple[float, int] | None:
    """The minutes of the village that is nearest to its quota, and the quota; None where nothing is known or played."""
    told = [(day.minutes[node], quota) for node, quota in quotas_min.items() if day.minutes.get(node)]
    return max(told, key=lambda each: each[0] / max(each[1], 1), default=None)
