"""The life of one playing cue, as its table tells it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events import Key
from contract.terms import Outcome, Reason, Yielding
from edge.speaker.playout import (
    TABLE,
    Happening,
    Play,
    Stage,
    advance,
    descend,
    pause,
    record,
    rejoin,
    repeat,
    resume,
)
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


def sounded(play: Play, seconds: float) -> Play:
    """The same play as the card tells of it after so many seconds of its present run."""
    first_at = play.first_sample_at or play.start_at
    last_at = play.start_at + timedelta(seconds=seconds)
    return replace(play, first_sample_at=first_at, run_at=play.start_at, last_sample_at=last_at)


class TestRuns:
    """A play may be heard in several runs, and remembers how much of it was."""

    def test_what_resumes_goes_on_where_it_was_silenced(self) -> None:
        resuming = replace(SOUNDING, cue=replace(NEWS, yields=Yielding.RESUME))
        waiting = pause(sounded(resuming, 12), Reason.EMERGENCY)
        assert (waiting.stage, waiting.outcome, waiting.reason) == (Stage.PAUSED, None, Reason.EMERGENCY)
        assert (waiting.offset_s, waiting.duration_s, waiting.heard_s, waiting.interruptions) == (12, 18, 12, 1)
        again = resume(waiting, at("05:10"), waiting.duration_s)
        assert (again.stage, again.start_at, again.ends_at) == (Stage.REARMED, at("05:10"), at("05:10:18"))
        assert (again.position_s, again.total_heard_s, again.reason) == (12, 12, Reason.NONE)
        second = sounded(advance(again, Happening.FIRST_SAMPLE), 5)
        assert (second.position_s, second.total_heard_s) == (17, 17)
        twice = pause(second, Reason.OVERLAP)
        assert (twice.offset_s, twice.duration_s, twice.interruptions) == (17, 13, 2)
        over = advance(
            sounded(advance(resume(twice, at("05:20"), twice.duration_s), Happening.FIRST_SAMPLE), 13),
            Happening.LAST_SAMPLE,
        )
        assert (over.outcome, over.reason, over.total_heard_s) == (Outcome.AIRED, Reason.NONE, 30)
        written = record(over, KEY, at("05:21"))
        assert (written.interruptions, written.first_sample_at, written.last_sample_at) == (2, NEWS.at, at("05:20:13"))

    def test_what_restarts_is_heard_whole(self) -> None:
        restarting = replace(SOUNDING, cue=replace(NEWS, yields=Yielding.RESTART))
        waiting = pause(sounded(restarting, 12), Reason.OVERLAP)
        assert (waiting.offset_s, waiting.duration_s, waiting.heard_s) == (0, 30, 12)

    def test_what_lapses_was_silenced_for_good(self) -> None:
        waiting = pause(sounded(SOUNDING, 12), Reason.EMERGENCY)
        over = advance(waiting, Happening.LAPSED)
        assert (over.outcome, over.reason, over.total_heard_s) == (Outcome.PREEMPTED, Reason.EMERGENCY, 12)

    def test_what_was_silenced_before_a_sound_of_it_and_is_then_stopped_is_a_miss(self) -> None:
        waiting = pause(ARMED, Reason.EMERGENCY)
        assert advance(waiting, Happening.STOPPED).outcome is Outcome.MISSED
        rearmed = resume(waiting, at("05:10"), waiting.duration_s)
        assert advance(rearmed, Happening.STOPPED).outcome is Outcome.MISSED
        assert advance(pause(sounded(SOUNDING, 1), Reason.EMERGENCY), Happening.STOPPED).outcome is Outcome.CUT

    def test_what_repeats_begins_anew_and_counts(self) -> None:
        joined = replace(SOUNDING, offset_s=10, duration_s=20, joined_s=10)
        again = repeat(sounded(joined, 20), at("05:01"))
        assert (again.stage, again.start_at, again.offset_s, again.duration_s) == (Stage.REARMED, at("05:01"), 0, 30)
        assert (again.repeats, again.heard_s, again.total_heard_s) == (1, 20, 20)
        assert record(advance(again, Happening.STOPPED), KEY, at("05:02")).repeats == 1
        assert record(advance(again, Happening.STOPPED), KEY, at("05:02")).offset_s == 10

    def test_what_rejoins_is_where_it_would_be_by_then(self) -> None:
        back = rejoin(sounded(SOUNDING, 8), at("05:00:11"))
        assert (back.stage, back.start_at, back.offset_s, back.duration_s) == (Stage.REARMED, at("05:00:11"), 11, 19)
        assert back.heard_s == 8
        assert back.ends_at == SOUNDING.ends_at

    def test_what_rejoins_before_its_instant_begins_in_time(self) -> None:
        back = rejoin(ARMED, at("04:59:58"))
        assert (back.stage, back.start_at, back.offset_s, back.duration_s) == (Stage.ARMED, NEWS.at, 0, 30)
        assert rejoin(ARMED, at("05:01")).duration_s == 0

    def test_what_cannot_be_played_leaves_its_place_to_the_next_rung(self) -> None:
        lower = descend(replace(ARMED, offset_s=5), Reason.BAD_AUDIO)
        assert (lower.stage, lower.rung, lower.lack, lower.offset_s) == (Stage.ARMED, 1, Reason.BAD_AUDIO, 0)
        lowest = descend(lower, Reason.NO_AUDIO)
        assert (lowest.rung, lowest.lack) == (2, Reason.BAD_AUDIO)
        silent = descend(sounded(SOUNDING, 10), Reason.SILENT)
        assert (silent.stage, silent.heard_s) == (Stage.REARMED, 10)
        aired = advance(advance(lowest, Happening.FIRST_SAMPLE), Happening.LAST_SAMPLE)
        assert (aired.outcome, aired.reason) == (Outcome.AIRED, Reason.BAD_AUDIO)
        assert record(aired, KEY, at("05:01")).rung == 2

    def test_nothing_is_counted_of_a_run_that_has_not_begun(self) -> None:
        assert (ARMED.total_heard_s, ARMED.position_s) == (0, 0)
        waiting = pause(sounded(SOUNDING, 12), Reason.EMERGENCY)
        stopped = advance(resume(waiting, at("05:10"), 18), Happening.STOPPED)
        assert stopped.total_heard_s == 12


@given(st.lists(st.sampled_from(Happening), max_size=8))
def test_whatever_happens_it_is_over_once_and_has_then_an_outcome(happenings: list[Happening]) -> None:
    play = ARMED
    for happening in happenings:
        before = play
        if before.is_over or (before.stage, happening) in TABLE:
            play = advance(before, happening)
        assert (play.outcome is not None) == play.is_over
        assert not before.is_over or play == before
