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
FORGET_EVERY = timedelta(hours=1)


class Roller:
    """One portion a step. `keep` says for how long each level is kept; days are those of `zone`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], zone: ZoneInfo, keep: Mapping[Level, timedelta]
    ) -> None:
        self._database = database
        self._now = now
        self._zone = zone
        self._keep = keep
        self._forget_at: datetime | None = None

    def step(self) -> bool:
        """Make a portion of what is due, the finest first; when nothing is, forget what is old. Returns whether there
        may be more to make."""
        now = self._now()
        for level in ROLLED:
            if self._make(level, start_of(level, now - SETTLE, self._zone)):
                return True
        if self._forget_at is None or now >= self._forget_at:
            self._forget(now)
            self._forget_at = now + FORGET_EVERY
        return False

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

    def _forget(self, now: datetime) -> None:
        """By whole days, for what is left of one would pass for all of it if it were made again."""
        for level, keep in self._keep.items():
            with self._database.write() as c:
                history.forget(c, level, start_of(Level.DAY, now - keep, self._zone))


def _rolled(level: Level, parts: list[bytes]) -> Rollup:
    if FINER[level] is Level.MINUTE:
        return figures.roll_up(map(figures.unpack_sample, parts))
    return figures.merge(map(figures.unpack_rollup, parts))
