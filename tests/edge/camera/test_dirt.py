"""A lens that gets dirty over weeks, in virtual time."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.terms import CameraFault
from edge.camera.health import dirt
from edge.camera.health.album import FolderAlbum
from edge.camera.health.dirt import Day, Dirt
from edge.camera.health.memory import Memory
from edge.camera.health.sight import Sight
from edge.camera.judging import DictAlbum
from edge.camera.rules import Rule
from edge.camera.view.seen import Comparison, Look, Measures, Obstacle

RULE = Rule()
START = datetime(2026, 5, 1, 0, tzinfo=UTC)
DAYLIGHT = Measures(brightness=110, contrast=50, colour=12)
EVERY = timedelta(minutes=10)


def look(n: int, dull: float | None) -> Look:
    seen = Comparison(
        is_known=True,
        dependable=90,
        lost=0.02,
        flat=0,
        still=0,
        found=0.98,
        sharpness=1,
        doubt=0.02,
        detail=1,
        dull=dull,
    )
    small = n.to_bytes(4, "big")
    return Look(obstacle=Obstacle.NONE, packets=9, picture=n, measures=DAYLIGHT, comparison=seen, small=small)


def live(sight: Sight, day: int, dull: float, noise: Random, hours: float = 8) -> set[CameraFault | None]:
    """A day's light, looked at every ten minutes. What was believed in its course."""
    told = set()
    for n in range(int(hours * 6)):
        at = START + timedelta(days=day, hours=8) + n * EVERY
        told.add(sight.take(look(day * 1000 + n, min(1.0, max(0.0, dull + noise.gauss(0, 0.05)))), at).fault)
    return told


def believed(sight: Sight) -> CameraFault | None:
    return sight.health.fault


def put_up() -> Sight:
    sight = Sight(Memory(DictAlbum(), UTC), RULE, learn=2)
    for n in range(2):
        sight.take(look(n, None), START + timedelta(hours=7, minutes=n))
    return sight


def grown(shares: list[float]) -> list[Day]:
    return [Day(on=date(2026, 5, 1) + timedelta(days=n), dull=share) for n, share in enumerate(shares)]


def test_dirt_is_told_after_some_days_and_is_over_on_the_day_the_lens_is_cleaned() -> None:
    sight, noise = put_up(), Random(3)
    told = [live(sight, day, 0.02 + day * 0.015, noise) for day in range(26)]
    first = next(day for day, believed in enumerate(told) if CameraFault.DIRTY in believed)
    assert 19 <= first <= 23
    assert all(CameraFault.DIRTY not in each for each in told[:first])
    assert believed(sight) is CameraFault.DIRTY
    assert sight.health.evidence["dull"] >= RULE.dirty.share
    assert "cần lau kính" in sight.health.detail
    live(sight, 26, 0.02, noise, hours=2)
    assert believed(sight) is CameraFault.NONE
    assert sight.clean_in_days is None


def test_it_is_foretold_two_weeks_ahead() -> None:
    sight, noise = put_up(), Random(4)
    for day in range(10):
        live(sight, day, 0.02 + day * 0.008, noise)
    foretold = sight.clean_in_days
    assert foretold is not None
    assert foretold == pytest.approx((RULE.dirty.share - 0.092) / 0.008, abs=4)


def test_one_dull_day_is_weather() -> None:
    sight, noise = put_up(), Random(5)
    for day in range(12):
        assert CameraFault.DIRTY not in live(sight, day, 0.5 if day == 6 else 0.04, noise)
    assert sight.clean_in_days is None


def test_while_the_lens_is_dirty_a_cover_is_still_told() -> None:
    sight, noise = put_up(), Random(6)
    for day in range(6):
        live(sight, day, 0.4, noise)
    assert believed(sight) is CameraFault.DIRTY
    hand = look(1, None)
    for n in range(3):
        covered = Comparison(
            is_known=True,
            dependable=90,
            lost=0.9,
            kept=0.05,
            solid="f" * 36,
            hidden="f" * 36,
            flat=0.9,
            still=0.9,
            found=0.1,
            left=0.1,
            sharpness=1,
            doubt=0.02,
            detail=1,
        )
        seen = Look(
            obstacle=Obstacle.NONE, packets=9, picture=70 + n, measures=DAYLIGHT, comparison=covered, small=hand.small
        )
        sight.take(seen, START + timedelta(days=6, hours=9, seconds=20 * n))
    assert believed(sight) is CameraFault.COVERED


def test_what_is_known_of_the_lens_and_since_when_the_view_is_right_survive_a_restart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("cong")
    album = FolderAlbum(folder)
    sight, noise = Sight(Memory(album, UTC), RULE, learn=2), Random(7)
    assert sight.right_at is None
    sight.commission(START)
    for day in range(10):
        live(sight, day, 0.02 + day * 0.008, noise)
    again = Sight(Memory(FolderAlbum(folder), UTC, sight.memory.kept), RULE)
    assert again.right_at == START
    assert again.clean_in_days == pytest.approx(sight.clean_in_days, abs=2)
    (folder / "note.json").write_bytes(b"\x00torn")
    torn = Sight(Memory(FolderAlbum(folder), UTC, sight.memory.kept), RULE)
    assert torn.right_at == sight.memory.commissioned_at
    assert torn.clean_in_days is None


def test_this_view_is_right_forgets_the_dirt_and_learns_anew() -> None:
    sight, noise = put_up(), Random(8)
    for day in range(6):
        live(sight, day, 0.3, noise)
    at = START + timedelta(days=6, hours=9)
    sight.commission(at)
    assert sight.right_at == at
    assert sight.memory.kept == []
    for n in range(4):
        sight.take(look(n, None), at + timedelta(seconds=20 * n))
    assert believed(sight) is CameraFault.NONE
    assert [r.at >= at for r in sight.memory.kept].count(False) == 0


@given(st.lists(st.floats(0, 1), max_size=40))
def test_a_forecast_is_never_in_the_past_nor_too_far(shares: list[float]) -> None:
    ahead = dirt.clean_in_days(grown(shares), RULE)
    assert ahead is None or 0 <= ahead <= dirt.FAR_DAYS


@given(st.floats(0.002, 0.02), st.integers(8, 28), st.integers(0, 10**6))
def test_a_straight_growth_is_foretold_to_the_day_through_a_few_outliers(slope: float, days: int, seed: int) -> None:
    shares = [slope * n for n in range(days)]
    shares[Random(seed).randrange(days)] = 0.9
    ahead = dirt.clean_in_days(grown(shares), RULE)
    expected = RULE.dirty.share / slope - (days - 1)
    if ahead is not None:
        assert ahead == pytest.approx(max(0.0, expected), abs=max(3.0, 0.3 * abs(expected)))
    else:
        assert expected > 0.7 * dirt.FAR_DAYS or days < 12


@given(st.floats(0, 0.1), st.integers(0, 28))
def test_where_nothing_grows_nothing_is_foretold(level: float, days: int) -> None:
    assert dirt.clean_in_days(grown([level] * days), RULE) is None


@given(st.lists(st.tuples(st.integers(1, 600), st.floats(0, 1)), max_size=300))
def test_what_is_kept_of_a_lens_stays_small_and_in_order(looks: list[tuple[int, float]]) -> None:
    known, at = Dirt(), START
    for minutes, dull in looks:
        at += timedelta(minutes=minutes)
        known = dirt.note(known, at, dull, UTC)
    assert len(known.days) <= dirt.KEPT_DAYS
    assert len(known.looks) <= 144
    assert list(known.days) == sorted(known.days, key=lambda d: d.on)
    assert 0 <= dirt.settled(known, RULE) <= 1
