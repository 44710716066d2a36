"""What is installed is pinned by content, the same for every role, and says nothing of where it came from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
LOCKS = sorted((TOP / "locks").glob("*.txt"))
EXTRAS = {"edge.txt": ["edge"], "hub.txt": ["hub"], "dev.txt": ["edge", "hub", "dev"]}


def pins(lock: Path) -> dict[str, list[str]]:
    """Each requirement (`name==version ; marker`) of a lock file with its hashes."""
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    return {block.split(" \\")[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_library_is_pinned_by_its_content(lock: Path) -> None:
    assert pins(lock)
    for requirement, hashes in pins(lock).items():
        assert "==" in requirement
        assert hashes, requirement


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_file_holds_all_that_its_role_asks_for(lock: str) -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + [line for name in EXTRAS[lock] for line in project["optional-dependencies"][name]]
    held = {requirement.split("==")[0] for requirement in pins(TOP / "locks" / lock)}

    assert {re.split(r"[\[<>=]", line)[0].lower() for line in asked} <= held, "run `make lock`"


def test_all_roles_run_the_same_versions() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for requirement in pins(lock):
            name, _, version = requirement.split(" ")[0].partition("==")
            versions.setdefault(name, set()).add(version)

    assert {name: each for name, each in versions.items() if len(each) > 1} == {}


@pytest.mark.parametrize("path", [*LOCKS, TOP / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_file_names_a_package_index(path: Path) -> None:
    assert "://" not in path.read_text(encoding="utf-8")


def test_the_pages_files_are_pinned_by_their_content() -> None:
    packages = json.loads((TOP / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
