"""Takes signed orders out of the spool to the authority, and records every refusal once."""

import hashlib
import logging
from collections import deque
from collections.abc import Iterator
from datetime import datetime

from contract.events import Refusal
from contract.form import MAX_TEXT
from contract.orders import Plan
from contract.signing import Refused
from contract.terms import Reason
from edge.clock import Clock
from edge.outbox import Outbox
from edge.speaker.authority import Authority, Taken
from edge.speaker.ledger import Kind, Ledger
from edge.spool import Spool

LOOK_AGAIN_S = 60.0
"""A plan that was refused may become good: the clock is set, or a live order brings a new key."""
STALE_SHOWN_S = 10.0
COMMANDS_A_STEP = 20
REFUSALS_AN_HOUR = 60
"""More are only logged: an intruder at the broker must not wear out the card."""

_log = logging.getLogger(__name__)


class Inbox:
    """The spool's untrusted side of the speaker."""

    def __init__(self, spool: Spool, authority: Authority, ledger: Ledger, outbox: Outbox, clock: Clock) -> None:
        self._plan_refused = Reason.NONE
        self._stale_until_s = clock.monotonic()
        self._spool = spool
        self._authority = authority
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock
        self._stamp: tuple[int, int] | None = None
        self._looked_s = clock.monotonic()
        self._told: deque[tuple[Kind, bytes]] = deque(maxlen=256)
        self._told_s: deque[float] = deque(maxlen=REFUSALS_AN_HOUR)

    @property
    def refused(self) -> Reason:
        """Why the newest plan in the spool is not the accepted one. For some seconds after a live order with a stale
        nonce it is STALE_NONCE, for which the link sends the fresh one on at once."""
        is_stale = self._clock.monotonic() < self._stale_until_s
        return Reason.STALE_NONCE if is_stale and self._plan_refused is Reason.NONE else self._plan_refused

    def plan(self, believed_now: datetime | None) -> Plan | None:
        """A newly accepted plan, or None. `believed_now` is None while the clock is not believed.

        Raises sqlite3.Error or OSError where the disk refuses; the plan is then looked at again.
        """
        stamp = self._spool.plan_stamp()
        is_due = self._plan_refused is not Reason.NONE and self._clock.monotonic() - self._looked_s >= LOOK_AGAIN_S
        if stamp is None or (stamp == self._stamp and not is_due):
            return None
        wire = self._spool.plan()
        if wire is None:
            return None
        plan: Plan | None = None
        try:
            plan = self._authority.accept_plan(wire, believed_now)
            self._plan_refused = Reason.NONE
            if plan is not None and self._authority.plan_faults:
                self._refuse("plan", wire, Refused(Reason.MALFORMED, "; ".join(self._authority.plan_faults)))
        except Refused as error:
            self._refuse("plan", wire, error)
            self._plan_refused = error.reason
        self._stamp = stamp
        self._looked_s = self._clock.monotonic()
        return plan

    def follow_grant(self) -> None:
        """Judge a new key that was brought on a stick, once. Raises sqlite3.Error or OSError."""
        wire = self._spool.grant()
        if wire is None:
            return
        try:
            if self._authority.accept_grant(wire):
                _log.warning("a new key is believed, brought by hand: %s", self._authority.kid)
        except Refused as error:
            _log.warning("the key brought by hand is refused: %s", error)
        self._spool.drop_grant()

    def commands(self) -> Iterator[Taken]:
        """Live orders taken up now, oldest first. What is judged leaves the spool; what the disk refuses to store
        stays there. Raises sqlite3.Error or OSError."""
        for count, (path, wire) in enumerate(self._spool.commands(), start=1):
            taken = self._judge(wire) if ("command", _digest(wire)) not in self._told else None
            if taken is not None:
                yield taken
            path.unlink(missing_ok=True)
            if count == COMMANDS_A_STEP:
                return

    def _judge(self, wire: bytes) -> Taken | None:
        try:
            return self._authority.accept_command(wire)
        except Refused as error:
            if error.reason in (Reason.STALE_NONCE, Reason.EXPIRED):
                self._stale_until_s = self._clock.monotonic() + STALE_SHOWN_S
            self._refuse("command", wire, error)
            return None

    def _refuse(self, kind: Kind, wire: bytes, error: Refused) -> None:
        digest = _digest(wire)
        if (kind, digest) in self._told or self._ledger.is_refused(kind, digest):
            return
        _log.warning("%s refused: %s", kind, error)
        if self._may_tell():
            reason, detail, now = error.reason, error.detail[:MAX_TEXT], self._clock.now()
            self._outbox.append(lambda key: Refusal(key=key, at=now, what=kind, reason=reason, detail=detail))
            self._ledger.note_refused(kind, digest)
            self._told_s.append(self._clock.monotonic())
        self._told.append((kind, digest))

    def _may_tell(self) -> bool:
        is_full = len(self._told_s) == REFUSALS_AN_HOUR
        return not is_full or self._clock.monotonic() - self._told_s[0] >= 3600.0


def _digest(wire: bytes) -> bytes:
    return hashlib.sha256(wire).digest()
