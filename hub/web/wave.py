"""A sound's course as the outline of a shape, for an SVG in the page. Pure."""

import math
from itertools import pairwise

HEIGHT = 100
_BEND = 0.75
"""Below 1, quiet passages are drawn a little larger than they are: else a soft voice looks like silence."""


def outline(levels: bytes, columns: int) -> str:
    """The path of levels (0 to 255), mirrored about the middle of a box of `columns` by HEIGHT.

    Fewer columns than levels take the highest of each group.
    """
    bounds = [i * len(levels) // columns for i in range(columns + 1)]
    heights = [_half(max(levels[start:end])) for start, end in pairwise(bounds)]
    middle = HEIGHT // 2
    above = "".join(f"V{middle - h}h1" for h in heights)
    below = "".join(f"V{middle + h}h-1" for h in reversed(heights))
    return f"M0 {middle}{above}{below}Z"


def _half(level: int) -> int:
    return max(1, round(math.pow(level / 255, _BEND) * HEIGHT / 2))
