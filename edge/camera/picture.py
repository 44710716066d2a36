"""What is measured of a camera's picture. Pure: a grey picture comes in, numbers come out.

All is measured on the picture reduced to 320x180: noise averages out, and cameras of any size are judged alike.
"""

from typing import TypedDict

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 180

Grey = NDArray[np.uint8]
"""Height x width grey levels, 0 black to 255 white."""


class Measures(TypedDict):
    """Mean and standard deviation in grey levels: 0 to 255, and 0 to 128."""

    brightness: float
    contrast: float


def measure(grey: Grey) -> Measures:
    """Reduce a grey picture of any size and measure it."""
    mean, deviation = cv2.meanStdDev(reduce(grey))
    return {"brightness": round(float(mean[0, 0]), 2), "contrast": round(float(deviation[0, 0]), 2)}


def reduce(grey: Grey) -> Grey:
    """Average a picture down to 320x180, whatever its shape."""
    return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
