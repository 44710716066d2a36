"""How far a view has turned away from what it used to be: shift and rotation. Pure.

Cross-correlation of normalised gradients by Fourier transform, tried at a few rotations: it needs no corners, and
light hardly matters to it. All references are sought at once, by their sum: what they have in common grows in it,
and what passed by in one of them does not. OpenCV transforms, in single precision: numpy's would double what a look
takes in memory.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.view.picture import HEIGHT, WIDTH, Grey
from edge.camera.view.seen import Turn
from edge.camera.view.traits import Edges, Field, Traits, edges, halved

ROTATIONS_DEG = (0.0, -1.5, 1.5, -3.0, 3.0, -5.0, 5.0, -8.0, 8.0, -12.0, 12.0)
FINER_DEG = (-0.75, 0.75)
"""Tried around the best of them."""
STILL_PX = 2
"""What wind does to a pole: agreement at so small a shift counts as agreement in place."""
_COARSE = 2
"""Sought at this part of the size."""

Spectrum = NDArray[np.float32]
"""Height x width x 2: real and imaginary."""


def is_still(turn: Turn) -> bool:
    return abs(turn.dx) * WIDTH <= STILL_PX and abs(turn.dy) * HEIGHT <= STILL_PX and turn.rotation_deg == 0


def register(now: Traits, references: Sequence[Traits], weight: Field, is_turned: bool = True) -> Turn:
    """Find the references, by the places that `weight` trusts (0 to 1 a pixel), in the picture of now; rotated as well
    where `is_turned`."""
    sought = _Sought([r.half for r in references], halved(weight))
    best, in_place = sought.find(now.half)
    if is_turned or not is_still(best):
        small = halved(now.grey.astype(np.float32)).astype(np.uint8)
        for rotation in ROTATIONS_DEG[1:]:
            best = _better(best, sought.find(edges(turned_back(small, Turn(rotation_deg=rotation))))[0], rotation)
        if not is_still(best):
            for rotation in [best.rotation_deg + finer for finer in FINER_DEG]:
                best = _better(best, sought.find(edges(turned_back(small, Turn(rotation_deg=rotation))))[0], rotation)
    return replace(best, gain=best.gain / max(in_place, 0.05 * best.gain, 1e-9))


def turned_back(grey: Grey, turn: Turn, is_drawn_out: bool = True) -> Grey:
    """The picture as it would be, had the camera not turned; what was out of view is its rim drawn out, or black."""
    height, width = grey.shape
    back = cv2.getRotationMatrix2D((width / 2, height / 2), -turn.rotation_deg, 1.0)
    back[:, 2] -= np.array([turn.dx * width, turn.dy * height])
    border = cv2.BORDER_REPLICATE if is_drawn_out else cv2.BORDER_CONSTANT
    turned = cv2.warpAffine(grey, back, (width, height), borderMode=border)
    return turned.astype(np.uint8, copy=False)


class _Sought:
    """What is sought, by its spectrum."""

    def __init__(self, references: Sequence[Edges], weight: Field) -> None:
        x = np.sum([r.x for r in references], axis=0) * weight
        y = np.sum([r.y for r in references], axis=0) * weight
        self._wanted = _spectrum(x, y)

    def find(self, now: Edges) -> tuple[Turn, float]:
        """The shift at which it agrees best, with the agreement there as its gain; and the agreement in place."""
        product = cv2.mulSpectrums(_spectrum(now.x, now.y), self._wanted, 0, conjB=True)
        agreement = np.asarray(cv2.idft(product, flags=cv2.DFT_SCALE)[..., 0], np.float32)
        height, width = agreement.shape
        y, x = divmod(int(agreement.argmax()), width)
        found = Turn(dx=_signed(x, width) / width, dy=_signed(y, height) / height, gain=float(agreement[y, x]))
        reach = range(-STILL_PX // _COARSE, STILL_PX // _COARSE + 1)
        return found, max(float(agreement[y, x]) for y in reach for x in reach)


def _better(best: Turn, other: Turn, rotation_deg: float) -> Turn:
    return replace(other, rotation_deg=rotation_deg) if other.gain > best.gain else best


def _spectrum(x: Field, y: Field) -> Spectrum:
    return np.asarray(cv2.dft(cv2.merge((x, y))), np.float32)


def _signed(shift: int, size: int) -> int:
    return shift if shift <= size // 2 else shift - size
