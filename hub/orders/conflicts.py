"""What stands in the way of a broadcast: the rules of a node, or another broadcast, in any of its airings. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from contract.limits import Limits
from contract.rules import Span, local_day, overlaps, refusal
from contract.terms import Priority, Reason
from hub.nodes.planning import HORIZON
from hub.orders.broadcasts import NOW_LEAD, Broadcast, Stage, airings, length_s, next_airing
from hub.rules.rule import USUAL_SETS, DaySets

GAP_S = 5.0
"""Two airings in one village closer than this are a conflict: the amplifier and the ear need a pause."""
SHOWN = 3
"""A rule may collide every day; a person needs to see the first few dates and how many there are."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a broadcast cannot sound in one village: a rule of the node, or another broadcast (or itself, repeated).

    `times` are the first few instants: of the other's airings, or of its own that break the rule; `count` is all.
    """

    node: str
    reason: Reason
    other: Broadcast | None = None
    times: tuple[datetime, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Interruption:
    """A broadcast of a lower class that will be silenced, if it has not ended by then; `times` are its airings."""

    other: Broadcast
    times: tuple[datetime, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Hindrance:
    """A conflict before it is told for each village."""

    reason: Reason
    other: Broadcast | None
    times: tuple[datetime, ...]


def conflicts(
    new: Broadcast,
    others: Sequence[Broadcast],
    limits: Mapping[str, Limits],
    now: datetime,
    sets: DaySets = USUAL_SETS,
    over: Collection[tuple[str, str]] = (),
) -> list[Conflict]:
    """Everything that stands in the way of `new`, village by village; empty where it may be saved.

    Every airing within the horizon is looked at, or the next where none is. `limits` are those the nodes have
    reported; one that has not spoken yet will judge by itself. `over` are the broadcasts and nodes where the airing
    has ended, be it before its time: they leave the air free.
    """
    own = spans(new, now, now, now + HORIZON, sets) or _next_span(new, now, sets)
    if not own:
        return []
    first, last = own[0].start - 2 * _DAY, own[-1].start + 2 * _DAY
    standing = [b for b in others if b.id != new.id and b.stage is not Stage.CANCELLED]
    theirs = {b.id: spans(b, now, first, last, sets) for b in standing}
    judged: dict[tuple[object, ...], list[_Hindrance]] = {}
    found: list[Conflict] = []
    for node in new.nodes:
        here = [b for b in standing if node in b.nodes]
        unheard = [b for b in here if (b.id, node) not in over]
        key = (limits.get(node), tuple(b.id for b in here), tuple(b.id for b in unheard))
        if key not in judged:
            judged[key] = _overlaps(new, own, unheard, theirs) + _refusals(own, here, theirs, limits.get(node))
        found += [Conflict(node, h.reason, h.other, h.times[:SHOWN], len(h.times)) for h in judged[key]]
    return found


def interruptions(
    new: Broadcast, others: Sequence[Broadcast], now: datetime, sets: DaySets = USUAL_SETS
) -> list[Interruption]:
    """What a priority broadcast sounds over: no conflict, but the person who orders it should know."""
    own = spans(new, now, now, now + HORIZON, sets)
    if new.priority is not Priority.PRIORITY or not own:
        return []
    first, last = own[0].start - 2 * _DAY, own[-1].start + 2 * _DAY
    found = []
    for other in others:
        is_below = other.priority.rank < new.priority.rank and other.stage is not Stage.CANCELLED
        if is_below and set(other.nodes) & set(new.nodes):
            hit = _colliding(own, spans(other, now, first, last, sets), gap_s=0.0)
            found += [Interruption(other, hit[:SHOWN], len(hit))] if hit else []
    return found


def spans(broadcast: Broadcast, now: datetime, start: datetime, end: datetime, sets: DaySets) -> list[Span]:
    """Its airings in time, in order; one that airs but once counts wherever it lies, "now" as of now."""
    if broadcast.rule is None:
        return [Span(broadcast.starts_at or now + NOW_LEAD, broadcast.duration_s, broadcast.priority)]
    found = airings(broadcast, start, end, sets)
    return [Span(o.at, length_s(broadcast, o), broadcast.priority) for o in found]


def _next_span(broadcast: Broadcast, now: datetime, sets: DaySets) -> list[Span]:
    """The first airing of a rule that begins beyond the horizon."""
    following = next_airing(broadcast, now, sets)
    return [] if following is None else [Span(following.at, length_s(broadcast, following), broadcast.priority)]


def _overlaps(
    new: Broadcast, own: list[Span], here: list[Broadcast], theirs: Mapping[str, list[Span]]
) -> list[_Hindrance]:
    found = []
    itself = [b.start for a, b in pairwise(own) if overlaps(a, b, GAP_S)]
    if itself:
        found.append(_Hindrance(Reason.OVERLAP, new, tuple(itself)))
    for other in here:
        if other.priority.rank >= new.priority.rank:
            is_alike = other.priority is new.priority
            hit = _colliding(_patient(own, new, is_alike), _patient(theirs[other.id], other, is_alike))
            found += [_Hindrance(Reason.OVERLAP, other, hit)] if hit else []
    return found


def _patient(planned: list[Span], broadcast: Broadcast, is_alike: bool) -> list[Span]:
    """Its airings with the time that it may have waited, which another of its class must not need."""
    if not is_alike or not broadcast.patience_s:
        return planned
    return [replace(s, duration_s=s.duration_s + broadcast.patience_s) for s in planned]


def _colliding(own: list[Span], theirs: list[Span], gap_s: float = GAP_S) -> tuple[datetime, ...]:
    """The starts of theirs that sound together with any of ours; both are in order."""
    starts = [s.start for s in theirs]
    longest = timedelta(seconds=max((s.duration_s for s in theirs), default=0.0) + gap_s)
    hit: dict[datetime, None] = {}
    for span in own:
        at = bisect_left(starts, span.start - longest)
        while at < len(theirs) and starts[at] <= span.end + longest:
            if overlaps(span, theirs[at], gap_s):
                hit[starts[at]] = None
            at += 1
    return tuple(hit)


def _refusals(
    own: list[Span], here: list[Broadcast], theirs: Mapping[str, list[Span]], limits: Limits | None
) -> list[_Hindrance]:
    """The node's own rules, asked for each airing with all else that is heard on its day."""
    if limits is None:
        return []
    heard: dict[date, list[Span]] = defaultdict(list)
    for span in (*own, *(s for b in here if b.starts_at is not None for s in theirs[b.id])):
        heard[local_day(limits, span.start)].append(span)
    broken: dict[Reason, list[datetime]] = defaultdict(list)
    for span in own:
        beside = [s for s in heard[local_day(limits, span.start)] if s is not span]
        reason = refusal(limits, span, beside)
        if reason is not Reason.NONE:
            broken[reason].append(span.start)
    return [_Hindrance(reason, None, tuple(times)) for reason, times in broken.items()]
