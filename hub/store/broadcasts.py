"""The orders of the officers, one row each; sounds and villages lie in it as JSON, never asked for alone."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from contract import codec
from contract.orders import Audio
from contract.terms import Priority
from hub.broadcasts import Broadcast, Stage
from hub.store import tables as t


def add(c: Connection, broadcast: Broadcast) -> None:
    """Raises sqlalchemy.exc.IntegrityError where the id is taken."""
    c.execute(insert(t.broadcasts).values(_row(broadcast)))


def broadcast(c: Connection, id: str) -> Broadcast | None:
    row = c.execute(select(t.broadcasts).where(t.broadcasts.c.id == id)).mappings().first()
    return None if row is None else _broadcast(row)


def replace(c: Connection, broadcast: Broadcast) -> None:
    """Write the whole broadcast over what stands under its id."""
    c.execute(update(t.broadcasts).where(t.broadcasts.c.id == broadcast.id).values(_row(broadcast)))


def move(c: Connection, broadcast: Broadcast, expected: Stage) -> bool:
    """Write the broadcast only if it still stands in the expected stage; of two who try, one gets True."""
    b = t.broadcasts.c
    done = c.execute(
        update(t.broadcasts).where(b.id == broadcast.id, b.stage == expected.value).values(_row(broadcast))
    )
    return done.rowcount == 1


def between(c: Connection, start: datetime, end: datetime) -> list[Broadcast]:
    """Those that start from `start` up to before `end`, in order, then the drafts that have no time yet."""
    b = t.broadcasts.c
    is_undated = and_(b.starts_at.is_(None), b.stage == Stage.DRAFT.value)
    return _all(c, select(t.broadcasts).where(or_(and_(b.starts_at >= start, b.starts_at < end), is_undated)))


def approved(c: Connection, since: datetime) -> list[Broadcast]:
    """The approved ones that start at `since` or later, in order."""
    b = t.broadcasts.c
    return _all(c, select(t.broadcasts).where(b.stage == Stage.APPROVED.value, b.starts_at >= since))


def drafts(c: Connection) -> list[Broadcast]:
    """Those that wait for approval, the soonest first, those without a time last."""
    return _all(c, select(t.broadcasts).where(t.broadcasts.c.stage == Stage.DRAFT.value))


def _all(c: Connection, query: Select[Any]) -> list[Broadcast]:
    b = t.broadcasts.c
    ordered = query.order_by(b.starts_at.is_(None), b.starts_at, b.created_at, b.id)
    return [_broadcast(row) for row in c.execute(ordered).mappings()]


def _row(broadcast: Broadcast) -> dict[str, Any]:
    return {
        **asdict(broadcast),
        "audio": codec.encode(broadcast.audio).decode(),
        "nodes": codec.encode(broadcast.nodes).decode(),
        "priority": broadcast.priority.value,
        "stage": broadcast.stage.value,
    }


def _broadcast(row: RowMapping) -> Broadcast:
    return Broadcast(
        **{
            **row,
            "audio": msgspec.json.decode(row["audio"], type=tuple[Audio, ...]),
            "nodes": msgspec.json.decode(row["nodes"], type=tuple[str, ...]),
            "priority": Priority(row["priority"]),
            "stage": Stage(row["stage"]),
        }
    )
