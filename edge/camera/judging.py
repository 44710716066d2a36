"""`loa-edge cameras judge`: the node's own detector over a folder of dated pictures or a clip, for anyone to try.

One JSON line an event on standard output, and a summary last.
"""

import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from contract.terms import CameraFault
from edge.camera import dated
from edge.camera.health.memory import Memory
from edge.camera.health.sight import Sight
from edge.camera.health.verdict import Health
from edge.camera.rules import Rule
from edge.camera.view.look import describe, unpacked_traits
from edge.camera.view.picture import from_bgr, packed
from edge.camera.view.question import Question
from edge.camera.view.seen import Look, Obstacle
from edge.camera.view.traits import Traits

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}
CLIP_START = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""When a clip begins whose name tells nothing."""

REMEMBERED = 64
"""References taken apart, at a megabyte each."""

Bgr = NDArray[np.uint8]


class NothingToJudge(Exception):
    """The folder or clip has no picture whose time is known; the text says so."""


class DictAlbum(dict[str, bytes]):
    """Keeps pictures in memory."""

    def put(self, name: str, picture: bytes) -> None:
        self[name] = picture

    def drop(self, name: str) -> None:
        self.pop(name, None)


def judge(source: Path, every_s: float, learn: int, rule: Rule, say: Callable[[str], None]) -> None:
    """Look at each picture in the order of time; those within `every_s` seconds of the one before are left out, and
    the first `learn` are taken as right. Raises NothingToJudge."""
    if every_s < 0 or learn < 2:
        raise NothingToJudge("--every: từ 0; --learn: từ 2 / --every: 0 or more; --learn: 2 or more")
    take_apart = lru_cache(REMEMBERED)(unpacked_traits)
    sight = Sight(Memory(DictAlbum(), UTC), rule, learn=learn)
    count, first, last, events = 0, None, None, Counter[str]()
    for at, bgr in _spaced(pictures(source), every_s):
        before = sight.health.fault
        look = look_at(bgr, sight.question(at), take_apart)
        health = sight.take(look, at)
        count, first, last = count + 1, first or at, at
        for event in _events(before, health.fault):
            events[f"{event[1]} {event[0]}"] += 1
            say(json.dumps(_line(at, *event, health), ensure_ascii=False))
    if first is None or last is None:
        raise NothingToJudge(f"{source}: không có hình nào ghi rõ ngày giờ / no picture whose time is known")
    summary = {"pictures": count, "learnt": min(learn, count), "from": first.isoformat(), "to": last.isoformat()}
    say(json.dumps({"summary": summary | {"events": dict(sorted(events.items()))}}, ensure_ascii=False))


def look_at(bgr: Bgr | None, question: Question, take_apart: Callable[[bytes], Traits] = unpacked_traits) -> Look:
    """One look at a decoded picture; at one that could not be decoded where it is None."""
    if bgr is None:
        return Look(obstacle=Obstacle.GARBLED, packets=1)
    picture = from_bgr(bgr)
    measures, comparison = describe(picture, question, take_apart)
    checksum = zlib.crc32(picture.grey.tobytes())
    return Look(
        obstacle=Obstacle.NONE,
        packets=1,
        picture=checksum,
        measures=measures,
        comparison=comparison,
        small=packed(picture.grey),
    )


def pictures(source: Path) -> Iterator[tuple[datetime, Bgr | None]]:
    """Instants and pictures, in order. Raises NothingToJudge for a source that is not there."""
    if source.is_dir():
        yield from _folder(source)
    elif source.is_file():
        yield from _clip(source)
    else:
        raise NothingToJudge(f"{source}: không có thư mục hay tệp này / no such folder or file")


def _folder(folder: Path) -> Iterator[tuple[datetime, Bgr | None]]:
    dates: list[tuple[datetime, Path]] = []
    for path in (p for p in folder.rglob("*") if p.suffix.lower() in PICTURES):
        at = dated.from_name(str(path.relative_to(folder).with_suffix(""))) or dated.from_exif(path.read_bytes())
        if at is None:
            sys.stderr.write(f"{path.name}: không rõ giờ chụp, bỏ qua / no time known, left out\n")
        else:
            dates.append((at, path))
    for at, path in sorted(dates):
        yield at, _decoded(path.read_bytes())


def _decoded(data: bytes) -> Bgr | None:
    bgr = cv2.imdecode(np.frombuffer(data + _ended(data), np.uint8), cv2.IMREAD_COLOR) if data else None
    return None if bgr is None else bgr.astype(np.uint8, copy=False)


def _ended(data: bytes) -> bytes:
    """The mark of its end, where a JPEG lacks it: OpenCV 5 refuses the whole picture for that."""
    return b"\xff\xd9" if data[:3] == b"\xff\xd8\xff" else b""


def _clip(path: Path) -> Iterator[tuple[datetime, Bgr | None]]:
    start = dated.from_name(path.name) or CLIP_START
    clip = cv2.VideoCapture(str(path))
    rate = clip.get(cv2.CAP_PROP_FPS) or 25.0
    n = 0
    while (read := clip.read())[0]:
        yield start + timedelta(seconds=n / rate), read[1].astype(np.uint8, copy=False)
        n += 1


def _spaced(found: Iterator[tuple[datetime, Bgr | None]], every_s: float) -> Iterator[tuple[datetime, Bgr | None]]:
    due: datetime | None = None
    for at, bgr in found:
        if due is None or at >= due:
            due = at + timedelta(seconds=every_s)
            yield at, bgr


def _events(before: CameraFault | None, now: CameraFault | None) -> list[tuple[CameraFault, str]]:
    """What a change tells: the old fault is over, the new one began."""
    if now is before or now is None:
        return []
    cleared = [(before, "clear")] if before else []
    return [*cleared, *([(now, "open")] if now else [])]


def _line(at: datetime, fault: CameraFault, event: str, health: Health) -> dict[str, object]:
    line = {"at": at.isoformat(), "fault": fault.value, "event": event}
    told = event == "open"
    return line | ({"detail": health.detail} if told else {}) | {"evidence": health.evidence if told else {}}
