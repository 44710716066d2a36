"""Looks at every node's status and word again and again, and writes one Flip for each change."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hub.nodes import fleet
from hub.nodes.attendance import Attendance
from hub.nodes.fleet import Flip, Status, Word
from hub.nodes.leavers import Leavers
from hub.store import nodes, records
from hub.store.database import Database

SUBJECTS = (
    *("node", "sound", "clock", fleet.BOOT, fleet.HUB, *fleet.MACHINE),
    *(fleet.process_subject(name) for name in fleet.PROCESSES),
    *(fleet.restart_subject(name) for name in fleet.RESTARTED),
)
"""What the hub itself writes down; what cameras and targets do, their nodes tell, but for what they have no more."""
OVERLAP = timedelta(seconds=10)
"""A heartbeat may be committed this long after the moment it was heard."""


class Watch:
    """Compares each node's computed status, and what it says of itself, with the last Flip; one pass a call."""

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
        self._words: dict[str, Word] = {}
        self._read_to: datetime | None = None
        self._attendance = Attendance(database)
        self._leavers = Leavers()

    def look(self) -> list[Flip]:
        """Judge all nodes now. UNKNOWN is no change: it says something of the hub, not of the node."""
        now, since = self._now(), self._online_since()
        with self._database.read() as c:
            ids = [n.id for n in nodes.nodes(c) if not n.is_revoked]
            presences = nodes.presences(c)
            before = records.latest_flips(c, SUBJECTS)
            whole = records.latest_flips(c) if self._leavers.is_due(now) else {}
            beats = nodes.heartbeats(c, self._read_to)
        self._read_to = now - OVERLAP
        for node, (heartbeat, heard_at) in beats.items():
            known = self._words.get(node) or Word.first(heartbeat, heard_at)
            self._words[node] = known.then(heartbeat, heard_at)
        self._attendance.look(before, {node: self._words[node] for node in ids if node in beats}, now, since)
        flips, present = list[Flip](), dict[str, Word]()
        for node in ids:
            status = fleet.status(presences.get(node), now, since)
            last = before.get((node, "node"))
            if status not in (Status.UNKNOWN, Status.NEW) and (last is None or last.value != status.value):
                flips.append(Flip(node=node, subject="node", value=status.value, at=now))
            if status is Status.UP and node in self._words:
                present[node] = self._words[node]
                flips += fleet.inner_flips(node, self._words[node], before, now)
                flips += fleet.machine_flips(node, self._words[node], before)
        if whole:
            flips += self._leavers.look(whole, present, now)
        if flips:
            with self._database.write() as c:
                records.add_flips(c, flips, now)
            self._tell("fleet")
        return flips
