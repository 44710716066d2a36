"""What changed, put on record once the clock is believed that it is dated by.

A Pi without a battery wakes up behind by as long as it was off. What its network and its cameras do until the clock is
set belongs after the power cut, not before it: it waits in memory, and moves with the clock. It waits for WAIT_S at
most, for a house may never be told the time.
"""

import logging
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.events import Change, Key
from contract.terms import Trust
from edge import clock, summary
from edge.clock import STEP_S, Clock
from edge.config import Paths
from edge.outbox import Outbox, committed_id
from edge.summary import SpeakerSummary

WAIT_S = 600.0
"""Of the machine's uptime: by then router and provider are up again, if they will be."""
SPEAKER_S = 60.0
"""By then the speaker, which asks the kernel, has said how far the clock is believed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """One change, before it has its key."""

    subject: str
    value: str
    at: datetime
    detail: str = ""

    def change(self, key: Key) -> Change:
        return Change(key=key, at=self.at, subject=self.subject, value=self.value, detail=self.detail)


class Diary:
    """The outbox of netmon, or of the cameras, and what waits to be dated before it goes there."""

    def __init__(self, paths: Paths, name: str, own_clock: Clock) -> None:
        self._paths = paths
        self._name = name
        self._outbox = Outbox(paths.state / f"{name}.db")
        self._clock = own_clock
        self._ahead_s = clock.ahead_s(own_clock)
        self._waiting: list[Note] = []
        self._is_dated = False
        self.is_clock_set: bool | None = None
        """As the speaker said when the clock was looked at last; None where it says nothing."""
        self._plaint = ""

    def put(self, note: Note) -> bool:
        """Put a change on record, or let it wait. False where the disk refuses: it may be put again."""
        if self._is_dated and not self._write(note):
            return False
        log.info("%s: %s %s", note.subject, note.value, note.detail)
        if not self._is_dated:
            self._waiting.append(note)
        return True

    def look_at_clock(self, uptime_s: float) -> bool:
        """Put on record what waits, once the clock is believed, or it is of no use to wait longer. True if it was."""
        self.is_clock_set = self._ask_speaker()
        self._is_dated = self._is_dated or self._may_date(uptime_s)
        count = len(self._waiting)
        while self._is_dated and self._waiting and self._write(self._waiting[0]):
            del self._waiting[0]
        return len(self._waiting) < count

    def notice_set_clock(self) -> timedelta | None:
        """By how much the clock was set since it was last asked; None where it was not. What waits moves with it: it
        was the clock that was wrong."""
        ahead_s = clock.ahead_s(self._clock)
        gained, self._ahead_s = timedelta(seconds=ahead_s - self._ahead_s), ahead_s
        if abs(gained.total_seconds()) <= STEP_S:
            return None
        log.warning("the clock was set by %.1f s", gained.total_seconds())
        self._waiting = [replace(note, at=note.at + gained) for note in self._waiting]
        return gained

    def prune(self) -> None:
        try:
            self._outbox.prune(committed_id(self._paths.state / "link.db", self._name))
        except sqlite3.Error as error:
            self._complain(f"the outbox cannot be pruned: {error}")

    def close(self) -> None:
        """What waits is put on record as it is dated by now: it must not be lost."""
        for note in self._waiting:
            self._write(note)
        self._outbox.close()

    def _may_date(self, uptime_s: float) -> bool:
        if self.is_clock_set is None:
            return uptime_s >= SPEAKER_S
        return self.is_clock_set or uptime_s >= WAIT_S

    def _ask_speaker(self) -> bool | None:
        said = summary.read(self._paths.run, "speaker", SpeakerSummary)
        return None if said is None else said.clock.trust is not Trust.UNTRUSTED

    def _write(self, note: Note) -> bool:
        try:
            self._outbox.append(note.change)
        except sqlite3.Error as error:
            self._complain(f"a change cannot be kept: {error}")
            return False
        self._plaint = ""
        return True

    def _complain(self, text: str) -> None:
        """Once: a card that takes no writing is asked again and again, and the log may lie on it."""
        if not self._plaint:
            log.error("%s", text)
        self._plaint = text
