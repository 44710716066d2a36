"""When the substitute takes the stream's place, and when it gives it back: in virtual time."""

from hypothesis import given
from hypothesis import strategies as st

from contract.terms import Reason
from edge.speaker import feed
from edge.speaker.feed import BACK_S, JITTER_S, START_S, UNHEARD_S, Course, Judge, On, Valve

TICK_S = 0.1
SOUND, HUSH, NOTHING = -20.0, -70.0, None
Arrival = float | None

stretches = st.lists(st.tuples(st.sampled_from([SOUND, HUSH, NOTHING]), st.integers(1, 300)), max_size=12)
"""What comes, and for how many tenths of a second."""


def follow(judge: Judge, arrivals: list[Arrival], from_s: float = 0.0) -> list[On]:
    """What was on after each tenth of a second."""
    seen = []
    for n, level in enumerate(arrivals, 1):
        now_s = from_s + n * TICK_S
        if level is not None:
            judge.arrive(now_s, TICK_S, level)
        seen.append(judge.look(now_s))
    return seen


def spell(parts: list[tuple[Arrival, int]]) -> list[Arrival]:
    return [level for level, count in parts for _ in range(count)]


def ticks(seconds: float) -> int:
    return round(seconds / TICK_S)


def test_what_sounds_is_on() -> None:
    assert set(follow(Judge(0.0), [SOUND] * 600)) == {On.STREAM}


def test_ten_seconds_without_data_are_a_loss() -> None:
    seen = follow(Judge(0.0), spell([(SOUND, 50), (NOTHING, 120)]))
    assert abs(seen.index(On.LOST) - (49 + ticks(UNHEARD_S))) <= 1


def test_ten_seconds_of_silence_are_silence() -> None:
    seen = follow(Judge(0.0), spell([(SOUND, 50), (HUSH, 120)]))
    assert abs(seen.index(On.SILENT) - (49 + ticks(UNHEARD_S))) <= 1


def test_pauses_in_speech_are_no_silence() -> None:
    assert set(follow(Judge(0.0), spell([(SOUND, 10), (HUSH, 60)] * 20))) == {On.STREAM}


def test_five_seconds_of_sound_bring_it_back() -> None:
    seen = follow(Judge(0.0), spell([(NOTHING, 150), (SOUND, 60)]))
    assert abs(seen.index(On.STREAM, 120) - (149 + ticks(BACK_S))) <= 1


def test_a_burst_of_five_seconds_brings_it_back_at_once() -> None:
    judge = Judge(0.0)
    follow(judge, [NOTHING] * 150)
    judge.arrive(15.1, BACK_S, SOUND)
    assert judge.look(15.1) is On.STREAM


def test_a_stream_that_never_came_is_lost_soon_after_the_feeds_instant() -> None:
    judge = Judge(0.0)
    judge.begin(60.0)
    seen = follow(judge, [NOTHING] * 100, 60.0)
    assert abs(seen.index(On.LOST) - ticks(UNHEARD_S - feed.HEAD_START_S)) <= 1


@given(stretches)
def test_it_leaves_only_what_was_not_heard_for_ten_seconds_and_then_always(parts: list[tuple[Arrival, int]]) -> None:
    arrivals = spell(parts)
    unheard, former = 0.0, On.STREAM
    for level, on in zip(arrivals, follow(Judge(0.0), arrivals), strict=True):
        unheard = 0.0 if level == SOUND or (on is On.STREAM and former is not On.STREAM) else unheard + TICK_S
        if on is On.STREAM:
            assert unheard < UNHEARD_S + TICK_S
        elif former is On.STREAM:
            assert unheard >= UNHEARD_S - TICK_S
        former = on


@given(stretches)
def test_it_comes_back_only_to_what_has_sounded(parts: list[tuple[Arrival, int]]) -> None:
    arrivals = spell(parts)
    seen = follow(Judge(0.0), arrivals)
    for n in range(1, len(seen)):
        if seen[n] is On.STREAM and seen[n - 1] is not On.STREAM:
            last = arrivals[max(0, n - ticks(BACK_S) + 1) : n + 1]
            assert SOUND in last
            assert sum(level is not None for level in arrivals[: n + 1]) >= ticks(BACK_S) - 1


@given(stretches)
def test_whatever_was_before_five_seconds_of_sound_and_a_pause_are_enough(parts: list[tuple[Arrival, int]]) -> None:
    assert follow(Judge(0.0), [*spell(parts), *[SOUND] * (ticks(BACK_S) + 2)])[-1] is On.STREAM


def test_the_buffer_flows_once_it_is_filled_and_again_when_it_is_filled_anew() -> None:
    valve = Valve()
    assert not valve.may_flow(START_S - 0.1)
    assert valve.may_flow(START_S)
    assert valve.may_flow(0.0)
    valve.run_dry()
    assert not valve.may_flow(START_S)
    assert valve.may_flow(JITTER_S)


def test_the_record_says_what_was_heard_for_the_most_of_it() -> None:
    cases = [
        (None, 0, Reason.NONE, False),
        (Course(stream_s=50, substitute_s=10), 0, Reason.NONE, False),
        (Course(stream_s=20, substitute_s=40), 1, Reason.STREAM, False),
        (Course(stream_s=20, substitute_s=15, silence_s=15), 0, Reason.STREAM, False),
        (Course(stream_s=5, silence_s=50), 0, Reason.STREAM, True),
    ]
    for course, rung, reason, was_unheard in cases:
        assert (feed.rung(course), feed.reason(course), feed.was_unheard(course)) == (rung, reason, was_unheard)
