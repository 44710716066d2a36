"""What is measured of a grey picture."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.picture import HEIGHT, WIDTH, Grey, measure, reduce

SIZES = [(640, 360), (1920, 1080), (704, 576), (WIDTH, HEIGHT), (160, 90)]


def even(width: int, height: int, level: int) -> Grey:
    return np.full((height, width), level, np.uint8)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_even_picture_of_any_size_has_its_level_and_no_contrast(width: int, height: int) -> None:
    assert measure(even(width, height, 64)) == {"brightness": 64.0, "contrast": 0.0}


def test_half_black_half_white_is_middling_and_full_of_contrast() -> None:
    picture = even(640, 360, 0)
    picture[:, 320:] = 255
    assert measure(picture) == {"brightness": 127.5, "contrast": 127.5}


def test_noise_of_the_sensor_averages_out() -> None:
    chance = np.random.default_rng(1)
    noise = chance.integers(90, 111, (1080, 1920)).astype(np.uint8)
    assert measure(noise)["brightness"] == pytest.approx(100, abs=1)
    assert measure(noise)["contrast"] < noise.std() / 3


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_picture_is_reduced_to_one_size(width: int, height: int) -> None:
    assert reduce(even(width, height, 1)).shape == (HEIGHT, WIDTH)


@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_measures_keep_their_ranges_whatever_the_picture(width: int, height: int, chance: Random) -> None:
    levels = [chance.choice((0, 255, chance.randrange(256))) for _ in range(width * height)]
    told = measure(np.array(levels, np.uint8).reshape(height, width))
    assert min(levels) <= told["brightness"] + 1
    assert told["brightness"] <= max(levels) + 1
    assert 0 <= told["contrast"] <= 128
