"""How far the hub has committed each outbox: `link.db`, written by the link, read by the outboxes' owners.

Losing it costs nothing but traffic: events are sent again, and the hub knows them by their keys.
"""

import logging
import sqlite3
from pathlib import Path

from edge.outbox import open_or_renew, share

_SCHEMA = "CREATE TABLE IF NOT EXISTS cursor(name TEXT PRIMARY KEY, id INTEGER NOT NULL)"
_PUT = "INSERT INTO cursor(name, id) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET id = max(id, excluded.id)"
_log = logging.getLogger(__name__)


class Cursors:
    """The link's side: one place an outbox. A damaged file is laid aside and begun anew; with a card that takes no
    writing the places are known for as long as this process lives."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._known: dict[str, int] = {}
        self._written: dict[str, int] = {}
        self._is_refused = False
        self._write()

    def get(self, name: str) -> int:
        return self._known.get(name, 0)

    def put(self, name: str, id: int) -> None:
        """Remember that all up to `id` is committed. Never goes back. What the card refuses is tried with the next."""
        self._known[name] = max(id, self.get(name))
        self._write()

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _write(self) -> None:
        try:
            db = self._opened()
            for name, id in self._known.items() - self._written.items():
                db.execute(_PUT, (name, id))
                self._written[name] = id
        except sqlite3.Error as error:
            if not self._is_refused:
                _log.error("%s: how far the hub has committed cannot be put on record: %s", self._path, error)
            self._is_refused = True
        else:
            self._is_refused = False

    def _opened(self) -> sqlite3.Connection:
        """The file, opened now where it could not be before, and what stands in it."""
        if self._db is None:
            self._db = open_or_renew(self._path, _open)
            self._written = dict(self._db.execute("SELECT name, id FROM cursor").fetchall())
            for name, id in self._written.items():
                self._known[name] = max(id, self.get(name))
        return self._db


def _open(path: Path) -> sqlite3.Connection:
    share(path)
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        # A power cut may take the last places back: then some events are sent twice, and known at the hub.
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute(_SCHEMA)
        db.execute("SELECT name, id FROM cursor").fetchall()
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db
