"""Writes down when the hub itself could hear nobody, and when each node was started: without the one, its absence would
pass for that of the nodes; without the other, a node that was off for one that watched on.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from hub.nodes import fleet
from hub.nodes.fleet import HUB, Flip, Status
from hub.store import meta, records
from hub.store.database import Database

WATCHED_AT = "watched_at"
KEEP_EVERY = timedelta(seconds=60)
"""So much more of its own absence the hub tells after it was killed."""
GAP = timedelta(seconds=30)
"""The hub looks every second; after a longer pause (it hung, or its machine slept) it had not heard."""

Flips = Mapping[tuple[str, str], Flip]


class Attendance:
    """One look a pass of the watch; `before` are the last flips by node and subject."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as c:
            kept = meta.get(c, WATCHED_AT)
        self._watched_at = self._kept_at = None if kept is None else datetime.fromisoformat(kept)

    def look(self, before: Flips, words: Mapping[str, fleet.Word], now: datetime, since: datetime | None) -> None:
        """Write what is new. `words` are the heartbeats that came in, `since` is when the hub's broker came."""
        flips = [*self._own(before.get((HUB, HUB)), now, since), *_starts(before, words)]
        if since is not None:
            self._watched_at = now
        is_due = self._watched_at is not None and (
            self._kept_at is None or self._watched_at - self._kept_at >= KEEP_EVERY
        )
        if not flips and not is_due:
            return
        with self._database.write() as c:
            if flips:
                records.add_flips(c, flips)
            if self._watched_at is not None:
                meta.put(c, WATCHED_AT, self._watched_at.isoformat())
        self._kept_at = self._watched_at

    def _own(self, last: Flip | None, now: datetime, since: datetime | None) -> Iterator[Flip]:
        is_away, watched_at = last is not None and last.value == Status.DOWN, self._watched_at
        if since is None:
            if watched_at is not None and not is_away:
                yield _of_hub(Status.DOWN, watched_at)
            return
        is_gap = watched_at is not None and (since > watched_at or now - watched_at > GAP)
        if is_gap and watched_at is not None and not is_away:
            yield _of_hub(Status.DOWN, watched_at)
        if is_gap or is_away:
            yield _of_hub(Status.UP, since if watched_at is None or since > watched_at else now)


def _of_hub(status: Status, at: datetime) -> Flip:
    return Flip(node=HUB, subject=HUB, value=status.value, at=at)


def _starts(before: Flips, words: Mapping[str, fleet.Word]) -> Iterator[Flip]:
    for node, word in words.items():
        if (flip := fleet.start_flip(node, word, before.get((node, fleet.BOOT)))) is not None:
            yield flip
