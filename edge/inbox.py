"""What comes down from the hub: judged by its form, then spooled for the speaker, which judges its signature."""

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from contract import codec
from contract.orders import Counter
from edge.access import Plaint
from edge.spool import Spool

MAX_COMMANDS = 100
"""Commands that may wait for the speaker. More come only from a broker in wrong hands, or pile up on a dead speaker."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The part of a plan or command that the link reads: enough to say what it has received."""

    counter: Counter


class Inbox:
    """Spools plans and commands. What a full card refuses is kept in memory and tried again at each `settle`."""

    def __init__(self, spool: Spool, ring_speaker: Callable[[], None]) -> None:
        self._spool = spool
        self.ring_speaker = ring_speaker
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MAX_COMMANDS)
        self._next_order = 1 + max((int(p.name) for p, _ in spool.commands() if p.name.isdigit()), default=0)
        self._plaint = Plaint(_log)
        self._plan_digest = b""
        self.received: Counter | None = None
        self.malformed = 0
        self._recall(spool.plan())

    def take(self, kind: str, wire: bytes) -> None:
        """Accept a `plan` or `command` if it has the form of one; else drop it, count it and say so."""
        try:
            counter = _counter(wire)
        except codec.Malformed as error:
            self.malformed += 1
            _log.warning("dropped a malformed %s (%d so far): %s", kind, self.malformed, error)
            return
        _log.info("%s %d.%d has arrived", kind, counter.epoch, counter.n)
        self._waiting.append((kind, wire))
        self.settle()

    def settle(self) -> None:
        """Write what waits to the spool, and ring. What the disk refuses stays for the next call."""
        try:
            while self._waiting:
                self._put(*self._waiting[0])
                self._waiting.popleft()
        except OSError as error:
            self._plaint.say(f"không ghi được vào thẻ nhớ / cannot write to the card: {error}")
        else:
            self._plaint.say("")

    def _put(self, kind: str, wire: bytes) -> None:
        if kind == "plan":
            self._put_plan(wire)
        elif sum(1 for _ in self._spool.commands()) < MAX_COMMANDS:
            self._spool.put_command(wire, self._next_order)
            self._next_order += 1
            self.ring_speaker()
        else:
            _log.error("dropped a command: %d already wait for the speaker", MAX_COMMANDS)

    def _put_plan(self, wire: bytes) -> None:
        """A retained plan comes again with every connection; the card need not bear it each time."""
        digest = hashlib.sha256(wire).digest()
        if digest != self._plan_digest:
            self._spool.put_plan(wire)
            self._plan_digest = digest
            self.received = _counter(wire)
            self.ring_speaker()

    def _recall(self, wire: bytes | None) -> None:
        """Go on after a restart from what lies in the spool; a file that is no plan is as good as none."""
        if wire is not None:
            try:
                self.received = _counter(wire)
            except codec.Malformed as error:
                _log.warning("the spooled plan is damaged: %s", error)
            else:
                self._plan_digest = hashlib.sha256(wire).digest()


def _counter(wire: bytes) -> Counter:
    return codec.unpack(codec.decode_envelope(wire).body, _Numbered).counter
