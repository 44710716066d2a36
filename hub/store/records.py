"""What the nodes reported, and what the hub found out about them: one row an event for ever, however often it comes."""

from collections import Counter as Tally
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, func, select, tuple_

from contract.events import Change, Event, Key, Playout, Refusal
from contract.terms import Outcome, Reason
from hub.nodes.fleet import Flip
from hub.store import tables as t
from hub.store.database import insert

_Values = dict[str, Any]

HUB_STREAM = ""
"""The stream of flips that the hub itself finds; no node can name its own so."""


def insert_events(c: Connection, events: Sequence[tuple[str, Event, datetime]]) -> None:
    """Keep events of nodes; one that is known already changes nothing. Each comes with its node and its arrival."""
    playouts: list[_Values] = []
    changes: list[_Values] = []
    refusals: list[_Values] = []
    for node, event, received_at in events:
        key = {"node": node, "stream": event.key.stream, "seq": event.key.seq, "received_at": received_at}
        if isinstance(event, Playout):
            playouts.append(key | _playout_values(event))
        elif isinstance(event, Change):
            changes.append(
                key | {"at": event.at, "subject": event.subject, "value": event.value, "detail": event.detail}
            )
        else:
            refusals.append(
                key | {"at": event.at, "what": event.what, "reason": event.reason.value, "detail": event.detail}
            )
    _keep(c, t.playouts, playouts)
    _keep(c, t.refusals, refusals)
    _keep_flips(c, changes)


def playouts(c: Connection, broadcast: str, planned_at: datetime | None = None) -> dict[str, Playout]:
    """How a broadcast (or that airing of it) went on each node; where a node has several records, the latest."""
    p = t.playouts.c
    query = select(t.playouts).where(p.broadcast == broadcast)
    if planned_at is not None:
        query = query.where(p.planned_at == planned_at)
    rows = c.execute(query.order_by(p.planned_at, p.received_at, p.at, p.seq))
    return {row.node: _playout(row) for row in rows}


def count_playouts(c: Connection, broadcast: str, planned_at: datetime | None = None) -> int:
    """How many records there are of a broadcast, or of that airing."""
    p = t.playouts.c
    query = select(func.count()).where(p.broadcast == broadcast)
    return int(c.execute(query if planned_at is None else query.where(p.planned_at == planned_at)).scalar_one())


def playouts_between(c: Connection, start: datetime, end: datetime) -> list[tuple[str, Playout]]:
    """All airings planned from `start` up to before `end`, each with its node, in the order of the plan."""
    p = t.playouts.c
    rows = c.execute(
        select(t.playouts).where(p.planned_at >= start, p.planned_at < end).order_by(p.planned_at, p.node, p.at, p.seq)
    )
    return [(row.node, _playout(row)) for row in rows]


def playouts_of(c: Connection, node: str, limit: int) -> list[Playout]:
    """How the latest airings went on one node, the newest first."""
    return [_playout(row) for row in _newest(c, t.playouts, node, limit)]


def add_flips(c: Connection, found: Sequence[Flip], found_at: datetime | None = None) -> None:
    """Keep changes that the hub itself found, at the instant of each where no other is given: whoever reads what is new
    would not see one that is found only when it has been so for a while."""
    f = t.flips.c
    of_hub = and_(f.node.in_({flip.node for flip in found}), f.stream == HUB_STREAM)
    last = c.execute(select(f.node, func.max(f.seq).label("seq")).where(of_hub).group_by(f.node))
    seqs = Tally({row.node: row.seq for row in last})
    rows: list[_Values] = []
    for flip in found:
        seqs[flip.node] += 1
        rows.append(
            {
                "node": flip.node,
                "stream": HUB_STREAM,
                "seq": seqs[flip.node],
                "received_at": found_at or flip.at,
                "at": flip.at,
                "subject": flip.subject,
                "value": flip.value,
                "detail": flip.detail,
            }
        )
    _keep_flips(c, rows)


def flips(c: Connection, node: str | None = None, limit: int = 100) -> list[Flip]:
    """The newest changes first, of one node or of all."""
    return [_flip(row) for row in _newest(c, t.flips, node, limit)]


def flips_between(c: Connection, nodes: Collection[str], start: datetime, end: datetime) -> list[Flip]:
    """What changed on these nodes from `start` up to before `end`, the first first."""
    f = t.flips.c
    rows = c.execute(select(t.flips).where(f.node.in_(nodes), f.at >= start, f.at < end).order_by(f.at, f.seq))
    return [_flip(row) for row in rows]


def arrivals(c: Connection, since: datetime) -> list[tuple[str, Flip, datetime]]:
    """All changes that came in since then, the first first: each with its key as one word, and when it came."""
    f = t.flips.c
    rows = c.execute(select(t.flips).where(f.received_at >= since).order_by(f.received_at, f.at, f.stream, f.seq))
    return [(f"{row.node} {row.stream} {row.seq}", _flip(row), row.received_at) for row in rows]


def latest_flips(
    c: Connection, subjects: Collection[str] | None = None, node: str | None = None
) -> dict[tuple[str, str], Flip]:
    """What last changed, by node and subject; of these subjects, or of that node, alone, where they are given."""
    query = _latest(0)
    if subjects is not None:
        query = query.where(t.subjects.c.subject.in_(subjects))
    rows = c.execute(query if node is None else query.where(t.subjects.c.node == node))
    return {(row.node, row.subject): _flip(row) for row in rows}


def before_latest(c: Connection, subject: str, nodes: Collection[str]) -> dict[str, Flip]:
    """What this was on each of these nodes before its last change; nothing where that was the first."""
    s = t.subjects.c
    rows = c.execute(_latest(1).where(s.subject == subject, s.node.in_(nodes))) if nodes else ()
    return {row.node: _flip(row) for row in rows}


def _latest(before: int) -> Select[Any]:
    """Of each subject the change that has so many newer ones."""
    f, s, newer = t.flips.c, t.subjects.c, t.flips.alias().c
    found = (
        select(newer.stream, newer.seq)
        .where(newer.node == s.node, newer.subject == s.subject)
        .order_by(newer.received_at.desc(), newer.at.desc(), newer.seq.desc())
        .limit(1)
        .offset(before)
    )
    is_found = and_(f.node == s.node, tuple_(f.stream, f.seq) == found.scalar_subquery())
    return select(f.node, f.subject, f.value, f.at, f.detail).select_from(t.flips.join(t.subjects, is_found))


def has_changed(c: Connection, node: str, subject: str) -> bool:
    """Whether anything was ever written down about this."""
    s = t.subjects.c
    return c.execute(select(s.node).where(s.node == node, s.subject == subject)).first() is not None


def course(c: Connection, node: str, subjects: Collection[str], since: datetime, most: int = 10_000) -> list[Flip]:
    """What changed in these things of one node, the first first: each from its last change before `since` on, and of
    more than `most` the newest."""
    f = t.flips.c
    found: list[Flip] = []
    for subject in subjects:
        ours = select(t.flips).where(f.node == node, f.subject == subject)
        newest = (f.at.desc(), f.received_at.desc(), f.seq.desc())
        rows = [
            *c.execute(ours.where(f.at >= since).order_by(*newest).limit(most)),
            *c.execute(ours.where(f.at < since).order_by(*newest).limit(1)),
        ]
        found += [_flip(row) for row in reversed(rows)]
    return sorted(found, key=lambda flip: flip.at)


def courses(c: Connection, subjects: Collection[str], since: datetime, until: datetime) -> dict[str, list[Flip]]:
    """What the hub itself found of these things, of all nodes: from the last change before `since` up to `until`, by
    node, the first first."""
    f, s, older = t.flips.c, t.subjects.c, t.flips.alias().c
    columns = (f.node, f.subject, f.value, f.at, f.detail)
    of_hub = and_(f.subject.in_(subjects), f.stream == HUB_STREAM)
    newest = (
        select(older.stream, older.seq)
        .where(older.node == s.node, older.subject == s.subject, older.received_at < since)
        .order_by(older.received_at.desc(), older.at.desc(), older.seq.desc())
        .limit(1)
        .correlate(t.subjects)
    )
    is_newest = and_(f.node == s.node, tuple_(f.stream, f.seq) == newest.scalar_subquery())
    before = (
        select(*columns)
        .select_from(t.subjects.join(t.flips, is_newest))
        .where(s.subject.in_(subjects), f.stream == HUB_STREAM)
    )
    then = select(*columns).where(of_hub, f.received_at >= since, f.received_at < until).order_by(f.received_at, f.seq)
    found: dict[str, list[Flip]] = {}
    for node, subject, value, at, detail in [*c.execute(before), *c.execute(then)]:
        found.setdefault(node, []).append(Flip(node=node, subject=subject, value=value, at=at, detail=detail))
    return found


def refusals(c: Connection, node: str | None = None, limit: int = 100) -> list[tuple[str, Refusal]]:
    """What nodes did not accept, the newest first, each with its node."""
    return [(row.node, _refusal(row)) for row in _newest(c, t.refusals, node, limit)]


def count_refusals(c: Connection, since: datetime, node: str | None = None) -> dict[str, Tally[Reason]]:
    """How much each node, or that one, refused since then, by reason."""
    r = t.refusals.c
    query = select(r.node, r.reason, func.count().label("n")).where(r.received_at >= since)
    if node is not None:
        query = query.where(r.node == node)
    found: dict[str, Tally[Reason]] = {}
    for row in c.execute(query.group_by(r.node, r.reason)):
        found.setdefault(row.node, Tally())[Reason(row.reason)] = row.n
    return found


def _keep(c: Connection, table: Table, rows: Sequence[_Values]) -> None:
    if rows:
        c.execute(insert(c, table).on_conflict_do_nothing(), rows)


def _keep_flips(c: Connection, rows: Sequence[_Values]) -> None:
    _keep(c, t.flips, rows)
    pairs = {(row["node"], row["subject"]) for row in rows}
    _keep(c, t.subjects, [{"node": node, "subject": subject} for node, subject in sorted(pairs)])


def _newest(c: Connection, table: Table, node: str | None, limit: int) -> Sequence[Row[Any]]:
    query = select(table).order_by(table.c.received_at.desc(), table.c.at.desc(), table.c.seq.desc()).limit(limit)
    return c.execute(query if node is None else query.where(table.c.node == node)).all()


def _playout_values(playout: Playout) -> _Values:
    return {
        "at": playout.at,
        "cue": playout.cue,
        "broadcast": playout.broadcast,
        "outcome": playout.outcome.value,
        "reason": playout.reason.value,
        "planned_at": playout.planned_at,
        "first_sample_at": playout.first_sample_at,
        "last_sample_at": playout.last_sample_at,
        "level_dbfs": playout.level_dbfs,
        "rung": playout.rung,
        "offset_s": playout.offset_s,
        "interruptions": playout.interruptions,
        "repeats": playout.repeats,
    }


def _playout(row: Row[Any]) -> Playout:
    return Playout(
        key=Key(stream=row.stream, seq=row.seq),
        at=row.at,
        cue=row.cue,
        broadcast=row.broadcast,
        outcome=Outcome(row.outcome),
        reason=Reason(row.reason),
        planned_at=row.planned_at,
        first_sample_at=row.first_sample_at,
        last_sample_at=row.last_sample_at,
        level_dbfs=row.level_dbfs,
        rung=row.rung,
        offset_s=row.offset_s,
        interruptions=row.interruptions,
        repeats=row.repeats,
    )


def _flip(row: Row[Any]) -> Flip:
    return Flip(node=row.node, subject=row.subject, value=row.value, at=row.at, detail=row.detail)


def _refusal(row: Row[Any]) -> Refusal:
    key = Key(stream=row.stream, seq=row.seq)
    return Refusal(key=key, at=row.at, what=row.what, reason=Reason(row.reason), detail=row.detail)
