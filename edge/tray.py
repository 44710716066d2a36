"""A small folder on the tmpfs in which one process of the node leaves messages for another; each is taken once.

Bounded, and gone with the boot: for what is worth nothing any more a few minutes later. Files appear whole, by rename.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

MESSAGE_MAX = 64 * 1024


class Tray:
    """The folder `name` of the run folder, for `most` messages at once. Names sort in the order of arrival."""

    def __init__(self, run: Path, name: str, most: int) -> None:
        self._run = run
        self._folder = run / name
        self._most = most

    def put(self, name: str, data: bytes) -> bool:
        """Leave a message; False where too many wait already. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        if sum(1 for _ in self._folder.iterdir()) >= self._most:
            return False
        part = self._run / f".{self._folder.name}.part"
        part.write_bytes(data)
        part.rename(self._folder / name)
        return True

    def names(self) -> list[str]:
        """What waits, the oldest first; nothing while the folder is not there."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(path.name for path in self._folder.iterdir())
        return []

    def take(self, name: str) -> bytes:
        """Read a message and remove it. Raises OSError, and what cannot be removed is not taken either: it would be
        taken again and again."""
        path = self._folder / name
        with path.open("rb") as file:
            data = file.read(MESSAGE_MAX + 1)
        path.unlink()
        return data

    def take_all(self) -> Iterator[tuple[str, bytes]]:
        """Everything that waits. What another process just took away is passed over. Raises OSError."""
        for name in self.names():
            with contextlib.suppress(FileNotFoundError):
                yield name, self.take(name)
