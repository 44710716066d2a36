"""Follows the speaker's wish for a stream with a child that pulls it. The child may hang or crash: it is killed, and
another started.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from contract.form import MAX_TEXT
from edge import wish
from edge.access import Plaint
from edge.clock import Clock
from edge.wish import Wish

BACKOFF_S = (0.5, 1.0, 2.0, 4.0)
START_S = 20.0
"""The child's first sound or trouble must come within this: a slow card reads libraries for seconds."""
STALL_S = 15.0
"""A child that brings neither sound nor word of trouble for so long hangs, or its server drips."""
STABLE_S = 30.0
LOOK_S = 0.5
_LINES_MAX = 64 * 1024

_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_log = logging.getLogger(__name__)


class Streams:
    """The link's side: follows the wish with a child at a time. `step` never waits."""

    def __init__(self, run: Path, clock: Clock) -> None:
        self._run = run
        self._clock = clock
        self._wish: Wish | None = None
        self._child: Puller | None = None
        self._failures = 0
        self._retry_s = 0.0
        self._plaint = Plaint(_log)
        self._trouble: str | None = None
        self._tell("")

    @property
    def child_pid(self) -> int | None:
        """The pulling child of now, for measuring it."""
        return self._child.pid if self._child else None

    def step(self) -> float:
        """Start, watch or end the child. Returns seconds until the next wish."""
        now_s = self._clock.monotonic()
        wanted = wish.read(self._run)
        if wanted is not None and now_s >= wanted.until_s:
            wanted = None
        if wanted != self._wish:
            self._end()
            self._wish, self._failures, self._retry_s = wanted, 0, 0.0
            self._tell("")
        if wanted is None:
            return 60.0
        if self._child is None:
            return self._begin(wanted, now_s)
        self._watch(self._child, now_s)
        return LOOK_S

    def close(self) -> None:
        self._end()

    def _begin(self, wanted: Wish, now_s: float) -> float:
        wait_s = max(wanted.from_s, self._retry_s) - now_s
        if wait_s > 0:
            return wait_s
        self._child = Puller(wanted.address, wish.door(self._run), now_s)
        return LOOK_S

    def _watch(self, child: "Puller", now_s: float) -> None:
        said = child.listen(now_s)
        if said is not None:
            self._tell(said)
        has_ended = child.has_ended
        if not has_ended and now_s < child.heard_s + (STALL_S if child.has_spoken else START_S):
            return
        if not has_ended:
            self._tell("không có tiếng, đã ngắt / it brought no sound and was cut off")
        self._failures = 0 if now_s - child.begun_s >= STABLE_S else self._failures + 1
        self._retry_s = now_s + BACKOFF_S[min(self._failures, len(BACKOFF_S)) - 1 if self._failures else 0]
        self._end()

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _tell(self, text: str) -> None:
        """Say once what is wrong: in the log, and to the speaker for its events."""
        self._plaint.say(f"{self._wish.address}: {text}" if text and self._wish else "")
        if text != self._trouble:
            self._trouble = text
            with contextlib.suppress(OSError):
                wish.put_trouble(self._run, text)


class Puller:
    """The child of one stream, `python -m edge.puller`. It gets no environment of ours, and its errors go nowhere:
    libraries may print whatever a server sent."""

    def __init__(self, address: str, bring_to: Path, now_s: float) -> None:
        self.begun_s = self.heard_s = now_s
        self.has_spoken = False
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "edge.puller"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        with self._process.stdin as order, contextlib.suppress(BrokenPipeError):
            order.write(json.dumps({"address": address, "door": str(bring_to)}).encode() + b"\n")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def listen(self, now_s: float) -> str | None:
        """What it said last since: a trouble, '' for sound, None for nothing. A hostile stream may speak through it."""
        try:
            data = os.read(self._output, _LINES_MAX)
        except BlockingIOError:
            return None
        lines = data.decode("utf-8", errors="replace").split("\n")[:-1]
        if not lines:
            return None
        self.heard_s, self.has_spoken = now_s, True
        return "".join(c for c in lines[-1] if c.isprintable())[:MAX_TEXT]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
