"""The parent's side of the decoding child (edge/camera/grab.py): started, asked line by line, killed when slow."""

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Sequence

import msgspec

from edge.camera.door import Door
from edge.camera.source.aim import Aim
from edge.camera.view.question import Question
from edge.lean import child_command

LIMIT_S = 5.0
"""The longest a look may take; then the child is killed."""
START_S = 20.0
"""The longest the child may take to load its libraries, on the slowest Pi; one that failed is tried again as late."""
ANSWER_MAX = 160 * 1024
"""A small picture in base64, and some numbers."""

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_OPENCL_RUNTIME": "disabled",
}
"""The decoder's. One thread and one arena: a second of either costs memory and gains nothing on one small picture."""


class Decoder:
    """The decoding process, the two pipes to it, and the door through which it gets its connections.

    It gets no environment of ours. Its standard error is dropped: libraries may print addresses there, passwords
    included.
    """

    def __init__(self, needs_tls: bool) -> None:
        self.is_ready = False
        self._started_s = time.monotonic()
        self._door = Door()
        number = self._door.theirs.fileno()
        self._process = subprocess.Popen(
            child_command("decoder", "-I", str(number), *(["tls"] if needs_tls else [])),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            pass_fds=[number],
            bufsize=0,
        )
        self._door.theirs.close()

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

    def ask(self, aim: Aim, question: Question) -> bytes:
        """Put one question. The answer's line; empty where none came in time."""
        self._door.show(aim.url)
        try:
            return self._answer({"camera": aim, "question": question})
        finally:
            self._door.show("")

    def reduce(self, pictures: Sequence[bytes]) -> bytes:
        """Have pictures made small. The answer's line; empty where none came in time."""
        return self._answer({"pictures": pictures})

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._door.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _answer(self, asked: dict[str, object]) -> bytes:
        try:
            return self._read_line(LIMIT_S) if self._write(msgspec.json.encode(asked) + b"\n") else b""
        except BrokenPipeError:
            return b""

    def _write(self, data: bytes) -> bool:
        """Write all of it; False where the child does not take it in time: it may hang."""
        until_s = time.monotonic() + LIMIT_S
        os.set_blocking(self._input, False)
        while data:
            if not select.select([], [self._input], [], max(0.0, until_s - time.monotonic()))[1]:
                return False
            data = data[os.write(self._input, data[: select.PIPE_BUF]) :]
        return True

    def _read_line(self, timeout_s: float) -> bytes:
        """Wait for a line, and open connections meanwhile."""
        until_s = time.monotonic() + timeout_s
        data = b""
        while not data.endswith(b"\n") and len(data) < ANSWER_MAX:
            left_s = max(0.0, until_s - time.monotonic())
            ready = select.select([self._output, self._door.fileno()], [], [], left_s)[0]
            if not ready:
                return b""
            if self._output in ready:
                piece = os.read(self._output, ANSWER_MAX)
                if not piece:
                    return b""
                data += piece
            elif not self._door.serve():
                return b""
        return data

    @property
    def _input(self) -> int:
        assert self._process.stdin is not None
        return self._process.stdin.fileno()

    @property
    def _output(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()
