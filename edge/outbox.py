"""Events that wait for the hub's receipt: one SQLite file a process, written by it alone and read by the link.

Append is durable when it returns (synchronous FULL). The link tells in its own database how far the hub has
committed; the owner prunes up to there.
"""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contract import codec
from contract.events import Event, Key

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event(
    id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, seq INTEGER, body BLOB, UNIQUE (stream, seq))
"""
_AFTER = "SELECT id, stream, seq, body FROM event WHERE id > ? ORDER BY id LIMIT ?"
MAX_EVENTS = 200_000
"""About 60 MB: years of playouts; beyond it the oldest go first, so that a full card cannot stop the speaker."""
DAMAGED = ".damaged"
"""What the name of a file ends with that was laid aside."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event as it lies in an outbox: `id` is its place there, `key` its name on the wire."""

    id: int
    key: Key
    body: bytes


class Outbox:
    """The owner's side. A fresh random stream is drawn each time it is opened, so keys never repeat.

    A damaged file is laid aside and begun anew: what waited in it is lost to the hub, its owner must live on. So must
    it with a card that takes no writing, to tell the hub that: the file is opened as soon as the card lets it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._stream = os.urandom(8).hex()  # what `secrets` does, without loading OpenSSL into every process
        self._seq = 0
        try:
            self._opened()
        except sqlite3.Error as error:
            _log.error("%s cannot be opened, nothing is put on record: %s", path, error)

    def draw_key(self) -> Key:
        """The next key of this stream. A key that is drawn and never put leaves a gap, which is no loss."""
        self._seq += 1
        return Key(stream=self._stream, seq=self._seq)

    def append(self, make: Callable[[Key], Event]) -> Event:
        """Add the event that `make` builds around its key. Raises sqlite3.Error where the disk refuses."""
        event = make(self.draw_key())
        self.put(event)
        return event

    def put(self, event: Event) -> None:
        """Add an event whose key was drawn earlier; one that lies here already is left as it is.

        So an owner that keeps its events in a ledger too may put them again after a crash: one key, one row.
        Raises sqlite3.Error.
        """
        self._opened().execute(
            "INSERT OR IGNORE INTO event(stream, seq, body) VALUES (?, ?, ?)",
            (event.key.stream, event.key.seq, codec.encode(event)),
        )

    def prune(self, committed_id: int) -> None:
        """Forget what the hub has committed, and the oldest beyond MAX_EVENTS. Raises sqlite3.Error."""
        db = self._opened()
        (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
        db.execute("DELETE FROM event WHERE id <= ?", (max(committed_id, newest - MAX_EVENTS),))

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _opened(self) -> sqlite3.Connection:
        """The file, opened now where it could not be before. Raises sqlite3.Error."""
        if self._db is None:
            db = open_or_renew(self._path, _open)
            _start_above(db, committed_id(self._path.with_name("link.db"), self._path.stem))
            self._db = db
        return self._db


class OutboxReader:
    """The link's side: reads what another process appends, and never writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._inode = 0

    def after(self, id: int, limit: int = 200) -> list[Waiting]:
        """The next events behind place `id`, oldest first; none while the outbox does not exist yet."""
        try:
            found = self._open().execute(_AFTER, (id, limit)).fetchall()
        except (sqlite3.OperationalError, FileNotFoundError):
            self.close()
            return []
        return [Waiting(row_id, Key(stream=stream, seq=seq), body) for row_id, stream, seq, body in found]

    def _open(self) -> sqlite3.Connection:
        """The file that has the name now: its owner may have begun a new one."""
        inode = self._path.stat().st_ino
        if self._db is None or inode != self._inode:
            self.close()
            self._db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, isolation_level=None)
            self._inode = inode
        return self._db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def open_or_renew(path: Path, open: Callable[[Path], sqlite3.Connection]) -> sqlite3.Connection:
    """Open a database; a damaged one is laid aside and begun anew. Where the disk refuses, the file may be whole, and
    stays: raises sqlite3.OperationalError."""
    try:
        try:
            return open(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            _log.error("%s is damaged, laid aside and begun anew: %s", path, error)
            _lay_aside(path)
            return open(path)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from error


def _start_above(db: sqlite3.Connection, committed: int) -> None:
    """A file made anew must not use places again that the link counts as committed, or still has in flight."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
    if (row[0] if row else 0) < committed:
        db.execute("DELETE FROM sqlite_sequence WHERE name = 'event'")
        db.execute("INSERT INTO sqlite_sequence(name, seq) VALUES ('event', ?)", (committed + MAX_EVENTS,))


def _open(path: Path) -> sqlite3.Connection:
    share(path)
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        db.execute(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _lay_aside(path: Path) -> None:
    """Only the latest damage is kept. Its log would spoil the new file, and goes."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(path.with_name(path.name + DAMAGED))


def share(path: Path) -> None:
    """Make a new database writable for the group, before SQLite does it otherwise.

    The processes of a node are different users. Whoever reads first may make the files beside the database, which
    take its mode; its owner must be able to write them.
    """
    with contextlib.suppress(FileExistsError):
        path.touch(exist_ok=False)
        path.chmod(0o660)


def committed_id(link_db: Path, name: str) -> int:
    """Up to which place of the outbox `name` the hub has committed; 0 while the link has not said so."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{link_db}?mode=ro", uri=True)) as db:
            row = db.execute("SELECT id FROM cursor WHERE name = ?", (name,)).fetchone()
    except sqlite3.Error:
        return 0
    return int(row[0]) if row else 0
