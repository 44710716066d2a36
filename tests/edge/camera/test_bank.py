"""Which pictures are kept to compare with."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.camera.health import bank
from edge.camera.health.bank import Reference
from edge.camera.view.seen import Measures

DAY, NIGHT = Measures(brightness=120, contrast=50, colour=9), Measures(brightness=60, contrast=30)
START = datetime(2026, 5, 1, tzinfo=UTC)
MOMENTS = st.lists(
    st.tuples(st.integers(0, 40 * 24 * 60), st.booleans(), st.booleans()).map(
        lambda m: Reference(
            name=f"{m[0]}-{m[1]}",
            at=START + timedelta(minutes=m[0]),
            measures=NIGHT if m[1] else DAY,
            is_commissioned=m[2],
        )
    ),
    max_size=60,
)


def grown(moments: list[Reference]) -> list[Reference]:
    kept: list[Reference] = []
    for new in sorted(moments, key=lambda r: r.at):
        if bank.is_wanted(kept, new.at, new.is_grey, UTC, new.is_commissioned):
            kept, _ = bank.admit(kept, new, UTC)
    return kept


@given(MOMENTS)
def test_no_half_hour_fills_up_and_what_was_commissioned_stays(moments: list[Reference]) -> None:
    kept = grown(moments)
    for is_grey in (False, True):
        for slot in range(48):
            inside = [r for r in kept if r.is_grey is is_grey and (r.at.hour * 60 + r.at.minute) // 30 == slot]
            rolling = [r for r in inside if not r.is_commissioned]
            assert len(rolling) <= bank.PER_SLOT
            assert len({r.at.date() for r in rolling}) == len(rolling)
            assert len(inside) - len(rolling) <= bank.COMMISSIONED_PER_SLOT


@given(MOMENTS, st.integers(0, 24 * 60 - 1), st.booleans())
def test_a_look_is_compared_with_a_few_of_its_hour_and_kind(
    moments: list[Reference], minute: int, is_grey: bool
) -> None:
    at = START + timedelta(days=41, minutes=minute)
    chosen = bank.choose(grown(moments), at, is_grey, UTC)
    assert len(chosen) <= bank.COMPARED
    assert all(r.is_grey is is_grey and bank.apart_min(r.at, at, UTC) <= bank.NEAR_MIN for r in chosen)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_times_of_day_are_apart_the_short_way_round(a: datetime, b: datetime) -> None:
    apart = bank.apart_min(a, b, UTC)
    assert 0 <= apart <= 720
    assert apart == bank.apart_min(b, a, UTC)


def test_a_full_half_hour_is_renewed_every_third_day_to_spare_the_card() -> None:
    kept: list[Reference] = []
    written = 0
    for day in range(30):
        new = Reference(name=str(day), at=START + timedelta(days=day), measures=DAY)
        if bank.is_wanted(kept, new.at, False, UTC, False):
            kept, gone = bank.admit(kept, new, UTC)
            written += 1
            assert len(gone) <= 1
    assert written == bank.PER_SLOT + 9
