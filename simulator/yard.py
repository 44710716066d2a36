"""A made-up yard as a camera sees it: a cultural house, trees and a wall that stay, grain that does not, somebody who
walks by.
"""

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

WALK_S = 23
GRAINS = 8
GRAIN = 2.5
"""Grey levels."""
SKY = 0.25
"""The upper part of the picture, with nothing in it but grain."""

Rgb = NDArray[np.uint8]
_Colour = tuple[int, int, int]
_Point = tuple[float, float]

_HAZE, _GROUND = (196, 208, 214), (148, 138, 122)
_LEAVES, _BARK, _CLAY, _MORTAR = (62, 92, 52), (84, 66, 52), (156, 76, 54), (176, 164, 148)
_PLASTER, _TIMBER, _GLASS, _ZINC = (214, 190, 128), (96, 58, 40), (58, 72, 84), (104, 110, 114)
_SHIRT, _HAT = (120, 50, 60), (214, 200, 150)


def pictures(count: int, pictures_per_s: int, size: tuple[int, int]) -> Iterator[Rgb]:
    """The same yard each time; no picture equals another."""
    width, height = size
    chance = np.random.default_rng(1)
    scene = _scene(chance, width, height)
    grains = [chance.normal(0, GRAIN, scene.shape).round().astype(np.int16) for _ in range(GRAINS)]
    for n in range(count):
        canvas = _Canvas(scene.copy())
        canvas.walker((n / pictures_per_s / WALK_S) % 1)
        shifted = np.roll(grains[n % GRAINS], (n * 7) % height, axis=0)
        yield np.clip(canvas.picture + shifted, 0, 255).astype(np.uint8)


class _Canvas:
    """Draws in parts of a picture, from the upper left."""

    def __init__(self, picture: Rgb) -> None:
        self.picture = picture
        self._sides = np.array([picture.shape[1], picture.shape[0]])

    def shape(self, colour: _Colour, *corners: _Point) -> None:
        cv2.fillPoly(self.picture, [np.rint(np.array(corners) * self._sides).astype(np.int32)], colour)

    def box(self, colour: _Colour, left: float, top: float, right: float, bottom: float) -> None:
        self.shape(colour, (left, top), (right, top), (right, bottom), (left, bottom))

    def stroke(self, colour: _Colour, start: _Point, end: _Point, thickness: float = 0.002) -> None:
        ends = [tuple(np.rint(np.array(point) * self._sides).astype(int).tolist()) for point in (start, end)]
        cv2.line(self.picture, ends[0], ends[1], colour, max(1, round(thickness * int(self._sides[0]))))

    def crown(self, colour: _Colour, x: float, y: float, wide: float) -> None:
        """Of a tree, `wide` from its middle to either side."""
        around = np.linspace(0, 2 * np.pi, 9)[:-1]
        self.shape(colour, *((x + wide * float(np.cos(a)), y + 1.4 * wide * float(np.sin(a))) for a in around))

    def tiles(self, colour: _Colour, rows: NDArray[np.float64], left: float, right: float, wide: float) -> None:
        """Rows of bricks or tiles, each staggered against the one above."""
        for n, (top, bottom) in enumerate(pairwise(rows)):
            self.stroke(colour, (left, top), (right, top))
            for x in np.arange(left + (n % 2) * wide / 2, right, wide):
                self.stroke(colour, (x, top), (x, bottom))

    def walker(self, x: float) -> None:
        """Somebody in a conical hat."""
        self.box(_SHIRT, x, 0.54, x + 0.035, 0.70)
        self.shape(_HAT, (x - 0.012, 0.54), (x + 0.0175, 0.50), (x + 0.047, 0.54))


def _scene(chance: np.random.Generator, width: int, height: int) -> Rgb:
    canvas = _Canvas(np.full((height, width, 3), _HAZE, np.uint8))
    canvas.box(_GROUND, 0, 0.42, 1, 1)
    _hedge(canvas, chance)
    _wall(canvas)
    _tree(canvas)
    _house(canvas)
    _paving(canvas)
    _mast(canvas)
    return _rough(chance, canvas.picture)


def _hedge(canvas: _Canvas, chance: np.random.Generator) -> None:
    """Behind the wall."""
    for x in np.arange(0.0, 1.02, 0.02):
        shade = int(chance.integers(-24, 24))
        leaf = (_LEAVES[0] + shade, _LEAVES[1] + shade, _LEAVES[2] + shade // 2)
        canvas.crown(leaf, x, float(chance.uniform(0.29, 0.34)), 0.03)
        canvas.box(leaf, x - 0.02, 0.36, x + 0.02, 0.42)


def _tree(canvas: _Canvas) -> None:
    """Within the gate."""
    canvas.box(_BARK, 0.757, 0.36, 0.772, 0.62)
    for x, y in ((0.73, 0.32), (0.765, 0.28), (0.80, 0.32), (0.745, 0.36), (0.785, 0.36)):
        canvas.crown(_LEAVES, x, y, 0.045)


def _wall(canvas: _Canvas) -> None:
    """Of brick, with the two posts of a gate."""
    canvas.box(_CLAY, 0, 0.40, 1, 0.52)
    canvas.tiles(_MORTAR, np.linspace(0.40, 0.52, 7), 0, 1, 0.03)
    for left in (0.66, 0.90):
        canvas.box(_PLASTER, left, 0.34, left + 0.03, 0.56)
        canvas.box(_CLAY, left - 0.008, 0.32, left + 0.038, 0.345)
    for x in np.arange(0.70, 0.90, 0.013):
        canvas.stroke(_ZINC, (x, 0.38), (x, 0.55))


def _house(canvas: _Canvas) -> None:
    """The cultural house: a tiled roof, a porch on posts, a door between windows."""
    canvas.shape(_CLAY, (0.09, SKY + 0.01), (0.49, SKY + 0.01), (0.56, 0.37), (0.02, 0.37))
    for n, y in enumerate(np.linspace(SKY + 0.02, 0.37, 6)):
        canvas.stroke((118, 54, 40), (0.085 - n * 0.013, y), (0.495 + n * 0.013, y))
    canvas.box(_PLASTER, 0.05, 0.37, 0.53, 0.62)
    canvas.box(_TIMBER, 0.05, 0.37, 0.53, 0.39)
    for left in (0.09, 0.19, 0.36, 0.46):
        _window(canvas, left, left + 0.06)
    canvas.box(_TIMBER, 0.27, 0.43, 0.34, 0.62)
    canvas.stroke(_PLASTER, (0.305, 0.43), (0.305, 0.62))
    for left in (0.05, 0.165, 0.26, 0.345, 0.435, 0.52):
        canvas.box((232, 226, 210), left, 0.39, left + 0.012, 0.64)
    canvas.box((128, 122, 114), 0.03, 0.62, 0.55, 0.65)


def _window(canvas: _Canvas, left: float, right: float) -> None:
    canvas.box(_TIMBER, left, 0.44, right, 0.55)
    canvas.box(_GLASS, left + 0.006, 0.45, right - 0.006, 0.54)
    for y in (0.475, 0.50, 0.525):
        canvas.stroke(_PLASTER, (left + 0.006, y), (right - 0.006, y))


def _paving(canvas: _Canvas) -> None:
    """Slabs that grow towards the camera, and a bench."""
    for y in 0.66 + 0.34 * np.linspace(0, 1, 7) ** 1.6:
        canvas.stroke((116, 106, 94), (0, y), (1, y), 0.003)
    for x in np.linspace(-1.2, 2.2, 24):
        canvas.stroke((116, 106, 94), (0.5 + (x - 0.5) * 0.4, 0.65), (x, 1.0), 0.003)
    canvas.box((170, 158, 140), 0.60, 0.66, 0.74, 0.685)
    for left in (0.615, 0.71):
        canvas.box((110, 102, 92), left, 0.685, left + 0.014, 0.73)


def _mast(canvas: _Canvas) -> None:
    """Two horns on a pole."""
    canvas.box(_ZINC, 0.615, SKY + 0.01, 0.623, 0.64)
    for y in (0.28, 0.33):
        canvas.shape((150, 154, 156), (0.615, y), (0.585, y - 0.02), (0.585, y + 0.035), (0.615, y + 0.015))


def _rough(chance: np.random.Generator, drawn: Rgb) -> Rgb:
    """All but the sky has a surface."""
    texture = cv2.blur(chance.normal(0, 30, drawn.shape[:2]).astype(np.float32), (3, 3)) * 1.5
    texture[(drawn == _HAZE).all(axis=2)] = 0
    return np.clip(drawn + texture[..., None], 0, 255).astype(np.uint8)
