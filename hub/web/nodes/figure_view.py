"""What a node measured: for the charts and the table of its page, for a spreadsheet, and for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.cameras import days
from hub.history import figures
from hub.history.figures import OF_NODE, OF_TARGET, OWN, PEAKS, SCALE, Figure, Rollup, Spread
from hub.history.levels import Level, start_of, starts
from hub.nodes.fleet import Node
from hub.nodes.uptime import NODE, State
from hub.store import history
from hub.store.database import Database
from hub.web.nodes import uptime_view
from hub.web.nodes.uptime_view import INTERNET

PORTION = 500
MOST_BUCKETS = 110_000
"""More than is kept of any level, however the hub is set; only a date that is none asks for more."""
DAY = timedelta(hours=24)
FIRST = ("gateway", "dns", "resolver", "internet", "internet-2", "hub")
"""The order of what every node asks; what a village named itself comes after."""


class Period(StrEnum):
    DAY = "24h"
    QUARTER = "90d"


LEVEL_OF = {"minute": Level.MINUTE, "5min": Level.FIVE_MINUTES, "hour": Level.HOUR, "day": Level.DAY}
"""As they are asked for."""


@dataclass(frozen=True, slots=True)
class Course:
    """One figure of the node or of one target, at the instants of its chart; None where it is not known. `mean` has the
    greatest of a percentile, of which there is no mean."""

    subject: str
    mean: tuple[float | None, ...]
    least: tuple[float | None, ...]
    most: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Shade:
    """A time in which something was not as it should be."""

    starts_at: datetime
    ends_at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    at: tuple[datetime, ...]
    courses: tuple[Course, ...]
    shades: tuple[Shade, ...]


def chart(c: Connection, node: Node, figure: Figure, period: Period, now: datetime, zone: ZoneInfo) -> Chart:
    """One figure over the last 24 hours by five minutes, or over 90 days by the day."""
    rows = dict(_of_period(c, node.id, period, now, zone))
    since = _begin(period, now, zone)
    level = Level.DAY if period is Period.QUARTER else Level.FIVE_MINUTES
    at = tuple(starts(level, since, now, zone))
    subjects = (OWN,) if figure in OF_NODE else _targets(rows.values())
    courses = tuple(_course(subject, figure, [rows.get(each) for each in at]) for subject in subjects)
    return Chart(at, courses, tuple(_shades(c, node, figure, since, now)))


def last_day(c: Connection, node: Node, now: datetime, zone: ZoneInfo) -> list[tuple[str, Figure, Spread]]:
    """What the last 24 hours came to, for a table."""
    whole = figures.merge(row for _, row in _of_period(c, node.id, Period.DAY, now, zone))
    told = [(OWN, figure) for figure in OF_NODE]
    told += [(subject, figure) for figure in OF_TARGET for subject in _targets([whole])]
    found = ((subject, figure, spread_of(whole, subject, figure)) for subject, figure in told)
    return [(subject, figure, spread) for subject, figure, spread in found if spread is not None]


def read(
    database: Database, node: str, level: Level, since: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, Rollup]]:
    """Everything there is of a node in that time, a portion at a time: whoever is slow to take it holds nothing up."""
    earliest = until - MOST_BUCKETS * timedelta(minutes=level)
    asked = starts(level, max(since, earliest), until, zone)
    while portion := list(islice(asked, PORTION)):
        with database.read() as c:
            found = history.of_node(c, level, node, portion)
        yield from found


def lines(rollup: Rollup) -> Iterator[tuple[str, Figure, Spread]]:
    """Every figure of a bucket, the node's own first."""
    for subject in sorted(rollup, key=_place):
        for figure, spread in zip(figures.figures_of(subject), rollup[subject], strict=False):
            if spread is not None:
                yield subject, figure, spread


def mean(figure: Figure, spread: Spread) -> float | None:
    """None of a percentile."""
    return None if figure in PEAKS else round(spread.total / spread.n / SCALE, 3)


def least(figure: Figure, spread: Spread) -> float | None:
    return None if figure in PEAKS else spread.least / SCALE


def most(spread: Spread) -> float:
    return spread.most / SCALE


def spread_of(rollup: Rollup | None, subject: str, figure: Figure) -> Spread | None:
    place = figures.figures_of(subject).index(figure)
    row = (rollup or {}).get(subject, [])
    return row[place] if place < len(row) else None


def _begin(period: Period, now: datetime, zone: ZoneInfo) -> datetime:
    return days.first_day(now, zone) if period is Period.QUARTER else now - DAY


def _of_period(
    c: Connection, node: str, period: Period, now: datetime, zone: ZoneInfo
) -> list[tuple[datetime, Rollup]]:
    """Today, which is not over, comes from its hours."""
    since = _begin(period, now, zone)
    if period is Period.DAY:
        return history.of_node(c, Level.FIVE_MINUTES, node, list(starts(Level.FIVE_MINUTES, since, now, zone)))
    today = start_of(Level.DAY, now, zone)
    hours = history.of_node(c, Level.HOUR, node, list(starts(Level.HOUR, today, now, zone)))
    rows = history.of_node(c, Level.DAY, node, list(starts(Level.DAY, since, today, zone)))
    return [*rows, (today, figures.merge(row for _, row in hours))]


def _targets(rows: Iterable[Rollup]) -> tuple[str, ...]:
    found = {subject for row in rows for subject in row if subject != OWN}
    return tuple(sorted(found, key=_place))


def _place(subject: str) -> tuple[bool, int, str]:
    return subject != OWN, FIRST.index(subject) if subject in FIRST else len(FIRST), subject


def _course(subject: str, figure: Figure, rows: Sequence[Rollup | None]) -> Course:
    spreads = [spread_of(row, subject, figure) for row in rows]
    tops = tuple(None if s is None else most(s) for s in spreads)
    if figure in PEAKS:
        return Course(subject, tops, (), ())
    means = tuple(None if s is None else mean(figure, s) for s in spreads)
    return Course(subject, means, tuple(None if s is None else least(figure, s) for s in spreads), tops)


def _shades(c: Connection, node: Node, figure: Figure, since: datetime, now: datetime) -> Iterator[Shade]:
    """When the node was without contact or worked on; beside its targets also when it had no internet."""
    things = [NODE] if figure in OF_NODE else [NODE, INTERNET]
    for thing in things:
        for stretch in uptime_view.course(c, node, thing, since, now):
            if stretch.state is State.DOWN:
                yield Shade(stretch.starts_at, stretch.ends_at, "down" if thing == NODE else "offline")
            elif stretch.state is State.MAINTENANCE and thing == NODE:
                yield Shade(stretch.starts_at, stretch.ends_at, "maintenance")
