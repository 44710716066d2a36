"""What the speaker must never forget: keys, counters, and the life of every cue. One SQLite file, synchronous FULL.

A cue has one row for ever: taken up (a live order), then intended (before any sound), then finished with its record.
A record counts as exported once it lies in the outbox. Rows are forgotten by their number, never by a date: this
machine's clock may be wrong, and a cue forgotten too soon could sound twice.
"""

import contextlib
import sqlite3
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from contract import codec
from contract.events import Playout
from contract.orders import Counter, Cue
from contract.rules import Span
from contract.signing import Keys
from contract.terms import Priority

KEPT_ROWS = 20_000
"""Four plans of the largest size; at 12 plays a day more than four years, and some 10 MB."""

Kind = Literal["plan", "command"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS trust(
    id INTEGER PRIMARY KEY CHECK (id = 1), recovery BLOB NOT NULL, daily BLOB NOT NULL, epoch INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS accepted(
    kind TEXT PRIMARY KEY, epoch INTEGER NOT NULL, n INTEGER NOT NULL, body_digest BLOB NOT NULL,
    wire BLOB NOT NULL, daily BLOB NOT NULL, key_epoch INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refused(kind TEXT PRIMARY KEY, wire_digest BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cue(
    id TEXT PRIMARY KEY, broadcast TEXT NOT NULL, priority TEXT NOT NULL, planned_at INTEGER NOT NULL,
    is_intended INTEGER NOT NULL DEFAULT 0, start_at INTEGER, heard_s REAL NOT NULL DEFAULT 0,
    first_sample_at INTEGER, record BLOB, is_exported INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS cue_open ON cue(id) WHERE record IS NULL;
CREATE INDEX IF NOT EXISTS cue_waiting ON cue(id) WHERE record IS NOT NULL AND is_exported = 0;
CREATE INDEX IF NOT EXISTS cue_heard ON cue(start_at) WHERE heard_s > 0;
"""
_NEW_CUE = "INSERT OR IGNORE INTO cue(id, broadcast, priority, planned_at) VALUES (?, ?, ?, ?)"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The newest order of one kind that was believed, and the keys that it was believed by."""

    counter: Counter
    body_digest: bytes
    wire: bytes
    keys: Keys


@dataclass(frozen=True, slots=True)
class Open:
    """A cue that was begun and never finished; `is_intended` ones may have been heard."""

    cue: str
    broadcast: str
    planned_at: datetime
    is_intended: bool
    first_sample_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a cue ended, and how many seconds of it were heard."""

    cue: Cue
    record: Playout
    heard_s: float = 0.0


class Ledger:
    """The speaker's memory; shared with nobody. Every method may raise sqlite3.Error and has then changed nothing."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def keys(self) -> Keys | None:
        row = self._db.execute("SELECT daily, recovery, epoch FROM trust").fetchone()
        return Keys(*row) if row else None

    def begin(self, keys: Keys) -> None:
        """Believe these keys from now on. Counters of another recovery key are another hub's, and forgotten."""
        former = self.keys()
        with self._transaction():
            if former is None or former.recovery != keys.recovery:
                self._db.execute("DELETE FROM accepted")
            self._store_keys(keys)

    def accepted(self, kind: Kind) -> Accepted | None:
        row = self._db.execute(
            "SELECT accepted.epoch, n, body_digest, wire, accepted.daily, recovery, key_epoch"
            " FROM accepted, trust WHERE kind = ?",
            (kind,),
        ).fetchone()
        if row is None:
            return None
        epoch, n, body_digest, wire, daily, recovery, key_epoch = row
        return Accepted(Counter(epoch, n), body_digest, wire, Keys(daily, recovery, key_epoch))

    def accept(self, kind: Kind, accepted: Accepted, cue: Cue | None = None) -> None:
        """Store counter and keys, and the cue of a live order that is taken up with it, before anything sounds."""
        with self._transaction():
            self._store_keys(accepted.keys)
            self._db.execute(
                "INSERT OR REPLACE INTO accepted VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    kind,
                    accepted.counter.epoch,
                    accepted.counter.n,
                    accepted.body_digest,
                    accepted.wire,
                    accepted.keys.daily,
                    accepted.keys.epoch,
                ),
            )
            if cue is not None:
                self._db.execute(_NEW_CUE, _identity(cue))

    def is_refused(self, kind: Kind, wire_digest: bytes) -> bool:
        """Whether these very bytes were the last to be refused and recorded."""
        row = self._db.execute("SELECT wire_digest FROM refused WHERE kind = ?", (kind,)).fetchone()
        return row is not None and row[0] == wire_digest

    def note_refused(self, kind: Kind, wire_digest: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO refused VALUES (?, ?)", (kind, wire_digest))

    def unknown(self, cues: Iterable[Cue]) -> list[Cue]:
        """Those that were never begun here, and so may still sound."""
        find = "SELECT 1 FROM cue WHERE id = ?"
        return [cue for cue in cues if self._db.execute(find, (cue.id,)).fetchone() is None]

    def intend(self, cue: Cue, start_at: datetime, duration_s: float) -> None:
        """Say on disk, before the first sample, that `cue` is going to sound. Raises sqlite3.IntegrityError where it
        was intended or finished already."""
        with self._transaction():
            self._db.execute(_NEW_CUE, _identity(cue))
            changed = self._db.execute(
                "UPDATE cue SET is_intended = 1, start_at = ?, heard_s = ?"
                " WHERE id = ? AND is_intended = 0 AND record IS NULL",
                (_us(start_at), duration_s, cue.id),
            )
            if changed.rowcount != 1:
                raise sqlite3.IntegrityError(f"cue {cue.id} has sounded, or been given up, before")

    def note_first_sample(self, cue: str, first_sample_at: datetime) -> None:
        """Keep the real first sample, so that a power cut does not take it."""
        at = _us(first_sample_at)
        self._db.execute("UPDATE cue SET first_sample_at = ?, start_at = ? WHERE id = ?", (at, at, cue))

    def finish(self, endings: Sequence[Ending]) -> None:
        """Close cues for ever, each with its record. One that is closed already keeps its first record."""
        with self._transaction():
            self._db.executemany(_NEW_CUE, [_identity(each.cue) for each in endings])
            for each in endings:
                self._close(each.record, each.heard_s)

    def give_up(self, records: Sequence[Playout]) -> None:
        """Close cues that were found open after a crash: nobody knows how much was heard, so that all that was intended
        goes on counting."""
        with self._transaction():
            for record in records:
                self._close(record, None)

    def open_cues(self) -> list[Open]:
        rows = self._db.execute(
            "SELECT id, broadcast, planned_at, is_intended, first_sample_at FROM cue WHERE record IS NULL ORDER BY id"
        )
        return [
            Open(id, broadcast, _at(planned), bool(is_intended), None if first is None else _at(first))
            for id, broadcast, planned, is_intended, first in rows
        ]

    def unexported(self, limit: int) -> list[Playout]:
        """The next records that are not known to lie in the outbox yet, oldest first."""
        rows = self._db.execute(
            "SELECT record FROM cue WHERE record IS NOT NULL AND is_exported = 0 ORDER BY rowid LIMIT ?", (limit,)
        )
        return [codec.decode(body, Playout) for (body,) in rows.fetchall()]

    def note_exported(self, cues: Sequence[str]) -> None:
        with self._transaction():
            self._db.executemany("UPDATE cue SET is_exported = 1 WHERE id = ?", [(cue,) for cue in cues])

    def heard(self, around: datetime, besides: Container[str] = ()) -> list[Span]:
        """What was heard, or may have been, within two days of `around`; without the cues `besides`."""
        two_days = timedelta(days=2)
        rows = self._db.execute(
            "SELECT id, start_at, heard_s, priority FROM cue WHERE heard_s > 0 AND start_at BETWEEN ? AND ?",
            (_us(around - two_days), _us(around + two_days)),
        )
        return [
            Span(_at(start), heard_s, Priority(priority)) for id, start, heard_s, priority in rows if id not in besides
        ]

    def prune(self, kept: int = KEPT_ROWS) -> None:
        """Forget all but the newest `kept` cues; never one whose record still has to go out."""
        self._db.execute("DELETE FROM cue WHERE is_exported = 1 AND rowid <= (SELECT max(rowid) FROM cue) - ?", (kept,))

    def close(self) -> None:
        self._db.close()

    def _store_keys(self, keys: Keys) -> None:
        self._db.execute("INSERT OR REPLACE INTO trust VALUES (1, ?, ?, ?)", (keys.recovery, keys.daily, keys.epoch))

    def _close(self, record: Playout, heard_s: float | None) -> None:
        self._db.execute(
            "UPDATE cue SET record = ?, heard_s = coalesce(?, heard_s) WHERE id = ? AND record IS NULL",
            (codec.encode(record), heard_s, record.cue),
        )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield


def _identity(cue: Cue) -> tuple[str, str, str, int]:
    return cue.id, cue.broadcast, cue.priority.value, _us(cue.at)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _US


def _at(us: int) -> datetime:
    return _EPOCH + us * _US
