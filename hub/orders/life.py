"""The life of an order: what may still become of it, and what it says after a change. Pure."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from contract.orders import Audio
from hub.orders import broadcasts
from hub.orders.broadcasts import GRACE_S, Broadcast, Stage
from hub.refusals import Refused, Stale
from hub.rules.rule import DaySets

LIVE_STANDS = timedelta(minutes=5)
"""How long the hub keeps trying to reach a node with a live order."""
_INSTANT = timedelta(microseconds=1)


def has_begun(broadcast: Broadcast, now: datetime) -> bool:
    """Whether its first airing has. A live order may sound from its approval on, a planned one from its instant."""
    return broadcast.starts_at is not None and (broadcast.is_live or broadcast.starts_at <= now)


def is_past(broadcast: Broadcast, now: datetime, sets: DaySets) -> bool:
    """Whether no airing of it is ahead."""
    if broadcast.rule is not None:
        return broadcasts.next_airing(broadcast, now, sets) is None
    return broadcast.starts_at is not None and broadcast.starts_at < now


def is_over(broadcast: Broadcast, now: datetime, sets: DaySets) -> bool:
    """Whether an approved broadcast has no airing any more that could be heard."""
    assert broadcast.starts_at is not None
    length = _longest(broadcast) + (LIVE_STANDS if broadcast.is_live else timedelta())
    if broadcast.rule is not None:
        return broadcasts.next_airing(broadcast, now - length, sets) is None
    return now > broadcast.starts_at + length


def submitted(broadcast: Broadcast, now: datetime, sets: DaySets) -> Broadcast:
    """A draft that now waits for approval. Raises Refused."""
    if broadcast.stage is not Stage.DRAFT:
        raise Refused("Chỉ trình duyệt được bản nháp.", "Only a draft can be submitted.")
    if is_past(broadcast, now, sets):
        raise Refused("Giờ phát đã qua. Hãy sửa giờ rồi trình lại.", "Its time has passed. Change it, then submit.")
    return replace(broadcast, stage=Stage.SUBMITTED, returned_by="", returned_for="")


def withdrawn(broadcast: Broadcast) -> Broadcast:
    """A draft again. Raises Refused."""
    _require_submitted(broadcast)
    return replace(broadcast, stage=Stage.DRAFT)


def returned(broadcast: Broadcast, leader: str, reason: str) -> Broadcast:
    """A draft again, with what is to be mended. Raises Refused, also for no reason."""
    _require_submitted(broadcast)
    if not reason:
        raise Refused("Hãy ghi lý do trả lại để cán bộ biết cần sửa gì.", "Say what is to be mended.")
    return replace(broadcast, stage=Stage.DRAFT, returned_by=leader, returned_for=reason)


def approved(broadcast: Broadcast, leader: str, seen: str, now: datetime, sets: DaySets) -> Broadcast:
    """What may go on air, if it still is what the leader saw (its digest). Raises Refused."""
    _require_submitted(broadcast)
    if seen != broadcasts.digest(broadcast):
        raise Stale
    try:
        return broadcasts.approve(broadcast, leader, now, sets)
    except ValueError:
        raise Refused(
            "Giờ phát đã qua, không duyệt được nữa. Hãy tạo buổi phát mới.", "Its time has passed. Order it anew."
        ) from None


def require_seen(broadcast: Broadcast, seen: str) -> None:
    """That it still says what somebody looked at (its digest; empty: nobody said). Raises Stale."""
    if seen and seen != broadcasts.digest(broadcast):
        raise Stale


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


def is_changeable(broadcast: Broadcast, now: datetime, sets: DaySets) -> bool:
    try:
        require_changeable(broadcast, now, sets)
    except Refused:
        return False
    return True


def changed(old: Broadcast, drafted: Broadcast) -> Broadcast:
    """The order as it says now: no approval outlives a change, single airings that were taken back stay so."""
    dropped = old.dropped if drafted.rule is not None else ()
    is_submitted = drafted.stage is not Stage.DRAFT
    return replace(
        drafted,
        id=old.id,
        created_at=old.created_at,
        dropped=dropped,
        returned_by="" if is_submitted else old.returned_by,
        returned_for="" if is_submitted else old.returned_for,
    )


def moved(old: Broadcast, at: datetime, mover: str) -> Broadcast:
    """The same order at another instant: what was approved waits for approval anew. Raises Refused for one that
    recurs."""
    if old.rule is not None:
        raise Refused(
            "Buổi phát này lặp lại, không dời từng lượt được. Hãy sửa lịch lặp lại.",
            "This broadcast recurs; change its rule instead of moving one airing.",
        )
    return _unapproved(replace(old, starts_at=at), mover)


def with_sound(old: Broadcast, replaced: Collection[str], audio: Audio, changer: str) -> Broadcast:
    """The same order with this sound wherever one of the `replaced` (SHA-256) was, which is no longer approved.

    Returns `old` itself where there is none of them.
    """

    def new(each: Audio) -> Audio:
        return audio if each.sha256 in replaced else each

    rule = old.rule
    if rule is not None:
        named = [replace(e, replacement=audio.sha256) if e.replacement in replaced else e for e in rule.exemptions]
        rule = replace(rule, exemptions=tuple(named))
    sounding = replace(
        old,
        audio=tuple(map(new, old.audio)),
        outro=tuple(map(new, old.outro)),
        variants=tuple(replace(v, audio=new(v.audio)) for v in old.variants),
        substitutes=tuple(dict.fromkeys(map(new, old.substitutes))),
        rule=rule,
    )
    return old if sounding == old else _unapproved(sounding, changer)


def _unapproved(order: Broadcast, changer: str) -> Broadcast:
    """A draft stays one; what waited or was approved waits for approval."""
    stage = Stage.DRAFT if order.stage is Stage.DRAFT else Stage.SUBMITTED
    return replace(order, stage=stage, author=changer, approved_by="", approved_at=None, approval="")


def _require_submitted(broadcast: Broadcast) -> None:
    if broadcast.stage is not Stage.SUBMITTED:
        raise Refused("Buổi phát này không còn chờ duyệt.", "This broadcast no longer waits for approval.")


def _longest(broadcast: Broadcast) -> timedelta:
    """From the instant of an airing until nothing of it can sound any more."""
    return timedelta(seconds=broadcast.duration_s + broadcast.patience_s + GRACE_S)
