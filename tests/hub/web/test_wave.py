"""The outline of a sound as it stands in the page."""

import re

from hypothesis import given
from hypothesis import strategies as st

from hub.web.wave import HEIGHT, outline


@given(st.binary(min_size=400, max_size=400), st.sampled_from([100, 400]))
def test_the_outline_stays_in_its_box_and_as_high_as_the_loudest(levels: bytes, columns: int) -> None:
    path = outline(levels, columns)
    heights = [int(y) for y in re.findall(r"V(\d+)", path)]
    assert path.count("h1") == path.count("h-1") == columns
    assert min(heights) >= 0
    assert max(heights) <= HEIGHT
    assert heights[:columns] == [HEIGHT - y for y in reversed(heights[columns:])], "as far up as down"


def test_silence_is_a_line_and_full_scale_fills_the_box() -> None:
    assert outline(bytes([0, 255]), 2) == "M0 50V49h1V0h1V100h-1V51h-1Z"
