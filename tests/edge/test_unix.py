"""A node may live in a folder of any depth, though the kernel takes short names of sockets only."""

from contextlib import closing
from pathlib import Path

import pytest

from edge.spool import Doorbell, ring
from edge.unix import named


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    folder = tmp_path.joinpath(*["nhà-văn-hóa"] * 12)
    folder.mkdir(parents=True)
    return folder


def test_a_doorbell_rings_however_deep_its_folder_is(deep: Path) -> None:
    with closing(Doorbell(deep / "link.bell")) as bell:
        assert not bell.wait(0.0)
        ring(deep / "link.bell")
        assert bell.wait(1.0)


def test_nobody_at_home_is_no_error(deep: Path) -> None:
    ring(deep / "link.bell")
    ring(deep / "gone" / "link.bell")


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_folder_stays_open(deep: Path) -> None:
    before = open_files()
    with pytest.raises(FileNotFoundError), named(deep / "gone" / "bell"):
        pass
    with named(deep / "bell") as name:
        assert len(name) < 108
    assert open_files() == before
