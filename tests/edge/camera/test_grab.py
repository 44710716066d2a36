"""How the decoding child makes numbers of a decoded picture."""

import pytest
from av.video.frame import VideoFrame

from edge.camera import grab
from edge.camera.view.question import NOTHING_KNOWN


def describe(frame: VideoFrame) -> dict[str, object]:
    return grab.describe(frame, NOTHING_KNOWN)


def brightness(frame: VideoFrame) -> float:
    measures = describe(frame)["measures"]
    assert isinstance(measures, dict)
    return float(measures["brightness"])


def grey(width: int, height: int, levels: bytes) -> VideoFrame:
    """A picture whose luma repeats `levels` along each row."""
    frame = VideoFrame(width, height, "gray")
    plane = frame.planes[0]
    row = (levels * width)[:width].ljust(plane.line_size, b"\xaa")
    plane.update(row * height)
    return frame


def test_one_pixel_off_by_one_level_is_another_picture() -> None:
    one, other = grey(640, 360, b"\x40"), grey(640, 360, b"\x40")
    assert describe(one)["picture"] == describe(other)["picture"]
    data = bytearray(other.planes[0])
    data[1000] += 1
    other.planes[0].update(bytes(data))
    assert describe(one)["picture"] != describe(other)["picture"]


def test_what_lies_behind_the_end_of_a_row_does_not_count() -> None:
    one, other = grey(642, 362, b"\x40"), grey(642, 362, b"\x40")
    plane = other.planes[0]
    assert plane.line_size > 642
    plane.update(bytes(plane).replace(b"\xaa", b"\xbb"))
    assert describe(one) == describe(other)


@pytest.mark.parametrize(
    ("format", "luma", "level"),
    [("yuvj420p", 200, 200), ("yuv420p", 16, 0), ("yuv420p", 235, 255), ("yuv420p", 126, 128), ("nv12", 235, 255)],
)
def test_colour_pictures_are_measured_by_their_luma_in_full_range(format: str, luma: int, level: int) -> None:
    colour = VideoFrame(1280, 720, format)
    for plane, byte in zip(colour.planes, (luma, 128, 128), strict=False):
        plane.update(bytes([byte]) * plane.buffer_size)
    assert brightness(colour) == pytest.approx(level, abs=1)


def test_pictures_of_ten_bits_are_told_apart_by_their_last_bit() -> None:
    one, other = VideoFrame(640, 360, "yuv420p10le"), VideoFrame(640, 360, "yuv420p10le")
    for frame, luma in ((one, 500), (other, 501)):
        for plane, level in zip(frame.planes, (luma, 512, 512), strict=True):
            plane.update(level.to_bytes(2, "little") * (plane.buffer_size // 2))
    assert describe(one)["picture"] != describe(other)["picture"]
    assert brightness(one) == pytest.approx(255 * (500 - 64) / 876, abs=1)
