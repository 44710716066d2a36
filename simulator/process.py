"""One child process of the simulated commune: its log in a file, ended with us, stopped politely or killed."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Died(RuntimeError):
    """A process ended that should be running, or failed at what it was to do; the text carries the end of its log."""


class Process:
    """A named child whose output goes to `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._env = {**os.environ, **(env or {})}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise Died(f"{self.name}: not started")
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C in the terminal reaches us alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting for the end."""
        if self._child is not None:
            self._child.terminate()

    def stop(self, within_s: float = 10.0) -> None:
        """SIGTERM, then SIGKILL for one that does not listen."""
        if self._child is None:
            return
        self.ask_to_stop()
        try:
            self._child.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self) -> None:
        """Wait for a process that ends by itself. Raises Died where it failed."""
        if self._child is not None and self._child.wait() != 0:
            self.check()

    def kill(self) -> None:
        """SIGKILL, as the kernel out of memory or a pulled plug would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def check(self) -> None:
        """Raise Died, with the end of its log, where it is not running."""
        if not self.is_running:
            tail = self.log.read_text(errors="replace").splitlines()[-12:] if self.log.exists() else []
            raise Died("\n".join([f"{self.name} ended ({self.log}):", *tail]))


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
