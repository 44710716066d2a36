"""How far a view has turned away is found at any light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.camera.view.picture import HEIGHT, WIDTH, from_bgr
from edge.camera.view.register import is_still, register
from edge.camera.view.traits import Traits, traits
from tests.edge.camera.yard import Bgr, Yard, moved

EVERYWHERE = np.ones((HEIGHT, WIDTH), np.float32)


def taken_apart(picture: Bgr) -> Traits:
    return traits(from_bgr(picture).grey)


@settings(max_examples=15, deadline=None)
@given(st.integers(-64, 64), st.integers(-36, 36), st.floats(0.3, 1.0))
def test_a_shift_is_found_to_the_pixel_whatever_the_light(x: int, y: int, light: float) -> None:
    yard = Yard(seed=4)
    now = taken_apart(moved(yard.picture(light), dx=x / WIDTH, dy=y / HEIGHT))
    turn = register(now, [taken_apart(yard.picture()) for _ in range(2)], EVERYWHERE, is_turned=False)
    assert turn.dx * WIDTH == pytest.approx(x, abs=2)
    assert turn.dy * HEIGHT == pytest.approx(y, abs=2)
    assert is_still(turn) or max(abs(x), abs(y)) > 1
    assert is_still(turn) or turn.gain > 1


@pytest.mark.parametrize("degrees", [-8.0, -3.0, 1.5, 5.0])
def test_a_rotation_is_found_with_its_sign(degrees: float) -> None:
    yard = Yard(seed=4)
    turn = register(taken_apart(moved(yard.picture(), degrees=degrees)), [taken_apart(yard.picture())], EVERYWHERE)
    assert turn.rotation_deg == pytest.approx(degrees, abs=0.75)
    assert turn.gain > 1.1


def test_it_agrees_with_the_correlation_as_it_is_defined() -> None:
    yard = Yard(seed=5)
    now, reference = taken_apart(moved(yard.picture(), dx=0.1, dy=-0.05)), taken_apart(yard.picture())
    ours = register(now, [reference], EVERYWHERE, is_turned=False)
    a, b = (np.fft.fft2(t.half.x + 1j * t.half.y) for t in (now, reference))
    by_shift = np.fft.ifft2(a * np.conj(b)).real
    y, x = (int(i) for i in np.unravel_index(by_shift.argmax(), by_shift.shape))
    assert (round(ours.dx * WIDTH / 2) % (WIDTH // 2), round(ours.dy * HEIGHT / 2) % (HEIGHT // 2)) == (x, y)
