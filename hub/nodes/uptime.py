"""How long a node, or a thing it watches, was up, degraded, down, unknown or worked on: time-weighted, to the
microsecond, from changes that may have come late, in any order and more than once. Pure.

Nothing is said of what nobody could know: the time in which the hub was away, and of what a node watches also that in
which the node was without contact, is unknown; unless the node was heard again afterwards and had not been started
anew meanwhile, for then it watched on, and told what changed with its true times.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from contract.terms import CameraFault
from hub.nodes.course import Follower, of_subject
from hub.nodes.fleet import ALERT_BY_S, BOOT, HUB, SILENT, Flip, Status, process_subject
from hub.nodes.windows import Window

NODE = "node"
ENOUGH = 0.9
"""Below this coverage no availability is shown."""
SETTLE = timedelta(seconds=ALERT_BY_S)
"""After the hub is back, a node that fell silent meanwhile is found out within this time."""


class State(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"


_NODE_STATES = {
    Status.UP.value: State.UP,
    Status.LATE.value: State.DEGRADED,
    Status.DOWN.value: State.DOWN,
}
_TARGET_STATES = {"up": State.UP, "down": State.DOWN}
_POOR = frozenset({CameraFault.BLURRED, CameraFault.NOISY, CameraFault.IR_CUT, CameraFault.DIRTY})
"""Faults in which a camera still shows what it is meant to, only worse; with any other it is down."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in which the state was one and the same: from `starts_at` up to before `ends_at`."""

    starts_at: datetime
    ends_at: datetime
    state: State

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Outage:
    """From its first failure until it was better; `lasted` counts the time that is known to be down."""

    starts_at: datetime
    lasted: timedelta


@dataclass(frozen=True, slots=True)
class Uptime:
    """The sums of one span. Those of two spans that meet add up; an outage across their border is in both."""

    lasted: Mapping[State, timedelta]
    outages: tuple[Outage, ...] = ()

    @property
    def known(self) -> timedelta:
        return self.lasted[State.UP] + self.lasted[State.DEGRADED] + self.lasted[State.DOWN]

    @property
    def availability(self) -> float | None:
        """(up + degraded) / (up + degraded + down), 0 to 1; None where nothing is known."""
        return (self.known - self.lasted[State.DOWN]) / self.known if self.known else None

    @property
    def coverage(self) -> float | None:
        """How much of the time is known, 0 to 1; maintenance is neither. None where there was nothing else."""
        all_of_it = self.known + self.lasted[State.UNKNOWN]
        return self.known / all_of_it if all_of_it else None

    @property
    def is_enough(self) -> bool:
        """Whether so much is known that the availability says something."""
        return self.coverage is not None and self.coverage >= ENOUGH

    @property
    def longest(self) -> timedelta:
        return max((outage.lasted for outage in self.outages), default=timedelta())


def subjects(*things: str) -> set[str]:
    """What must be known of a node to say how these things were."""
    return {NODE, BOOT, *things, *(watcher for thing in things if (watcher := _watcher(thing)))}


def begins_at(subject: str, flips: Iterable[Flip]) -> datetime | None:
    """When a thing was first heard of; None where it never was."""
    return min((flip.at for flip in flips if flip.subject == subject), default=None)


def measure(subject: str, flips: Iterable[Flip], windows: Iterable[Window], start: datetime, end: datetime) -> Uptime:
    """The sums of what `stretches` says."""
    return add_up(stretches(subject, flips, windows, start, end))


def add_up(found: Sequence[Stretch]) -> Uptime:
    lasted = dict.fromkeys(State, timedelta())
    for stretch in found:
        lasted[stretch.state] += stretch.length
    return Uptime(lasted, tuple(_outages(found)))


def together(uptimes: Iterable[Uptime]) -> Uptime:
    """The times of several things in one: each counts by how long it is known."""
    told = list(uptimes)
    lasted = {state: sum((each.lasted[state] for each in told), timedelta()) for state in State}
    return Uptime(lasted, tuple(outage for each in told for outage in each.outages))


def stretches(
    subject: str, flips: Iterable[Flip], windows: Iterable[Window], start: datetime, end: datetime
) -> list[Stretch]:
    """The time from `start` to `end` without a gap, in order.

    `subject` is `node`, `target:<id>` or `camera:<id>`; `flips` are those of `subjects` and the hub's own, each from
    its last change before `start` on, in any order.
    """
    flips, found = list(flips), list[Stretch]()
    for since, until, state in _pieces(subject, flips, list(windows), start, end):
        if found and found[-1].state is state:
            found[-1] = replace(found[-1], ends_at=until)
        else:
            found.append(Stretch(since, until, state))
    return found


def _pieces(
    subject: str, flips: Sequence[Flip], windows: Sequence[Window], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, State]]:
    camera = subject.removeprefix("camera:") if subject.startswith("camera:") else ""
    about = [window for window in windows if window.is_about(camera)]
    node = _settled(of_subject(flips, NODE))
    changes = node if subject == NODE else of_subject(flips, subject)
    watcher = of_subject(flips, _watcher(subject))
    away = _Times(_away(flips))
    blind = _Times(_unseen([*away.spans, *_runs(node)], [flip.at for flip in of_subject(flips, BOOT)]))
    edges = {flip.at for flip in (*changes, *watcher)} | {w.starts_at for w in about} | {w.until_at for w in about}
    edges |= {edge for span in (*away.spans, *blind.spans) for edge in span if edge is not None}
    value, watching = Follower(changes), Follower(watcher)
    for since, until in pairwise([start, *sorted(edge for edge in edges if start < edge < end), end]):
        told, is_watched = value.at(since), watching.at(since) != SILENT
        if any(window.is_at(since) for window in about):
            yield since, until, State.MAINTENANCE
        elif subject == NODE:
            yield since, until, _of_node(told, away.has(since), blind.has(since))
        else:
            is_known = told is not None and is_watched and not blind.has(since)
            yield since, until, _of_thing(subject, told or "") if is_known else State.UNKNOWN


def _of_node(told: str | None, is_away: bool, is_blind: bool) -> State:
    """While the hub was away nobody saw a contact; one that was there before and after, without a new start between,
    is taken for one that lasted."""
    if is_away and (is_blind or told != Status.UP):
        return State.UNKNOWN
    return _NODE_STATES.get(told or "", State.UNKNOWN)


def _of_thing(subject: str, told: str) -> State:
    if not subject.startswith("camera:"):
        return _TARGET_STATES.get(told, State.UNKNOWN)
    if told in ("", "ok"):
        return State.UP
    return State.DEGRADED if told in _POOR else State.DOWN


def _watcher(subject: str) -> str:
    """The process of the node that watches a thing; none watches the node itself."""
    kind = subject.partition(":")[0]
    return {"camera": process_subject("camera"), "target": process_subject("netmon")}.get(kind, "")


def _settled(node: Sequence[Flip]) -> list[Flip]:
    """The node's own changes; a LATE that became DOWN was the beginning of it."""
    found: list[Flip] = []
    for flip in reversed(node):
        is_outage = flip.value == Status.LATE and bool(found) and found[-1].value == Status.DOWN
        found.append(replace(flip, value=Status.DOWN.value) if is_outage else flip)
    return found[::-1]


Span = tuple[datetime, datetime | None]
"""From then up to before then; without an end where it lasts."""


def _away(flips: Iterable[Flip]) -> list[Span]:
    """When the hub could not hear."""
    own = of_subject((flip for flip in flips if flip.node == HUB), HUB)
    return [(since, None if until is None else until + SETTLE) for since, until in _runs(own)]


def _runs(flips: Sequence[Flip]) -> Iterator[Span]:
    """Each time of DOWN, until the first change to anything else."""
    since = None
    for flip in flips:
        if flip.value == Status.DOWN:
            since = since or flip.at
        elif since is not None:
            yield since, flip.at
            since = None
    if since is not None:
        yield since, None


def _unseen(gaps: Iterable[Span], boots: Sequence[datetime]) -> list[Span]:
    """Of times without contact those of which the node cannot tell either.

    It tells of all that came after its last start, once it is heard again.
    """
    found: list[Span] = []
    for since, until in _merged(gaps):
        started_at = boots[n - 1] if until is not None and (n := bisect_right(boots, until)) else None
        if started_at is None:
            found.append((since, until))
        elif started_at > since:
            found.append((since, started_at))
    return found


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or meet become one."""
    found: list[Span] = []
    for since, until in sorted(spans, key=lambda span: span[0]):
        last = found[-1] if found else None
        if last is None or (last[1] is not None and last[1] < since):
            found.append((since, until))
        elif last[1] is not None:
            found[-1] = (last[0], None if until is None else max(last[1], until))
    return found


class _Times:
    """Spans that do not overlap, to be asked whether an instant is in one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = _merged(spans)
        self._starts = [since for since, _ in self.spans]

    def has(self, at: datetime) -> bool:
        n = bisect_right(self._starts, at)
        if not n:
            return False
        until = self.spans[n - 1][1]
        return until is None or at < until


def _outages(found: Iterable[Stretch]) -> Iterator[Outage]:
    """One lasts until something better was seen; what was unknown or worked on between does not end it."""
    outage: Outage | None = None
    for stretch in found:
        if stretch.state is State.DOWN:
            before = timedelta() if outage is None else outage.lasted
            outage = Outage(stretch.starts_at if outage is None else outage.starts_at, before + stretch.length)
        elif stretch.state in (State.UP, State.DEGRADED) and outage is not None:
            yield outage
            outage = None
    if outage is not None:
        yield outage
