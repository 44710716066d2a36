"""Medians and quantiles as numpy tells them, without what numpy loads for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.view.ordered import median, median_each, quantile

levels = st.lists(st.floats(0, 255, width=32), min_size=1, max_size=60)


@given(levels, st.floats(0, 1))
def test_a_quantile_is_numpys(values: list[float], share: float) -> None:
    assert quantile(np.array(values), share) == pytest.approx(float(np.quantile(values, share)), abs=1e-3)


@given(levels)
def test_a_median_is_numpys(values: list[float]) -> None:
    assert median(np.array(values)) == pytest.approx(float(np.median(values)), abs=1e-3)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_medians_of_fields_are_numpys(count: int, seed: int) -> None:
    fields = [np.random.default_rng((seed, n)).uniform(0, 9, (9, 16)).astype(np.float32) for n in range(count)]
    assert np.allclose(median_each(fields), np.median(fields, axis=0), atol=1e-5)
