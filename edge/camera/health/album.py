"""Where a camera's pictures lie on the node: references to compare with, and evidence of its faults.

A picture that is torn by a power cut is only one reference less; the list of them is replaced whole. Nothing here
leaves the node by itself.
"""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from edge.camera.health.bank import Reference

EVIDENCE_KEPT = 40
"""Pictures of the latest faults: before and after each."""
_LIST = "references.json"


class FolderAlbum:
    """One camera's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._evidence = folder / "evidence"
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
        """Keep what a fault looked like, and the last healthy look before it. Raises OSError."""
        stamp = f"{at:%Y%m%dT%H%M%S}-{fault or 'ok'}"
        for which, picture in (("before", before), ("after", after)):
            if picture:
                _replace(self._evidence / f"{stamp}-{which}.jpg", picture)
        for old in sorted(self._evidence.iterdir())[:-EVIDENCE_KEPT]:
            old.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
