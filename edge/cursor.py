"""How far the hub has committed each outbox: `link.db`, written by the link, read by the outboxes' owners.

Losing it costs nothing but traffic: events are sent again, and the hub knows them by their keys.
"""

import logging
import sqlite3
from pathlib import Path

from edge.outbox import share

_SCHEMA = "CREATE TABLE IF NOT EXISTS cursor(name TEXT PRIMARY KEY, id INTEGER NOT NULL)"
_log = logging.getLogger(__name__)


class Cursors:
    """The link's side: one place an outbox. A damaged file is begun anew."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            _log.warning("%s is damaged and begun anew: %s", path, error)
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._db = _open(path)

    def get(self, name: str) -> int:
        row = self._db.execute("SELECT id FROM cursor WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def put(self, name: str, id: int) -> None:
        """Remember that all up to `id` is committed. Never goes back."""
        self._db.execute(
            "INSERT INTO cursor(name, id) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET id = max(id, excluded.id)",
            (name, id),
        )

    def close(self) -> None:
        self._db.close()


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
