"""What the node measured while nobody could hear it: one heartbeat every few minutes, in memory, told when the hub
is back.

It costs the card nothing, and a restart of the link the figures of that outage; changes are kept in the outboxes.
"""

import zlib
from collections import deque

from contract import codec
from contract.reports import Heartbeat, PlanReport
from contract.terms import Trust

KEEP_EVERY_S = 300.0
"""The hub rolls up 5 minutes: one sample in each leaves no gap."""
KEPT_MOST = 432
"""36 hours, after which the hub takes them no more; 0.4 MB with seven targets."""
TELL_EVERY_S = 5.0
"""A commune comes back all at once: its hub has to hear the present meanwhile. 36 hours are told in 36 minutes."""


class Backlog:
    """Heartbeats as they go on the wire, deflated, the oldest first. Times are monotonic."""

    def __init__(self, now_s: float) -> None:
        self._kept: deque[bytes] = deque(maxlen=KEPT_MOST)
        self._keep_due_s = now_s + KEEP_EVERY_S
        self._tell_due_s = now_s

    def is_due(self, now_s: float) -> bool:
        return now_s >= self._keep_due_s

    def keep(self, beat: Heartbeat, now_s: float) -> None:
        """Keep its figures; of a clock that is not believed none, for nobody would know when they were measured."""
        self._keep_due_s = now_s + KEEP_EVERY_S
        if beat.clock.trust is not Trust.UNTRUSTED:
            figures = Heartbeat(
                at=beat.at,
                plan=PlanReport(),
                clock=beat.clock,
                vitals=beat.vitals,
                targets=beat.targets,
                network=beat.network,
                is_kept=True,
            )
            self._kept.append(zlib.compress(codec.encode(figures)))

    def hear(self, now_s: float) -> None:
        """Somebody listens now: the next is kept only after he has not for a while."""
        self._keep_due_s = now_s + KEEP_EVERY_S

    def take(self, now_s: float) -> bytes | None:
        """The next to tell, where one is due."""
        if not self._kept or now_s < self._tell_due_s:
            return None
        self._tell_due_s = now_s + TELL_EVERY_S
        return zlib.decompress(self._kept.popleft())
