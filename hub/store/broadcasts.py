"""The orders of the officers, one row each; sounds and villages lie in it as JSON, never asked for alone."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from contract import codec
from contract.orders import Audio
from contract.terms import Late, Priority, Yielding
from hub.orders.broadcasts import Broadcast, Stage, Variant
from hub.rules.rule import Kind, Rule
from hub.store import tables as t

_UNAPPROVED = (Stage.DRAFT.value, Stage.SUBMITTED.value)


def add(c: Connection, broadcast: Broadcast) -> None:
    """Raises sqlalchemy.exc.IntegrityError where the id is taken."""
    c.execute(insert(t.broadcasts).values(_row(broadcast)))


def broadcast(c: Connection, id: str) -> Broadcast | None:
    row = c.execute(select(t.broadcasts).where(t.broadcasts.c.id == id)).mappings().first()
    return None if row is None else _broadcast(row)


def titles(c: Connection, ids: Collection[str]) -> dict[str, str]:
    """What those of the ids are called that are broadcasts."""
    b = t.broadcasts.c
    return {row.id: row.title for row in c.execute(select(b.id, b.title).where(b.id.in_(ids)))}


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
    """Those that may air from `start` up to before `end`, by their first airing, then the drafts without a time yet.

    Of those with a rule all whose span meets this one; whether an airing does, the rule alone knows.
    """
    b = t.broadcasts.c
    is_undated = and_(b.starts_at.is_(None), b.stage.in_(_UNAPPROVED))
    return _all(c, select(t.broadcasts).where(or_(and_(b.starts_at < end, _is_open(start)), is_undated)))


def approved(c: Connection, since: datetime) -> list[Broadcast]:
    """The approved ones that may air at `since` or later, by their first airing."""
    return _all(c, select(t.broadcasts).where(t.broadcasts.c.stage == Stage.APPROVED.value, _is_open(since)))


def unapproved(c: Connection, since: datetime) -> list[Broadcast]:
    """The drafts and the submitted ones that might air at `since` or later, by their first airing, those without a
    time last."""
    b = t.broadcasts.c
    return _all(c, select(t.broadcasts).where(b.stage.in_(_UNAPPROVED), or_(_is_open(since), b.starts_at.is_(None))))


def using(c: Connection, sounds: Collection[str]) -> list[Broadcast]:
    """Those with any of these sounds (SHA-256) in them, whatever their stage, by their first airing.

    Reads all rows: for the page of a recording and for what is done to it, not for every pass of the hub.
    """
    b = t.broadcasts.c
    held = [column.contains(each) for each in sounds for column in (b.audio, b.outro, b.variants, b.substitutes)]
    return _all(c, select(t.broadcasts).where(or_(false(), *held)))


def stations(c: Connection, most: int = 20) -> list[str]:
    """The addresses that were rebroadcast, what was ordered last first."""
    b = t.broadcasts.c
    used = select(b.stream).where(b.stream != "").group_by(b.stream)
    return list(c.execute(used.order_by(func.max(b.created_at).desc(), b.stream).limit(most)).scalars())


def _all(c: Connection, query: Select[Any]) -> list[Broadcast]:
    b = t.broadcasts.c
    ordered = query.order_by(b.starts_at.is_(None), b.starts_at, b.created_at, b.id)
    return [_broadcast(row) for row in c.execute(ordered).mappings()]


def _is_open(since: datetime) -> ColumnElement[bool]:
    """Whether an airing may begin at `since` or later."""
    b = t.broadcasts.c
    return or_(b.ends_at >= since, and_(b.rule != "", b.ends_at.is_(None)))


def _row(broadcast: Broadcast) -> dict[str, Any]:
    rule = broadcast.rule
    return {
        **asdict(broadcast),
        "audio": codec.encode(broadcast.audio).decode(),
        "nodes": codec.encode(broadcast.nodes).decode(),
        "priority": broadcast.priority.value,
        "stage": broadcast.stage.value,
        "rule": "" if rule is None else codec.encode(rule).decode(),
        "ends_at": broadcast.starts_at if rule is None else _end(rule),
        "substitutes": codec.encode(broadcast.substitutes).decode(),
        "late": broadcast.late.value,
        "yields": broadcast.yields.value,
        "dropped": codec.encode(broadcast.dropped).decode(),
        "outro": codec.encode(broadcast.outro).decode(),
        "variants": codec.encode(broadcast.variants).decode(),
    }


def _broadcast(row: RowMapping) -> Broadcast:
    held = {name: value for name, value in row.items() if name != "ends_at"}
    return Broadcast(
        **{
            **held,
            "audio": msgspec.json.decode(row["audio"], type=tuple[Audio, ...]),
            "nodes": msgspec.json.decode(row["nodes"], type=tuple[str, ...]),
            "priority": Priority(row["priority"]),
            "stage": Stage(row["stage"]),
            "rule": msgspec.json.decode(row["rule"], type=Rule) if row["rule"] else None,
            "substitutes": msgspec.json.decode(row["substitutes"], type=tuple[Audio, ...]),
            "late": Late(row["late"]),
            "yields": Yielding(row["yields"]),
            "dropped": msgspec.json.decode(row["dropped"], type=tuple[datetime, ...]),
            "outro": msgspec.json.decode(row["outro"], type=tuple[Audio, ...]),
            "variants": msgspec.json.decode(row["variants"], type=tuple[Variant, ...]),
        }
    )


def _end(rule: Rule) -> datetime | None:
    """An instant after the last airing can begin; None where there is no last one."""
    last = rule.days.dates[-1] if rule.days.kind is Kind.DATES else rule.last
    if last is None:
        return None
    return datetime.combine(last, time(), ZoneInfo(rule.zone)) + rule.overhang + timedelta(seconds=1)
