"""What comes and goes before a camera without being a fault."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.camera.health.memory import Memory
from edge.camera.health.stir import DAYS, Stir
from edge.camera.judging import DictAlbum
from edge.camera.view.seen import BLOCKS, NO_BLOCKS, Comparison, blocks

START = datetime(2026, 5, 1, tzinfo=UTC)
ALL = "f" * len(NO_BLOCKS)
LEFT, RIGHT = "f" * 18 + "0" * 18, "0" * 18 + "f" * 18
BITS = st.integers(0, 2**BLOCKS - 1).map(lambda marked: f"{marked:0{BLOCKS // 4}x}")


def seen(hidden: str, solid: str = ALL) -> Comparison:
    return Comparison(
        is_known=True,
        dependable=len(blocks(solid)),
        lost=len(blocks(hidden)) / BLOCKS,
        flat=0,
        still=len(blocks(hidden)) / BLOCKS,
        found=0,
        sharpness=1,
        doubt=0.0,
        detail=1,
        solid=solid,
        hidden=hidden,
        gone=hidden,
    )


def test_blocks_are_numbered_rows_first() -> None:
    assert blocks("8" + "0" * 35) == {0}
    assert blocks("0" * 35 + "1") == {BLOCKS - 1}
    assert blocks(ALL) == set(range(BLOCKS))


def test_a_place_that_is_hidden_every_other_look_does_not_count_and_the_rest_does() -> None:
    stir = Stir()
    for n in range(400):
        stir.note(seen(LEFT if n % 2 else NO_BLOCKS), START + n * timedelta(seconds=20), UTC)
    assert stir.share(LEFT, ALL) < 0.05
    assert stir.share(RIGHT, ALL) > 0.95


def test_where_all_is_hidden_often_all_counts_again() -> None:
    stir = Stir()
    for n in range(400):
        stir.note(seen(ALL if n % 2 else NO_BLOCKS), START + n * timedelta(seconds=20), UTC)
    assert stir.share(LEFT, ALL) == 0.5


def test_what_was_hidden_at_this_hour_on_two_days_is_usual_and_on_one_day_is_not() -> None:
    stir, noon = Stir(), START + timedelta(hours=12)
    stir.note(seen(LEFT), noon, UTC)
    assert stir.usual(noon + timedelta(days=1), UTC) == 0
    stir.note(seen(LEFT), noon + timedelta(days=1), UTC)
    assert stir.usual(noon + timedelta(days=2), UTC) > 0.4
    assert stir.usual(noon + timedelta(days=2, hours=3), UTC) == 0


def test_a_crowd_that_goes_again_is_noted_and_a_fault_is_not() -> None:
    for is_fault, usual in ((False, True), (True, False)):
        memory = Memory(DictAlbum(), UTC)
        for day in range(2):
            at = START + timedelta(days=day, hours=12)
            for n in range(3):
                memory.stir(seen(LEFT), at + n * timedelta(seconds=20), is_fault and n == 2)
            memory.stir(seen(NO_BLOCKS), at + timedelta(minutes=2), False)
        assert (memory.hidden_usually(START + timedelta(days=2, hours=12)) > 0.2) is usual


def test_it_survives_a_restart() -> None:
    album = DictAlbum()
    memory, noon = Memory(album, UTC), START + timedelta(hours=12)
    for day in range(3):
        memory.stir(seen(LEFT), noon + timedelta(days=day), False)
        memory.stir(seen(NO_BLOCKS), noon + timedelta(days=day, minutes=1), False)
        memory.stir(seen(NO_BLOCKS), noon + timedelta(days=day, hours=2), False)
    assert Memory(album, UTC).hidden_usually(noon) == memory.hidden_usually(noon) > 0.4


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3 * 24 * 60), BITS, BITS), max_size=30))
def test_shares_are_shares_and_little_is_kept(looks: list[tuple[int, str, str]]) -> None:
    stir = Stir()
    for minute, hidden, solid in sorted(looks):
        both = f"{int(hidden, 16) & int(solid, 16):0{BLOCKS // 4}x}"
        at = START + timedelta(minutes=minute)
        assert 0 <= stir.share(both, solid) <= 1 + 1e-9
        stir.note(seen(both, solid), at, UTC)
        assert 0 <= stir.usual(at, UTC) <= 1
    assert all(len(each) <= DAYS for each in stir.most)
    assert all(0 <= each <= 1 for each in stir.often)
