"""A picture so small that it tells what is wrong with a camera and not who stands before it. Pure.

This is all that ever leaves a node: 96x54 pixels of grey, blurred before they are reduced. IEC 62676-4 (2014) asks for
125 pixels a metre to recognise somebody one knows already, and for 250 to identify a stranger; its edition of 2025
asks for more. 96 pixels are 125 a metre where the whole view is 0.77 m wide, and 250 where it is 0.38 m: not what a
camera of a cultural house looks at. In a view of 4 m, the narrowest that makes sense at a gate, a metre has 24 pixels,
a face four, and a letter of a number plate (some 6 cm high) one and a half, of the seven or so that reading takes. The
blur comes on top: it leaves next to nothing of what is finer than two of these pixels, so that no cunning brings more
out of one picture than half as many sharp ones would hold.

The limit, honestly: whoever holds a face half a metre before the lens, so that it fills the view, may be known by it;
and so may a plate be read that fills it.
"""

import cv2
import numpy as np

from edge.camera.view.picture import Grey, unpacked

WIDTH, HEIGHT = 96, 54
QUALITY = 60
SOFT = 1.0
"""Standard deviation of the blur in pixels of the small picture: of stripes two pixels apart less than 1 % is left."""


def thumbnail(picture: bytes) -> bytes:
    """Reduce a kept picture (JPEG). Empty for what is none."""
    try:
        grey = unpacked(picture)
    except ValueError:
        return b""
    _, data = cv2.imencode(".jpg", shrunk(grey), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


def shrunk(grey: Grey) -> Grey:
    """Blur first, then keep a pixel of each field."""
    sigma = SOFT * grey.shape[1] / WIDTH
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    return np.asarray(cv2.resize(soft, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
