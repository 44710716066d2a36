"""The map: every pin on the sheet, none on another, and nobody west, east, north or south of where they are."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hub.nodes.positions import Position
from hub.web.board import atlas
from hub.web.board.atlas import PIN, Atlas

COMMUNE = st.builds(Position, st.floats(20.9, 21.1), st.floats(105.7, 105.9))
ANYWHERE = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
PLACES = st.lists(COMMUNE, min_size=1, max_size=60) | st.lists(ANYWHERE, min_size=1, max_size=30)


def draw(places: list[Position]) -> Atlas:
    sheet = atlas.draw(places)
    assert sheet is not None
    return sheet


def test_without_positions_there_is_no_map() -> None:
    assert atlas.draw([]) is None


@given(PLACES)
def test_every_pin_is_on_the_sheet_and_every_village_under_one(places: list[Position]) -> None:
    sheet = draw(places)
    half = PIN // 2
    assert all(half <= p.x <= sheet.width - half and half <= p.y <= sheet.height - half for p in sheet.pins)
    assert sorted(n for pin in sheet.pins for n in pin.held) == list(range(len(places)))
    assert (sheet.width, sheet.height) <= (atlas.WIDTH, atlas.MOST_HEIGHT)


@given(PLACES)
def test_no_pin_covers_another(places: list[Position]) -> None:
    pins = draw(places).pins
    pairs = [(a, b) for n, a in enumerate(pins) for b in pins[n + 1 :]]
    assert all(abs(a.x - b.x) >= PIN or abs(a.y - b.y) >= PIN for a, b in pairs)


@given(PLACES)
def test_nobody_changes_sides_with_a_neighbour(places: list[Position]) -> None:
    where = {n: pin for pin in draw(places).pins for n in pin.held}
    for a, first in enumerate(places):
        for b, second in enumerate(places):
            if first.longitude < second.longitude:
                assert where[a].x <= where[b].x
            if first.latitude < second.latitude:
                assert where[a].y >= where[b].y, "north is up"


@given(st.lists(COMMUNE, min_size=2, max_size=2, unique_by=lambda p: (p.latitude, p.longitude)))
def test_the_bar_of_the_scale_tells_the_truth(places: list[Position]) -> None:
    sheet = draw(places)
    mean = math.radians((places[0].latitude + places[1].latitude) / 2)
    east_m = abs(places[0].longitude - places[1].longitude) * atlas.METRES_A_DEGREE * math.cos(mean)
    drawn = [next(p for p in sheet.pins if n in p.held) for n in (0, 1)]
    drawn_m = abs(drawn[0].x - drawn[1].x) * sheet.bar_m / sheet.bar
    assert abs(drawn_m - east_m) <= PIN * sheet.bar_m / sheet.bar * 1.001
    assert str(sheet.bar_m).strip("0") in ("1", "2", "5")
    assert 0 < sheet.bar <= atlas.WIDTH / 2
