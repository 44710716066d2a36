"""How the decoding child reduces a picture to numbers."""

import av
import pytest
from av.video.frame import VideoFrame

from edge.camera.grab import describe


def grey(width: int, height: int, levels: bytes) -> VideoFrame:
    """A picture whose luma repeats `levels` along each row."""
    frame = VideoFrame(width, height, "gray")
    plane = frame.planes[0]
    row = (levels * width)[:width].ljust(plane.line_size, b"\xaa")
    plane.update(row * height)
    return frame


def test_an_even_picture_has_its_level_and_no_contrast() -> None:
    facts = describe(grey(640, 360, b"\x40"))
    assert facts["brightness"] == pytest.approx(64, abs=1)
    assert facts["contrast"] == pytest.approx(0, abs=0.5)


def test_half_black_half_white_is_middling_and_full_of_contrast() -> None:
    facts = describe(grey(640, 360, b"\x00" * 320 + b"\xff" * 320))
    assert facts["brightness"] == pytest.approx(127.5, abs=1)
    assert facts["contrast"] == pytest.approx(127.5, abs=2)


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
    assert describe(one)["picture"] == describe(other)["picture"]


def test_colour_pictures_of_a_camera_are_described_by_their_luma() -> None:
    colour = av.VideoFrame(1920, 1080, "yuvj420p")
    for plane, level in zip(colour.planes, (200, 128, 128), strict=True):
        plane.update(bytes([level]) * plane.buffer_size)
    assert describe(colour)["brightness"] == pytest.approx(200, abs=2)
