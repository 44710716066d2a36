"""When something that did not arrive is tried again. Pure."""

from datetime import datetime, timedelta

from hub.alerts.letter import Fault

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""After the first try, the second, and so on; then every hour."""
GIVE_UP_AFTER = timedelta(hours=24)
_NEVER = frozenset({Fault.BAD_ADDRESS, Fault.FORBIDDEN, Fault.REMOVED, Fault.STALE})


def next_try(tries: int, made_at: datetime, now: datetime, fault: Fault) -> datetime | None:
    """After so many tries; None where it is given up."""
    at = now + WAITS[min(tries, len(WAITS)) - 1]
    return None if fault in _NEVER or at - made_at > GIVE_UP_AFTER else at
