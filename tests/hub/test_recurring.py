"""Broadcasts that recur: what an approval binds, what enters a plan, and what stands in the way of any airing."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from contract import codec
from contract.limits import Limits
from contract.orders import Audio, Counter, Plan
from contract.terms import Late, Priority, Reason, Yielding
from hub.nodes.planning import HORIZON, Ground, compile_plan, cue_id, overfull
from hub.orders.broadcasts import (
    Broadcast,
    Stage,
    airings,
    approve,
    current_airing,
    digest,
    last_airing,
    next_airing,
)
from hub.orders.conflicts import SHOWN, conflicts
from hub.rules.calendar import next_occurrence
from hub.rules.rule import Days, DaySets, Kind
from hub.rules.wording import parse

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
"""Tuesday, 08:00 in Vietnam."""
TODAY = date(2026, 12, 1)
THON_1, THON_2 = "binhminh-thon-1", "binhminh-thon-2"
SOUND = Audio(sha256="a" * 64, size=1000, duration_s=600.0)
CHIME = Audio(sha256="c" * 64, size=100, duration_s=5.0)
SOLEMN = Audio(sha256="d" * 64, size=1000, duration_s=60.0)


def recurring(words: str, id: str = "b1", **other: object) -> Broadcast:
    rule = parse(words, TODAY)
    first = next_occurrence(rule, NOW)
    order = Broadcast(
        id=id,
        title="Tiêm chủng",
        audio=(SOUND,),
        nodes=(THON_1, THON_2),
        priority=Priority.ROUTINE,
        starts_at=first.at if first else None,
        stage=Stage.SUBMITTED,
        author="canbo",
        created_at=NOW,
        rule=rule,
    )
    return replace(order, **other)  # type: ignore[arg-type]


def plan_of(*orders: Broadcast, now: datetime = NOW, sets: DaySets | None = None) -> Plan:
    return compile_plan(THON_1, orders, Counter(0, 1), now, Ground(sets=sets or DaySets()))


def test_each_airing_is_a_cue_with_an_id_of_its_own() -> None:
    approved = approve(recurring("hằng ngày 5:00 và 17:00"), "lanhdao", NOW)
    plan = plan_of(approved)
    assert len(plan.cues) == 2 * 46
    assert plan.cues[-1].at >= NOW + HORIZON
    assert [c.id for c in plan.cues] == [cue_id("b1", c.at, THON_1) for c in plan.cues]
    later = plan_of(approved, now=NOW + timedelta(days=1))
    assert {c.id for c in plan.cues[2:]} <= {c.id for c in later.cues}
    assert len(plan.audio) == 1


@pytest.mark.parametrize(
    "edit",
    [
        {"rule": parse("hằng ngày 5:01", TODAY)},
        {"rule": parse("hằng ngày 5:00 trừ 2/9", TODAY)},
        {"rule": None},
        {"late": Late.JOIN},
        {"yields": Yielding.RESUME},
        {"substitutes": (SOLEMN,)},
    ],
)
def test_any_edit_of_the_rule_voids_the_approval(edit: dict[str, object]) -> None:
    edited = replace(approve(recurring("hằng ngày 5:00"), "lanhdao", NOW), **edit)  # type: ignore[arg-type]
    assert not edited.is_approved
    assert plan_of(edited).cues == ()


def test_what_was_approved_before_there_were_rules_stays_approved() -> None:
    once = recurring("hằng ngày 5:00", rule=None)
    of_old = ([SOUND.sha256], sorted(once.nodes), once.starts_at, once.priority, once.title)
    assert digest(once) == hashlib.sha256(codec.encode(of_old)).hexdigest()


def test_approval_begins_with_the_first_airing_after_it() -> None:
    """One that was due while the leader made up their mind is not played late."""
    order = recurring("hằng ngày 9:00")
    later = NOW + timedelta(hours=1, seconds=20)
    approved = approve(order, "lanhdao", later)
    assert approved.starts_at == NOW + timedelta(hours=25)
    assert plan_of(approved, now=later).cues[0].at == approved.starts_at
    with pytest.raises(ValueError, match="passed"):
        approve(recurring("ngày 2/12/2026 5:00"), "lanhdao", NOW + timedelta(days=9))


def test_an_airing_taken_back_leaves_the_plan_and_the_approval_stands() -> None:
    approved = approve(recurring("hằng ngày 17:00"), "lanhdao", NOW)
    first, second = (c.at for c in plan_of(approved).cues[:2])
    dropped = replace(approved, dropped=(first,))
    assert dropped.is_approved
    assert plan_of(dropped).cues[0].at == second
    following = next_airing(dropped, NOW)
    assert following is not None
    assert following.at == second


def test_a_replacement_is_heard_on_the_days_left_out() -> None:
    words = f"hằng ngày 5:00 trừ quốc tang thay bằng {SOLEMN.sha256}"
    order = recurring(words, audio=(CHIME, SOUND), substitutes=(SOLEMN,))
    mourning = DaySets(mourning=(Days(kind=Kind.DATES, dates=(date(2026, 12, 3),)),))
    plan = plan_of(approve(order, "lanhdao", NOW), sets=mourning)
    heard = {c.at.date(): c.audio for c in plan.cues[:3]}
    assert heard[date(2026, 12, 1)] == (CHIME.sha256, SOUND.sha256)
    assert heard[date(2026, 12, 2)] == (CHIME.sha256, SOLEMN.sha256)
    assert plan.cues[1].duration_s == 65.0
    assert {a.sha256 for a in plan.audio} == {CHIME.sha256, SOUND.sha256, SOLEMN.sha256}
    assert {a.sha256 for a in plan_of(approve(order, "lanhdao", NOW)).audio} == {CHIME.sha256, SOUND.sha256}


def test_how_it_may_be_late_or_give_way_is_on_each_cue() -> None:
    order = recurring("hằng ngày 5:00", late=Late.JOIN, yields=Yielding.RESUME)
    cue = plan_of(approve(order, "lanhdao", NOW)).cues[0]
    assert (cue.late, cue.yields) == (Late.JOIN, Yielding.RESUME)


def test_the_current_airing_is_the_one_due_then_the_next_then_the_last() -> None:
    approved = approve(recurring("hằng ngày 9:00 đến 3/12/2026"), "lanhdao", NOW)
    nine = NOW + timedelta(hours=1)

    def current(now: datetime) -> datetime | None:
        found = current_airing(approved, now)
        return None if found is None else found.at

    assert current(NOW) == current(nine) == current(nine + timedelta(minutes=10)) == nine
    assert current(nine + timedelta(minutes=12)) == nine + timedelta(days=1)
    assert current(nine + timedelta(days=30)) == nine + timedelta(days=2)
    assert last_airing(approved, nine) is None
    assert len(airings(approved, NOW, NOW + timedelta(days=9))) == 3


def test_every_airing_is_held_against_the_others_and_told_briefly() -> None:
    daily = recurring("hằng ngày 17:00", "b2", nodes=(THON_2,))
    (conflict,) = conflicts(recurring("thứ 2-6 17:05"), [daily], {}, NOW)
    assert (conflict.node, conflict.reason, conflict.other) == (THON_2, Reason.OVERLAP, daily)
    assert conflict.times == tuple(NOW + timedelta(days=d, hours=9) for d in range(SHOWN))
    assert conflict.count == 33
    assert conflicts(recurring("thứ 2-6 17:15"), [daily], {}, NOW) == []


def test_one_that_airs_once_is_held_against_those_that_recur_however_far_ahead() -> None:
    daily = approve(recurring("hằng ngày 17:00", "b2"), "lanhdao", NOW)
    far = recurring("ngày 15/6/2027 17:00", rule=None, starts_at=datetime(2027, 6, 15, 10, 5, tzinfo=UTC))
    assert {c.times for c in conflicts(far, [daily], {}, NOW)} == {(datetime(2027, 6, 15, 10, 0, tzinfo=UTC),)}


def test_repeats_closer_than_the_sound_is_long_collide_with_themselves() -> None:
    order = recurring("hằng ngày 5:00 2 lần cách 5 phút")
    assert {c.other for c in conflicts(order, [], {}, NOW)} == {order}
    assert conflicts(recurring("hằng ngày 5:00 2 lần cách 15 phút"), [], {}, NOW) == []


def test_the_nodes_own_limits_hold_for_each_airing() -> None:
    limits = {THON_1: Limits(quiet_until_min=6 * 60, minutes_a_day=25, sessions_a_day=3, days=(0, 1, 2, 3, 4))}
    order = recurring("hằng ngày 5:00, 7:00", nodes=(THON_1,))
    found = {c.reason: c for c in conflicts(order, [], limits, NOW)}
    assert set(found) == {Reason.QUIET_HOURS, Reason.DAY}
    assert found[Reason.QUIET_HOURS].count == 45
    three = recurring("thứ 2-6 7:00, 9:00, 17:00", nodes=(THON_1,))
    assert {c.reason for c in conflicts(three, [], limits, NOW)} == {Reason.QUOTA_MINUTES}
    two = recurring("thứ 2-6 9:00, 17:00", nodes=(THON_1,))
    assert conflicts(two, [], limits, NOW) == []
    beside = approve(recurring("thứ 2 18:00", "b2", nodes=(THON_1,)), "lanhdao", NOW)
    assert [(c.reason, c.count) for c in conflicts(two, [beside], limits, NOW)] == [(Reason.QUOTA_MINUTES, 12)]


def test_a_rule_beyond_the_horizon_is_judged_by_its_first_airing() -> None:
    order = recurring("giỗ Tổ 3:00", nodes=(THON_1,))
    assert {c.reason for c in conflicts(order, [], {THON_1: Limits()}, NOW)} == {Reason.QUIET_HOURS}


def test_a_rule_that_no_plan_could_carry_is_seen_before_it_is_saved() -> None:
    def often(n: int) -> Broadcast:
        times = ", ".join(f"{h}:{n:02d}" for h in range(24))
        return recurring(f"hằng ngày {times}", f"b{n}")

    assert overfull(often(0), [], NOW) == []
    held = [approve(often(n), "lanhdao", NOW) for n in range(1, 5)]
    assert overfull(often(0), held, NOW) == [THON_1, THON_2]


def test_twenty_rules_in_fifty_villages_are_judged_in_a_moment() -> None:
    villages = tuple(f"xa-thon-{n}" for n in range(50))
    others = [
        approve(recurring(f"hằng ngày {5 + n % 12}:{30 * (n // 12):02d}", f"b{n}", nodes=villages), "l", NOW)
        for n in range(1, 20)
    ]
    limits = dict.fromkeys(villages, Limits(sessions_a_day=100, minutes_a_day=1000))
    assert conflicts(recurring("hằng ngày 18:30, 19:30", nodes=villages), others, limits, NOW) == []
