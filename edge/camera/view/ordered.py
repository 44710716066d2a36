"""Medians and quantiles. numpy's own load its masked arrays at the first call: memory, and a file that the decoding
child may no longer open."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]


def quantile(values: Numbers, share: float) -> float:
    """The value below which `share` (0 to 1) of them lie, between two of them in proportion. There is at least one."""
    ordered = np.sort(values, axis=None)
    place = share * (ordered.size - 1)
    low = int(place)
    high = min(low + 1, ordered.size - 1)
    return float(ordered[low]) + (place - low) * (float(ordered[high]) - float(ordered[low]))


def median(values: Numbers) -> float:
    return quantile(values, 0.5)


def median_each(fields: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Place by place, over fields of one shape."""
    ordered = np.sort(np.asarray(fields, np.float32), axis=0)
    last = len(fields) - 1
    return np.asarray((ordered[last // 2] + ordered[(last + 1) // 2]) / 2, np.float32)
