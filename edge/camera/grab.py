"""The decoding child: `python -m edge.child decoder FD`. It takes pictures apart so that nothing else has to.

One JSON line on standard input, `{"camera": {...}}` (edge.camera.source.aim), is one look; one JSON line of facts on
standard output answers it. `{"pictures": [...]}` is answered by the same pictures as small as they may leave the node
(edge.camera.view.thumbnail): done here and only when somebody asks, it costs the parent no library, and neither memory
nor card while nobody does. The parent kills it where an answer does not come. It knows no secret but the login it was
just given, keeps nothing between looks, can open no file and no connection (its parent does, through the door FD:
edge.camera.door), start no program, and imports nothing of this program but what looking takes: a hostile camera
gains little here.
"""

import base64
import json
import socket
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import av
import av.subtitles.stream  # PyAV loads it at the first look, when this process may no longer read its folder
import cv2
import numpy as np
from av.video.frame import VideoFrame

from edge import landlock, lean, seccomp
from edge.camera.source.aim import Aim
from edge.camera.source.glimpse import decode, see
from edge.camera.view.look import describe as compared
from edge.camera.view.picture import HEIGHT, WIDTH, Picture, packed
from edge.camera.view.question import Question, Shown
from edge.camera.view.thumbnail import thumbnail
from edge.confine import confine

MEMORY_MAX = 768 * 1024 * 1024
"""Bytes of address space: Python, FFmpeg's and OpenCV's libraries alone map 375 MB."""

Facts = dict[str, object]


def look(aim: Aim, door: socket.socket, question: Question) -> Facts:
    """Look at a camera once, for at most 5 s. The keys are those of `edge.camera.view.seen.Look`, and a `note`."""
    seen = see(aim, door)
    facts: Facts = {"obstacle": seen.obstacle, "packets": seen.packets, "progress_s": seen.progress_s}
    if seen.note:
        facts["note"] = seen.note
    return facts | (describe(seen.frame, question) if seen.frame is not None else {})


def describe(frame: VideoFrame, question: Question) -> Facts:
    """Reduce a picture to its checksum at full size, its measures, what became of the view, and itself small."""
    picture = planes(frame)
    measures, comparison = compared(picture, question)
    small = base64.b64encode(packed(picture.grey)).decode()
    facts: Facts = {"picture": checksum(frame), "measures": asdict(measures), "small": small}
    return facts if comparison is None else {**facts, "comparison": asdict(comparison)}


def planes(frame: VideoFrame) -> Picture:
    """Full-range grey at its own size, and the colours at half of it."""
    whole = frame.reformat(format="yuvj420p", threads=1).to_ndarray().astype(np.uint8, copy=False)
    height, width = frame.height // 2 * 2, frame.width // 2 * 2
    grey, rest = whole[:height, :width], whole[height:].reshape(2, height // 2, width // 2)
    return Picture(grey, rest[0], rest[1])


def checksum(frame: VideoFrame) -> int:
    """Sum up the luma without the padding behind each row, which may hold anything."""
    luma = frame.planes[0]
    row_bytes = min(frame.width * ((frame.format.components[0].bits + 7) // 8), luma.line_size)
    rows = np.frombuffer(memoryview(luma), np.uint8).reshape(luma.height, luma.line_size)
    return zlib.crc32(rows[:, :row_bytes].tobytes())


def shut_in() -> None:
    """Give up everything but the door and the two pipes. Raises OSError where this kernel cannot take it away."""
    warm_up()
    lean.let_go()
    landlock.see_only([])
    confine(MEMORY_MAX)
    seccomp.shut_off()


def warm_up() -> None:
    """Have all read that the libraries read at their first picture."""
    for codec in ("h264", "hevc", "mjpeg"):
        decode(codec, b"\0\0\0\1\x67")
    frame = VideoFrame(64, 64, "yuv420p")
    stripes = np.indices((HEIGHT, WIDTH)).sum(axis=0) // 16 % 2 * 200
    shown = [packed((stripes + n).astype(np.uint8)) for n in (10, 20)]
    references = tuple(Shown(is_grey=True, picture=each, is_first=True) for each in shown)
    facts = describe(frame, Question(references, before=shown[0]))  # (the child runs without assertions)
    assert "comparison" in facts, "comparing reads the most"
    thumbnail(shown[0])


def main() -> None:
    av.logging.set_level(None)
    cv2.setNumThreads(1)
    door = socket.socket(fileno=int(sys.argv[1]))
    if "tls" in sys.argv:
        import edge.camera.source.tls  # noqa: F401 (while it may still be read)
    shut_in()
    say({"is_ready": True})
    for line in sys.stdin:
        say(answer(json.loads(line), door))
        lean.give_back()


def answer(asked: dict[str, Any], door: socket.socket) -> Facts:
    if "pictures" in asked:
        return reduce(asked["pictures"])
    return look(Aim(**asked["camera"]), door, _question(asked["question"]))


def _question(asked: dict[str, Any]) -> Question:
    shown = (Shown(**{**r, "picture": base64.b64decode(r["picture"])}) for r in asked["references"])
    return Question(tuple(shown), base64.b64decode(asked["before"]))


def reduce(pictures: Sequence[str]) -> Facts:
    """Each as small as it may leave the node; empty for what is no picture."""
    return {"pictures": [base64.b64encode(thumbnail(base64.b64decode(each))).decode() for each in pictures]}


def say(facts: Facts) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
