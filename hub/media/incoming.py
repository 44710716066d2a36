"""Files that are still coming in, each on disk piece by piece, so that a hub that stops forgets none of them.

Two files each: what it is to become (`<id>.json`), and its bytes so far (`<id>.bytes`), whose length is the only word
on how much has come. One writer a file: whoever claims it last.
"""

import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec

from hub.media.rejection import Cause, Rejected, say_size

KEPT = timedelta(hours=24)
"""How long a file that was begun may take to come in."""
AT_ONCE = 4
"""Unfinished files of one person."""
ROOM_LEFT = 500_000_000
"""Bytes of disk that stay free whatever is promised: the database, and the form the sound is stored in."""
NAME_MAX = 200
"""Characters of a file's name and mark that are kept."""

_ID = re.compile(r"[0-9a-f]{32}")
_ABOUT, _BYTES = ".json", ".bytes"


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One file: whose, how long it will be, and the title it gets. `mark` tells the browser's file from others."""

    id: str
    user: str
    title: str
    name: str
    mark: str
    size: int
    begun_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.begun_at + KEPT


class WrongOffset(Exception):
    """The bytes do not continue what is here."""


class Superseded(Exception):
    """Another request has taken over this file."""


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Incoming:
    """The folder of files that are coming in. Call it from any thread, not from an event loop."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], free: Callable[[Path], int] = free_bytes) -> None:
        self.folder = folder
        self._clock = clock
        self._free = free
        self._lock = threading.Lock()
        self._turns: dict[str, int] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(self, user: str, title: str, name: str, mark: str, size: int, max_bytes: int) -> Arrival:
        """Promise a place to `size` bytes. Raises Rejected: nothing in it, too large, too many, or no room."""
        if size == 0:
            raise Rejected(Cause.EMPTY)
        if size > max_bytes:
            raise Rejected(Cause.TOO_LARGE, f"{size} bytes", say_size(max_bytes))
        self.sweep()
        with self._lock:
            if len(self.unfinished(user)) >= AT_ONCE:
                raise Rejected(Cause.TOO_MANY, limit=(str(AT_ONCE), str(AT_ONCE)))
            promised = sum(a.size - self.received(a) for a in self._all())
            if self._free(self.folder) - promised - size < ROOM_LEFT:
                raise Rejected(Cause.NO_ROOM, f"{size} bytes, {promised} promised")
            arrival = Arrival(
                id=secrets.token_hex(16),
                user=user,
                title=title,
                name=name[:NAME_MAX],
                mark=mark[:NAME_MAX],
                size=size,
                begun_at=self._clock(),
            )
            self.path(arrival).touch(mode=0o600)
            about = self.folder / f"{arrival.id}{_ABOUT}"
            draft = about.with_suffix(".new")
            draft.write_bytes(msgspec.json.encode(arrival))
            draft.replace(about)
        return arrival

    def find(self, id: str, user: str) -> Arrival | None:
        """A person's own file that is not given up yet."""
        arrival = self._read(self.folder / f"{id}{_ABOUT}") if _ID.fullmatch(id) else None
        if arrival is None or arrival.user != user or self._clock() >= arrival.expires_at:
            return None
        return arrival

    def path(self, arrival: Arrival) -> Path:
        return self.folder / f"{arrival.id}{_BYTES}"

    def received(self, arrival: Arrival) -> int:
        """Bytes that are here; none once it was forgotten."""
        try:
            return self.path(arrival).stat().st_size
        except FileNotFoundError:
            return 0

    def is_whole(self, arrival: Arrival) -> bool:
        return self.received(arrival) == arrival.size

    def unfinished(self, user: str) -> list[Arrival]:
        """A person's files that are still to be continued, oldest first."""
        return [a for a in self._all() if a.user == user and not self.is_whole(a) and self._clock() < a.expires_at]

    def whole(self) -> list[Arrival]:
        """All that came in whole and wait to be taken up, oldest first."""
        return [a for a in self._all() if self.is_whole(a)]

    def claim(self, arrival: Arrival) -> tuple[int, int]:
        """Take a file over from whoever wrote to it: the turn to write with, and the bytes that are here."""
        with self._lock:
            turn = self._turns[arrival.id] = self._turns.get(arrival.id, 0) + 1
            return turn, self.received(arrival)

    def write(self, arrival: Arrival, turn: int, offset: int, piece: bytes) -> int:
        """Put bytes at the end, which must be at `offset`; returns the new end. Raises Superseded or WrongOffset."""
        with self._lock, self._open(arrival, turn) as file:
            if file.seek(0, os.SEEK_END) != offset or offset + len(piece) > arrival.size:
                raise WrongOffset
            file.write(piece)
            return file.tell()

    def take_back(self, arrival: Arrival, turn: int, offset: int) -> None:
        """Forget what came after `offset`. Raises Superseded."""
        with self._lock, self._open(arrival, turn) as file:
            file.truncate(offset)

    def forget(self, arrival: Arrival) -> None:
        """Remove a file that was taken up, or is not wanted any more."""
        with self._lock:
            (self.folder / f"{arrival.id}{_ABOUT}").unlink(missing_ok=True)
            self.path(arrival).unlink(missing_ok=True)
            self._turns.pop(arrival.id, None)

    def sweep(self) -> None:
        """Remove what was begun too long ago and never came in whole, and what a killed hub left half made."""
        known = {a.id: a for a in self._all()}
        for arrival in known.values():
            if self._clock() >= arrival.expires_at and not self.is_whole(arrival):
                self.forget(arrival)
        with self._lock:
            for path in self.folder.glob("*"):
                if path.stem not in known and not (self.folder / f"{path.stem}{_ABOUT}").exists():
                    path.unlink(missing_ok=True)

    def _open(self, arrival: Arrival, turn: int) -> BinaryIO:
        """The bytes, for whoever has the turn. An existing file only: one that was forgotten does not come back."""
        if self._turns.get(arrival.id) != turn:
            raise Superseded
        return self.path(arrival).open("r+b")

    def _all(self) -> list[Arrival]:
        found = [self._read(path) for path in self.folder.glob(f"*{_ABOUT}")]
        return sorted((a for a in found if a is not None), key=lambda a: (a.begun_at, a.id))

    @staticmethod
    def _read(path: Path) -> Arrival | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Arrival)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
