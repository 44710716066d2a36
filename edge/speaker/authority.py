"""Whom the speaker believes: keys, counters, validity and nonces. What passes here may sound; nothing else ever does.

Counters and keys are on disk (see `ledger`) before an order is handed on. Nonces live in memory: an order that
quotes one from before a restart is stale.
"""

import hashlib
import logging
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from contract import codec, signing
from contract.codec import Malformed
from contract.orders import Command, Counter, Cue, Envelope, Plan
from contract.signing import Keys, Refused
from contract.terms import Reason
from edge.clock import Clock
from edge.speaker.ledger import Accepted, Kind, Ledger

NONCE_EVERY_S = 60.0
NONCE_BLIND_S = 10.0
"""While the clock is not believed: the hub's answer tells the time the better, the younger the nonce it quotes."""
NONCES_KEPT = 128
"""Over an hour of them: a command's time to live is at most 3600 s."""
RENEW_AFTER_S = 1.0

_log = logging.getLogger(__name__)


class Nonces:
    """Words the hub must quote in a live order, each with the moment it was issued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: deque[tuple[str, float]] = deque(maxlen=NONCES_KEPT)
        self._issue()

    @property
    def newest(self) -> str:
        return self._issued[-1][0]

    def refresh(self, every_s: float = NONCE_EVERY_S) -> None:
        """Issue a fresh one where the newest is so old."""
        if self._age_s() >= every_s:
            self._issue()

    def renew(self) -> None:
        """Issue a fresh one now: somebody quoted a stale one. At most one a second."""
        if self._age_s() >= RENEW_AFTER_S:
            self._issue()

    def issued_s(self, nonce: str) -> float | None:
        """The monotonic second in which a nonce was issued here; None where it was not."""
        return next((at_s for each, at_s in self._issued if secrets.compare_digest(each, nonce)), None)

    def _age_s(self) -> float:
        return self._clock.monotonic() - self._issued[-1][1]

    def _issue(self) -> None:
        self._issued.append((secrets.token_hex(8), self._clock.monotonic()))


@dataclass(frozen=True, slots=True)
class Taken:
    """A live order taken up. It may begin to sound until the monotonic second `until_s`, and, where its cue was begun
    here before (`is_known`), not at all. It came at most `took_s` after it was signed."""

    command: Command
    until_s: float
    is_known: bool
    took_s: float = 0.0


class Authority:
    """Judges envelopes for one node. The keys of the ledger go before those of the settings, unless the settings
    come from another hub (another recovery key) or a later epoch: then a technician has joined the node anew."""

    def __init__(self, node: str, settled: Keys, ledger: Ledger, clock: Clock) -> None:
        self.nonces = Nonces(clock)
        self.plan_faults: tuple[str, ...] = ()
        self._node = node
        self._ledger = ledger
        self._clock = clock
        stored = ledger.keys()
        if stored is None or stored.recovery != settled.recovery or stored.epoch < settled.epoch:
            ledger.begin(settled)
            stored = settled
        self._keys = stored
        self._accepted: dict[Kind, Accepted | None] = {k: ledger.accepted(k) for k in ("plan", "command")}

    @property
    def kid(self) -> str:
        """The name of the key believed now."""
        return signing.kid(self._keys.daily)

    def counter(self, kind: Kind) -> Counter | None:
        """The counter of the newest order of a kind that was accepted."""
        accepted = self._accepted[kind]
        return accepted.counter if accepted else None

    def resume(self) -> Plan | None:
        """The plan accepted before the restart, verified again with the key it was accepted by."""
        stored = self._accepted["plan"]
        if stored is None:
            return None
        try:
            return stored.keys.open_plan(_read(stored.wire), self._node)[0]
        except Refused as error:
            _log.error("the stored plan is unusable, waiting for a new one: %s", error)
            return None

    def accept_plan(self, wire: bytes, now: datetime | None) -> Plan | None:
        """Judge a plan; None where it is the accepted one come again. `now` is None while the clock is not believed.

        What is wrong with single items of it stands in `plan_faults`; they are left out, the others are kept.
        Raises Refused; sqlite3.Error where it could not be stored, and then it is not accepted.
        """
        envelope = _read(wire)
        keys = self._keys.admit(envelope)
        plan, faults = keys.open_plan(envelope, self._node)
        if self._is_repeated("plan", plan.counter, envelope):
            return None
        if now is not None and now >= plan.valid_until:
            raise Refused(Reason.NOT_VALID_NOW, f"valid until {plan.valid_until:%Y-%m-%d %H:%M} UTC")
        self._store("plan", _accepted(plan.counter, envelope, wire, keys))
        self.plan_faults = faults
        return plan

    def accept_grant(self, wire: bytes) -> bool:
        """Follow a new key that was brought by hand; False where it is the one believed already.

        Raises Refused; sqlite3.Error where it could not be stored, and then it is not believed.
        """
        envelope = _read(wire)
        try:
            keys = self._keys.follow(envelope)
        except Refused as error:
            if error.reason is Reason.REPLAYED:
                return False
            raise
        self._ledger.begin(keys)
        self._keys = keys
        return True

    def accept_command(self, wire: bytes) -> Taken | None:
        """Judge a live order; None where it is the one taken up last, come again.

        A cue it brings has its row in the ledger when this returns. A stale nonce earns a fresh one.
        Raises Refused; sqlite3.Error where it could not be stored, and then it is not accepted.
        """
        envelope = _read(wire)
        keys = self._keys.admit(envelope)
        command = keys.open(envelope, Command, self._node)
        if self._is_repeated("command", command.counter, envelope):
            return None
        until_s = self._judge_nonce(command)
        cue = command.cue
        is_known = cue is not None and not self._ledger.unknown([cue])
        self._store("command", _accepted(command.counter, envelope, wire, keys), cue)
        took_s = self._clock.monotonic() - (until_s - command.ttl_s)
        return Taken(command, until_s, is_known, took_s)

    def _is_repeated(self, kind: Kind, counter: Counter, envelope: Envelope) -> bool:
        """True for the very order accepted last. Raises Refused for any other that is not newer."""
        last = self._accepted[kind]
        if last is None or counter > last.counter:
            return False
        if counter == last.counter and _digest(envelope) == last.body_digest:
            return True
        raise Refused(
            Reason.REPLAYED, f"counter {counter.epoch}.{counter.n}, had {last.counter.epoch}.{last.counter.n}"
        )

    def _judge_nonce(self, command: Command) -> float:
        issued_s = self.nonces.issued_s(command.nonce)
        now_s = self._clock.monotonic()
        if issued_s is not None and now_s <= issued_s + command.ttl_s:
            return issued_s + command.ttl_s
        self.nonces.renew()
        if issued_s is None:
            raise Refused(Reason.STALE_NONCE)
        raise Refused(Reason.EXPIRED, f"{now_s - issued_s:.0f} s old, good for {command.ttl_s:.0f}")

    def _store(self, kind: Kind, accepted: Accepted, cue: Cue | None = None) -> None:
        self._ledger.accept(kind, accepted, cue)
        self._accepted[kind] = accepted
        self._keys = accepted.keys


def _read(wire: bytes) -> Envelope:
    try:
        return codec.decode_envelope(wire)
    except Malformed as error:
        raise Refused(Reason.MALFORMED, str(error)[:200]) from None


def _digest(envelope: Envelope) -> bytes:
    return hashlib.sha256(envelope.body).digest()


def _accepted(counter: Counter, envelope: Envelope, wire: bytes, keys: Keys) -> Accepted:
    return Accepted(counter, _digest(envelope), wire, keys)
