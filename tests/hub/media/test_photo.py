"""A photo is made small and plain, turned upright; what is none is refused, and what attacks gets nowhere."""

import io
import zlib
from struct import pack

import pytest
from PIL import Image

from hub.media import photo
from hub.refusals import Refused

ORIENTATION, MAKER, PLACE = 0x0112, 0x010F, 0x8825


def taken(size: tuple[int, int] = (4000, 3000), kind: str = "JPEG", turned: int = 1) -> bytes:
    """Red above, blue below, as the sensor saw it; with what a phone writes beside it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, size[1] // 2, size[0], size[1]))
    told = Image.Exif()
    told[ORIENTATION], told[MAKER] = turned, "Một hãng nào đó"
    told.get_ifd(PLACE)[1] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=told)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def colour(picture: Image.Image, x: int, y: int) -> str:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] else "blue"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_any_usual_kind_becomes_a_small_jpeg_without_place_or_maker(kind: str) -> None:
    made = photo.shrink(taken(kind=kind))
    assert opened(made).format == "JPEG"
    assert opened(made).size == (1280, 960)
    assert not opened(made).getexif()
    assert b"Exif" not in made


def test_it_stands_upright_however_the_phone_was_held() -> None:
    made = opened(photo.shrink(taken(turned=6)))
    assert made.size == (960, 1280)
    assert (colour(made, 10, 600), colour(made, 950, 600)) == ("blue", "red")


def test_a_small_one_is_not_blown_up() -> None:
    assert opened(photo.shrink(taken((64, 48)))).size == (64, 48)


def test_one_full_of_leaves_is_kept_with_less_of_its_detail() -> None:
    leaves, out = Image.effect_noise((2000, 2000), 120), io.BytesIO()
    Image.merge("RGB", [leaves, leaves.rotate(90), leaves.rotate(180)]).save(out, "JPEG", quality=95)
    made = photo.shrink(out.getvalue())
    assert len(made) <= photo.STORED_MAX
    assert opened(made).size == (1280, 1280)


def bomb() -> bytes:
    """A PNG of 40,000 by 40,000 pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    header = pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(100),
        taken()[:2000],
        bomb(),
        bytes(photo.UPLOAD_MAX + 1),
    ],
    ids=["nothing", "text", "svg", "gif", "cut off", "bomb", "too large"],
)
def test_what_is_no_photo_is_refused_in_words(wrong: bytes) -> None:
    with pytest.raises(Refused) as refused:
        photo.shrink(wrong)
    assert "ảnh" in refused.value.message_vi.lower()
