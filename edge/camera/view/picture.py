"""What is measured of a camera's picture by itself. Pure: a picture comes in, numbers come out.

All is measured on the picture reduced to 320x180: noise averages out, and cameras of any size are judged alike.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.view.seen import Measures

WIDTH, HEIGHT = 320, 180
WHITE = 250
"""From this grey level on nothing can be made out any more."""

Grey = NDArray[np.uint8]
"""Height x width grey levels, 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey, and the two planes of colour (how blue, how red; 128 is neither), which may be smaller."""

    grey: Grey
    blue: Grey
    red: Grey


def measure(picture: Picture) -> Measures:
    """Reduce a picture of any size and measure it."""
    grey = reduce(picture.grey)
    mean, deviation = cv2.meanStdDev(grey)
    blue, red = (_averaged(plane).astype(np.float32) - 128 for plane in (picture.blue, picture.red))
    return Measures(
        brightness=round(float(mean[0, 0]), 2),
        contrast=round(float(deviation[0, 0]), 2),
        colour=round(float(np.hypot(blue, red).mean()), 2),
        blue=round(float(blue.mean()), 2),
        red=round(float(red.mean()), 2),
        clipped=round(float((grey >= WHITE).mean()), 3),
    )


def reduce(grey: Grey) -> Grey:
    """Average a picture down to 320x180, whatever its shape."""
    return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def from_bgr(bgr: NDArray[np.uint8]) -> Picture:
    """From the way OpenCV reads files."""
    grey, red, blue = cv2.split(cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb))
    return Picture(*(plane.astype(np.uint8, copy=False) for plane in (grey, blue, red)))


def packed(grey: Grey) -> bytes:
    """The reduced picture as JPEG: what is kept to compare with, and shown as evidence."""
    _, data = cv2.imencode(".jpg", reduce(grey), [cv2.IMWRITE_JPEG_QUALITY, 95])
    return data.tobytes()


def unpacked(data: bytes) -> Grey:
    """Raises ValueError for what is no picture."""
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if grey is None:
        raise ValueError("not a picture")
    return reduce(grey.astype(np.uint8, copy=False))


def _averaged(plane: Grey) -> Grey:
    return cv2.resize(plane, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
