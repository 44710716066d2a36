"""The plan each node was last sent, as it went out, and since when it carries each broadcast."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from contract.orders import Counter
from hub.nodes.planning import HORIZON, REISSUE_AFTER
from hub.store import tables as t
from hub.store.database import insert

REACH = HORIZON + REISSUE_AFTER
"""How far ahead of its issue a plan tells."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One plan as it was issued: `wire` is the signed envelope, `broadcasts` are those it carries."""

    node: str
    counter: Counter
    content_digest: str
    wire: bytes
    issued_at: datetime
    broadcasts: tuple[str, ...]


def issued(c: Connection) -> dict[str, Issued]:
    """The latest plan of each node."""
    carried: dict[str, list[str]] = {}
    for row in c.execute(select(t.carried.c.node, t.carried.c.broadcast).order_by(t.carried.c.broadcast)):
        carried.setdefault(row.node, []).append(row.broadcast)
    return {
        row.node: Issued(
            row.node,
            Counter(row.epoch, row.n),
            row.content_digest,
            row.wire,
            row.issued_at,
            tuple(carried.get(row.node, ())),
        )
        for row in c.execute(select(t.plans))
    }


def put(c: Connection, plan: Issued) -> None:
    """Keep a newly issued plan in place of the node's former one.

    What both carry keeps the older counter, unless the broadcast was approved anew in between.
    """
    counter = {"epoch": plan.counter.epoch, "n": plan.counter.n, "issued_at": plan.issued_at}
    new = insert(c, t.plans).values(node=plan.node, content_digest=plan.content_digest, wire=plan.wire, **counter)
    changed = {name: new.excluded[name] for name in ("epoch", "n", "content_digest", "wire", "issued_at")}
    c.execute(new.on_conflict_do_update(index_elements=["node"], set_=changed))

    c.execute(insert(c, t.issues).values(node=plan.node, **counter).on_conflict_do_nothing())
    is_spent = t.issues.c.issued_at < plan.issued_at - 2 * REACH
    c.execute(delete(t.issues).where(t.issues.c.node == plan.node, is_spent))

    old, b = t.carried.c, t.broadcasts.c
    approved_at = select(b.approved_at).where(b.id == old.broadcast).scalar_subquery()
    is_gone = or_(old.broadcast.not_in(plan.broadcasts), old.issued_at < approved_at)
    c.execute(delete(t.carried).where(old.node == plan.node, is_gone))
    if plan.broadcasts:
        rows = [{"node": plan.node, "broadcast": broadcast, **counter} for broadcast in plan.broadcasts]
        c.execute(insert(c, t.carried).on_conflict_do_nothing(), rows)


def first_with(c: Connection, broadcast: str, airing_at: datetime | None = None) -> dict[str, Counter]:
    """For each node whose latest plan carries the broadcast: the counter from which on every plan did.

    With `airing_at` (of a broadcast that recurs) only the plans count that reach so far.
    """
    w, i = t.carried.c, t.issues.c
    rows = c.execute(select(w.node, w.epoch, w.n).where(w.broadcast == broadcast))
    carried = {row.node: Counter(row.epoch, row.n) for row in rows}
    if airing_at is None:
        return carried
    reaching = select(i.node, i.epoch, i.n).where(i.issued_at > airing_at - REACH)
    first: dict[str, Counter] = {}
    for row in c.execute(reaching.order_by(i.node, i.epoch.desc(), i.n.desc())):
        first[row.node] = Counter(row.epoch, row.n)
    return {node: max(counter, first[node]) for node, counter in carried.items() if node in first}
