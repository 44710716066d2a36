"""The life of one playing cue, as its table tells it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import Key
from contract.terms import Outcome, Reason
from edge.speaker.playout import TABLE, Happening, Play, Stage, advance, record
from tests.edge.speaker.house import at, cue

NEWS = cue("news", at("05:00"), 30)
ARMED = Play(cue=NEWS, came_s=0.0, start_at=NEWS.at, duration_s=30)
SOUNDING = advance(ARMED, Happening.FIRST_SAMPLE)
KEY = Key(stream="s", seq=1)


def test_a_play_that_runs_to_its_end_is_aired() -> None:
    assert SOUNDING.stage is Stage.SOUNDING
    done = advance(SOUNDING, Happening.LAST_SAMPLE)
    assert (done.outcome, done.reason) == (Outcome.AIRED, Reason.NONE)


@pytest.mark.parametrize(
    ("happening", "unheard", "heard"),
    [
        (Happening.STOPPED, (Outcome.MISSED, Reason.STOPPED), (Outcome.CUT, Reason.STOPPED)),
        (Happening.WITHDRAWN, (Outcome.MISSED, Reason.WITHDRAWN), (Outcome.CUT, Reason.WITHDRAWN)),
        (Happening.EMERGENCY, (Outcome.PREEMPTED, Reason.EMERGENCY), (Outcome.PREEMPTED, Reason.EMERGENCY)),
        (Happening.OVERLAP, (Outcome.PREEMPTED, Reason.OVERLAP), (Outcome.PREEMPTED, Reason.OVERLAP)),
        (Happening.FAILED, (Outcome.MISSED, Reason.SOUND_CARD), (Outcome.CUT, Reason.SOUND_CARD)),
        (Happening.SILENT, (Outcome.MISSED, Reason.SOUND_CARD), (Outcome.CUT, Reason.SOUND_CARD)),
        (Happening.CLOCK_SET, (Outcome.MISSED, Reason.CLOCK), (Outcome.CUT, Reason.CLOCK)),
    ],
)
def test_what_ends_a_play_is_a_miss_before_its_first_sample_and_a_cut_after(
    happening: Happening, unheard: tuple[Outcome, Reason], heard: tuple[Outcome, Reason]
) -> None:
    for play, wanted in ((ARMED, unheard), (SOUNDING, heard)):
        over = advance(play, happening)
        assert (over.outcome, over.reason) == wanted


def test_a_failure_may_say_more_exactly_what_it_was() -> None:
    assert advance(ARMED, Happening.FAILED, Reason.BAD_AUDIO).reason is Reason.BAD_AUDIO


def test_a_play_that_goes_on_too_long_is_cut() -> None:
    assert advance(SOUNDING, Happening.OVERRAN).reason is Reason.TOO_LONG
    with pytest.raises(ValueError, match="overran cannot happen"):
        advance(ARMED, Happening.OVERRAN)


def test_its_end_is_expected_from_its_first_sample() -> None:
    assert ARMED.ends_at == NEWS.at + timedelta(seconds=30)


def test_the_record_says_what_the_card_said() -> None:
    with pytest.raises(ValueError, match="goes on"):
        record(SOUNDING, KEY, at("05:01"))
    written = record(advance(SOUNDING, Happening.LAST_SAMPLE), KEY, at("05:01"))
    assert (written.cue, written.broadcast, written.planned_at, written.at) == (
        NEWS.id, "news", NEWS.at, at("05:01"),
    )  # fmt: skip


@given(st.lists(st.sampled_from(Happening), max_size=8))
def test_whatever_happens_it_is_over_once_and_has_then_an_outcome(happenings: list[Happening]) -> None:
    play = ARMED
    for happening in happenings:
        before = play
        if before.is_over or (before.stage, happening) in TABLE:
            play = advance(before, happening)
        assert (play.outcome is not None) == play.is_over
        assert not before.is_over or play == before
