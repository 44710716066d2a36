"""For all tests: nothing fails for being slow. How fast something is, `make bench` says."""

from itertools import groupby

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files whose tests wait for real clocks evenly among those that keep the processor busy: side by side
    they take little more time than either alone. Within a file the order stays."""
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    kinds = {waits: [f for f in files if _waits(f) is waits] for waits in (True, False)}
    placed = [((n + 0.5) / len(kind), file) for kind in kinds.values() for n, file in enumerate(kind)]
    items[:] = [item for _, file in sorted(placed, key=lambda each: each[0]) for item in file]


def _waits(file: list[pytest.Item]) -> bool:
    return any(item.get_closest_marker("real") is not None for item in file)
