"""Counters of plans and commands: they only rise, for each node and kind alone."""

from typing import Literal

from sqlalchemy import Connection, and_, select, update

from contract.orders import Counter
from hub.store import meta
from hub.store import tables as t
from hub.store.database import insert

EPOCH_KEY = "epoch"
"""Where `meta` holds the epoch; raised by a key rotation."""


def next_counter(c: Connection, node: str, kind: Literal["plan", "command"], at_least: Counter | None) -> Counter:
    """Give out a counter above all given out before and above `at_least`, in the hub's epoch or a later one.

    Raises ValueError where the numbers of an epoch are used up.
    """
    k = t.counters.c
    is_this = and_(k.node == node, k.kind == kind)
    unused = insert(c, t.counters).values(node=node, kind=kind, epoch=0, n=0)
    c.execute(unused.on_conflict_do_nothing())
    row = c.execute(select(k.epoch, k.n).where(is_this).with_for_update()).one()
    floor = Counter(int(meta.get(c, EPOCH_KEY) or 0), 0)
    highest = max(Counter(row.epoch, row.n), at_least or floor, floor)
    counter = Counter(highest.epoch, highest.n + 1)
    c.execute(update(t.counters).where(is_this).values(epoch=counter.epoch, n=counter.n))
    return counter
