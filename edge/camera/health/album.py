"""Where a camera's pictures lie on the node: references to compare with, and evidence of its faults.

A picture that is torn by a power cut is only one reference less; the list of them is replaced whole. Nothing here
leaves the node by itself.
"""

import contextlib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contract.terms import CameraFault
from edge.camera.health.bank import Reference

EVIDENCE_KEPT = 40
"""Pictures of the latest faults: before and after each. Older ones go, whatever their age."""
_LIST = "references.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a fault looked like: the last healthy look before it, and the look with which it was believed. Either may be
    empty: a camera that is gone shows nothing."""

    at: datetime
    fault: CameraFault
    before: bytes = b""
    after: bytes = b""


class FolderAlbum:
    """One camera's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._evidence = folder / "evidence"
        with contextlib.suppress(OSError):  # a card that takes no writing: each picture will say so
            self._evidence.mkdir(parents=True, exist_ok=True)

    def references(self) -> list[Reference]:
        """What was kept before this start; a damaged list is none, and is learned anew."""
        try:
            return msgspec.json.decode((self._folder / _LIST).read_bytes(), type=list[Reference])
        except (OSError, msgspec.MsgspecError, ValueError):
            return []

    def note(self, references: Sequence[Reference]) -> None:
        """Keep the list. Raises OSError."""
        _replace(self._folder / _LIST, msgspec.json.encode(list(references)))

    def get(self, name: str) -> bytes | None:
        with contextlib.suppress(OSError):
            return self._file(name).read_bytes()
        return None

    def put(self, name: str, picture: bytes) -> None:
        """Raises OSError."""
        _replace(self._file(name), picture)

    def drop(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        """A name without an ending is a picture's."""
        return self._folder / (name if "." in name else f"{name}.jpg")

    def show(self, at: datetime, fault: str, before: bytes, after: bytes) -> None:
        """Keep what a change looked like, a fault's or its end, and the last healthy look before. Raises OSError."""
        stamp = f"{at:%Y%m%dT%H%M%S}-{fault or 'ok'}"
        for which, picture in (("before", before), ("after", after)):
            if picture:
                _replace(self._evidence / f"{stamp}-{which}.jpg", picture)
        for old in sorted(self._evidence.iterdir())[:-EVIDENCE_KEPT]:
            old.unlink(missing_ok=True)

    def latest_fault(self) -> Evidence | None:
        """The pictures of the newest fault that has any. Raises OSError."""
        faults = {path.name.rpartition("-")[0]: _told(path.name) for path in self._evidence.glob("*.jpg")}
        known = sorted((told, stamp) for stamp, told in faults.items() if told is not None and told[1])
        if not known:
            return None
        (at, fault), stamp = known[-1]
        before, after = (self._shown(f"{stamp}-{which}.jpg") for which in ("before", "after"))
        return Evidence(at, fault, before, after)

    def expire(self, until: datetime) -> None:
        """Delete the evidence from before `until`, and what tells no instant. Raises OSError."""
        for path in self._evidence.iterdir():
            told = _told(path.name)
            if told is None or told[0] < until:
                path.unlink(missing_ok=True)

    def _shown(self, name: str) -> bytes:
        with contextlib.suppress(FileNotFoundError):
            return (self._evidence / name).read_bytes()
        return b""


def clear_out(folder: Path, cameras: Container[str], until: datetime) -> None:
    """Delete all pictures of what is no longer among the cameras, and was not since `until`. Raises OSError."""
    for each in folder.iterdir():
        inside = sorted(each.rglob("*"), reverse=True)
        if each.name in cameras or max(path.stat().st_mtime for path in (each, *inside)) >= until.timestamp():
            continue
        for path in (*inside, each):
            path.rmdir() if path.is_dir() else path.unlink()


def _told(name: str) -> tuple[datetime, CameraFault] | None:
    """When and what, by a file's name; NONE where it shows a fault's end. None where it is not named so."""
    stamp, _, fault = name.rpartition("-")[0].partition("-")
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC), CameraFault("" if fault == "ok" else fault)
    except ValueError:
        return None


def _replace(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
