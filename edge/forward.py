"""Carries the events of the node's outboxes to the hub, and remembers in `link.db` what the hub has committed."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from contract.orders import Receipt
from edge.access import Plaint
from edge.cursor import Cursors
from edge.outbox import OutboxReader, Waiting
from edge.uplink import Window

OUTBOXES = ("speaker", "camera", "netmon")

_log = logging.getLogger(__name__)


class Forwarder:
    """The outboxes in `folder`, their windows, and their cursors."""

    def __init__(self, folder: Path) -> None:
        self._cursors = Cursors(folder / "link.db")
        self._readers = {name: OutboxReader(folder / f"{name}.db") for name in OUTBOXES}
        self._windows = {name: Window(self._cursors.get(name)) for name in OUTBOXES}
        self._plaint = Plaint(_log)

    def due(self, now_s: float) -> Iterator[bytes]:
        """The events to send now, in the order of each outbox."""
        for name, window in self._windows.items():
            if window.room > 0:
                window.hold(self._read(name, window))
            for event in window.due(now_s):
                yield event.body

    def resend(self) -> None:
        """The connection or the hub is a new one: all that has no receipt is due again."""
        for window in self._windows.values():
            window.resend()

    def confirm(self, receipt: Receipt) -> None:
        for name, window in self._windows.items():
            if window.confirm(receipt):
                self._cursors.put(name, window.cursor)

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._cursors.close()

    def _read(self, name: str, window: Window) -> list[Waiting]:
        """A damaged outbox is its owner's to mend, and must not keep the others' events back."""
        try:
            return self._readers[name].after(window.last_id, window.room)
        except sqlite3.DatabaseError as error:
            self._plaint.say(f"{name}.db không đọc được / cannot be read: {error}")
            self._readers[name].close()
            return []
