"""Incidents as they are and were, who knows of each, who sees to it; and the book from which they are told on."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, exists, func, select, update
from sqlalchemy import insert as plain_insert

from hub.incidents.book import Book
from hub.incidents.incident import About, Incident, Kept, Member
from hub.store import meta
from hub.store import tables as t
from hub.store.database import insert

_KEY = "incidents"
_OWN = ("id", "about", "is_wide", "since_at", "opened_at", "closed_at", "returned_at", "reopenings", "merged_into")


@dataclass(slots=True)
class Told:
    """How far incidents are told: the book, up to when flips were read, and which of the last moments' are in it."""

    book: Book = field(default_factory=Book)
    read_to: datetime | None = None
    seen: list[str] = field(default_factory=list)


def load(c: Connection, now: datetime) -> Told:
    """Where the book cannot be read (another version wrote it) a new one begins: what is open counts as just closed, so
    that what is still wrong reopens it."""
    found = meta.get(c, _KEY)
    if found is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(found, type=Told)
    known = {kept.incident.id: kept.incident for kept in lasting(c)}
    for incident in known.values():
        incident.closed_at = now
        for member in incident.away:
            member.left_at = now
    last = c.execute(select(func.max(t.incidents.c.id))).scalar()
    return Told(Book(serial=last or 0, incidents=known))


def save(c: Connection, told: Told) -> None:
    meta.put(c, _KEY, msgspec.json.encode(told).decode())


def put(c: Connection, changed: Iterable[Incident]) -> None:
    """Write incidents as they are now; what people made of them stays."""
    for incident in changed:
        row = {name: getattr(incident, name) for name in _OWN} | {"about": incident.about.value}
        statement = insert(c, t.incidents).values(row)
        c.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
        c.execute(delete(t.incident_members).where(t.incident_members.c.incident == incident.id))
        members = [_values(incident.id, member) for member in incident.members]
        if members:
            c.execute(plain_insert(t.incident_members), members)


def lasting(c: Connection) -> list[Kept]:
    """Those that are open, the first first."""
    return _kept(c, select(t.incidents).where(t.incidents.c.closed_at.is_(None)).order_by(t.incidents.c.id))


def past(c: Connection, limit: int, node: str = "") -> list[Kept]:
    """Those that are over, the newest first; only those that touched this village. A part of another is in that one."""
    i, m = t.incidents.c, t.incident_members.c
    query = select(t.incidents).where(i.closed_at.is_not(None), i.merged_into == 0)
    if node:
        query = query.where(exists().where(m.incident == i.id, m.node == node))
    return _kept(c, query.order_by(i.closed_at.desc(), i.id.desc()).limit(limit))


def one(c: Connection, id: int) -> Kept | None:
    found = _kept(c, select(t.incidents).where(t.incidents.c.id == id))
    return found[0] if found else None


def set_known(c: Connection, id: int, who: str, at: datetime) -> None:
    c.execute(update(t.incidents).where(t.incidents.c.id == id).values(known_by=who, known_at=at))


def known(c: Connection) -> dict[int, datetime]:
    """Those open ones that somebody said to know of, and when."""
    i = t.incidents.c
    query = select(i.id, i.known_at).where(i.closed_at.is_(None), i.known_at.is_not(None))
    return {row.id: row.known_at for row in c.execute(query)}


def assign(c: Connection, id: int, who: str) -> None:
    """Empty is nobody."""
    c.execute(update(t.incidents).where(t.incidents.c.id == id).values(assigned_to=who))


def _kept(c: Connection, query: Select[Any]) -> list[Kept]:
    rows = c.execute(query).all()
    members = _members(c, [row.id for row in rows])
    found: list[Kept] = []
    for row in rows:
        own = {name: getattr(row, name) for name in _OWN} | {"about": About(row.about)}
        incident = Incident(**own, members=members.get(row.id, []))
        found.append(Kept(incident, row.known_by, row.known_at, row.assigned_to))
    return found


def _members(c: Connection, ids: Sequence[int]) -> dict[int, list[Member]]:
    m, found = t.incident_members.c, dict[int, list[Member]]()
    query = select(t.incident_members).where(m.incident.in_(ids)).order_by(m.incident, m.since_at, m.node, m.subject)
    for row in c.execute(query):
        values = {name: value for name, value in row._mapping.items() if name != "incident"}
        found.setdefault(row.incident, []).append(Member(**values))
    return found


def _values(incident: int, member: Member) -> dict[str, Any]:
    return {
        "incident": incident,
        "node": member.node,
        "subject": member.subject,
        "value": member.value,
        "detail": member.detail,
        "since_at": member.since_at,
        "left_at": member.left_at,
    }
