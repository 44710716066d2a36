"""For all tests: nothing fails for being slow. How fast something is, `make bench` says."""

from itertools import groupby

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


STORIES_END = 0.8
"""The longest files come so early that none of them begins when all others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files whose tests wait for real clocks evenly among those that keep the processor busy: side by side
    they take little more time than either alone. Within a file the order stays."""
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    stories = [f for f in files if "stories" in f[0].path.parts]
    others = [f for f in files if f not in stories]
    real, quick = [f for f in others if _waits(f)], [f for f in others if not _waits(f)]
    kinds = ((stories, STORIES_END), (real, 1.0), (quick, 1.0))
    placed = [((n + 0.5) / len(kind) * end, file) for kind, end in kinds for n, file in enumerate(kind)]
    items[:] = [item for _, file in sorted(placed, key=lambda each: each[0]) for item in file]


def _waits(file: list[pytest.Item]) -> bool:
    return any(item.get_closest_marker("real") is not None for item in file)
