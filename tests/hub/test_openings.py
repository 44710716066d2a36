"""The way out of a conflict: the first minute at which the broadcast could sound."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contract.limits import Limits
from contract.orders import Audio
from contract.terms import Priority
from hub import conflicts, openings
from hub.broadcasts import Broadcast, Stage

NOW = datetime(2026, 11, 22, 22, 0, 20, tzinfo=UTC)
"""20 s past 05:00 in Vietnam."""

NEW = Broadcast(
    id="new",
    title="Mới",
    audio=(Audio(sha256="a" * 64, size=1, duration_s=120.0),),
    nodes=("xa-dong",),
    priority=Priority.ROUTINE,
    starts_at=None,
    stage=Stage.DRAFT,
    author="lan",
    created_at=NOW,
)


def other(minutes: float, length_s: float = 60.0) -> Broadcast:
    """One that begins so long after NOW."""
    sound = Audio(sha256="b" * 64, size=1, duration_s=length_s)
    return replace(NEW, id=f"b{minutes}", audio=(sound,), starts_at=NOW + timedelta(minutes=minutes))


def first(new: Broadcast, *others: Broadcast, limits: Limits | None = None) -> str:
    known = {} if limits is None else {"xa-dong": limits}
    at = openings.first_free(new, NOW, lambda moved: conflicts.conflicts(moved, others, known, NOW))
    return "" if at is None else f"{at + timedelta(hours=7):%H:%M:%S}"


def test_it_is_the_first_whole_minute_after_what_is_in_the_way() -> None:
    assert first(NEW, other(0, length_s=400)) == "05:08:00", "05:07 ends it, with the pause between"
    assert first(NEW, other(0, length_s=200), other(5)) == "05:07:00", "too short a gap is none"


def test_it_leaves_the_leader_time_to_approve() -> None:
    assert first(NEW, other(-1, length_s=70)) == "05:03:00"


def test_a_date_ordered_is_where_the_search_begins() -> None:
    later = replace(NEW, starts_at=NOW.replace(second=0) + timedelta(hours=5))
    assert first(later, replace(other(0), starts_at=later.starts_at)) == "10:02:00"


def test_where_waiting_helps_nobody_nothing_is_offered() -> None:
    assert first(NEW, other(0, length_s=3 * 3600)) == ""
    assert first(NEW, other(0), limits=Limits(quiet_from_min=0, quiet_until_min=8 * 60)) == ""
