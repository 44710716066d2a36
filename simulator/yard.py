"""A made-up yard as a camera sees it: houses and posts that stay, grain that does not, somebody who walks by."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

WALK_S = 23
GRAINS = 8
GRAIN = 2.5
"""Grey levels."""
SKY = 0.25
"""The upper part of the picture, with nothing in it but grain."""

Rgb = NDArray[np.uint8]


def pictures(count: int, pictures_per_s: int, size: tuple[int, int]) -> Iterator[Rgb]:
    """The same yard each time; no picture equals another."""
    width, height = size
    chance = np.random.default_rng(1)
    scene = _scene(chance, width, height)
    grains = [chance.normal(0, GRAIN, scene.shape).astype(np.float32) for _ in range(GRAINS)]
    for n in range(count):
        shifted = np.roll(grains[n % GRAINS], (n * 7) % height, axis=0)
        picture = np.clip(scene + shifted, 0, 255).astype(np.uint8)
        x = int((n / pictures_per_s / WALK_S) % 1 * width)
        picture[height // 2 : height * 3 // 4, x : x + width // 20] = (60, 50, 120)
        yield picture


def _scene(chance: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    scene = np.full((height, width, 3), (120, 135, 145), np.float32)
    sky = int(height * SKY)
    for _ in range(90):
        x, y = int(chance.integers(0, width)), int(chance.integers(sky, height))
        across, down = (int(chance.integers(limit // 60, limit // 7)) for limit in (width, height))
        scene[y : y + down, x : x + across] = chance.integers(25, 230, 3)
    texture = chance.normal(0, 30, scene.shape[:2]).astype(np.float32)
    around = [np.roll(texture, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    soft = np.asarray(np.stack(around).mean(axis=0), np.float32)
    scene[sky:] += soft[sky:, :, None] * 1.5
    return scene
