"""A cultural house for every story of the speaker."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.speaker.house import House, memory_folder


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder in memory where there is one: the ledger syncs often, and no test here pulls the plug of the machine."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        yield Path(folder)


@pytest.fixture
def house(root: Path) -> House:
    """Midnight before a Monday, nothing planned yet."""
    return House(root)
