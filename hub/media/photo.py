"""A photo that somebody took of a broken thing: judged, turned upright, made small, and rid of all it says of place and
phone. In a child with limits that can open nothing, since decoders have holes.
"""

import subprocess
import sys

from hub.refusals import Refused

UPLOAD_MAX = 15_000_000
"""Bytes; a phone's camera makes 3 to 12 million."""
STORED_MAX = 600_000
WITHIN_S = 20.0

_TOO_LARGE = (
    "Ảnh lớn quá. Hãy chụp lại với độ nét thấp hơn.",
    "The photo is too large. Take it again with less detail.",
)
_NO_PHOTO = (
    "Không đọc được ảnh này. Hãy dùng ảnh JPEG, PNG hoặc WebP.",
    "This photo cannot be read. Use a JPEG, PNG or WebP picture.",
)


def shrink(photo: bytes) -> bytes:
    """The photo as JPEG, at most 1280 pixels wide and high. Raises Refused for what is no photo, or too large a one."""
    if len(photo) > UPLOAD_MAX:
        raise Refused(*_TOO_LARGE)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "hub.media.photo_child"],
            input=photo,
            capture_output=True,
            timeout=WITHIN_S,
            env={"MALLOC_ARENA_MAX": "1"},
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(*_TOO_LARGE) from None
    jpeg = done.stdout
    if done.returncode != 0 or not jpeg.startswith(b"\xff\xd8\xff") or len(jpeg) > STORED_MAX:
        raise Refused(*_NO_PHOTO)
    return jpeg
