"""The plan each node was last sent, as it went out, and since when it carries each broadcast."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, delete, or_, select

from contract.orders import Counter
from hub.nodes.planning import HORIZON, REISSUE_AFTER
from hub.store import tables as t
from hub.store.database import insert

REACH = HORIZON + REISSUE_AFTER
"""How far ahead of its issue a plan tells."""
FEW = 500
"""So many nodes are asked for by name: databases bound how many values one question may have."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One plan as it was issued: `wire` is the signed envelope, `broadcasts` are those it carries."""

    node: str
    counter: Counter
    content_digest: str
    wire: bytes
    issued_at: datetime
    broadcasts: tuple[str, ...]


def issued(c: Connection, node: str | None = None) -> dict[str, Issued]:
    """The latest plan of each node, or of that one."""
    found: dict[str, list[str]] = {}
    held, plans = select(t.carried.c.node, t.carried.c.broadcast), select(t.plans)
    if node is not None:
        held, plans = held.where(t.carried.c.node == node), plans.where(t.plans.c.node == node)
    for row in c.execute(held.order_by(t.carried.c.broadcast)):
        found.setdefault(row.node, []).append(row.broadcast)
    return {
        row.node: Issued(
            row.node,
            Counter(row.epoch, row.n),
            row.content_digest,
            row.wire,
            row.issued_at,
            tuple(found.get(row.node, ())),
        )
        for row in c.execute(plans)
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
    found = carried(c, broadcast)
    return found if airing_at is None else later(found, first_reaching(c, broadcast, airing_at, found.keys()))


def issued_between(
    c: Connection, nodes: Collection[str], start: datetime, end: datetime
) -> list[tuple[str, Counter, datetime]]:
    """Which plans went out to these nodes from `start` up to before `end`, as long as that is remembered."""
    i = t.issues.c
    query = select(i.node, i.epoch, i.n, i.issued_at).where(i.node.in_(nodes), i.issued_at >= start, i.issued_at < end)
    return [(node, Counter(epoch, n), at) for node, epoch, n, at in c.execute(query.order_by(i.issued_at))]


def carried(c: Connection, broadcast: str) -> dict[str, Counter]:
    """For each node whose latest plan carries the broadcast: the counter from which on every plan did."""
    w = t.carried.c
    rows = c.execute(select(w.node, w.epoch, w.n).where(w.broadcast == broadcast))
    return {node: Counter(epoch, n) for node, epoch, n in rows}


def first_reaching(c: Connection, broadcast: str, airing_at: datetime, among: Collection[str]) -> dict[str, Counter]:
    """Of these nodes, whose plans carry the broadcast, the first plan that told so far ahead. A few of them are asked
    for alone."""
    w, i = t.carried.c, t.issues.c

    def of_first(column: ColumnElement[int]) -> ScalarSelect[int]:
        reaching = select(column).where(i.node == w.node, i.issued_at > airing_at - REACH)
        return reaching.order_by(i.epoch, i.n).limit(1).correlate(t.carried).scalar_subquery()

    query = select(w.node, of_first(i.epoch), of_first(i.n)).where(w.broadcast == broadcast)
    rows = c.execute(query if len(among) > FEW else query.where(w.node.in_(among)))
    return {node: Counter(epoch, first) for node, epoch, first in rows if node in among and first is not None}


def later(counters: Mapping[str, Counter], others: Mapping[str, Counter]) -> dict[str, Counter]:
    """The later of both, of each node that has both."""
    return {node: max(counter, others[node]) for node, counter in counters.items() if node in others}
