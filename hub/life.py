"""The life of an order: what may still become of it, and what it says after a change. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub import broadcasts
from hub.broadcasts import GRACE_S, Broadcast, Stage
from hub.refusals import Refused
from hub.rule import DaySets

LIVE_STANDS = timedelta(minutes=5)
"""How long the hub keeps trying to reach a node with a live order."""
_INSTANT = timedelta(microseconds=1)


def has_begun(broadcast: Broadcast, now: datetime) -> bool:
    """Whether its first airing has. A live order may sound from its approval on, a planned one from its instant."""
    return broadcast.starts_at is not None and (broadcast.is_live or broadcast.starts_at <= now)


def is_over(broadcast: Broadcast, now: datetime, sets: DaySets) -> bool:
    """Whether an approved broadcast has no airing any more that could be heard."""
    assert broadcast.starts_at is not None
    length = _longest(broadcast) + (LIVE_STANDS if broadcast.is_live else timedelta())
    if broadcast.rule is not None:
        return broadcasts.next_airing(broadcast, now - length, sets) is None
    return now > broadcast.starts_at + length


def require_changeable(broadcast: Broadcast, now: datetime, sets: DaySets) -> None:
    """What it says may be changed before it airs; of one that recurs, while none of its airings is on air.

    Raises Refused.
    """
    if broadcast.stage is Stage.CANCELLED:
        raise Refused("Buổi phát này đã huỷ rồi.", "This broadcast is cancelled already.")
    if broadcast.stage is not Stage.APPROVED:
        return
    if broadcast.rule is None and has_begun(broadcast, now):
        raise Refused(
            "Buổi phát này đã bắt đầu, không sửa được nữa. Hãy đặt buổi phát mới.",
            "This broadcast has begun and can no longer be changed. Order it anew.",
        )
    if broadcast.rule is not None and broadcasts.airings(broadcast, now - _longest(broadcast), now + _INSTANT, sets):
        raise Refused(
            "Buổi phát này đang phát. Hãy đợi hết lượt rồi sửa.",
            "This broadcast is on air. Wait until this airing is over.",
        )


def changed(old: Broadcast, drafted: Broadcast) -> Broadcast:
    """The order as it says now: no approval outlives a change, single airings that were taken back stay so."""
    dropped = old.dropped if drafted.rule is not None else ()
    return replace(drafted, id=old.id, created_at=old.created_at, dropped=dropped)


def moved(old: Broadcast, at: datetime, mover: str) -> Broadcast:
    """The same order at another instant, which is no longer approved. Raises Refused for one that recurs."""
    if old.rule is not None:
        raise Refused(
            "Buổi phát này lặp lại, không dời từng lượt được. Hãy sửa lịch lặp lại.",
            "This broadcast recurs; change its rule instead of moving one airing.",
        )
    cleared = {"approved_by": "", "approved_at": None, "approval": ""}
    return replace(old, starts_at=at, stage=Stage.DRAFT, author=mover, **cleared)  # type: ignore[arg-type]


def _longest(broadcast: Broadcast) -> timedelta:
    """From the instant of an airing until nothing of it can sound any more."""
    return timedelta(seconds=broadcast.duration_s + broadcast.patience_s + GRACE_S)
