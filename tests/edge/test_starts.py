"""Processes of a node start, fail and start again: what is on record of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from contract.terms import Ending
from edge import starts
from edge.config import Paths
from edge.starts import KEPT, life


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def endings(paths: Paths, name: str = "camera") -> list[Ending]:
    return [start.ending for start in starts.read(paths, name)]


def run(paths: Paths) -> None:
    with life(paths, "camera"):
        pass


def fail(paths: Paths) -> None:
    with pytest.raises(ZeroDivisionError), life(paths, "camera"):
        raise ZeroDivisionError


def say(paths: Paths, result: str) -> None:
    (paths.run / "camera.end").write_text(result + "\n")


def test_the_first_start_is_the_machines_and_one_that_was_asked_for_is_no_fault(paths: Paths) -> None:
    run(paths)
    run(paths)
    assert endings(paths) == [Ending.BOOT, Ending.ASKED]
    assert starts.count("camera", starts.read(paths, "camera")) is None


@pytest.mark.parametrize(
    ("result", "ending"),
    [
        ("watchdog", Ending.HUNG),
        ("oom-kill", Ending.MEMORY),
        ("signal", Ending.KILLED),
        ("exit-code", Ending.FAILED),
        ("success", Ending.ASKED),
        ("a word of tomorrow", Ending.FAILED),
    ],
)
def test_systemd_knows_best_how_a_run_ended(paths: Paths, result: str, ending: Ending) -> None:
    run(paths)
    say(paths, result)
    run(paths)
    assert endings(paths)[-1] is ending


def test_a_process_that_failed_by_itself_says_so_where_there_is_no_systemd(paths: Paths) -> None:
    fail(paths)
    run(paths)
    assert endings(paths) == [Ending.BOOT, Ending.FAILED]


def test_a_killed_one_is_known_by_its_silence(paths: Paths) -> None:
    code = "import os; from edge.starts import life; from edge.config import Paths; from pathlib import Path\n"
    code += f"with life(Paths(Path({str(paths.root)!r})), 'camera'): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code], check=False)
    run(paths)
    assert endings(paths) == [Ending.BOOT, Ending.KILLED]


def test_after_a_power_cut_the_tmpfs_is_empty_and_the_record_is_not(paths: Paths) -> None:
    run(paths)
    for file in paths.run.iterdir():
        file.unlink()
    run(paths)
    assert endings(paths) == [Ending.BOOT, Ending.BOOT]


def test_the_last_99_are_kept_and_counted(paths: Paths) -> None:
    for _ in range(120):
        fail(paths)
    kept = starts.read(paths, "camera")
    counted = starts.count("camera", kept)
    assert len(kept) == KEPT
    assert counted is not None
    assert (counted.count, counted.ending, counted.at) == (99, Ending.FAILED, kept[-1].at)


def test_a_broken_card_or_record_keeps_no_process_from_starting(paths: Paths) -> None:
    paths.make()
    (paths.state / "camera.starts").write_bytes(b"\xffnonsense\n2026-05-01T22:00:00+00:00 hung\nnever asked\n")
    run(paths)
    assert endings(paths) == [Ending.HUNG, Ending.BOOT]
    (paths.state / "camera.starts").unlink()
    (paths.state / "camera.starts").mkdir()
    run(paths)
