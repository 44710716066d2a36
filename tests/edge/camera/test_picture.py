"""What is measured of a grey picture."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.view.picture import HEIGHT, WIDTH, Grey, Picture, from_bgr, measure, packed, reduce, unpacked

SIZES = [(640, 360), (1920, 1080), (704, 576), (WIDTH, HEIGHT), (160, 90)]


def even(width: int, height: int, level: int) -> Grey:
    return np.full((height, width), level, np.uint8)


def shown(grey: Grey, blue: int = 128, red: int = 128) -> Picture:
    half = (max(1, grey.shape[0] // 2), max(1, grey.shape[1] // 2))
    return Picture(grey, np.full(half, blue, np.uint8), np.full(half, red, np.uint8))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_even_picture_of_any_size_has_its_level_and_no_contrast(width: int, height: int) -> None:
    told = measure(shown(even(width, height, 64)))
    assert (told.brightness, told.contrast, told.colour, told.clipped) == (64.0, 0.0, 0.0, 0.0)
    assert told.is_grey


def test_half_black_half_white_is_middling_and_full_of_contrast() -> None:
    picture = even(640, 360, 0)
    picture[:, 320:] = 255
    told = measure(shown(picture))
    assert (told.brightness, told.contrast, told.clipped) == (127.5, 127.5, 0.5)


def test_a_cast_is_told_by_its_colour() -> None:
    pink = measure(shown(even(640, 360, 120), blue=130, red=158))
    assert (pink.blue, pink.red) == (2.0, 30.0)
    assert not pink.is_grey
    assert measure(from_bgr(np.full((90, 160, 3), (200, 60, 60), np.uint8))).blue > 30


def test_a_packed_picture_is_nearly_the_same_again_and_rubbish_is_refused() -> None:
    slope = np.tile(np.linspace(0, 255, 640, dtype=np.uint8), (360, 1))
    back = unpacked(packed(slope))
    assert np.abs(back.astype(int) - reduce(slope)).max() <= 3
    for rubbish in (b"", b"rubbish", packed(slope)[:200]):
        with pytest.raises(ValueError, match="not a picture"):
            unpacked(rubbish)


def test_noise_of_the_sensor_averages_out() -> None:
    chance = np.random.default_rng(1)
    noise = chance.integers(90, 111, (1080, 1920)).astype(np.uint8)
    assert measure(shown(noise)).brightness == pytest.approx(100, abs=1)
    assert measure(shown(noise)).contrast < noise.std() / 3


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_picture_is_reduced_to_one_size(width: int, height: int) -> None:
    assert reduce(even(width, height, 1)).shape == (HEIGHT, WIDTH)


@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_measures_keep_their_ranges_whatever_the_picture(width: int, height: int, chance: Random) -> None:
    levels = [chance.choice((0, 255, chance.randrange(256))) for _ in range(width * height)]
    told = measure(shown(np.array(levels, np.uint8).reshape(height, width)))
    assert min(levels) <= told.brightness + 1
    assert told.brightness <= max(levels) + 1
    assert 0 <= told.contrast <= 128
