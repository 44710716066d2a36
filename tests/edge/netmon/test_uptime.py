"""Whether a target is up, in virtual time."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.terms import Doubt, Miss
from edge.netmon.config import Rule
from edge.netmon.uptime import Sample, Uptime, follow, has_stalled, jitter_ms, loss_pct, report, rtt_ms, rtt_p95_ms

NOON = datetime(2026, 5, 1, 5, tzinfo=UTC)
EVERY = timedelta(seconds=10)
RULE = Rule()


def ask(*answers: float | None, rule: Rule = RULE, start: Uptime | None = None) -> list[Uptime]:
    """The belief after each answer (milliseconds, or None for none), one every 10 s."""
    states = [start or Uptime()]
    for n, rtt in enumerate(answers):
        sample = Sample(NOON + n * EVERY, rtt, "" if rtt is not None else "no answer")
        states.append(follow(states[-1], sample, rule))
    return states[1:]


def test_the_first_answer_is_enough_to_be_up() -> None:
    (state,) = ask(12.0)
    assert (state.is_up, state.since_at) == (True, NOON)


def test_a_target_never_answered_is_unknown_until_it_is_surely_down() -> None:
    assert [s.is_up for s in ask(None, None, None, None)] == [None, None, None, False]


def test_down_is_told_after_four_of_five_and_dated_by_the_first_of_them() -> None:
    states = ask(9.0, 9.0, None, None, 9.0, None, None)
    assert [s.is_up for s in states] == [True] * 6 + [False]
    assert states[-1].since_at == NOON + 2 * EVERY
    assert states[-1].detail == "no answer"


def test_while_down_the_latest_failure_is_told() -> None:
    down = ask(None, None, None, None)[-1]
    changed = follow(down, Sample(NOON + 5 * EVERY, None, "welcome page"), RULE)
    assert (changed.is_up, changed.since_at, changed.detail) == (False, NOON, "welcome page")
    assert follow(changed, Sample(NOON + 6 * EVERY, 9.0), RULE).detail == "welcome page"


def test_up_again_after_three_answers_in_a_row_since_the_first_of_them() -> None:
    down = ask(None, None, None, None)[-1]
    states = ask(9.0, None, 9.0, 9.0, 9.0, start=down)
    assert [s.is_up for s in states] == [False, False, False, False, True]
    assert states[-1].since_at == NOON + 2 * EVERY


def test_a_month_of_one_per_cent_random_loss_raises_nothing() -> None:
    chance = random.Random(20260501)
    state, told = Uptime(), 0
    for n in range(30 * 24 * 360):
        before = state.is_up
        state = follow(state, Sample(NOON + n * EVERY, None if chance.random() < 0.01 else 20.0), RULE)
        told += before is not None and state.is_up is not before
    assert told == 0


def test_loss_round_trip_and_jitter_are_those_of_the_window() -> None:
    state = ask(10.0, 30.0, None, 20.0)[-1]
    told = report("gateway", state)
    assert told is not None
    assert (told.loss_pct, told.rtt_ms, told.jitter_ms) == (25.0, 20.0, 15.0)


def test_the_slow_answers_show_once_there_are_twenty() -> None:
    assert rtt_p95_ms([Sample(NOON, float(n)) for n in range(1, 20)]) is None, "it would be the slowest"
    assert rtt_p95_ms([Sample(NOON, float(n)) for n in range(1, 21)]) == 19.0
    assert rtt_p95_ms([Sample(NOON, float(n)) for n in range(1, 101)]) == 95.0


def test_a_doubtful_answer_counts_as_one_and_its_time_does_not() -> None:
    state = Uptime()
    for n, (rtt, why) in enumerate([(10.0, Doubt.NONE), (120.0, Doubt.POWER_SAVE), (None, Doubt.SLOWED)]):
        state = follow(state, Sample(NOON + n * EVERY, rtt, doubt=why), RULE)
    told = report("gateway", state)
    assert told is not None
    assert (told.is_up, told.loss_pct, told.rtt_ms, told.jitter_ms) == (True, 33.3, 10.0, None)


def test_answers_that_are_all_doubtful_leave_a_target_up_and_without_a_time() -> None:
    state = follow(Uptime(), Sample(NOON, 120.0, doubt=Doubt.POWER_SAVE), RULE)
    told = report("gateway", state)
    assert told is not None
    assert (told.is_up, told.rtt_ms) == (True, None)


def test_what_answered_in_its_place_is_that_of_the_latest_failure() -> None:
    down = ask(None, None, None, None)[-1]
    portal = follow(down, Sample(NOON + 5 * EVERY, None, "welcome page", Miss.CAPTIVE), RULE)
    assert portal.miss is Miss.CAPTIVE
    dead = follow(portal, Sample(NOON + 6 * EVERY, None, "no answer"), RULE)
    assert dead.miss is Miss.NONE
    assert ask(9.0, 9.0, 9.0, start=portal)[-1].miss is Miss.NONE


@pytest.mark.parametrize(
    ("answers", "is_surely_up"),
    [
        ((9.0, 9.0), True),
        ((9.0, None), True),
        ((9.0, None, None), None),
        ((None,), None),
        ((None,) * 4, False),
        ((None, None, None, None, 9.0), None),
        ((None, None, None, None, 9.0, None), False),
    ],
)
def test_a_belief_that_the_last_answers_contradict_proves_nothing(
    answers: tuple[float | None, ...], is_surely_up: bool | None
) -> None:
    assert ask(*answers)[-1].is_surely_up is is_surely_up


def test_of_nothing_nothing_is_said() -> None:
    assert (loss_pct([]), rtt_ms([]), jitter_ms([])) == (0.0, None, None)
    assert report("gateway", Uptime()) is None


def test_a_process_that_was_kept_from_running_notices() -> None:
    assert not has_stalled(1.2)
    assert has_stalled(8.0)


ANSWERS = st.lists(st.none() | st.floats(0, 3000), max_size=60)
RULES = st.builds(
    lambda opens, more, clears: Rule(opens_after=opens, of=opens + more, clears_after=clears),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(1, 5),
)


@given(ANSWERS, RULES)
def test_down_is_only_told_after_enough_failures_and_up_after_an_answer(
    answers: list[float | None], rule: Rule
) -> None:
    before = Uptime()
    for n, state in enumerate(ask(*answers, rule=rule)):
        if state.is_up is not before.is_up:
            lately = answers[max(0, n + 1 - rule.of) : n + 1]
            assert answers[n] is not None if state.is_up else lately.count(None) >= rule.opens_after
        assert state.since_at is None or state.since_at <= NOON + n * EVERY
        before = state


@given(ANSWERS, RULES)
def test_the_figures_stay_within_what_was_measured(answers: list[float | None], rule: Rule) -> None:
    for state in ask(*answers, rule=rule):
        told = report("x", state)
        times = [s.rtt_ms for s in state.samples if s.rtt_ms is not None]
        if told is not None and told.rtt_ms is not None:
            assert min(times) - 0.01 <= told.rtt_ms <= max(times) + 0.01
            assert 0 <= told.loss_pct < 100
            assert told.rtt_p95_ms is None or told.rtt_ms - 0.01 <= told.rtt_p95_ms <= max(times) + 0.01
        assert len(state.samples) <= rule.window


@given(ANSWERS, RULES)
def test_what_ended_is_no_part_of_what_comes_after(answers: list[float | None], rule: Rule) -> None:
    """Else what is believed up again falls at its first failure, and its outage begins before the last one ended."""
    ups: list[int] = []
    before = Uptime()
    for n, state in enumerate(ask(*answers, rule=rule)):
        if state.is_up is not before.is_up:
            assert before.since_at is None or state.since_at is None or state.since_at > before.since_at
            assert state.is_up or answers[ups[-1] + 1 if ups else 0 : n + 1].count(None) >= rule.opens_after
            ups += [n] if state.is_up else []
        before = state


def test_a_lossy_line_with_a_patient_rule_does_not_flap() -> None:
    rule = Rule(opens_after=4, of=10, clears_after=3)
    states = ask(*[None] * 4, *[9.0] * 3, None, 9.0, rule=rule)
    assert [s.is_up for s in states[3:]] == [False, False, False, True, True, True]


@given(ANSWERS, RULES)
def test_enough_answers_bring_any_target_up(answers: list[float | None], rule: Rule) -> None:
    assert ask(*answers, *[5.0] * rule.clears_after, rule=rule)[-1].is_up is True
