"""The ways out of a conflict: the nearest minutes at which the broadcast could sound, and what could go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.limits import Limits
from contract.orders import Audio
from contract.terms import Priority
from hub.orders import conflicts, openings
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.conflicts import Conflict
from hub.rules.wording import parse

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


def hindrances(each: Broadcast, among: Sequence[Broadcast]) -> Sequence[Conflict]:
    return conflicts.conflicts(each, among, {}, NOW)


OTHERS = st.lists(
    st.builds(
        lambda n, minutes, length_s, stage, words, priority: replace(
            other(minutes, length_s),
            id=f"b{n}",
            stage=stage,
            priority=priority,
            rule=parse(words, NOW.date()) if words else None,
        ),
        st.integers(0, 10**6),
        st.integers(-3, 130),
        st.sampled_from([20.0, 90.0, 600.0]),
        st.sampled_from([Stage.DRAFT, Stage.SUBMITTED, Stage.APPROVED]),
        st.sampled_from(["", "", "hằng ngày 6:00", "hằng ngày 5:30, 6:20"]),
        st.sampled_from([Priority.ROUTINE, Priority.ROUTINE, Priority.EMERGENCY]),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(OTHERS, st.one_of(st.none(), st.integers(3, 120)))
def test_every_way_out_leads_out(others: list[Broadcast], minutes: int | None) -> None:
    new = replace(NEW, starts_at=None if minutes is None else NOW.replace(second=0) + timedelta(minutes=minutes))
    ways = openings.ways_out(new, others, NOW, hindrances)
    ordered = new.starts_at or NOW
    for at in filter(None, (ways.before, ways.after)):
        assert not hindrances(replace(new, starts_at=at), others)
        assert at >= NOW + openings.TO_APPROVE
        assert at.second == 0
    assert ways.before is None or ways.before < ordered
    assert ways.after is None or ways.after >= ordered
    if ways.removals:
        assert hindrances(new, others)
        assert not hindrances(new, openings.without(others, ways.removals))
    for gone in ways.removals:
        assert gone.broadcast.priority is not Priority.EMERGENCY
        assert (gone.at is None) == (gone.broadcast.rule is None)
        rest = [each for each in ways.removals if each != gone]
        assert hindrances(new, openings.without(others, rest)), "no more goes than is in the way"
        sounds_at = gone.at or gone.broadcast.starts_at
        assert gone.broadcast.stage is not Stage.APPROVED or (sounds_at is not None and sounds_at > NOW)


def test_what_is_in_the_way_may_go_unless_it_has_begun_or_is_an_emergency() -> None:
    new = replace(NEW, starts_at=NOW.replace(second=0) + timedelta(minutes=10))
    news = replace(other(9.5), stage=Stage.APPROVED)
    assert [r.broadcast for r in openings.ways_out(new, [news], NOW, hindrances).removals] == [news]
    for stays in (
        replace(news, starts_at=NOW, audio=(replace(NEW.audio[0], duration_s=900.0),)),
        replace(news, priority=Priority.EMERGENCY),
    ):
        assert openings.ways_out(new, [news, stays], NOW, hindrances).removals == ()
