"""What a camera's looks say, in virtual time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.terms import CameraFault
from edge.camera.health.judge import judge
from edge.camera.health.usual import Usual
from edge.camera.health.verdict import Health, follow
from edge.camera.rules import Dark, Frozen, Gone, Rule
from edge.camera.view.seen import Comparison, Look, Measures, Obstacle, Turn

NOON = datetime(2026, 5, 1, 5, tzinfo=UTC)
EVERY = timedelta(seconds=20)
RULE = Rule()

REFUSED = Look(obstacle=Obstacle.REFUSED)
SILENT = Look(obstacle=Obstacle.SILENT)
LOST = Look(obstacle=Obstacle.MONITOR)
NO_KEY = Look(obstacle=Obstacle.NONE, packets=20, progress_s=2.0)


CLEAR = Measures(brightness=90.0, contrast=40.0, colour=10.0)
AS_EVER = Comparison(
    is_known=True, dependable=100, lost=0.02, flat=0.0, still=0.0, found=0.98, sharpness=1.0, doubt=0.02, detail=1.0
)


def live(picture: int) -> Look:
    return replace(NO_KEY, picture=picture, measures=CLEAR)


def seen(picture: int, **changes: object) -> Look:
    """A live picture that differs from what the camera used to show."""
    return replace(live(picture), comparison=replace(AS_EVER, **changes))  # type: ignore[arg-type]


BLACK = replace(live(7), measures=Measures(brightness=2.0, contrast=1.0))
STUCK = replace(live(8), progress_s=0.0)


KNOWN = Usual(measures=(CLEAR,), days=5)
"""An hour that has been looked at on enough days."""


def watch(*looks: Look, rule: Rule = RULE, start: Health | None = None) -> list[Health]:
    """The belief after each look, one every 20 s."""
    states = [start or Health()]
    for n, look in enumerate(looks):
        states.append(follow(states[-1], look, NOON + n * EVERY, rule, KNOWN))
    return states[1:]


def fault(look: Look, usual: Usual) -> CameraFault:
    """What one look shows by itself."""
    found = judge(look, None, usual, RULE)
    assert found is not None
    return found.fault


def faults(*looks: Look) -> list[CameraFault | None]:
    return [state.fault for state in watch(*looks)]


def test_a_camera_nobody_has_looked_at_is_unknown_and_one_good_look_makes_it_healthy() -> None:
    assert Health().fault is None
    assert faults(live(1)) == [CameraFault.NONE]


def test_one_lost_look_is_no_fault() -> None:
    assert set(faults(live(1), REFUSED, live(2), live(3), REFUSED, live(4))) == {CameraFault.NONE}


def test_a_camera_gone_is_offline_within_a_minute_and_since_the_first_look_that_missed_it() -> None:
    *_, state = watch(live(1), live(2), REFUSED, REFUSED)
    assert state.fault is CameraFault.OFFLINE
    assert state.since_at == NOON + 2 * EVERY
    assert "connection refused" in state.detail


def test_it_is_back_after_two_good_looks_since_the_first_of_them() -> None:
    *_, almost, back = watch(live(1), REFUSED, REFUSED, live(2), live(3))
    assert almost.fault is CameraFault.OFFLINE
    assert back.fault is CameraFault.NONE
    assert back.since_at == NOON + 3 * EVERY
    assert back.detail == ""


def test_a_camera_that_takes_the_connection_and_sends_nothing_has_no_signal() -> None:
    assert faults(live(1), SILENT, SILENT)[-1] is CameraFault.NO_SIGNAL


@pytest.mark.parametrize(
    "obstacle", [Obstacle.LOGIN, Obstacle.ADDRESS, Obstacle.GARBLED, Obstacle.CRASHED, Obstacle.UNREACHABLE]
)
def test_every_obstacle_of_the_camera_becomes_a_fault_with_a_sentence(obstacle: Obstacle) -> None:
    *_, state = watch(Look(obstacle=obstacle), Look(obstacle=obstacle))
    assert state.fault in (CameraFault.NO_SIGNAL, CameraFault.OFFLINE)
    assert state.detail


def test_the_very_same_picture_again_and_again_is_frozen() -> None:
    assert faults(live(1), live(1), live(1)) == [CameraFault.NONE, CameraFault.NONE, CameraFault.FROZEN]


def test_an_empty_yard_whose_pictures_differ_by_a_hair_is_not_frozen() -> None:
    assert set(faults(*[live(n) for n in range(20)])) == {CameraFault.NONE}


def test_time_stamps_that_stand_still_are_frozen() -> None:
    assert faults(live(1), STUCK, STUCK)[-1] is CameraFault.FROZEN


def test_black_is_dark_and_not_frozen() -> None:
    assert faults(live(1), BLACK, BLACK, BLACK)[-1] is CameraFault.DARK


def test_a_lamp_in_the_night_is_not_dark() -> None:
    lamp = replace(live(1), measures=replace(CLEAR, brightness=6.0, contrast=25.0))
    assert fault(lamp, Usual()) is CameraFault.NONE


def test_a_stream_without_a_key_picture_in_time_is_there_and_no_more_is_said() -> None:
    assert set(faults(NO_KEY, NO_KEY, NO_KEY)) == {CameraFault.NONE}


def test_the_monitors_own_trouble_says_nothing_of_the_camera() -> None:
    states = watch(LOST, LOST, live(1), LOST, LOST, LOST)
    assert [s.fault for s in states] == [None, None, *[CameraFault.NONE] * 4]


def test_a_fault_that_turns_into_another_is_told_once_it_is_sure() -> None:
    assert faults(REFUSED, REFUSED, SILENT, SILENT)[1:] == [
        CameraFault.OFFLINE,
        CameraFault.OFFLINE,
        CameraFault.NO_SIGNAL,
    ]


def test_two_faults_in_turn_do_not_flap() -> None:
    told = faults(*[REFUSED, SILENT] * 10)
    assert len(set(told[3:])) == 1


def test_after_a_restart_of_the_process_a_known_fault_stays_until_good_looks_clear_it() -> None:
    known = Health(CameraFault.OFFLINE, NOON)
    assert [s.fault for s in watch(live(1), live(2), start=known)] == [CameraFault.OFFLINE, CameraFault.NONE]


@pytest.mark.parametrize(
    ("look", "fault", "word"),
    [
        (seen(2, lost=0.5, flat=0.4, still=0.5, found=0.5, left=0.1), CameraFault.COVERED, "50 %"),
        (seen(2, lost=0.8, kept=0.2, found=0.9, turn=Turn(dx=0.06, gain=3.0)), CameraFault.MOVED, "+6 % ngang"),
        (seen(2, lost=0.7, kept=0.4, found=0.8, turn=Turn(rotation_deg=-3.0, gain=3.0)), CameraFault.MOVED, "-3.0°"),
        (seen(2, lost=0.95, still=0.9, sharp=0.8, kept=0.1, found=0.05, left=0.9), CameraFault.MOVED, "chỗ khác"),
        (seen(2, sharpness=0.2, detail=0.4), CameraFault.BLURRED, "20 %"),
        (seen(2, noise=9.0, lost=0.6), CameraFault.NOISY, "nhiễu hạt"),
        (seen(2, stripes=9.0), CameraFault.NOISY, "sọc"),
    ],
)
def test_what_became_of_the_view_is_told_with_its_measure_within_three_looks(
    look: Look, fault: CameraFault, word: str
) -> None:
    *_, state = watch(live(1), look, replace(look, picture=3), replace(look, picture=4))
    assert state.fault is fault
    assert word in state.detail


@pytest.mark.parametrize(
    "look",
    [
        seen(2, lost=0.3, still=0.1, found=0.7),  # people walk by
        seen(2, lost=0.1, turn=Turn(dx=0.01, gain=2.0)),  # the pole sways
        seen(2, sharpness=0.3, doubt=0.2, detail=0.4),  # hardly anything fine to be sharp
        seen(2, lost=0.5, still=0.5, left=0.9),  # a lorry has parked
        seen(2, sharpness=0.4, detail=0.95),  # the light fell, the details stay
        seen(2, lost=0.5, still=0.5, flat=0.5, layout=0.7),  # fog
        seen(2, dependable=3, lost=1.0, still=1.0, found=0.0),  # a bare wall
    ],
)
def test_what_happens_before_any_camera_is_no_fault(look: Look) -> None:
    looks = [replace(look, picture=10 + n) for n in range(6)]
    assert set(faults(live(1), *looks)) == {CameraFault.NONE}


def test_the_first_night_is_no_fault_though_all_looks_otherwise() -> None:
    night = seen(2, is_known=False, lost=0.6, still=0.6, found=0.4, sharpness=0.2, detail=0.4)
    assert fault(night, Usual(is_fresh=True)) is CameraFault.NONE
    assert fault(night, Usual()) is CameraFault.NONE


def test_a_grey_board_before_a_coloured_view_is_a_cover_from_the_first_hour_on() -> None:
    board = seen(2, is_known=False, lost=0.95, still=0.95, flat=0.9, kept=0.05, found=0.1)
    assert fault(board, Usual(is_fresh=True)) is CameraFault.COVERED


def test_on_the_first_days_less_is_believed_unless_all_was_well_just_before() -> None:
    half = seen(2, lost=0.5, still=0.5, flat=0.4, left=0.1)
    assert fault(half, Usual(days=1)) is CameraFault.NONE
    assert fault(half, Usual(days=1, is_fresh=True)) is CameraFault.COVERED
    assert fault(half, Usual(days=3)) is CameraFault.COVERED


def test_a_yard_where_much_comes_and_goes_is_covered_only_by_more_than_that() -> None:
    stall = seen(2, lost=0.4, still=0.4, found=0.6, left=0.1)
    assert fault(stall, Usual(days=5, stir=0.0)) is CameraFault.COVERED
    assert fault(stall, Usual(days=5, stir=0.35)) is CameraFault.NONE


def test_a_lamp_that_is_out_by_night_is_no_cover() -> None:
    lit, dark = replace(CLEAR, brightness=70.0), replace(CLEAR, brightness=40.0)
    unlit = replace(seen(2, lost=0.5, still=0.5, left=0.1), measures=dark)
    assert fault(unlit, Usual(days=5, measures=(lit,))) is CameraFault.NONE
    assert fault(unlit, Usual(days=5, measures=(CLEAR,))) is CameraFault.COVERED


def test_a_fault_of_the_view_stands_until_the_view_can_be_judged_again() -> None:
    cover = seen(1, lost=0.9, still=0.9, kept=0.05, left=0.1)
    strange = replace(cover.comparison or AS_EVER, is_known=False)
    state = Health()
    for n, look in enumerate([live(0), cover, replace(cover, picture=2), *[live(3 + n) for n in range(2)]]):
        state = follow(state, replace(look, picture=n), NOON + n * EVERY, RULE, KNOWN)
    assert state.fault is CameraFault.COVERED, "a look that was compared with nothing clears nothing"
    for n in range(9):  # an hour of which only grey pictures are known
        look = replace(cover, picture=20 + n, comparison=strange)
        state = follow(state, look, NOON + timedelta(hours=1) + n * EVERY, RULE, Usual(days=1))
    assert state.fault is CameraFault.COVERED
    for n in range(3):  # a lens out of focus is no view as ever
        dull = replace(AS_EVER, is_known=False, kept=0.9, sharpness=0.2)
        state = follow(state, replace(live(30 + n), comparison=dull), NOON + n * EVERY, RULE, Usual(days=1))
    assert state.fault is CameraFault.COVERED
    for n in range(2):
        back = replace(live(40 + n), comparison=replace(AS_EVER, is_known=False, kept=0.9))
        state = follow(state, back, NOON + timedelta(hours=2) + n * EVERY, RULE, Usual(days=1))
    assert state.fault is CameraFault.NONE


def test_what_is_wrong_with_a_view_keeps_its_first_name_unless_another_is_heard_for_minutes() -> None:
    cover = seen(2, lost=0.9, still=0.9, kept=0.05, left=0.1)
    other = seen(2, lost=0.95, still=0.9, sharp=0.8, kept=0.1, left=0.9)
    looks = [replace(look, picture=10 + n) for n, look in enumerate([cover, cover, *[other, cover] * 9])]
    assert set(faults(live(1), *looks)[2:]) == {CameraFault.COVERED}
    looks = [replace(look, picture=10 + n) for n, look in enumerate([cover, cover, *[other] * 15])]
    assert faults(live(1), *looks)[-2:] == [CameraFault.COVERED, CameraFault.MOVED]


def test_a_picture_that_runs_again_is_not_frozen_though_what_it_shows_goes_by_two_names() -> None:
    cover = seen(2, lost=0.9, still=0.9, kept=0.05, left=0.1)
    other = seen(2, lost=0.95, still=0.9, sharp=0.8, kept=0.1, left=0.9)
    looks = [replace(look, picture=10 + n) for n, look in enumerate([cover, other])]
    assert faults(live(1), STUCK, STUCK, *looks)[-1] in (CameraFault.COVERED, CameraFault.MOVED)


def test_traffic_that_looks_like_a_turn_now_here_now_there_is_none() -> None:
    turns = [Turn(dx=dx, gain=2.0) for dx in (0.14, -0.13, 0.2, -0.16, 0.05)]
    looks = [seen(2 + n, lost=0.4, kept=0.6, found=0.9, turn=turn) for n, turn in enumerate(turns)]
    assert set(faults(live(1), *looks)) == {CameraFault.NONE}
    assert faults(live(1), looks[0], replace(looks[0], picture=9))[-1] is CameraFault.MOVED


def test_a_view_that_is_nearly_all_in_place_takes_longer_to_be_called_turned() -> None:
    looks = [seen(2 + n, lost=0.2, kept=0.82, found=1.0, turn=Turn(rotation_deg=3, gain=1.2)) for n in range(4)]
    assert faults(live(1), *looks)[3:] == [CameraFault.NONE, CameraFault.MOVED]


def test_a_night_that_was_always_dark_is_no_fault() -> None:
    night = Measures(brightness=3.0, contrast=1.5)
    looks = [replace(live(n), measures=night) for n in range(1, 6)]
    state = Health()
    for n, look in enumerate(looks):
        state = follow(state, look, NOON + n * EVERY, RULE, Usual(measures=(night,)))
    assert state.fault is CameraFault.NONE


def test_a_colour_that_this_hour_never_had_is_told_after_half_an_hour_and_not_in_the_first_days() -> None:
    pink = replace(CLEAR, red=CLEAR.red + 20)
    for days, fault in ((1, CameraFault.NONE), (5, CameraFault.IR_CUT)):
        state, since = Health(), None
        for n in range(120):
            state = follow(
                state, replace(live(n), measures=pink), NOON + n * EVERY, RULE, Usual(measures=(CLEAR,), days=days)
            )
            since = since or (n * EVERY if state.fault else None)
        assert state.fault is fault
    assert since is not None
    assert timedelta(minutes=30) <= since <= timedelta(minutes=32)
    assert state.since_at == NOON


LOOKS = st.one_of(st.sampled_from([REFUSED, SILENT, BLACK, NO_KEY, STUCK, LOST]), st.integers(0, 3).map(live))
RULES = st.builds(
    lambda opens, more, clears: Rule(
        gone=Gone(opens_after=opens, of=opens + more, clears_after=clears),
        frozen=Frozen(opens_after=opens, of=opens + more, clears_after=clears),
        dark=Dark(opens_after=opens, of=opens + more, clears_after=clears),
    ),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(1, 4),
)


@given(st.lists(LOOKS, max_size=40), RULES)
def test_a_belief_is_never_dated_later_than_now_and_memory_stays_small(looks: list[Look], rule: Rule) -> None:
    for n, state in enumerate(watch(*looks, rule=rule)):
        assert (state.fault is None) == (state.since_at is None)
        assert state.since_at is None or state.since_at <= NOON + n * EVERY
        assert len(state.recent) <= 20


@given(st.lists(LOOKS, max_size=40), RULES)
def test_a_fault_is_only_ever_told_of_a_camera_that_showed_it_often_enough(looks: list[Look], rule: Rule) -> None:
    before = Health()
    for state in watch(*looks, rule=rule):
        if state.fault is not before.fault and state.fault:
            shown = sum(v.fault is state.fault for v in state.recent)
            assert shown >= min(rule.gone.opens_after, rule.gone.clears_after)
        before = state


@given(st.lists(LOOKS, max_size=40), RULES)
def test_enough_good_looks_clear_everything(looks: list[Look], rule: Rule) -> None:
    good = [live(100 + n) for n in range(max(2, rule.gone.clears_after))]
    assert watch(*looks, *good, rule=rule)[-1].fault is CameraFault.NONE
