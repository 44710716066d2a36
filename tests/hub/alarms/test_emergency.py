"""The emergency's own arithmetic: how long it lasts, what it sends, how far it got, what lies ready."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.events import Key, Playout
from contract.limits import Limits
from contract.orders import Audio, Counter
from contract.reports import ClockReport, Heartbeat, PlanReport, Vitals
from contract.terms import Outcome, Priority, Reason, Trust
from hub.alarms import emergency
from hub.alarms.emergency import Alarm, Reach
from hub.nodes.planning import Ground, compile_plan
from hub.orders.broadcasts import Broadcast, Stage, approve

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
NODE = "binhminh-thon-1"
SIREN = Audio(sha256="a" * 64, size=1000, duration_s=20.0)
STORM = approve(
    Broadcast(
        id="b1",
        title="Bão",
        audio=(SIREN,),
        nodes=(NODE,),
        priority=Priority.EMERGENCY,
        starts_at=NOW,
        stage=Stage.SUBMITTED,
        author="hung",
        created_at=NOW,
    ),
    "hung",
    NOW,
)
ALARM = Alarm(broadcast="b1", repeat_for_s=1800.0, repeat_gap_s=10.0)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def test_it_is_a_live_order_of_its_own_instant_and_enters_no_plan() -> None:
    assert STORM.is_live
    assert STORM.starts_at == NOW
    assert compile_plan(NODE, [STORM], Counter(0, 1), NOW).cues == ()


def test_it_stands_until_it_is_cancelled_or_its_time_is_over() -> None:
    assert emergency.is_standing(STORM, ALARM, after(minutes=29))
    assert not emergency.is_standing(STORM, ALARM, after(minutes=30))
    assert not emergency.is_standing(STORM, replace(ALARM, cleared_at=after(minutes=1)), after(minutes=2))
    once = replace(ALARM, repeat_for_s=0)
    assert emergency.ends_at(STORM, once) == after(seconds=20)


def test_a_village_that_comes_late_ends_with_the_others() -> None:
    assert emergency.cue(STORM, ALARM, NODE, NOW).repeat_for_s == 1800
    late = emergency.cue(STORM, ALARM, NODE, after(minutes=10))
    assert (late.repeat_for_s, late.repeat_gap_s) == (1200, 10)
    assert late.id == emergency.cue(STORM, ALARM, NODE, NOW).id, "taken up twice it still sounds once"
    assert emergency.cue(STORM, replace(ALARM, repeat_for_s=0), NODE, NOW).repeat_for_s == 0


def beat(command: Counter | None) -> Heartbeat:
    clock, vitals = ClockReport(trust=Trust.TRUSTED), Vitals(uptime_s=1)
    return Heartbeat(at=NOW, plan=PlanReport(), clock=clock, vitals=vitals, command=command)


def test_each_village_lights_up_step_by_step() -> None:
    sent = Counter(0, 7)
    ended = Playout(key=Key(stream="s", seq=1), at=NOW, cue="c", broadcast="b1", outcome=Outcome.AIRED, planned_at=NOW)
    assert emergency.reach("b1", None, beat(None), "", None) is Reach.WAITING
    assert emergency.reach("b1", sent, beat(Counter(0, 6)), "", None) is Reach.SENT
    assert emergency.reach("b1", sent, None, "", None) is Reach.SENT
    assert emergency.reach("b1", sent, beat(sent), "", None) is Reach.ACKNOWLEDGED
    assert emergency.reach("b1", sent, beat(sent), "b0", None) is Reach.ACKNOWLEDGED, "something else is on air"
    assert emergency.reach("b1", sent, beat(sent), "b1", None) is Reach.ON_AIR
    assert emergency.reach("b1", sent, beat(sent), "", ended) is Reach.ENDED


def test_what_lies_ready_is_only_the_speakers_word() -> None:
    needed = Counter(0, 5)
    assert emergency.holds("a" * 64, needed, PlanReport(accepted=needed))
    assert not emergency.holds("a" * 64, None, PlanReport(accepted=needed)), "no plan has named it"
    assert not emergency.holds("a" * 64, needed, None)
    assert not emergency.holds("a" * 64, needed, PlanReport(received=needed, accepted=Counter(0, 4)))
    missing = PlanReport(accepted=needed, missing=("a" * 64,), missing_count=1)
    assert not emergency.holds("a" * 64, needed, missing)
    assert emergency.holds("b" * 64, needed, missing)
    many = PlanReport(accepted=needed, missing=("c" * 64,), missing_count=70)
    assert not emergency.holds("b" * 64, needed, many), "it may be among those not listed"


def test_kept_sounds_travel_in_every_plan_and_are_listed_once() -> None:
    plan = compile_plan(NODE, [STORM], Counter(0, 1), NOW, Ground(kept=(SIREN,)))
    assert plan.keep == (SIREN.sha256,)
    assert plan.audio == (SIREN,)


@pytest.mark.parametrize(
    ("repeat_for_s", "limits", "reason"),
    [
        (1800, Limits(), Reason.NONE),
        (1800, Limits(emergency_longest_s=600), Reason.TOO_LONG),
        (0, Limits(emergency_longest_s=600), Reason.NONE),
        (1800, Limits(emergency_minutes_a_day=10), Reason.QUOTA_MINUTES),
        (1800, Limits(quiet_from_min=0, quiet_until_min=1440), Reason.NONE),
    ],
)
def test_what_a_village_would_refuse_is_known_beforehand(repeat_for_s: float, limits: Limits, reason: Reason) -> None:
    assert emergency.hindrance(20, repeat_for_s, limits, NOW) is reason
