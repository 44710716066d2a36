"""The ways out for a broadcast that cannot sound as ordered: another time, or something else taken back. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.terms import Priority
from hub.orders.broadcasts import NOW_LEAD, Broadcast, Stage
from hub.orders.conflicts import Conflict

TO_APPROVE = timedelta(minutes=2)
"""A time nearer than this would pass before the leader has approved it."""
SEARCH = timedelta(hours=2)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Removal:
    """What would be taken back to make room: all of a broadcast that airs but once, or (`at`) one airing of another."""

    broadcast: Broadcast
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The nearest free minutes before and after, and what would have to be taken back; whatever there is of it."""

    before: datetime | None = None
    after: datetime | None = None
    removals: tuple[Removal, ...] = ()


def ways_out(
    new: Broadcast,
    others: Sequence[Broadcast],
    now: datetime,
    hindrances: Callable[[Broadcast, Sequence[Broadcast]], Sequence[Conflict]],
) -> WaysOut:
    """How it could sound; `hindrances` holds a broadcast against others. Of a rule nobody can say that in one press."""
    if new.rule is not None:
        return WaysOut()
    found = removals(new, hindrances(new, others), now)
    is_enough = bool(found) and not hindrances(new, without(others, found))
    return WaysOut(
        before=last_free(new, now, lambda moved: hindrances(moved, others)),
        after=first_free(new, now, lambda moved: hindrances(moved, others)),
        removals=found if is_enough else (),
    )


def removals(new: Broadcast, found: Sequence[Conflict], now: datetime) -> tuple[Removal, ...]:
    """What stands in the way, each once; nothing where one of it has begun, is an emergency, or is no broadcast."""
    taken: dict[tuple[str, datetime | None], Removal] = {}
    for conflict in found:
        other = conflict.other
        if other is None or other.id == new.id or not _may_go(other, conflict, now):
            return ()
        for at in (None,) if other.rule is None else conflict.times:
            taken[other.id, at] = Removal(other, at)
    return tuple(taken.values())


def allowed(ways: WaysOut, may_go: Callable[[Broadcast], bool]) -> WaysOut:
    """What of it a person may do: where one thing in the way is not theirs to take back, the rest would not help."""
    return ways if all(may_go(each.broadcast) for each in ways.removals) else replace(ways, removals=())


def without(others: Sequence[Broadcast], taken: Sequence[Removal]) -> list[Broadcast]:
    """The others once that is taken back."""
    gone = {removal.broadcast.id for removal in taken if removal.at is None}
    left = [other for other in others if other.id not in gone]
    return [_dropped(other, [r.at for r in taken if r.broadcast.id == other.id and r.at]) for other in left]


def _may_go(other: Broadcast, conflict: Conflict, now: datetime) -> bool:
    has_begun = other.stage is Stage.APPROVED and min(conflict.times, default=now) <= now
    return other.priority is not Priority.EMERGENCY and not has_begun and conflict.count == len(conflict.times)


def _dropped(other: Broadcast, airings: Sequence[datetime]) -> Broadcast:
    return replace(other, dropped=tuple(sorted({*other.dropped, *airings}))) if airings else other


def last_free(new: Broadcast, now: datetime, hindrances: Callable[[Broadcast], Sequence[Conflict]]) -> datetime | None:
    """The last whole minute before the time ordered where nothing stands in its way; else as `first_free`."""
    if new.starts_at is None:
        return None
    at = new.starts_at.replace(second=0, microsecond=0)
    at = at if at < new.starts_at else at - _MINUTE
    while at >= max(now + TO_APPROVE, new.starts_at - SEARCH):
        found = hindrances(replace(new, starts_at=at))
        if not found:
            return at
        if any(conflict.other is None for conflict in found):
            return None
        at -= _MINUTE
    return None


def first_free(new: Broadcast, now: datetime, hindrances: Callable[[Broadcast], Sequence[Conflict]]) -> datetime | None:
    """The first whole minute from the time ordered on where nothing stands in its way.

    None where a rule of a village forbids it, not another broadcast: then waiting helps nobody; and where no minute of
    the next two hours is free.
    """
    start = max(new.starts_at or now + NOW_LEAD, now + TO_APPROVE)
    at = start.replace(second=0, microsecond=0)
    at = at if at == start else at + _MINUTE
    while at <= start + SEARCH:
        found = hindrances(replace(new, starts_at=at))
        if not found:
            return at
        if any(conflict.other is None for conflict in found):
            return None
        at += _MINUTE
    return None
