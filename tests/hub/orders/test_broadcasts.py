"""Orders: what an approval binds, what enters a plan, what stands in the way, and what counts as ready."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.limits import Limits
from contract.orders import Audio, Counter, Plan
from contract.reports import PlanReport
from contract.terms import Priority, Reason
from hub.nodes.planning import HORIZON, compile_plan, content_digest, cue_id, overfull
from hub.orders.broadcasts import NOW_LEAD, Broadcast, Readiness, Stage, approve, readiness
from hub.orders.conflicts import conflicts

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
THON_1, THON_2 = "binhminh-thon-1", "binhminh-thon-2"
SOUND = Audio(sha256="a" * 64, size=1000, duration_s=60.0)
LIMITS = {THON_1: Limits(), THON_2: Limits()}


def draft(id: str = "b1", *, after: timedelta | None = timedelta(hours=1), **other: object) -> Broadcast:
    order = Broadcast(
        id=id,
        title="Tiêm chủng",
        audio=(SOUND,),
        nodes=(THON_1, THON_2),
        priority=Priority.ROUTINE,
        starts_at=None if after is None else NOW + after,
        stage=Stage.SUBMITTED,
        author="canbo",
        created_at=NOW,
    )
    return replace(order, **other)  # type: ignore[arg-type]


def plan_of(*orders: Broadcast, node: str = THON_1, n: int = 1, now: datetime = NOW) -> Plan:
    return compile_plan(node, orders, Counter(0, n), now)


def test_a_draft_does_not_enter_a_plan_and_an_approved_one_does() -> None:
    assert plan_of(draft()).cues == ()
    (cue,) = plan_of(approve(draft(), "lanhdao", NOW)).cues
    assert cue.at == NOW + timedelta(hours=1)
    assert cue.audio == (SOUND.sha256,)


@pytest.mark.parametrize(
    "edit",
    [
        {"starts_at": NOW + timedelta(hours=2)},
        {"nodes": (THON_1,)},
        {"audio": (replace(SOUND, sha256="b" * 64),)},
        {"priority": Priority.EMERGENCY},
        {"title": "Khác"},
    ],
)
def test_any_edit_voids_the_approval(edit: dict[str, object]) -> None:
    edited = replace(approve(draft(), "lanhdao", NOW), **edit)  # type: ignore[arg-type]
    assert not edited.is_approved
    assert plan_of(edited).cues == ()


def test_now_gets_its_instant_at_approval() -> None:
    later = NOW + timedelta(minutes=7)
    approved = approve(draft(after=None), "lanhdao", later)
    assert approved.starts_at == later + NOW_LEAD
    assert len(plan_of(approved, now=later).cues) == 1


def test_an_emergency_for_now_goes_out_as_a_command_and_its_sound_is_kept_ready() -> None:
    approved = approve(draft(after=None, priority=Priority.EMERGENCY), "lanhdao", NOW)
    plan = plan_of(approved)
    assert approved.is_live
    assert plan.cues == ()
    assert plan.keep == (SOUND.sha256,)


def test_what_is_past_or_cancelled_cannot_be_approved() -> None:
    for wrong in (draft(after=timedelta(seconds=-1)), draft(stage=Stage.CANCELLED)):
        with pytest.raises(ValueError, match=r"passed|submitted"):
            approve(wrong, "lanhdao", NOW)


def test_a_cue_keeps_its_id_through_every_issue() -> None:
    approved = approve(draft(), "lanhdao", NOW)
    first, later = plan_of(approved), plan_of(approved, n=9, now=NOW + timedelta(minutes=30))
    assert first.cues[0].id == later.cues[0].id == cue_id("b1", NOW + timedelta(hours=1), THON_1)
    assert content_digest(first) == content_digest(later)


def test_a_plan_holds_only_its_own_village_and_its_horizon() -> None:
    elsewhere = approve(draft("b2", nodes=(THON_2,)), "lanhdao", NOW)
    far = approve(draft("b3", after=HORIZON + timedelta(days=1)), "lanhdao", NOW)
    over = approve(draft("b4", after=timedelta(minutes=1)), "lanhdao", NOW)
    assert plan_of(elsewhere, far).cues == ()
    assert plan_of(over, now=NOW + timedelta(hours=1)).cues == ()


def test_a_conflict_names_the_village_and_the_other_broadcast() -> None:
    other = draft("b2", nodes=(THON_2,), after=timedelta(hours=1, seconds=30))
    (conflict,) = conflicts(draft(), [other], LIMITS, NOW)
    assert (conflict.node, conflict.reason, conflict.other) == (THON_2, Reason.OVERLAP, other)
    assert conflicts(draft(), [replace(other, stage=Stage.CANCELLED)], LIMITS, NOW) == []
    assert conflicts(draft(priority=Priority.EMERGENCY), [other], LIMITS, NOW) == []


def test_an_airing_that_has_ended_before_its_time_leaves_the_air_free_in_its_village() -> None:
    stopped = draft("b2", after=timedelta(hours=1, seconds=-30))
    (conflict,) = conflicts(draft(), [stopped], LIMITS, NOW, over={("b2", THON_1)})
    assert (conflict.node, conflict.reason) == (THON_2, Reason.OVERLAP)
    assert conflicts(draft(), [stopped], LIMITS, NOW, over={("b2", THON_1), ("b2", THON_2)}) == []


def test_the_nodes_own_limits_are_shown_when_saving() -> None:
    night = draft(after=timedelta(hours=15))
    assert {c.reason for c in conflicts(night, [], LIMITS, NOW)} == {Reason.QUIET_HOURS}


@given(st.lists(st.tuples(st.integers(0, 86_400), st.booleans()), max_size=20))
def test_a_plan_always_carries_exactly_its_approved_cues(orders: list[tuple[int, bool]]) -> None:
    made = [
        approve(b, "lanhdao", NOW) if is_approved else b
        for i, (after_s, is_approved) in enumerate(orders)
        for b in [draft(f"b{i}", after=timedelta(seconds=after_s))]
    ]
    plan = plan_of(*made)
    assert {c.broadcast for c in plan.cues} == {b.id for b in made if b.is_approved}
    assert [c.at for c in plan.cues] == sorted(c.at for c in plan.cues)


def test_a_plan_that_no_node_would_take_is_seen_before_it_is_saved() -> None:
    def long(i: int) -> Broadcast:
        sounds = tuple(replace(SOUND, sha256=hashlib.sha256(bytes([i, j])).hexdigest()) for j in range(16))
        return draft(f"b{i}", after=timedelta(hours=1, minutes=20 * i), audio=sounds, nodes=(THON_1,))

    held = [approve(long(i), "lanhdao", NOW) for i in range(80)]
    assert overfull(long(90), held[:5], NOW) == []
    assert overfull(long(90), held, NOW) == [THON_1]


def test_ready_is_only_the_speakers_word() -> None:
    order, needed = draft(), Counter(0, 5)

    def judge(report: PlanReport | None) -> Readiness:
        return readiness(order.audio, needed, report)

    assert judge(None) is Readiness.UNREACHED
    assert judge(PlanReport(received=needed)) is Readiness.NO_PLAN
    assert judge(PlanReport(received=needed, accepted=Counter(0, 4))) is Readiness.NO_PLAN
    assert judge(PlanReport(accepted=needed, missing=(SOUND.sha256,), missing_count=1)) is Readiness.NO_AUDIO
    assert judge(PlanReport(accepted=needed, refused=Reason.BAD_SIGNATURE)) is Readiness.REFUSED
    assert judge(PlanReport(accepted=Counter(0, 6))) is Readiness.READY
