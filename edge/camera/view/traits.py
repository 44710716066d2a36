"""What is looked at in a picture to tell it from another of the same view. Pure.

All is reckoned at 320x180 and, where it concerns a place in the picture, by a grid of 16x9 blocks.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.view.ordered import quantile
from edge.camera.view.picture import HEIGHT, WIDTH, Grey, reduce

COLUMNS, ROWS = 16, 9
BLOCKS = COLUMNS * ROWS

_NEIGHBOURHOOD = (25, 25)
_FLOOR = 0.6
"""Grey levels per pixel: gradients well below it are noise, and normalise to nearly nothing."""

Field = NDArray[np.float32]
"""Numbers laid out like the picture, or like its blocks."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Gradients, less their mean around, divided by how strong they are around: alike at noon, at dusk and in thin fog.

    `power`: their mean square by block.
    """

    x: Field
    y: Field
    power: Field


@dataclass(frozen=True, slots=True)
class Traits:
    """`fine` and `coarse`: what is left of the picture between sigmas of 0.7 and 2, and of 4 and 8 pixels; the latter
    at half size. `strength`: how strong gradients are by block, in grey levels per pixel. `noise`, `stripes`: grey
    levels of the finest structure where there is least of it, and of whole rows or columns. `half`: the edges at half
    size. `level`: grey levels of the middle of three by three parts of each block."""

    grey: Grey
    edges: Edges
    half: Edges
    level: Field
    strength: Field
    fine: Field
    coarse: Field
    noise: float
    stripes: float


def traits(grey: Grey) -> Traits:
    """Take a grey picture of any size apart."""
    small = reduce(grey)
    level = small.astype(np.float32)
    dx, dy = _gradients(level)
    wide = _blurred(level, 2.0)
    half = halved(wide)
    return Traits(
        grey=small,
        edges=_normalised(dx, dy),
        half=edges(halved(level).astype(np.uint8)),
        level=cv2.resize(level, (3 * COLUMNS, 3 * ROWS), interpolation=cv2.INTER_AREA).astype(np.float32, copy=False),
        strength=np.sqrt(by_block(dx * dx + dy * dy)),
        fine=_blurred(level, 0.7) - wide,
        noise=_noise(level),
        stripes=max(_ripple(level.mean(axis=1)), _ripple(level.mean(axis=0))),
        coarse=_blurred(half, 1.7) - _blurred(half, 4.0),
    )


def edges(grey: Grey) -> Edges:
    """Only the gradients, of a picture at 320x180 or at half of it."""
    return _normalised(*_gradients(grey.astype(np.float32)))


def by_block(field: Field) -> Field:
    """The mean of each block, rows first."""
    return cv2.resize(field, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def spread(blocks: Field, width: int = WIDTH, height: int = HEIGHT) -> Field:
    """Lay values of blocks out over a picture's pixels again."""
    return cv2.resize(blocks, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.float32, copy=False)


def halved(field: Field) -> Field:
    size = (field.shape[1] // 2, field.shape[0] // 2)
    return cv2.resize(field, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def _noise(level: Field) -> float:
    """Standard deviation in grey levels, from the fifth of the blocks where it is least."""
    finest = level - _blurred(level, 1.0)
    return math.sqrt(quantile(by_block(finest * finest), 0.2))


def _ripple(profile: Field) -> float:
    """How much neighbouring rows or columns differ as wholes, in grey levels."""
    return float(np.std(np.diff(profile)))


def _gradients(level: Field) -> tuple[Field, Field]:
    smooth = _blurred(level, 1.3)
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return dx.astype(np.float32, copy=False), dy.astype(np.float32, copy=False)


def _normalised(dx: Field, dy: Field) -> Edges:
    # The spot of a lamp beside the lens is a gradient everywhere, and stays where it is when the camera turns.
    dx, dy = (d - cv2.boxFilter(d, -1, _NEIGHBOURHOOD) for d in (dx, dy))
    mean = np.asarray(cv2.boxFilter(dx * dx + dy * dy, -1, _NEIGHBOURHOOD), np.float32)
    around = np.sqrt(np.maximum(mean, np.float32(0))) + np.float32(_FLOOR)
    x, y = dx / around, dy / around
    return Edges(x, y, by_block(x * x + y * y))


def _blurred(field: Field, sigma: float) -> Field:
    return cv2.GaussianBlur(field, (0, 0), sigma).astype(np.float32, copy=False)
