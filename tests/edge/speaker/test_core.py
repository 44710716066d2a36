"""The pure core of the speaker is tested to its last branch, and its tests notice when it is changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
CORE = [f"edge/speaker/{name}.py" for name in ("schedule", "policy", "playout")]
TESTS = [f"tests/edge/speaker/test_{Path(path).name}" for path in CORE]
NOTICED_PCT = 90


def run(folder: Path, *arguments: str, **env: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_every_branch_of_the_core_is_tested(tmp_path: Path) -> None:
    data = f"--data-file={tmp_path / 'coverage'}"
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    run(TOP, "coverage", "run", data, "--branch", f"--include={','.join(CORE)}", *pytest_)
    run(TOP, "coverage", "json", data, "-o", str(tmp_path / "report.json"))
    files = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["files"]
    assert set(files) == set(CORE)
    for path, report in files.items():
        assert (path, report["missing_lines"], report["missing_branches"]) == (path, [], [])


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nine_in_ten_changes_of_the_core_are_noticed(tmp_path: Path) -> None:
    for name in ("contract", "edge", "simulator", "hub", "tests"):
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    settings = {"paths_to_mutate": CORE, "tests_dir": TESTS, "also_copy": ["contract", "edge", "simulator", "hub"]}
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    project = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("\n".join([project, "[tool.mutmut]", *lines, ""]), encoding="utf-8")
    run(tmp_path, "mutmut", "run", PYTHONPATH=str(tmp_path))
    run(tmp_path, "mutmut", "export-cicd-stats", PYTHONPATH=str(tmp_path))
    stats = json.loads((tmp_path / "mutants/mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    print(stats)  # noqa: T201
    assert stats["total"] > 300
    assert 100 * (stats["killed"] + stats["timeout"]) / stats["total"] >= NOTICED_PCT
