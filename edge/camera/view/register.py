"""How far a view has turned away from another: shift and rotation between two pictures. Pure.

Cross-correlation of normalised gradients by Fourier transform, tried at a few rotations: it needs no corners, and
light hardly matters to it. OpenCV transforms, in single precision: numpy's would double what a look takes in memory.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.view.picture import HEIGHT, WIDTH, Grey
from edge.camera.view.seen import Turn
from edge.camera.view.traits import Edges, Field, Traits, edges

ROTATIONS_DEG = (0.0, -1.5, 1.5, -3.0, 3.0, -5.0, 5.0, -8.0, 8.0, -12.0, 12.0)
STILL_PX = 2
"""What wind does to a pole: agreement at so small a shift counts as agreement in place."""

Spectrum = NDArray[np.float32]
"""Height x width x 2: real and imaginary."""


def is_still(turn: Turn) -> bool:
    return abs(turn.dx) * WIDTH <= STILL_PX and abs(turn.dy) * HEIGHT <= STILL_PX and turn.rotation_deg == 0


def register(now: Traits, reference: Traits, weight: Field, rotations_deg: Sequence[float] = ROTATIONS_DEG) -> Turn:
    """Find `reference`, by the places that `weight` trusts (0 to 1 a pixel), in the picture of now."""
    wanted = _spectrum(reference.edges, weight)
    in_place, best, found = 0.0, 0.0, Turn()
    for rotation in rotations_deg:
        turned = edges(turned_back(now.grey, Turn(rotation_deg=rotation))) if rotation else now.edges
        agreement = _correlated(_spectrum(turned), wanted)
        if rotation == 0:
            in_place = _near(agreement)
        y, x = divmod(int(agreement.argmax()), WIDTH)
        if agreement[y, x] > best:
            best = float(agreement[y, x])
            found = Turn(dx=_signed(x, WIDTH) / WIDTH, dy=_signed(y, HEIGHT) / HEIGHT, rotation_deg=rotation)
    gain = best / max(in_place, 0.05 * best, 1e-9)
    return replace(found, gain=gain)


def turned_back(grey: Grey, turn: Turn) -> Grey:
    """The picture as it would be, had the camera not turned; what was out of view is black."""
    back = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -turn.rotation_deg, 1.0)
    back[:, 2] -= np.array([turn.dx * WIDTH, turn.dy * HEIGHT])
    return cv2.warpAffine(grey, back, (WIDTH, HEIGHT)).astype(np.uint8, copy=False)


def _spectrum(field: Edges, weight: Field | None = None) -> Spectrum:
    x, y = (field.x, field.y) if weight is None else (field.x * weight, field.y * weight)
    return np.asarray(cv2.dft(cv2.merge((x, y))), np.float32)


def _correlated(now: Spectrum, wanted: Spectrum) -> Field:
    """By every shift, how well the two agree there."""
    product = cv2.mulSpectrums(now, wanted, 0, conjB=True)
    return np.asarray(cv2.idft(product, flags=cv2.DFT_SCALE)[..., 0], np.float32)


def _near(agreement: Field) -> float:
    """The best at a shift that wind may explain."""
    reach = range(-STILL_PX, STILL_PX + 1)
    return max(float(agreement[y, x]) for y in reach for x in reach)


def _signed(shift: int, size: int) -> int:
    return shift if shift <= size // 2 else shift - size
