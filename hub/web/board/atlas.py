"""The map of the villages, from coordinates alone: where each pin stands on the sheet. Pure.

An equirectangular projection, its scale that of the mean latitude: over a province it is off by less than a pin. North
is up. Pins stand on a lattice as wide as a pin, so none covers another, and whoever lies west or south of somebody
stands so, or beside them under one pin with a count.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hub.nodes.positions import Position

WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 468, 252, 576
PIN = 36
"""A pin's width and what is kept free around it; 24 pixels of a phone of 360."""
LEAST_SPAN_M = 1000.0
"""Villages nearer to each other than this are not drawn apart further."""
METRES_A_DEGREE = 111_320.0
_BAR_SHARE = 0.3
_ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Pin:
    """Where one stands: the middle of its field, and which of the positions are under it, in their order."""

    x: int
    y: int
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Atlas:
    """One sheet. `bar` is the length of the scale's bar, which stands for `bar_m` metres."""

    width: int
    height: int
    pins: tuple[Pin, ...]
    bar: float
    bar_m: int


def draw(positions: Sequence[Position]) -> Atlas | None:
    """A pin for every position; None for no positions."""
    if not positions:
        return None
    eastwards, northwards = _project(positions)
    west, east, south, north = min(eastwards), max(eastwards), min(northwards), max(northwards)
    wide_m, high_m = max(east - west, LEAST_SPAN_M), max(north - south, LEAST_SPAN_M)
    columns = WIDTH // PIN
    rows = min(max(round(columns * high_m / wide_m), LEAST_HEIGHT // PIN), MOST_HEIGHT // PIN)
    pitch_m = max(wide_m / columns, high_m / rows)
    left, top = (west + east - columns * pitch_m) / 2, (south + north + rows * pitch_m) / 2
    fields: dict[tuple[int, int], list[int]] = {}
    for n, (x, y) in enumerate(zip(eastwards, northwards, strict=True)):
        field = _clip((x - left) / pitch_m, columns), _clip((top - y) / pitch_m, rows)
        fields.setdefault(field, []).append(n)
    pins = tuple(Pin(x * PIN + PIN // 2, y * PIN + PIN // 2, tuple(held)) for (x, y), held in fields.items())
    bar_m = _round_m(WIDTH * _BAR_SHARE / PIN * pitch_m)
    return Atlas(columns * PIN, rows * PIN, pins, bar_m / pitch_m * PIN, bar_m)


def _project(positions: Sequence[Position]) -> tuple[list[float], list[float]]:
    """Metres east and north, of nowhere in particular."""
    mean = math.fsum(p.latitude for p in positions) / len(positions)
    narrowed = METRES_A_DEGREE * math.cos(math.radians(mean))
    return [p.longitude * narrowed for p in positions], [p.latitude * METRES_A_DEGREE for p in positions]


def _clip(position: float, count: int) -> int:
    return min(max(math.floor(position), 0), count - 1)


def _round_m(most_m: float) -> int:
    """The longest round length that is not longer: 1, 2 or 5 and noughts."""
    power = int(10 ** math.floor(math.log10(max(most_m, 1))))
    return max(n * power for n in _ROUND if n == 1 or n * power <= most_m)
