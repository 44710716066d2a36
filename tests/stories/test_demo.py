"""`make demo` as a newcomer meets it: it says where to go, airs a sample, stops without a trace. How long that takes is
benchmarks/demo_start.py's matter."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hub.ports import owner
from simulator.commune import Ports
from simulator.listening import read_audio
from tests.stories.conftest import eventually

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

STOPPED_WITHIN_S = 20.0
PROGRAM = [sys.executable, "-m", "simulator"]


class Demo:
    """The program in a terminal of its own: what it says, and Ctrl-C."""

    def __init__(self, root: Path, port: int) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "--root", str(root), "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def said(self) -> str:
        return "".join(self._lines)

    def await_said(self, pattern: str, within_s: float = 120.0) -> "re.Match[str]":
        def look() -> "re.Match[str] | None":
            assert self._process.poll() is None, self.said
            return re.search(pattern, self.said)

        found = eventually(look, within_s)
        assert found is not None
        return found

    def processes(self) -> set[Path]:
        """It and everything it has started, as folders of /proc."""
        found, parents = {self._process.pid}, _parents()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return {Path("/proc", str(pid)) for pid in found}

    def press_ctrl_c(self) -> int:
        """As a terminal does: to the whole foreground group. Returns the exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        status = self._process.wait(STOPPED_WITHIN_S)
        self._thread.join()
        return status

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as out:
            for line in out:
                self._lines.append(line)


@contextlib.contextmanager
def demo(root: Path, port: int) -> Iterator[Demo]:
    running = Demo(root, port)
    try:
        yield running
    finally:
        running.close()


def test_a_newcomer_starts_listens_stops_and_starts_again(tmp_path: Path) -> None:
    port = Ports.free_above().page
    with demo(tmp_path, port) as first:
        address = first.await_said(r"Loa Làng: (http://127.0.0.1:[0-9]+)").group(1)
        assert address.endswith(f":{port}")
        with urllib.request.urlopen(f"{address}/login", timeout=10) as page:
            assert page.status == 200
        for role in ("canbo", "lanhdao", "kythuat", "quantri"):
            assert re.search(rf"{role} +\S{{10,}}", first.said), "the log-ins should have been printed"
        assert re.search(r"PIN: [0-9]{6}\n", first.said), "and the leader's emergency PIN"
        first.await_said(r"Đã phát [0-9:]+, 3/3 \([0-9]+ s\)")
        for path in re.findall(r": (/.+\.wav)", first.said):
            assert np.abs(read_audio(Path(path))).max() > 0.1, "each horn should have been heard"
        started = first.processes()
        assert first.press_ctrl_c() == 0
        assert "Traceback" not in first.said
        assert first.said.endswith("\nĐang dừng ... / stopping ...\nĐã dừng. / Stopped.\n")
        assert len(started) > 20, "hub, broker, cameras, sound, and four processes a village with their children"
        eventually(lambda: not any(each.exists() for each in started), within_s=5)

    with demo(tmp_path, port) as second:
        second.await_said(r"Loa Làng: http")
        assert second.press_ctrl_c() == 0
        assert "Traceback" not in second.said


def test_ctrl_c_while_it_is_still_starting_stops_it_cleanly(tmp_path: Path) -> None:
    with demo(tmp_path, Ports.free_above().page) as hasty:
        hasty.await_said(r"\[2/5\]")
        started = hasty.processes()
        assert hasty.press_ctrl_c() == 0
        assert hasty.said.endswith("Đã dừng. / Stopped.\n")
        assert "Traceback" not in hasty.said
        eventually(lambda: not any(each.exists() for each in started), within_s=5)


def test_a_taken_port_is_named_with_who_holds_it(tmp_path: Path) -> None:
    port = Ports.free_above().page
    squatter = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)])
    try:
        eventually(lambda: owner(port), within_s=10)
        tried = subprocess.run(
            [*PROGRAM, "--root", str(tmp_path / "demo"), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        squatter.kill()
        squatter.wait()
    assert tried.returncode == 1
    assert f"cổng {port} đang bị" in tried.stderr
    assert f"(pid {squatter.pid})" in tried.stderr
    assert "Traceback" not in tried.stderr
    assert not (tmp_path / "demo").exists()


def _parents() -> dict[int, int]:
    """Every process of this machine with its parent."""
    found: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return found
