"""Who may log in, who is logged in, and who did what."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.accounts import Role, Session, User
from hub.store import tables as t


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the record of deeds."""

    at: datetime
    who: str
    act: str
    subject: str
    detail: str = ""


def add_user(c: Connection, user: User) -> None:
    """Raises sqlalchemy.exc.IntegrityError where the name is taken."""
    c.execute(insert(t.users).values({**asdict(user), "villages": _json(user.villages)}))


def user(c: Connection, name: str) -> User | None:
    row = c.execute(select(t.users).where(t.users.c.name == name)).first()
    return None if row is None else _user(row)


def users(c: Connection) -> list[User]:
    return [_user(row) for row in c.execute(select(t.users).order_by(t.users.c.name))]


def set_password(c: Connection, name: str, password_hash: str) -> None:
    """Replace a password; whoever was logged in with the old one no longer is, and tokens made with it are void."""
    c.execute(update(t.users).where(t.users.c.name == name).values(password_hash=password_hash))
    c.execute(delete(t.sessions).where(t.sessions.c.user == name))
    c.execute(delete(t.tokens).where(t.tokens.c.user == name))


def set_villages(c: Connection, name: str, villages: Collection[str]) -> None:
    """Say which nodes this person answers for; none is the whole commune."""
    c.execute(update(t.users).where(t.users.c.name == name).values(villages=_json(villages)))


def set_pin(c: Connection, name: str, pin_hash: str) -> None:
    c.execute(update(t.users).where(t.users.c.name == name).values(pin_hash=pin_hash))


def add_session(c: Connection, session: Session) -> None:
    """Remember a log-in, and forget those that had run out by then."""
    c.execute(delete(t.sessions).where(t.sessions.c.expires_at <= session.created_at))
    c.execute(insert(t.sessions).values(asdict(session)))


def session(c: Connection, token_sha256: str, now: datetime) -> tuple[Session, User] | None:
    """The log-in behind a token, with its user; None where there is none or it has run out."""
    found = c.execute(
        select(t.sessions).where(t.sessions.c.token_sha256 == token_sha256, t.sessions.c.expires_at > now)
    ).first()
    owner = None if found is None else user(c, found.user)
    if found is None or owner is None:
        return None
    return Session(**found._mapping), owner


def sessions(c: Connection, user: str, now: datetime) -> list[Session]:
    """Where this person is logged in, the newest first."""
    s = t.sessions.c
    rows = c.execute(select(t.sessions).where(s.user == user, s.expires_at > now).order_by(s.created_at.desc()))
    return [Session(**row._mapping) for row in rows]


def end_session(c: Connection, token_sha256: str) -> None:
    c.execute(delete(t.sessions).where(t.sessions.c.token_sha256 == token_sha256))


def note(c: Connection, at: datetime, who: str, act: str, subject: str, detail: str = "") -> None:
    """Write down who did what to what."""
    n = c.execute(select(func.count()).where(t.notes.c.at == at)).scalar()
    c.execute(insert(t.notes).values(at=at, n=n, who=who, act=act, subject=subject, detail=detail))


def notes(c: Connection, limit: int = 100) -> list[Note]:
    """The newest deeds first."""
    n = t.notes.c
    rows = c.execute(select(n.at, n.who, n.act, n.subject, n.detail).order_by(n.at.desc(), n.n.desc()).limit(limit))
    return [Note(**row._mapping) for row in rows]


def last_note(c: Connection, act: str, subject: str) -> Note | None:
    """The newest deed of this kind with this subject."""
    n = t.notes.c
    query = select(n.at, n.who, n.act, n.subject, n.detail).where(n.act == act, n.subject == subject)
    row = c.execute(query.order_by(n.at.desc(), n.n.desc()).limit(1)).first()
    return None if row is None else Note(**row._mapping)


def count_notes(c: Connection, who: str, act: str, since: datetime) -> int:
    """How often this person did that since then."""
    n = t.notes.c
    query = select(func.count()).where(n.at >= since, n.who == who, n.act == act)
    return int(c.execute(query).scalar_one())


def deeds(c: Connection, subject: str, act: str = "") -> list[Note]:
    """All deeds with this subject, or those of one kind, the first first."""
    n = t.notes.c
    query = select(n.at, n.who, n.act, n.subject, n.detail).where(n.subject == subject)
    query = query.where(n.act == act) if act else query
    return [Note(**row._mapping) for row in c.execute(query.order_by(n.at, n.n))]


def count_deeds(c: Connection, subjects: Collection[str]) -> dict[str, int]:
    """How much was done to each of these."""
    n = t.notes.c
    query = select(n.subject, func.count().label("n")).where(n.subject.in_(subjects)).group_by(n.subject)
    return {row.subject: row.n for row in c.execute(query)}


def _user(row: Row[Any]) -> User:
    villages = frozenset(msgspec.json.decode(row.villages, type=list[str]))
    return User(**{**row._mapping, "role": Role(row.role), "villages": villages})


def _json(villages: Collection[str]) -> str:
    return msgspec.json.encode(sorted(villages)).decode()
