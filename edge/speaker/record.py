"""The as-run record: every cue that ends gets exactly one, in the ledger first and in the outbox after.

A record keeps the key it was given. Whatever lies between ledger and outbox when the power fails is put again under
the same key, which the outbox and the hub each take once.
"""

from datetime import datetime

from contract.events import Playout
from contract.orders import Cue
from contract.terms import Outcome, Reason
from edge.clock import Clock
from edge.outbox import Outbox
from edge.speaker import playout
from edge.speaker.ledger import Ending, Ledger, Open
from edge.speaker.playout import Play

AT_ONCE = 5
"""Records moved to the outbox in one step: each is a sync, up to 60 ms on a slow card."""


class Record:
    """Writes down how cues ended; `flush` may be repeated until it succeeds."""

    def __init__(self, ledger: Ledger, outbox: Outbox, clock: Clock) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock
        self._ended: list[Ending] = []
        self._has_more = False

    def recover(self) -> None:
        """After a start: what was open when the last process ended is over, and records go on their way."""
        now = self._clock.now()
        records = [self._of_open(each, now) for each in self._ledger.open_cues()]
        if records:
            self._ledger.give_up(records)
        self._has_more = True

    def add_play(self, play: Play) -> None:
        """Note a play that is over."""
        record = playout.record(play, self._outbox.draw_key(), self._clock.now())
        self._ended.append(Ending(play.cue, record, play.total_heard_s))

    def add(self, cue: Cue, outcome: Outcome, reason: Reason) -> None:
        """Note the end of a cue that never began."""
        record = Playout(
            key=self._outbox.draw_key(),
            at=self._clock.now(),
            cue=cue.id,
            broadcast=cue.broadcast,
            outcome=outcome,
            reason=reason,
            planned_at=cue.at,
        )
        self._ended.append(Ending(cue, record))

    def settle(self) -> None:
        """Close in the ledger what was noted, so that the day's limits count it right. Raises sqlite3.Error."""
        if self._ended:
            self._ledger.finish(self._ended)
            self._ended.clear()
            self._has_more = True

    def flush(self) -> bool:
        """Settle, and hand on to the outbox; True where more is left for the next step. Raises sqlite3.Error."""
        self.settle()
        if self._has_more:
            batch = self._ledger.unexported(AT_ONCE)
            for record in batch:
                self._outbox.put(record)
            self._ledger.note_exported([record.cue for record in batch])
            self._has_more = len(batch) == AT_ONCE
        return self._has_more

    def _of_open(self, open_cue: Open, now: datetime) -> Playout:
        """What was intended may have been heard; a live order that only waited was not."""
        return Playout(
            key=self._outbox.draw_key(),
            at=now,
            cue=open_cue.cue,
            broadcast=open_cue.broadcast,
            outcome=Outcome.CUT if open_cue.is_intended else Outcome.MISSED,
            reason=Reason.POWER,
            planned_at=open_cue.planned_at,
            first_sample_at=open_cue.first_sample_at,
        )
