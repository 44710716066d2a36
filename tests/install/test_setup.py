"""install/setup.sh where it cannot go on: it says so in Vietnamese and English, and leaves everything as it was."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TOOLS = ["awk", "bash", "comm", "dirname", "dpkg-query", "env", "grep", "id", "mktemp", "rm", "sort", "tr"]
NOBODY = 65534

pytestmark = pytest.mark.real


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout that needs one Debian package which no machine has. Readable for all, unlike pytest's own folders."""
    with tempfile.TemporaryDirectory(prefix="loa-setup-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        for name in ("install", "locks"):
            shutil.copytree(TOP / name, place / name)
        for name in ("package.json", "package-lock.json", "pyproject.toml"):
            shutil.copy(TOP / name, place)
        (place / "install/packages.txt").write_text("khong-may-nao-co  test  a package of no machine\n")
        yield place


def set_up(checkout: Path, *arguments: str, extra_tools: tuple[str, ...] = (), as_nobody: bool = False) -> str:
    """Run setup.sh with these few programs on its path; what it said before it gave up."""
    binaries = checkout / "bin"
    binaries.mkdir()
    for tool in (*TOOLS, *extra_tools):
        place = shutil.which(tool)
        assert place is not None, tool
        (binaries / tool).symlink_to(place)
    user = NOBODY if as_nobody and os.geteuid() == 0 else None
    ended = subprocess.run(
        [checkout / "install/setup.sh", *arguments],
        env={"PATH": str(binaries), "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        user=user,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert not (checkout / ".venv").exists()
    return ended.stdout + ended.stderr


def test_without_apt_it_names_what_is_missing(checkout: Path) -> None:
    said = set_up(checkout, "test")

    assert "Máy này không có apt-get" in said
    assert "There is no apt-get here" in said
    assert "khong-may-nao-co" in said


def test_without_root_and_sudo_it_names_the_command_to_run(checkout: Path) -> None:
    said = set_up(checkout, "test", extra_tools=("apt-get",), as_nobody=True)

    assert "Cần thêm các gói Debian: khong-may-nao-co" in said
    assert "không có sudo" in said
    assert f"As root, run: {checkout}/install/packages.sh khong-may-nao-co" in said


def test_an_unknown_role_is_told_the_known_ones(checkout: Path) -> None:
    assert "Usage: install/setup.sh node|hub|test" in set_up(checkout, "pi")


def test_where_all_is_there_already_it_says_and_does_nothing() -> None:
    stamp = TOP / ".venv/.installed"
    if not stamp.exists():
        pytest.skip("this checkout was not set up by `make`")
    installed_at = stamp.stat().st_mtime_ns

    ended = subprocess.run([TOP / "install/setup.sh", "test"], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert stamp.stat().st_mtime_ns == installed_at
