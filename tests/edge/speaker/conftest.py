"""A cultural house for every story of the speaker."""

from pathlib import Path

import pytest

from tests.edge.speaker.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Midnight before a Monday, nothing planned yet."""
    return House(tmp_path)
