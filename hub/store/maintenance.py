"""When somebody works on nodes and cameras."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, insert, or_, select, update

from hub.nodes.windows import Window
from hub.store import tables as t


def add(c: Connection, windows: Sequence[Window]) -> None:
    """Raises sqlalchemy.exc.IntegrityError where an id is taken."""
    c.execute(insert(t.maintenance), [asdict(window) for window in windows])


def window(c: Connection, id: str) -> Window | None:
    found = _windows(c, select(t.maintenance).where(t.maintenance.c.id == id))
    return found[0] if found else None


def end(c: Connection, id: str, at: datetime, who: str) -> None:
    c.execute(update(t.maintenance).where(t.maintenance.c.id == id).values(ended_at=at, ended_by=who))


def end_series(c: Connection, series: str, at: datetime, who: str) -> None:
    """All of it that has not begun."""
    m = t.maintenance.c
    is_to_come = and_(m.series == series, m.starts_at > at, m.ended_at.is_(None))
    c.execute(update(t.maintenance).where(is_to_come).values(ended_at=at, ended_by=who))


def of_node(c: Connection, node: str, since: datetime) -> list[Window]:
    """All of one node and its cameras that were not over by `since`, those to come too; the first first."""
    m = t.maintenance.c
    lasts = or_(m.ended_at.is_(None), m.ended_at > since)
    return _windows(c, select(t.maintenance).where(m.node == node, m.ends_at > since, lasts))


def between(c: Connection, start: datetime, end: datetime) -> dict[str, list[Window]]:
    """What lasts, lasted or will at any time from `start` up to before `end`, by node."""
    m = t.maintenance.c
    lasts = or_(m.ended_at.is_(None), m.ended_at > start)
    return _by_node(_windows(c, select(t.maintenance).where(m.starts_at < end, m.ends_at > start, lasts)))


def present(c: Connection, now: datetime) -> dict[str, list[Window]]:
    """What lasts now, by node."""
    m = t.maintenance.c
    query = select(t.maintenance).where(m.ends_at > now, m.starts_at <= now, m.ended_at.is_(None))
    return _by_node(_windows(c, query))


def begun(c: Connection, since: datetime, now: datetime) -> dict[str, list[Window]]:
    """What has begun by now and was not meant to be over by `since`, by node; also what was ended sooner."""
    m = t.maintenance.c
    return _by_node(_windows(c, select(t.maintenance).where(m.ends_at > since, m.starts_at <= now)))


def _by_node(windows: Iterable[Window]) -> dict[str, list[Window]]:
    found: dict[str, list[Window]] = {}
    for each in windows:
        found.setdefault(each.node, []).append(each)
    return found


def _windows(c: Connection, query: Select[Any]) -> list[Window]:
    m = t.maintenance.c
    return [Window(**row) for row in c.execute(query.order_by(m.starts_at, m.id)).mappings()]
