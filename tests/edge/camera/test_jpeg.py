"""Where a JPEG picture begins and ends, by its own marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.source.jpeg import NoJpeg, Picture, find
from tests.edge.camera.rogues import jpeg_picture, resize_claim

JPEG = jpeg_picture()


@given(st.binary(max_size=200).filter(lambda data: b"\xff" not in data), st.binary(max_size=200))
def test_it_is_found_between_whatever_else_is_sent(before: bytes, after: bytes) -> None:
    assert find(before + JPEG + after) == Picture(JPEG, 320, 180)


@given(st.integers(0, len(JPEG) - 1))
def test_a_part_of_it_is_waited_for(length: int) -> None:
    assert find(JPEG[:length]) is None


def test_a_small_picture_inside_it_is_not_taken_for_it() -> None:
    small = jpeg_picture(64, 48)
    outer = JPEG[:2] + b"\xff\xe1" + (len(small) + 2).to_bytes(2, "big") + small + JPEG[2:]
    assert find(outer) == Picture(outer, 320, 180)


def test_the_size_is_what_its_head_claims() -> None:
    claimed = find(resize_claim(JPEG, 20_000, 15_000))
    assert claimed is not None
    assert (claimed.width, claimed.height) == (20_000, 15_000)


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff\x00\x00\x00\x00", b"\xff\xd8\xff\xe0\x00\x01\x00", b"\xff\xd8\xff\xd9"]
)
def test_what_contradicts_itself_is_no_picture(data: bytes) -> None:
    with pytest.raises(NoJpeg):
        find(data + bytes(10))


@given(st.binary(max_size=300))
def test_any_bytes_after_a_beginning_end_in_a_picture_a_wait_or_a_no(data: bytes) -> None:
    try:
        found = find(b"\xff\xd8\xff" + data)
    except NoJpeg:
        return
    assert found is None or (found.width > 0 and found.height > 0)
