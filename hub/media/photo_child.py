"""The child that decodes a photo: standard input to standard output. Ends with 1 for what is none.

It limits itself before it looks at the first byte, and can open nothing afterwards.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

from hub.media.photo import STORED_MAX

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 120_000_000
MEMORY_MB = 700
SIDE_MAX = 1280
"""Enough to read a label on a router."""
QUALITIES = (80, 60, 40, 25)
"""Of a JPEG; of what is full of leaves or noise one with less fits, and even pure noise fits with the last."""
PROCESSOR_S = 15


def main() -> int:
    Image.preinit()
    Image.init()
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    _rehearse()
    _confine()
    try:
        made = upright(sys.stdin.buffer.read())
    except (
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return 1
    sys.stdout.buffer.write(made)
    return 0


def upright(photo: bytes) -> bytes:
    """Turned as its camera was held, at most SIDE_MAX wide and high, without anything but the picture."""
    with Image.open(io.BytesIO(photo), formats=FORMATS) as opened:
        opened.draft("RGB", (SIDE_MAX, SIDE_MAX))
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((SIDE_MAX, SIDE_MAX))
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(picture, mask=picture.getchannel("A") if picture.mode in ("RGBA", "LA") else None)
    return next((jpeg for q in QUALITIES if len(jpeg := _packed(plain, q)) <= STORED_MAX), b"")


def _packed(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _rehearse() -> None:
    """Decode one of each: Pillow loads parts of itself at first use, which `_confine` forbids."""
    for kind in FORMATS:
        out = io.BytesIO()
        Image.new("RGB", (8, 8)).save(out, kind)
        upright(out.getvalue())


def _confine() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_MB * 1024 * 1024),
        (resource.RLIMIT_CPU, PROCESSOR_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
