"""Live orders as the desk gives them: play this now, be silent now. `dispatch` signs them and sends them."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from contract.terms import Order
from hub.orders.life import LIVE_STANDS
from hub.store import orders
from hub.store.orders import LiveOrder


def play(c: Connection, broadcast: str, nodes: Iterable[str], now: datetime) -> None:
    orders.add(c, [_order(Order.PLAY, node, broadcast, now) for node in nodes])


def silence(c: Connection, broadcast: str, nodes: Iterable[str], now: datetime) -> None:
    """Send a stop for one broadcast, or (empty) for whatever sounds, and let no standing order to play start it again
    afterwards."""
    targets = tuple(nodes)
    for standing in orders.open_orders(c, now):
        is_meant = not broadcast or standing.broadcast == broadcast
        if standing.order is Order.PLAY and standing.node in targets and is_meant:
            orders.note_done(c, standing.id)
    orders.add(c, [_order(Order.STOP, node, broadcast, now) for node in targets])


def _order(order: Order, node: str, broadcast: str, now: datetime) -> LiveOrder:
    return LiveOrder(
        id="o" + secrets.token_hex(8),
        node=node,
        order=order,
        broadcast=broadcast,
        created_at=now,
        until_at=now + LIVE_STANDS,
    )
