"""Looks at every node's status again and again, and writes one Flip for each change."""

from collections.abc import Callable
from datetime import datetime

from hub import fleet
from hub.fleet import Flip, Status
from hub.store import nodes, records
from hub.store.database import Database


class Watch:
    """Compares each node's computed status with the last Flip, one pass a call."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        online_since: Callable[[], datetime | None],
        tell: Callable[[str], None],
    ) -> None:
        self._database = database
        self._now = now
        self._online_since = online_since
        self._tell = tell

    def look(self) -> list[Flip]:
        """Judge all nodes now. UNKNOWN is no change: it says something of the hub, not of the node."""
        now, since = self._now(), self._online_since()
        with self._database.read() as c:
            ids = [n.id for n in nodes.nodes(c) if not n.is_revoked]
            presences = nodes.presences(c)
            before = records.latest_flips(c)
        flips: list[Flip] = []
        for node in ids:
            status = fleet.status(presences.get(node), now, since)
            last = before.get((node, "node"))
            if status not in (Status.UNKNOWN, Status.NEW) and (last is None or last.value != status.value):
                flips.append(Flip(node=node, subject="node", value=status.value, at=now))
        if flips:
            with self._database.write() as c:
                records.add_flips(c, flips)
            self._tell("fleet")
        return flips
