"""Where alerts go, the outbox, the register from which they are decided, and the links to say that one knows."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update

from hub.alerts.content import Content
from hub.alerts.letter import UNREACHED
from hub.alerts.place import Hears, Kind, Place
from hub.alerts.register import Register
from hub.store import meta
from hub.store import tables as t
from hub.store.database import insert as insert_new

_KEY = "alerts"
KEEP = timedelta(days=90)
"""So long the record says what was sent."""
TRIES_TELLING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message in the outbox. `next_at` is when it is tried (again), None where it was sent or given up; `fault` is
    what the last try met."""

    id: str
    place: str
    kind: str
    content: Content
    made_at: datetime
    tries: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A place at which nothing arrives any more: since the first message that did not, and why the last one did not."""

    place: Place
    since_at: datetime
    fault: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One incident, one place, until an instant."""

    incident: int
    place: str
    expires_at: datetime


def load(c: Connection) -> Register:
    """Where it cannot be read (another version wrote it) a new one begins: it knows of what opens from now on."""
    found = meta.get(c, _KEY)
    if found is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(found, type=Register)
    return Register()


def save(c: Connection, register: Register) -> None:
    meta.put(c, _KEY, msgspec.json.encode(register).decode())


def put_place(c: Connection, place: Place) -> None:
    """Add it, or write it as it is now."""
    row = {**asdict(place), "villages": msgspec.json.encode(sorted(place.villages)).decode()}
    statement = insert_new(c, t.places).values(row)
    c.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def places(c: Connection) -> list[Place]:
    """All that ever were, by name."""
    return _places(c, select(t.places).order_by(t.places.c.title, t.places.c.id))


def open_places(c: Connection) -> list[Place]:
    """Those that alerts go to now."""
    return _places(c, select(t.places).where(t.places.c.is_removed.is_(False)).order_by(t.places.c.id))


def place(c: Connection, id: str) -> Place | None:
    found = _places(c, select(t.places).where(t.places.c.id == id))
    return found[0] if found else None


def post(c: Connection, posted: Posted) -> None:
    """Lay a message into the outbox; one that lies there already stays as it is."""
    row = {**asdict(posted), "content": msgspec.json.encode(posted.content).decode()}
    c.execute(insert_new(c, t.messages).values(row).on_conflict_do_nothing())


def due(c: Connection, now: datetime) -> list[Posted]:
    """What is to be tried now; what was never tried first, then the oldest."""
    m = t.messages.c
    return _posted(c, select(t.messages).where(m.next_at <= now).order_by(m.tries, m.made_at, m.id))


def count_waiting(c: Connection) -> int:
    """How many messages have not arrived and are not given up."""
    return int(c.execute(select(func.count()).where(t.messages.c.next_at.is_not(None))).scalar_one())


def ahead_of(c: Connection, due: Posted) -> Posted:
    """The oldest message to the same place that waits because that could not be reached; itself where none does."""
    m = t.messages.c
    is_older = or_(m.made_at < due.made_at, and_(m.made_at == due.made_at, m.id < due.id))
    waits = and_(m.place == due.place, m.next_at.is_not(None), m.fault.in_(UNREACHED), is_older)
    found = _posted(c, select(t.messages).where(waits).order_by(m.made_at, m.id).limit(1))
    return found[0] if found else due


def claim(c: Connection, id: str, until: datetime) -> None:
    """It is being tried, and not again before `until` whatever becomes of that."""
    c.execute(update(t.messages).where(t.messages.c.id == id).values(next_at=until))


def note_sent(c: Connection, id: str, at: datetime) -> None:
    c.execute(
        update(t.messages).where(t.messages.c.id == id).values(sent_at=at, next_at=None, fault="", tries=_one_more())
    )


def note_failed(c: Connection, id: str, fault: str, next_at: datetime | None) -> None:
    """None: it is given up."""
    c.execute(update(t.messages).where(t.messages.c.id == id).values(next_at=next_at, fault=fault, tries=_one_more()))


def put_off(c: Connection, place: str, until: datetime) -> None:
    """Nothing is tried at this place sooner: it could not be reached just now."""
    m = t.messages.c
    c.execute(update(t.messages).where(m.place == place, m.next_at < until).values(next_at=until))


def give_up(c: Connection, place: str, fault: str) -> None:
    """All that still waits to go there."""
    m = t.messages.c
    c.execute(update(t.messages).where(m.place == place, m.next_at.is_not(None)).values(next_at=None, fault=fault))


def recent(c: Connection, limit: int, place: str = "") -> list[Posted]:
    """The newest first; only those to this place."""
    m = t.messages.c
    query = select(t.messages).where(m.place == place) if place else select(t.messages)
    return _posted(c, query.order_by(m.made_at.desc(), m.id.desc()).limit(limit))


def written_to(c: Connection) -> set[str]:
    """The places that something on record was made for."""
    return set(c.execute(select(t.messages.c.place).distinct()).scalars())


def unreached(c: Connection, since: datetime) -> list[Unreached]:
    """The places where the newest messages made after `since` did not arrive, by name. One try that failed shows
    nothing yet, and the test button has told its own failure."""
    m = t.messages.c
    query = select(m.place, m.made_at, m.tries, m.sent_at, m.fault).where(m.made_at >= since, m.tries > 0)
    failing: dict[str, tuple[datetime, str]] = {}
    for row in c.execute(query.order_by(m.made_at, m.id)):
        if row.sent_at is not None:
            failing.pop(row.place, None)
        elif row.tries >= TRIES_TELLING:
            first_at, _ = failing.get(row.place, (row.made_at, ""))
            failing[row.place] = (first_at, row.fault)
    found = [Unreached(place, *failing[place.id]) for place in open_places(c) if place.id in failing]
    return sorted(found, key=lambda each: each.place.title)


def add_tickets(c: Connection, found: Sequence[tuple[str, Ticket]]) -> None:
    """Each with the SHA-256 of its token."""
    if found:
        c.execute(insert(t.tickets), [{"token_sha256": sha256, **asdict(ticket)} for sha256, ticket in found])


def ticket(c: Connection, token_sha256: str, now: datetime) -> Ticket | None:
    """None where it is over."""
    query = select(t.tickets).where(t.tickets.c.token_sha256 == token_sha256, t.tickets.c.expires_at > now)
    row = c.execute(query).one_or_none()
    return None if row is None else Ticket(row.incident, row.place, row.expires_at)


def forget(c: Connection, now: datetime) -> None:
    """Drop what was sent or given up long ago, and links that are over."""
    m = t.messages.c
    c.execute(delete(t.messages).where(m.made_at < now - KEEP, m.next_at.is_(None)))
    c.execute(delete(t.tickets).where(t.tickets.c.expires_at <= now))


def _one_more() -> Any:
    return t.messages.c.tries + 1


def _places(c: Connection, query: Select[Any]) -> list[Place]:
    found: list[Place] = []
    for row in c.execute(query).mappings():
        villages = frozenset(msgspec.json.decode(row["villages"], type=list[str]))
        kinds = {"kind": Kind(row["kind"]), "hears": Hears(row["hears"])}
        found.append(Place(**{**row, **kinds, "villages": villages}))
    return found


def _posted(c: Connection, query: Select[Any]) -> list[Posted]:
    rows = c.execute(query).mappings()
    return [Posted(**{**row, "content": msgspec.json.decode(row["content"], type=Content)}) for row in rows]
