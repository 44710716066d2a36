"""How much of the time nodes, and what these watch, were up: for a node's page, and for all villages in a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.cameras import days
from hub.cameras.days import Day, Standing
from hub.nodes import uptime
from hub.nodes.fleet import BOOT, HUB, Flip, Node
from hub.nodes.uptime import NODE, State, Stretch, Uptime
from hub.nodes.windows import Window
from hub.rules.reading import fold
from hub.store import maintenance, nodes, records
from hub.web.wording.times import month_span
from hub.web.wording.villages import Village, camera_name

INTERNET = "target:internet"
EARLIEST = date(2020, 1, 1)
"""No hub has told of a month before."""
AFTERWARDS = timedelta(days=2)
"""So long after a month is looked at for whether a node was heard again: what it tells then counts."""
_STANDINGS = {
    State.UP: Standing.GOOD,
    State.DEGRADED: Standing.GOOD,
    State.DOWN: Standing.FAULT,
    State.UNKNOWN: Standing.UNKNOWN,
    State.MAINTENANCE: Standing.MAINTENANCE,
}


@dataclass(frozen=True, slots=True)
class Thing:
    """The node itself (`title` is empty), its internet, or a camera: the last 24 hours, 30 and 90 days."""

    subject: str
    title: str
    spans: tuple[Uptime, ...]


@dataclass(frozen=True, slots=True)
class NodeUptime:
    """What a node's page shows; `days` are the node's own, the first first. `young` says of each of the three spans
    since when the node is there, where that is not all of it."""

    things: tuple[Thing, ...]
    young: tuple[datetime | None, ...]
    days: tuple[Day, ...]
    counts: dict[Standing, int]


@dataclass(frozen=True, slots=True)
class VillageMonth:
    """One line of a month; `since_at` is when the node came, where that was in this month."""

    node: Node
    uptime: Uptime
    since_at: datetime | None = None

    @property
    def place(self) -> tuple[bool, float, timedelta, float, str]:
        """The worst first; of whom too little is known at the end, the least known first."""
        known, up = self.uptime.coverage or 0.0, self.uptime.availability
        if up is None or not self.uptime.is_enough:
            return True, known, timedelta(), 0.0, fold(self.node.title)
        return False, up, -self.uptime.longest, known, fold(self.node.title)


def of_node(c: Connection, village: Village, now: datetime, zone: ZoneInfo) -> NodeUptime:
    node, since = village.node, days.first_day(now, zone)
    starts = (now - timedelta(hours=24), days.first_day(now, zone, 30), since)
    reports = village.heartbeat.cameras if village.heartbeat is not None else ()
    cameras = {days.subject(camera.id): camera for camera in reports}
    watched = uptime.subjects(NODE, INTERNET, *cameras)
    flips = [*records.course(c, node.id, watched, since), *records.course(c, HUB, [HUB], since)]
    windows = maintenance.of_node(c, node.id, since)

    def thing(subject: str, title: str = "") -> Thing:
        spans = tuple(uptime.add_up(_stretches(node, subject, flips, windows, start, now)) for start in starts)
        return Thing(subject, title, spans)

    things = [thing(NODE)]
    if any(flip.subject == INTERNET for flip in flips):
        things.append(thing(INTERNET))
    things += [thing(subject, camera_name(camera)) for subject, camera in cameras.items()]
    own = days.by_day(_as_spans(_stretches(node, NODE, flips, windows, since, now)), now, zone)
    came_at = _came_at(node, flips)
    young = tuple(came_at if came_at > start else None for start in starts)
    return NodeUptime(tuple(things), young, own, days.count(own))


def course(c: Connection, node: Node, subject: str, since: datetime, now: datetime) -> list[Stretch]:
    """How the node, or a thing that it watches, was from then on."""
    flips = [*records.course(c, node.id, uptime.subjects(subject), since), *records.course(c, HUB, [HUB], since)]
    return _stretches(node, subject, flips, maintenance.of_node(c, node.id, since), since, now)


def of_month(c: Connection, month: date, now: datetime, zone: ZoneInfo) -> list[VillageMonth]:
    """The month that begins on this day, as far as it has passed, of every village that is in service and was there
    then, the worst first."""
    start, end = month_span(month, zone)
    present = [node for node in nodes.nodes(c) if not node.is_revoked]
    found = records.courses(c, (NODE, BOOT, HUB), start, end + AFTERWARDS)
    own, windows = found.get(HUB, []), maintenance.between(c, start, end)
    lines = []
    for node in present:
        flips = [*found.get(node.id, ()), *own]
        pieces = _stretches(node, NODE, flips, windows.get(node.id, ()), start, min(end, now))
        if pieces or node.added_at < end:
            came_at = _came_at(node, flips)
            lines.append(VillageMonth(node, uptime.add_up(pieces), came_at if came_at > start else None))
    return sorted(lines, key=lambda line: line.place)


def _stretches(
    node: Node, subject: str, flips: Sequence[Flip], windows: Iterable[Window], start: datetime, end: datetime
) -> list[Stretch]:
    """From when the thing was there: a node since it was added, what it watches since it was first told of."""
    first = _came_at(node, flips) if subject == NODE else uptime.begins_at(subject, flips)
    begins_at = end if first is None else max(first, start)
    return uptime.stretches(subject, flips, windows, begins_at, end) if begins_at < end else []


def _came_at(node: Node, flips: Sequence[Flip]) -> datetime:
    """Since when a node is there: when it was added, or what was written down of it before that."""
    first = uptime.begins_at(NODE, flips)
    return node.added_at if first is None else min(first, node.added_at)


def _as_spans(pieces: Iterable[Stretch]) -> list[days.Span]:
    return [days.Span(each.starts_at, each.ends_at, _STANDINGS[each.state]) for each in pieces]
