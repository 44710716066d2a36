"""What leaves the node: small enough, and too small to tell anybody."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from contract.pictures import PICTURE_MAX
from edge.camera.probe import SMALL
from edge.camera.view.picture import packed
from edge.camera.view.thumbnail import HEIGHT, WIDTH, shrunk, thumbnail
from tests.edge.camera.yard import Yard

Grey = NDArray[np.uint8]


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found, np.uint8)


def grey(picture: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def test_it_is_grey_and_of_the_size_that_the_parent_lets_pass() -> None:
    small = thumbnail(packed(grey(Yard().picture())))
    assert decoded(small).shape == (HEIGHT, WIDTH)
    assert (WIDTH, HEIGHT) == SMALL


def test_the_noisiest_picture_fits_the_wire() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (360, 640), np.uint8)
    assert len(thumbnail(packed(noise))) <= PICTURE_MAX
    assert len(thumbnail(packed(grey(Yard().picture(noise=40))))) <= PICTURE_MAX


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"not a picture" * 100])
def test_what_is_no_picture_gives_none(data: bytes) -> None:
    assert thumbnail(data) == b""


def test_a_cover_a_turn_and_a_blur_can_still_be_told_from_the_yard() -> None:
    yard = grey(Yard().picture())
    half = yard.copy()
    half[:, :320] = 80
    before, after = (decoded(thumbnail(packed(each))).astype(int) for each in (yard, half))
    apart = np.abs(before - after)
    assert apart[:, :40].mean() > 20
    assert apart[:, 56:].mean() < 2


def test_stripes_as_fine_as_two_of_its_pixels_leave_no_trace_in_any_direction() -> None:
    """Their contrast is 1 % at most, so there is nothing for a cunning programme to bring out."""
    for period in (2, 4, 6):
        bars = np.where(np.arange(320) % period < period // 2, 0, 255).astype(np.uint8)
        upright = np.tile(bars, (180, 1))
        lying = np.tile(bars[:180, None], (1, 320))
        for stripes in (upright, lying):
            inner = shrunk(stripes)[4:-4, 4:-4]
            assert int(inner.max()) - int(inner.min()) <= 4


def test_two_number_plates_are_the_same_grey_spot() -> None:
    """Before a camera that sees 4 m: a plate of 47 cm is 11 pixels wide, and its figures are gone."""

    def scene(text: str) -> Grey:
        picture = np.full((1080, 1920), 120, np.uint8)
        cv2.rectangle(picture, (850, 500), (850 + 226, 553), 255, -1)
        cv2.putText(picture, text, (856, 540), cv2.FONT_HERSHEY_SIMPLEX, 1.15, 0, 4)
        return picture

    plates = [shrunk(packed_small(scene(text))).astype(int) for text in ("51F-80868", "51F-63863", "59X-80808")]
    apart = max(int(np.abs(a - b).max()) for a in plates for b in plates)
    spot = int(plates[0].max()) - 120
    assert spot > 25, "that there is a plate is seen"
    assert apart < spot / 2


def packed_small(picture: Grey) -> Grey:
    return decoded(packed(picture))
