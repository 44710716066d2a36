"""Finding the card's place in time, though what it says of its time may swing."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.speaker.timeline import RATE_HZ, Timeline

EPOCH = 1_800_000_000.0
BLOCK = 1440
LAG_S = 0.065


def run(timeline: Timeline, seconds: float, said_wrong: Callable[[float], float], late: Callable[[], float]) -> None:
    """Let a card whose frame 0 is at EPOCH ask for samples; `said_wrong` and `late` are its faults in seconds."""
    for frame in range(0, round(seconds * RATE_HZ), BLOCK):
        dac_at = EPOCH + frame / RATE_HZ
        timeline.note(frame, dac_at - LAG_S + late(), dac_at + said_wrong(frame / RATE_HZ))


def never() -> float:
    return 0.0


def calm(_at: float) -> float:
    return 0.0


def test_a_calm_card_is_believed() -> None:
    timeline = Timeline()
    run(timeline, 2, calm, never)
    assert timeline.origin == pytest.approx(EPOCH, abs=1e-6)


def test_the_lag_learned_once_carries_over_a_card_that_swings() -> None:
    first = Timeline()
    run(first, 2, calm, never)
    second = Timeline(first)
    run(second, 2, lambda at: 0.005 - 0.006 * at, never)
    assert second.origin == pytest.approx(EPOCH, abs=0.0001)


def test_a_card_that_swings_later_does_not_move_the_line() -> None:
    timeline = Timeline()
    run(timeline, 4, lambda at: 0.0 if at < 1.5 else 0.01 * (at - 1.5), never)
    assert timeline.origin == pytest.approx(EPOCH, abs=0.0001)


@given(st.integers(0, 2**32))
def test_askings_that_come_late_on_a_busy_machine_do_no_harm(seed: int) -> None:
    chance = random.Random(seed)
    timeline = Timeline()
    run(timeline, 3, calm, lambda: 0.0 if chance.random() < 0.3 else chance.random() * 0.02)
    assert timeline.origin == pytest.approx(EPOCH, abs=0.0003)


def test_without_any_calm_second_the_calmest_so_far_decides() -> None:
    timeline = Timeline()
    run(timeline, 5, lambda at: 0.002 * (at - 1) ** 3, never)
    assert timeline.origin == pytest.approx(EPOCH, abs=0.001)


def test_a_clock_that_is_set_is_followed_within_a_second() -> None:
    timeline = Timeline()
    run(timeline, 2, calm, never)
    for frame in range(2 * RATE_HZ, 4 * RATE_HZ, BLOCK):
        dac_at = EPOCH + 3600 + frame / RATE_HZ
        timeline.note(frame, dac_at - LAG_S, dac_at)
    assert timeline.origin == pytest.approx(EPOCH + 3600, abs=1e-6)
