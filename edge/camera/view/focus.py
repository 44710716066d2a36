"""How much of a view's fine structure is left in a picture. Pure.

What the references have in common is structure; noise is in none of the products of one with another. So the share of
it that is found again tells focus even where noise is far stronger than structure, as under infrared: with an error
that is told along with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.camera.view.traits import COLUMNS, ROWS, Field, Traits, by_block

RICH, UPPER = 0.2, 0.3
"""Zones with less than this part of the mean in common say nothing of focus; of the others, those that have most left
and together so much of it all: a car on a line takes it away there, a lens out of focus everywhere."""
ZONES = (3, 4)
"""Rows and columns of zones: of so many blocks each that chance hardly raises the best of them."""
REACH_PX = 3
"""What wind does to a pole in the fine structure: found again so near, it is there."""
LEAST_COARSE = 0.05
UNKNOWN = 10.0
"""The error of what nothing is known of."""

Numbers = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Focus:
    """`sharpness`: how much of the fine structure is left beside the coarse, 1 being all; `doubt`: its standard error.
    `detail`: fine beside coarse energy, in parts of the references' least."""

    sharpness: float
    doubt: float
    detail: float


def focus(now: Traits, references: Sequence[Traits], weight: Field) -> Focus:
    """Over the places that `weight` trusts, 0 to 1 a pixel."""
    half = weight[::2, ::2]
    fine, error = _left([r.fine for r in references], _in_place(now.fine, references, weight), weight)
    coarse, _ = _left([r.coarse for r in references], now.coarse, half)
    coarse = max(coarse, LEAST_COARSE)
    least = min(_ratio(r, weight, half) for r in references)
    return Focus(fine / coarse, error / coarse, _ratio(now, weight, half) / max(least, 1e-6))


def _in_place(fine: Field, references: Sequence[Traits], weight: Field) -> Field:
    """Shifted to where it agrees best, within reach."""
    wanted = np.asarray(np.sum([r.fine for r in references], axis=0) * weight, np.float32)
    inner = np.ascontiguousarray(fine[REACH_PX:-REACH_PX, REACH_PX:-REACH_PX])
    height, width = inner.shape
    shifts = [(y, x) for y in range(2 * REACH_PX + 1) for x in range(2 * REACH_PX + 1)]

    def agreement(shift: tuple[int, int]) -> float:
        y, x = shift
        return float(np.einsum("ij,ij->", wanted[y : y + height, x : x + width], inner))

    y, x = max(shifts, key=agreement)
    return np.roll(fine, (y - REACH_PX, x - REACH_PX), axis=(0, 1))


def _left(references: Sequence[Field], now: Field, weight: Field) -> tuple[float, float]:
    """How much of what the references have in common is in the picture, and its standard error: by blocks, as if they
    were drawn by chance."""
    n = len(references)
    total = np.sum(references, axis=0)
    common = (by_block(weight * total * total) - by_block(weight * np.sum([r * r for r in references], axis=0))) / (
        n * (n - 1)
    )
    shared = by_block(weight * now * total) / n
    chosen = _upper(_by_zone(shared), _by_zone(common)).repeat(ROWS // ZONES[0], 0).repeat(COLUMNS // ZONES[1], 1)
    due = float(common[chosen].sum())
    if due <= 0:
        return 1.0, UNKNOWN
    left = float(shared[chosen].sum()) / due
    return left, float(np.sqrt(np.square(shared - left * common)[chosen].sum())) / due


def _by_zone(blocks: Numbers) -> Numbers:
    rows, columns = ZONES
    return np.asarray(blocks.reshape(rows, ROWS // rows, columns, COLUMNS // columns).sum(axis=(1, 3)))


def _upper(shared: Numbers, common: Numbers) -> NDArray[np.bool_]:
    """The zones where most is left, that together have a third of all that is common."""
    rich = common > max(0.0, RICH * float(common.mean()))
    ratio = np.where(rich, shared / np.where(rich, common, 1), -np.inf).ravel()
    order = np.argsort(-ratio)
    weights = np.where(rich, common, 0).ravel()[order]
    count = 1 + int(np.searchsorted(np.cumsum(weights), UPPER * weights.sum()))
    chosen = np.zeros(ratio.size, bool)
    chosen[order[:count]] = True
    return chosen.reshape(common.shape) & rich


def _ratio(picture: Traits, weight: Field, half: Field) -> float:
    fine = float((weight * picture.fine**2).sum())
    coarse = float((half * picture.coarse**2).sum()) * 4
    return float(np.sqrt(fine / max(coarse, 1e-6)))
