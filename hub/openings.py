"""When a broadcast could sound that cannot sound as ordered. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.broadcasts import NOW_LEAD, Broadcast
from hub.conflicts import Conflict

TO_APPROVE = timedelta(minutes=2)
"""A time nearer than this would pass before the leader has approved it."""
SEARCH = timedelta(hours=2)
_MINUTE = timedelta(minutes=1)


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
