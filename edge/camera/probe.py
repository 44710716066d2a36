"""How the node looks at a camera: through a child that may hang or crash, or, in tests, through a script.

The child's answers are judged here like any outside bytes: it has been reading what a camera sent.
"""

import contextlib
import json
import logging
import os
import select
import subprocess
import time
from itertools import count
from typing import Protocol

import msgspec

from edge.camera.config import Camera
from edge.camera.health import Look, Obstacle
from edge.lean import child_command

LIMIT_S = 5.0
"""The longest a look may take; then the child is killed."""
START_S = 20.0
"""The longest the child may take to load its libraries, on the slowest Pi; one that failed is tried again as late."""
ANSWER_MAX = 4096

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_OPENCL_RUNTIME": "disabled",
}
"""The decoder's. One thread and one arena: a second of either costs memory and gains nothing on one small picture."""

log = logging.getLogger(__name__)


class Probe(Protocol):
    """Looks at one camera at a time."""

    def prepare(self) -> bool:
        """Get ready to look, without waiting for it. True once it is."""

    def look(self, camera: Camera) -> Look:
        """Look once, for LIMIT_S at most where it is prepared. Never raises: what goes wrong is the look's obstacle."""

    def close(self) -> None:
        """Let go of everything. A later look starts afresh."""


class RtspProbe:
    """The real probe: one warm decoding child for all cameras, started at need and killed when it overstays.

    Loading its libraries costs more than twenty looks, so the child stays; a camera that hangs it delays the others by
    at most LIMIT_S.
    """

    def __init__(self) -> None:
        self._child: _Child | None = None
        self._retry_s = 0.0

    def prepare(self) -> bool:
        return self._ready(0.0) is not None

    def look(self, camera: Camera) -> Look:
        child = self._ready(START_S)
        if child is None:
            return Look(obstacle=Obstacle.MONITOR)
        answer = child.ask({"url": camera.url})
        try:
            return msgspec.json.decode(answer, type=Look)
        except (msgspec.MsgspecError, ValueError):
            log.warning("%s: the decoder gave no verdict and was killed", camera.id)
            self.close()
            return Look(obstacle=Obstacle.CRASHED)

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _ready(self, wait_s: float) -> "_Child | None":
        """The child, once it has loaded; None where that takes longer than `wait_s`, or it does not come up."""
        if self._child is None:
            if time.monotonic() < self._retry_s:
                return None
            self._child = _Child()
        child = self._child
        if child.is_ready or child.await_ready(wait_s):
            return child
        if child.has_ended or child.age_s > START_S:
            log.error("the decoder does not start: try `python -m edge.child decoder`")
            self.close()
            self._retry_s = time.monotonic() + START_S
        return None


class ScriptedProbe:
    """The fake: each camera shows the feed it was told to, in the words of the simulated cameras."""

    def __init__(self) -> None:
        self.is_prepared = True
        self._feeds: dict[str, str] = {}
        self._pictures = count(1)

    def show(self, id: str, feed: str) -> None:
        """Switch a camera to `live`, `frozen`, `black`, `silent`, `off`, or `lost` (the monitor itself fails)."""
        self._feeds[id] = feed

    def prepare(self) -> bool:
        return self.is_prepared

    def look(self, camera: Camera) -> Look:
        match self._feeds.get(camera.id, "live"):
            case "live":
                return self._picture(next(self._pictures), brightness=120.0, contrast=60.0)
            case "frozen":
                return self._picture(0, brightness=120.0, contrast=60.0)
            case "black":
                return self._picture(0, brightness=0.0, contrast=0.0)
            case "silent":
                return Look(obstacle=Obstacle.SILENT)
            case "off":
                return Look(obstacle=Obstacle.REFUSED)
            case _:
                return Look(obstacle=Obstacle.MONITOR)

    def close(self) -> None:
        """Nothing to let go of."""

    def _picture(self, picture: int, brightness: float, contrast: float) -> Look:
        return Look(
            obstacle=Obstacle.NONE,
            packets=3,
            progress_s=0.2,
            picture=picture,
            brightness=brightness,
            contrast=contrast,
        )


class _Child:
    """The decoding process and the two pipes to it.

    It gets no environment of ours. Its standard error is dropped: libraries may print addresses there, passwords
    included.
    """

    def __init__(self) -> None:
        self.is_ready = False
        self._started_s = time.monotonic()
        self._process = subprocess.Popen(
            child_command("decoder", "-I"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._started_s

    def await_ready(self, wait_s: float) -> bool:
        """Wait until it has said that it is ready."""
        self.is_ready = bool(self._read_line(wait_s))
        return self.is_ready

    def ask(self, question: dict[str, str]) -> bytes:
        """Put one question. The answer's line; empty where none came in time."""
        try:
            os.write(self._input, json.dumps(question).encode() + b"\n")
        except BrokenPipeError:
            return b""
        return self._read_line(LIMIT_S)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _read_line(self, timeout_s: float) -> bytes:
        until_s = time.monotonic() + timeout_s
        data = b""
        while not data.endswith(b"\n") and len(data) < ANSWER_MAX:
            left_s = max(0.0, until_s - time.monotonic())
            if not select.select([self._output], [], [], left_s)[0]:
                return b""
            piece = os.read(self._output, ANSWER_MAX)
            if not piece:
                return b""
            data += piece
        return data

    @property
    def _input(self) -> int:
        assert self._process.stdin is not None
        return self._process.stdin.fileno()

    @property
    def _output(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()
