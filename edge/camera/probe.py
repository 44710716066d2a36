"""How the node looks at a camera: through a child that may hang or crash, or, in tests, through a script.

The child's answers are judged here like any outside bytes: it has been reading what a camera sent.
"""

import contextlib
import logging
import os
import select
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Annotated, Protocol

import msgspec

from contract.reports import PICTURE_MAX
from edge.camera.config import Camera
from edge.camera.door import Door
from edge.camera.logins import CameraLogins
from edge.camera.source import jpeg
from edge.camera.source.aim import Aim
from edge.camera.view.question import NOTHING_KNOWN, Question
from edge.camera.view.seen import Comparison, Look, Measures, Obstacle
from edge.lean import child_command

LIMIT_S = 5.0
"""The longest a look may take; then the child is killed."""
START_S = 20.0
"""The longest the child may take to load its libraries, on the slowest Pi; one that failed is tried again as late."""
ANSWER_MAX = 160 * 1024
"""A small picture in base64, and some numbers."""
REFUSALS_MAX, LOGIN_PAUSE_S = 2, 300.0
"""A camera that refused the login so often in a row is tried again after so long: many lock a caller out after five or
seven tries within half an hour. One refusal alone may be a camera that is just starting."""
KEYLESS_MAX = 45
"""Looks in a row (a quarter of an hour) that found a stream without one key picture; then it cannot be judged, and that
is said. A single look may well fall between two key pictures."""

SMALL = (96, 54)
"""Width and height of a picture that may leave the node (edge/camera/view/thumbnail.py, which only the child loads)."""

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_OPENCL_RUNTIME": "disabled",
}
"""The decoder's. One thread and one arena: a second of either costs memory and gains nothing on one small picture."""
_KEYLESS = (
    "chưa thấy hình trọn nào (I-frame): đặt I-frame interval của camera không quá 4 giây"
    " / no key picture comes: set the camera's I-frame interval to 4 s at most"
)

log = logging.getLogger(__name__)


class Probe(Protocol):
    """Looks at one camera at a time."""

    def prepare(self) -> bool:
        """Get ready to look, without waiting for it. True once it is."""

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        """Look once, for LIMIT_S at most where it is prepared, and compare with what is given. Never raises: what goes
        wrong is the look's obstacle."""

    def note(self, camera: Camera) -> str:
        """What the last look has to add in words, for a technician; mostly nothing. No password is ever in it."""

    def reduce(self, pictures: Sequence[bytes]) -> list[bytes]:
        """As many pictures, so small that they may leave the node; empty each that is none, or cannot be reduced."""

    def close(self) -> None:
        """Let go of everything. A later look starts afresh."""


@dataclass(slots=True)
class _Known:
    """What the probe remembers of one camera from look to look."""

    note: str = ""
    keyless: int = 0
    refusals: int = 0
    refused_s: float = 0.0


class RtspProbe:
    """The real probe: one warm decoding child for all cameras, started at need and killed when it overstays.

    Loading its libraries costs more than twenty looks, so the child stays; a camera that hangs it delays the others by
    at most LIMIT_S.
    """

    def __init__(self, logins: CameraLogins | None = None) -> None:
        self._logins = logins or CameraLogins()
        self._child: _Child | None = None
        self._needs_tls = False
        self._retry_s = 0.0
        self._known: defaultdict[Camera, _Known] = defaultdict(_Known)

    def prepare(self) -> bool:
        return self._ready(0.0) is not None

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        known = self._known[camera]
        if known.refusals >= REFUSALS_MAX and time.monotonic() - known.refused_s < LOGIN_PAUSE_S:
            return Look(obstacle=Obstacle.LOGIN)
        aim = camera.aim(self._logins.of(camera.id))
        self._load_tls(aim)
        child = self._ready(START_S)
        if child is None:
            return Look(obstacle=Obstacle.MONITOR)
        answer = child.ask(aim, question)
        try:
            look = msgspec.json.decode(answer, type=Look)
            self._remember(camera, msgspec.json.decode(answer, type=_Note).note)
        except (msgspec.MsgspecError, ValueError):
            log.warning("%s: the decoder gave no verdict and was killed", camera.id)
            self.close()
            return Look(obstacle=Obstacle.CRASHED)
        known.refusals = known.refusals + 1 if look.obstacle is Obstacle.LOGIN else 0
        known.refused_s = time.monotonic()
        is_keyless = look.obstacle is Obstacle.NONE and look.picture is None
        known.keyless = known.keyless + 1 if is_keyless else 0
        if known.keyless < KEYLESS_MAX:
            return look
        self._remember(camera, _KEYLESS)
        return Look(obstacle=Obstacle.GARBLED, packets=look.packets)

    def note(self, camera: Camera) -> str:
        return self._known[camera].note

    def reduce(self, pictures: Sequence[bytes]) -> list[bytes]:
        child = self._ready(START_S)
        if child is None:
            return [b""] * len(pictures)
        try:
            reduced = msgspec.json.decode(child.reduce(pictures), type=_Reduced).pictures
        except (msgspec.MsgspecError, ValueError):
            log.warning("the decoder reduced no pictures and was killed")
            self.close()
            return [b""] * len(pictures)
        return [each if _is_small(each) else b"" for each in (*reduced, *[b""] * len(pictures))][: len(pictures)]

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _remember(self, camera: Camera, note: str) -> None:
        """Keep what a look said beyond its obstacle, and log it once. A camera may have put its own letters into it."""
        known = self._known[camera]
        note = "".join(letter for letter in note if letter.isprintable())
        if note and note != known.note:
            log.warning("%s: %s", camera.id, note)
        known.note = note

    def _load_tls(self, aim: Aim) -> None:
        """The child can load nothing once it has begun: where the first camera needs TLS, another one is started."""
        if not self._needs_tls and aim.url.startswith(("https", "rtsps")):
            self._needs_tls = True
            self.close()

    def _ready(self, wait_s: float) -> "_Child | None":
        """The child, once it has loaded; None where that takes longer than `wait_s`, or it does not come up."""
        if self._child is None:
            if time.monotonic() < self._retry_s:
                return None
            self._child = _Child(self._needs_tls)
        child = self._child
        if child.is_ready or child.await_ready(wait_s):
            return child
        if child.has_ended or child.age_s > START_S:
            log.error("the decoder does not start: try `python -m edge.child decoder 0`")
            self.close()
            self._retry_s = time.monotonic() + START_S
        return None


USUAL = Measures(brightness=120.0, contrast=60.0, colour=12.0)
AS_EVER = Comparison(
    is_known=True, dependable=120, lost=0.0, flat=0.0, still=0.0, found=1.0, sharpness=1.0, trust=0.7, detail=1.0
)


class ScriptedProbe:
    """The fake: each camera shows the feed it was told to, in the words of the simulated cameras."""

    def __init__(self) -> None:
        self.is_prepared = True
        self._feeds: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._pictures = count(1)

    def show(self, id: str, feed: str, note: str = "") -> None:
        """Switch a camera to `live`, `frozen`, `black`, `covered`, `silent`, `off`, or `lost` (the monitor fails)."""
        self._feeds[id], self._notes[id] = feed, note

    def prepare(self) -> bool:
        return self.is_prepared

    def look(self, camera: Camera, question: Question = NOTHING_KNOWN) -> Look:
        match self._feeds.get(camera.id, "live"):
            case "live":
                return self._picture(next(self._pictures), USUAL)
            case "frozen":
                return self._picture(0, USUAL)
            case "black":
                return self._picture(0, Measures(brightness=0.0, contrast=0.0))
            case "covered":
                return self._picture(next(self._pictures), USUAL, replace(AS_EVER, lost=0.6, still=0.6, found=0.4))
            case "silent":
                return Look(obstacle=Obstacle.SILENT)
            case "off":
                return Look(obstacle=Obstacle.REFUSED)
            case _:
                return Look(obstacle=Obstacle.MONITOR)

    def note(self, camera: Camera) -> str:
        return self._notes.get(camera.id, "")

    def reduce(self, pictures: Sequence[bytes]) -> list[bytes]:
        return [b"small " + each if each else b"" for each in pictures]

    def close(self) -> None:
        """Nothing to let go of."""

    def _picture(self, picture: int, measures: Measures, comparison: Comparison | None = None) -> Look:
        return Look(
            obstacle=Obstacle.NONE,
            packets=3,
            progress_s=0.2,
            picture=picture,
            measures=measures,
            comparison=comparison,
            small=b"a picture",
        )


class _Note(msgspec.Struct):
    """The words in an answer."""

    note: Annotated[str, msgspec.Meta(max_length=400)] = ""


class _Reduced(msgspec.Struct):
    """Pictures in an answer."""

    pictures: list[bytes]


def _is_small(picture: bytes) -> bool:
    """Whether it is nothing but a JPEG of that very size: who has been taking pictures apart is not believed."""
    try:
        found = jpeg.find(picture) if len(picture) <= PICTURE_MAX else None
    except jpeg.NoJpeg:
        return False
    return found is not None and (found.width, found.height) == SMALL and found.data == picture


class _Child:
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
