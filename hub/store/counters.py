"""Counters of plans and commands: they only rise, for each node and kind alone."""

from typing import Literal

from sqlalchemy import Connection, select

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
    row = c.execute(select(k.epoch, k.n).where(k.node == node, k.kind == kind)).first()
    given = Counter(row.epoch, row.n) if row is not None else Counter(0, 0)
    base = max(given, at_least or given, Counter(int(meta.get(c, EPOCH_KEY) or 0), 0))
    counter = Counter(base.epoch, base.n + 1)
    values = {"epoch": counter.epoch, "n": counter.n}
    statement = insert(c, t.counters).values(node=node, kind=kind, **values)
    c.execute(statement.on_conflict_do_update(index_elements=["node", "kind"], set_=values))
    return counter
