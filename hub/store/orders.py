"""Live orders: what one node, or a camera of its, is to do at once; kept until it is done or its time is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from contract.orders import Counter
from contract.terms import Order
from hub.store import tables as t


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOrder:
    """One order to one node. `counter` and `nonce` are those of the command last sent for it; `camera` and `asked_by`
    are of what is asked of a camera."""

    id: str
    node: str
    order: Order
    broadcast: str
    created_at: datetime
    until_at: datetime
    counter: Counter | None = None
    nonce: str = ""
    is_done: bool = False
    camera: str = ""
    asked_by: str = ""


def add(c: Connection, new: Sequence[LiveOrder]) -> None:
    """Raises sqlalchemy.exc.IntegrityError where an id is taken."""
    rows = [
        {
            "id": order.id,
            "node": order.node,
            "order": order.order.value,
            "broadcast": order.broadcast,
            "created_at": order.created_at,
            "until_at": order.until_at,
            "epoch": order.counter.epoch if order.counter else None,
            "n": order.counter.n if order.counter else None,
            "nonce": order.nonce,
            "is_done": order.is_done,
            "camera": order.camera,
            "asked_by": order.asked_by,
        }
        for order in new
    ]
    if rows:
        c.execute(insert(t.orders), rows)


def open_orders(c: Connection, now: datetime) -> list[LiveOrder]:
    """Those that stand: neither done nor over, the oldest first."""
    o = t.orders.c
    query = select(t.orders).where(o.is_done.is_(False), o.until_at > now).order_by(o.created_at, o.id)
    return [_order(row) for row in c.execute(query).mappings()]


def of_broadcast(c: Connection, broadcast: str) -> list[LiveOrder]:
    """All orders that concern one broadcast, the oldest first."""
    o = t.orders.c
    query = select(t.orders).where(o.broadcast == broadcast).order_by(o.created_at, o.id)
    return [_order(row) for row in c.execute(query).mappings()]


def of_camera(c: Connection, node: str, camera: str, order: Order, since: datetime) -> list[LiveOrder]:
    """What was asked of one camera, and was not over by `since`; the oldest first."""
    o = t.orders.c
    query = select(t.orders).where(o.node == node, o.camera == camera, o.order == order.value, o.until_at > since)
    return [_order(row) for row in c.execute(query.order_by(o.created_at, o.id)).mappings()]


def note_sent(c: Connection, id: str, counter: Counter, nonce: str) -> None:
    sent = {"epoch": counter.epoch, "n": counter.n, "nonce": nonce}
    c.execute(update(t.orders).where(t.orders.c.id == id).values(sent))


def note_done(c: Connection, id: str) -> None:
    c.execute(update(t.orders).where(t.orders.c.id == id).values(is_done=True))


def _order(row: RowMapping) -> LiveOrder:
    return LiveOrder(
        id=row["id"],
        node=row["node"],
        order=Order(row["order"]),
        broadcast=row["broadcast"],
        created_at=row["created_at"],
        until_at=row["until_at"],
        counter=None if row["n"] is None else Counter(row["epoch"], row["n"]),
        nonce=row["nonce"],
        is_done=row["is_done"],
        camera=row["camera"],
        asked_by=row["asked_by"],
    )
