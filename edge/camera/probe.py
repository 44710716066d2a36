"""How the node looks at a camera: through a child that may hang or crash (edge/camera/decoder.py).

The child's answers are judged here like any outside bytes: it has been reading what a camera sent.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import msgspec

from contract.pictures import PICTURE_MAX
from edge.camera.config import Camera
from edge.camera.decoder import START_S, Decoder
from edge.camera.logins import CameraLogins
from edge.camera.source import jpeg
from edge.camera.source.aim import Aim
from edge.camera.view.question import NOTHING_KNOWN, Question
from edge.camera.view.seen import Look, Obstacle

REFUSALS_MAX, LOGIN_PAUSE_S = 2, 300.0
"""A camera that refused the login so often in a row is tried again after so long: many lock a caller out after five or
seven tries within half an hour. One refusal alone may be a camera that is just starting."""
KEYLESS_MAX = 45
"""Looks in a row (a quarter of an hour) that found a stream without one key picture; then it cannot be judged, and that
is said. A single look may well fall between two key pictures."""

SMALL = (96, 54)
"""Width and height of a picture that may leave the node (edge/camera/view/thumbnail.py, which only the child loads)."""

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
        self._child: Decoder | None = None
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

    def _ready(self, wait_s: float) -> "Decoder | None":
        """The child, once it has loaded; None where that takes longer than `wait_s`, or it does not come up."""
        if self._child is None:
            if time.monotonic() < self._retry_s:
                return None
            self._child = Decoder(self._needs_tls)
        child = self._child
        if child.is_ready or child.await_ready(wait_s):
            return child
        if child.has_ended or child.age_s > START_S:
            log.error("the decoder does not start: try `python -m edge.child decoder 0`")
            self.close()
            self._retry_s = time.monotonic() + START_S
        return None


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
