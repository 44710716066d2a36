"""/uptime: one line a village for a month, the worst first, to be printed or opened in a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.nodes import uptime
from hub.nodes.uptime import State
from hub.web import sheet
from hub.web.nodes import uptime_view
from hub.web.nodes.uptime_view import VillageMonth
from hub.web.visit import Looker, Visit
from hub.web.wording.times import month_span, read_month

router = APIRouter()

COLUMNS = (
    ("tháng", "month"),
    ("mã làng", "id"),
    ("làng", "village"),
    ("hoạt động (%)", "availability_pct"),
    ("biết được (%)", "coverage_pct"),
    ("số lần mất liên lạc", "outages"),
    ("lần lâu nhất (giây)", "longest_outage_s"),
    ("có liên lạc (giây)", "up_s"),
    ("tín hiệu muộn (giây)", "degraded_s"),
    ("mất liên lạc (giây)", "down_s"),
    ("chưa rõ (giây)", "unknown_s"),
    ("bảo trì (giây)", "maintenance_s"),
)
"""What the file's columns are called, in both languages; the last ones are of each `State`, in its order."""
Asked = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its first day, and what lies beside it. `until_at` is as far as it is told."""

    first: date
    starts_at: datetime
    until_at: datetime
    latest: date

    @property
    def is_over(self) -> bool:
        return self.first < self.latest

    @property
    def before(self) -> date | None:
        return (self.first - timedelta(days=1)).replace(day=1) if self.first > uptime_view.EARLIEST else None

    @property
    def after(self) -> date | None:
        return (self.first + timedelta(days=31)).replace(day=1) if self.is_over else None


@router.get("/uptime")
def show_month(visit: Looker, month: Asked = "") -> Response:
    chosen = _month(visit, month)
    lines = _lines(visit, chosen)
    whole = uptime.together(line.uptime for line in lines)
    return visit.page("uptime.html", month=chosen, lines=lines, whole=whole, enough=uptime.ENOUGH)


@router.get("/uptime.csv")
def download(visit: Looker, month: Asked = "") -> Response:
    chosen = _month(visit, month)
    name = f"{chosen.first:%Y-%m}"
    rows = [_cells(name, line) for line in _lines(visit, chosen)]
    heads = [visit.words.pick(*column) for column in COLUMNS]
    return sheet.answer(visit.words, f"hoat-dong-{name}.csv", [heads, *rows])


def _month(visit: Visit, asked: str) -> Month:
    """What was asked for; this month for what is none, or is still to come."""
    now, zone = visit.now, visit.hub.pages.zone
    latest = now.astimezone(zone).date().replace(day=1)
    first = read_month(asked)
    chosen = first if first is not None and uptime_view.EARLIEST <= first <= latest else latest
    start, end = month_span(chosen, zone)
    return Month(chosen, start, min(end, now), latest)


def _lines(visit: Visit, month: Month) -> list[VillageMonth]:
    with visit.desk.database.read() as c:
        return uptime_view.of_month(c, month.first, visit.now, visit.hub.pages.zone)


def _cells(month: str, line: VillageMonth) -> Sequence[object]:
    """Empty where there is not enough to say."""
    told = line.uptime
    up = told.availability if told.is_enough else None
    return [
        month,
        line.node.id,
        sheet.plain(line.node.title),
        "" if up is None else round(100 * up, 4),
        "" if told.coverage is None else round(100 * told.coverage, 4),
        len(told.outages),
        round(told.longest.total_seconds()),
        *(round(told.lasted[state].total_seconds()) for state in State),
    ]
