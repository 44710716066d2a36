"""What the pages have read before and need not read anew, where they look again and again at very many villages.

Nothing here is ever stale: each thing is asked for whether it is still the same, by something that costs little.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from contract.events import Playout
from contract.orders import Counter
from contract.reports import Heartbeat
from hub.store import nodes, plans, records

Key = TypeVar("Key")
Value = TypeVar("Value")
AIRINGS_KEPT = 16
"""Of so many airings it is remembered how they went; a commune has fewer on one day."""


class Memory:
    """One a hub, or a fresh one for a single look; for any thread."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, Heartbeat]] = {}
        self._went: dict[tuple[str, datetime | None], tuple[int, Mapping[str, Playout]]] = {}
        self._reaching: dict[datetime, Mapping[str, Counter]] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many airings are remembered in one way or another."""
        return len(self._went) + len(self._reaching)

    def heartbeats(self, c: Connection) -> dict[str, Heartbeat]:
        """What each node said last; a word that has the same letters as before is the same."""
        known, read = self._said, dict[str, tuple[str, Heartbeat]]()
        for node, body in nodes.bodies(c):
            before = known.get(node)
            read[node] = before if before is not None and before[0] == body else (body, nodes.read_heartbeat(body))
        self._said = read
        return {node: beat for node, (_, beat) in read.items()}

    def playouts(self, c: Connection, broadcast: str, at: datetime | None) -> Mapping[str, Playout]:
        """As `records.playouts`: while there are as many records as before, they are the same, for none changes."""
        count, known = records.count_playouts(c, broadcast, at), self._went.get((broadcast, at))
        if known is not None and known[0] == count:
            return known[1]
        found = records.playouts(c, broadcast, at)
        with self._lock:
            _keep(self._went, (broadcast, at), (count, found))
        return found

    def first_with(self, c: Connection, broadcast: str, at: datetime | None) -> Mapping[str, Counter]:
        """As `plans.first_with`: which plan of a node was the first to reach an instant is known for ever."""
        carried = plans.carried(c, broadcast)
        if at is None:
            return carried
        first = self._reaching.get(at, {})
        missing = carried.keys() - first.keys()
        if missing:
            first = {**first, **plans.first_reaching(c, broadcast, at, missing)}
            with self._lock:
                _keep(self._reaching, at, first)
        return plans.later(carried, first)


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > AIRINGS_KEPT:
        del kept[next(iter(kept))]
