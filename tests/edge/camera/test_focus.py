"""Focus is told through noise, and says how far it is to be believed."""

import cv2
import numpy as np
import pytest

from edge.camera.view.focus import focus
from edge.camera.view.picture import HEIGHT, WIDTH
from edge.camera.view.traits import Field, Traits, traits

ALL = np.ones((HEIGHT, WIDTH), np.float32)
NOISES = (1.0, 5.0, 12.0)
"""Grey levels: by day, under infrared, and where a picture is nearly all noise."""


def yard(chance: np.random.Generator) -> Field:
    """Gravel and walls: structure of every size, a good deal fainter the finer it is."""
    sizes = [cv2.resize(chance.normal(0, 1, (HEIGHT // n, WIDTH // n)), (WIDTH, HEIGHT)) * n for n in (1, 2, 4, 12)]
    return np.asarray(100 + 4 * np.sum(sizes, axis=0), np.float32)


def seen(view: Field, noise: float, chance: np.random.Generator, sigma: float = 0.0, shift: int = 0) -> Traits:
    blurred = cv2.GaussianBlur(view, (0, 0), sigma) if sigma else view
    moved = np.roll(blurred, (shift, shift), axis=(0, 1))
    return traits(np.clip(moved + chance.normal(0, noise, view.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("seed", range(3))
def test_a_sharp_picture_is_sharp_and_a_blurred_one_is_not_however_noisy_both_are(noise: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    view = yard(chance)
    known = [seen(view, noise, chance) for _ in range(4)]
    sharp = focus(seen(view, noise, chance), known, ALL)
    blurred = focus(seen(view, noise, chance, sigma=2.5), known, ALL)
    assert sharp.sharpness == pytest.approx(1, abs=0.1 + 3 * sharp.doubt)
    assert blurred.sharpness + 2 * blurred.doubt < 0.42


def test_the_weaker_the_structure_the_greater_the_doubt() -> None:
    chance = np.random.default_rng(5)
    view = yard(chance)
    doubts = [focus(seen(view, n, chance), [seen(view, n, chance) for _ in range(4)], ALL).doubt for n in NOISES]
    assert doubts == sorted(doubts)
    assert doubts[-1] > 2 * doubts[0]


def test_a_pole_that_sways_is_not_out_of_focus() -> None:
    chance = np.random.default_rng(6)
    view = yard(chance)
    known = [seen(view, 2.0, chance) for _ in range(4)]
    assert focus(seen(view, 2.0, chance, shift=2), known, ALL).sharpness > 0.8


def test_a_lorry_before_two_thirds_of_the_view_does_not_take_the_rest_out_of_focus() -> None:
    chance = np.random.default_rng(7)
    view = yard(chance)
    known = [seen(view, 2.0, chance) for _ in range(4)]
    hidden = view.copy()
    hidden[:, : WIDTH * 2 // 3] = 120
    assert focus(seen(hidden, 2.0, chance), known, ALL).sharpness > 0.8


def test_of_a_view_without_structure_nothing_is_known() -> None:
    chance = np.random.default_rng(8)
    wall = np.full((HEIGHT, WIDTH), 120, np.float32)
    told = focus(seen(wall, 3.0, chance), [seen(wall, 3.0, chance) for _ in range(4)], ALL)
    assert told.sharpness + 1.64 * told.doubt > 0.42
