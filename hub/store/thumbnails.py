"""The small pictures that nodes sent because somebody here asked for them: each camera's newest, for a set time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select

from contract.pictures import Pictures
from contract.terms import CameraFault, Order
from hub.store import database, orders
from hub.store import tables as t

ANSWER_WITHIN = timedelta(minutes=10)
"""A node may still be sending pictures so long after it could take up the order."""
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """A camera as it was `at` that instant, and `before` and `after` its last fault began; empty where there is
    none."""

    node: str
    camera: str
    order: str
    asked_by: str
    at: datetime
    now: bytes
    before: bytes
    after: bytes
    fault: CameraFault
    fault_at: datetime | None
    expires_at: datetime


def take(c: Connection, node: str, sent: Pictures, received_at: datetime, keep: timedelta) -> bool:
    """Keep what a node sent in place of what was there. False, and nothing is kept, where no order of this hub's asked
    this node for pictures of that camera, or they are none. What comes twice is kept once, and no longer.
    """
    since = received_at - ANSWER_WITHIN
    asked = orders.of_camera(c, node, sent.camera, Order.SHOW, since)
    answered = next((order for order in asked if order.counter == sent.command), None)
    pictures = (sent.now, sent.before, sent.after)
    if answered is None or not all(each.startswith(_JPEG) for each in pictures if each):
        return False
    orders.note_done(c, answered.id)
    s = t.thumbnails.c
    c.execute(delete(t.thumbnails).where(s.node == node, s.camera == sent.camera, s.order != answered.id))
    row = {
        "node": node,
        "camera": sent.camera,
        "order": answered.id,
        "asked_by": answered.asked_by,
        "at": sent.at,
        "now": sent.now,
        "before": sent.before,
        "after": sent.after,
        "fault": sent.fault.value,
        "fault_at": sent.fault_at,
        "expires_at": received_at + keep,
    }
    c.execute(database.insert(c, t.thumbnails).on_conflict_do_nothing(), row)
    return True


def of_camera(c: Connection, node: str, camera: str, now: datetime) -> Thumbnails | None:
    """What there is and may still be shown."""
    s = t.thumbnails.c
    query = select(t.thumbnails).where(s.node == node, s.camera == camera, s.expires_at > now)
    row = c.execute(query).mappings().first()
    return None if row is None else Thumbnails(**{**row, "fault": CameraFault(row["fault"])})


def has_expired(c: Connection, now: datetime) -> bool:
    return bool(c.execute(select(exists().where(t.thumbnails.c.expires_at <= now))).scalar())


def forget_expired(c: Connection, now: datetime) -> int:
    """How many there were."""
    return c.execute(delete(t.thumbnails).where(t.thumbnails.c.expires_at <= now)).rowcount
