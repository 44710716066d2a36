"""Where villages lie: what people paste is read, and what is no position changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.nodes import positions
from hub.nodes.positions import BadPosition, Position

HANOI = Position(21.0285, 105.8542)


@pytest.mark.parametrize(
    "pasted",
    [
        "21.0285, 105.8542",
        "21.0285,105.8542",
        " 21.0285  105.8542 ",
        "(21.0285, 105.8542)",
        "21,0285, 105,8542",
        "21,0285; 105,8542",
        "21,0285 105,8542",
        "21.0285° N, 105.8542° E",
        "105.8542, 21.0285",
        "21°01'42.6\"N 105°51'15.12\"E",
        "https://www.google.com/maps/@21.0285,105.8542,17z?entry=ttu",
        "https://www.google.com/maps/place/X/@21.0285,105.8542,17z",
        "https://maps.google.com/?q=21.0285,105.8542",
    ],
)
def test_what_a_map_or_a_phone_gives_is_read(pasted: str) -> None:
    assert positions.read(pasted) == HANOI


@pytest.mark.parametrize(
    "typed", ["", "21.0285", "nhà văn hóa", "21.0285, 205.8", "91, 181", "21.0285, 105.8542, 3", "nan, nan", "1" * 300]
)
def test_what_is_no_position_is_refused(typed: str) -> None:
    with pytest.raises(BadPosition):
        positions.read(typed)


def test_a_program_may_not_turn_the_two_round() -> None:
    for latitude, longitude in ((105.8, 21.0), (float("nan"), 0.0), (0.0, float("inf"))):
        with pytest.raises(BadPosition):
            positions.at(latitude, longitude)


def test_the_islands_are_in_the_country_and_the_neighbours_capitals_are_not() -> None:
    hoang_sa, truong_sa, ca_mau = Position(16.53, 111.6), Position(8.64, 111.92), Position(8.6, 104.7)
    assert all(p.is_in_vietnam for p in (HANOI, hoang_sa, truong_sa, ca_mau))
    assert not any(p.is_in_vietnam for p in (Position(39.9, 116.4), Position(13.75, 100.5), Position(-21.0, 105.8)))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_position_is_read_back_as_it_is_shown(latitude: float, longitude: float) -> None:
    shown = positions.at(latitude, longitude)
    assert positions.read(str(shown)) == shown
