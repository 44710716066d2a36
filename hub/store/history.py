"""What nodes measured: samples as they came, rollups of them, and which rollups are to be made (again)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, delete, func, select

from hub.history import figures
from hub.history.figures import Rollup, Sample
from hub.history.levels import FINER, Level
from hub.store import tables as t
from hub.store.database import insert

Bucket = tuple[datetime, str]
"""When it begins, and of which node it is."""


def keep_samples(c: Connection, heard: Iterable[tuple[str, datetime, Sample]]) -> None:
    """Keep what nodes measured, each at its instant (UTC), and note which rollups that changes. Of one minute the last
    counts, however often and in whatever order they come."""
    measured = [(node, at, sample) for node, at, sample in heard if sample]
    if not measured:
        return
    new = insert(c, t.samples)
    given = new.excluded
    statement = new.on_conflict_do_update(
        index_elements=["minute", "node"],
        set_={"ms": given.ms, "body": given.body},
        where=given.ms >= t.samples.c.ms,
    )
    rows = [{"minute": at, "node": node, "ms": _ms(at), "body": figures.pack(each)} for node, at, each in measured]
    c.execute(statement, rows)
    mark(c, Level.FIVE_MINUTES, {(_five(at), node) for node, at, _ in measured})


def mark(c: Connection, level: Level, buckets: Iterable[Bucket]) -> None:
    """Note that these are to be made. It waits for whoever is making one of them just now and may not have seen why."""
    rows = [{"level": level, "starts_at": start, "node": node} for start, node in sorted(buckets)]
    if rows:
        new = insert(c, t.rollups_due)
        keys = ["level", "starts_at", "node"]
        c.execute(new.on_conflict_do_update(index_elements=keys, set_={"node": new.excluded.node}), rows)


def has_due(c: Connection, level: Level, before: datetime) -> bool:
    """Whether a bucket is to be made that began before then."""
    d = t.rollups_due.c
    return c.execute(select(d.node).where(d.level == level, d.starts_at < before).limit(1)).first() is not None


def take_due(c: Connection, level: Level, before: datetime, most: int) -> list[Bucket]:
    """Of the buckets to be made that began before then the first ones, in order; they count as made once this is
    committed."""
    d = t.rollups_due.c
    ours = select(d.starts_at, d.node).where(d.level == level, d.starts_at < before)
    found = [(row.starts_at, row.node) for row in c.execute(ours.order_by(d.starts_at, d.node).limit(most))]
    for start, nodes in by_start(found).items():
        c.execute(delete(t.rollups_due).where(d.level == level, d.starts_at == start, d.node.in_(nodes)))
    return found


def by_start(buckets: Iterable[Bucket]) -> dict[datetime, list[str]]:
    found: dict[datetime, list[str]] = {}
    for start, node in buckets:
        found.setdefault(start, []).append(node)
    return found


def parts(c: Connection, level: Level, starts: Sequence[datetime], nodes: Sequence[str]) -> dict[str, list[bytes]]:
    """What the buckets of these nodes are made of, packed: all that begins at `starts` and is one level finer. The
    nodes are in the order of `take_due`: databases do not all sort alike."""
    found: dict[str, list[bytes]] = {node: [] for node in nodes}
    for node, _, body in _read(c, FINER[level], starts, lambda column: column.between(nodes[0], nodes[-1])):
        if node in found:
            found[node].append(body)
    return found


def put(c: Connection, level: Level, made: Iterable[tuple[Bucket, Rollup]]) -> None:
    """Write rollups, in place of what they were before."""
    rows = [
        {"level": level, "starts_at": start, "node": node, "body": figures.pack(rollup)}
        for (start, node), rollup in made
    ]
    if rows:
        new = insert(c, t.rollups)
        keys = ["level", "starts_at", "node"]
        c.execute(new.on_conflict_do_update(index_elements=keys, set_={"body": new.excluded.body}), rows)


def of_node(c: Connection, level: Level, node: str, starts: Sequence[datetime]) -> list[tuple[datetime, Rollup]]:
    """What there is of one node from the buckets that begin at `starts`, in order; a sample is a rollup of one."""
    rows = _read(c, level, starts, lambda column: column == node)
    if level is Level.MINUTE:
        return [(start, figures.roll_up([figures.unpack_sample(body)])) for _, start, body in rows]
    return [(start, figures.unpack_rollup(body)) for _, start, body in rows]


def newest_at(c: Connection) -> datetime | None:
    """When something was last measured, in whole minutes."""
    return c.execute(select(func.max(t.samples.c.minute))).scalar()


def oldest_at(c: Connection, level: Level) -> datetime | None:
    """When the oldest begins that is kept."""
    if level is Level.MINUTE:
        return c.execute(select(func.min(t.samples.c.minute))).scalar()
    return c.execute(select(func.min(t.rollups.c.starts_at)).where(t.rollups.c.level == level)).scalar()


def forget(c: Connection, level: Level, before: datetime) -> None:
    """Delete what began before then."""
    s, r = t.samples.c, t.rollups.c
    if level is Level.MINUTE:
        c.execute(delete(t.samples).where(s.minute < before))
    else:
        c.execute(delete(t.rollups).where(r.level == level, r.starts_at < before))


def _read(
    c: Connection, level: Level, starts: Sequence[datetime], whose: Callable[[Column[str]], ColumnElement[bool]]
) -> Iterable[tuple[str, datetime, bytes]]:
    s, r = t.samples.c, t.rollups.c
    if level is Level.MINUTE:
        query = select(s.node, s.minute, s.body).where(s.minute.in_(starts), whose(s.node))
        query = query.order_by(s.minute, s.node)
    else:
        query = select(r.node, r.starts_at, r.body).where(r.level == level, r.starts_at.in_(starts), whose(r.node))
        query = query.order_by(r.starts_at, r.node)
    return ((node, start, body) for node, start, body in c.execute(query))


def _ms(at: datetime) -> int:
    return (at.second * 1_000_000 + at.microsecond) // 1000


def _five(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
