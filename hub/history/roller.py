"""Makes the rollups that are due, and forgets what was kept long enough. May be killed anywhere, and run again.

What comes in notes in the same transaction which rollup it changes. That is made wholly anew from what is there, in one
transaction with the note's end and with a note for the next coarser one; so nothing is counted twice, and what came a
day late is counted at last.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.history import figures
from hub.history.figures import Rollup
from hub.history.levels import COARSER, FINER, ROLLED, Level, end_of, start_of, starts
from hub.store import history
from hub.store.database import Database

PORTION = 100
"""So many rollups a transaction: others want to write too."""
SETTLE = timedelta(minutes=1)
"""What was measured just before the end of a bucket comes in within this time, or the rollup is made once more."""
SLICE = 10
"""So many buckets of all nodes are forgotten at once."""


class Roller:
    """One portion a step. `keep` says for how long each level is kept; days are those of `zone`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], zone: ZoneInfo, keep: Mapping[Level, timedelta]
    ) -> None:
        self._database = database
        self._now = now
        self._zone = zone
        self._keep = keep

    def step(self) -> bool:
        """Make a portion of what is due, the finest first; when nothing is, forget a slice of what is old. Returns
        whether there may be more to do."""
        now = self._now()
        is_busy = any(self._make(level, start_of(level, now - SETTLE, self._zone)) for level in ROLLED)
        return is_busy or any(self._forget(level, now) for level in self._keep)

    def _make(self, level: Level, before: datetime) -> bool:
        """Those that ended by then. Returns whether any was due."""
        with self._database.read() as c:
            if not history.has_due(c, level, before):
                return False
        with self._database.write() as c:
            due = history.take_due(c, level, before, PORTION)
            made = []
            for start, nodes in history.by_start(due).items():
                finer = list(starts(FINER[level], start, end_of(level, start, self._zone), self._zone))
                for node, parts in history.parts(c, level, finer, nodes).items():
                    if parts:
                        made.append(((start, node), _rolled(level, parts)))
            history.put(c, level, made)
            if level in COARSER:
                coarser = COARSER[level]
                history.mark(c, coarser, {(start_of(coarser, start, self._zone), node) for start, node in due})
        return True

    def _forget(self, level: Level, now: datetime) -> bool:
        """The oldest slice of what is too old, by whole days, for what is left of one would pass for all of it if it
        were made again. Old is counted from the last measurement: a hub whose clock is wrong forgets nothing for it."""
        with self._database.read() as c:
            newest_at, oldest_at = history.newest_at(c), history.oldest_at(c, level)
        if newest_at is None or oldest_at is None:
            return False
        before = start_of(Level.DAY, min(now, newest_at) - self._keep[level], self._zone)
        if oldest_at >= before:
            return False
        with self._database.write() as c:
            history.forget(c, level, min(before, oldest_at + SLICE * timedelta(minutes=level)))
        return True


def _rolled(level: Level, parts: list[bytes]) -> Rollup:
    if FINER[level] is Level.MINUTE:
        return figures.roll_up(map(figures.unpack_sample, parts))
    return figures.merge(map(figures.unpack_rollup, parts))
