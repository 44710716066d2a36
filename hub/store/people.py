"""Who may log in, who is logged in, and who did what."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.people.accounts import Role, Session, User, Waits
from hub.people.deeds import DeedName
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
    row = c.execute(_USER.where(t.users.c.name == name)).first()
    return None if row is None else _user(row)


def users(c: Connection) -> list[User]:
    return [_user(row) for row in c.execute(_USER.order_by(t.users.c.name))]


def set_password(c: Connection, name: str, password_hash: str, given_until: datetime | None = None) -> None:
    """Replace a password; whoever was logged in with the old one no longer is, and tokens made with it are void."""
    fresh = {"password_hash": password_hash, "given_until": given_until}
    c.execute(update(t.users).where(t.users.c.name == name).values(fresh))
    end_sessions(c, name)
    c.execute(delete(t.tokens).where(t.tokens.c.user == name))


def change(c: Connection, name: str, title: str, role: Role, villages: Collection[str]) -> None:
    """Say anew how a person is called, what for and where; without villages it is the whole commune."""
    fresh = {"title": title, "role": role.value, "villages": _json(villages)}
    c.execute(update(t.users).where(t.users.c.name == name).values(fresh))


def set_active(c: Connection, name: str, is_active: bool) -> None:
    """Let a person in, or no longer; then every log-in and every token of theirs ends too."""
    c.execute(update(t.users).where(t.users.c.name == name).values(is_active=is_active))
    if not is_active:
        end_sessions(c, name)
        c.execute(delete(t.tokens).where(t.tokens.c.user == name))


def end_sessions(c: Connection, name: str) -> int:
    """How many there were."""
    return c.execute(delete(t.sessions).where(t.sessions.c.user == name)).rowcount


def set_totp(c: Connection, name: str, secret: str, step: int) -> None:
    """Set the second factor, or (empty) drop it with its recovery codes."""
    c.execute(update(t.users).where(t.users.c.name == name).values(totp_secret=secret, totp_step=step))
    if not secret:
        put_codes(c, name, ())


def totp_step(c: Connection, name: str) -> int:
    """The last step whose code was used."""
    return int(c.execute(select(t.users.c.totp_step).where(t.users.c.name == name)).scalar_one())


def use_step(c: Connection, name: str, step: int) -> bool:
    """Count a code as used; of two who come with the same one, one gets True."""
    u = t.users.c
    done = c.execute(update(t.users).where(u.name == name, u.totp_step < step).values(totp_step=step))
    return done.rowcount == 1


def put_codes(c: Connection, name: str, digests: Collection[str]) -> None:
    """Replace the recovery codes."""
    c.execute(delete(t.recovery_codes).where(t.recovery_codes.c.user == name))
    if digests:
        c.execute(insert(t.recovery_codes), [{"user": name, "sha256": each} for each in digests])


def use_code(c: Connection, name: str, digest: str) -> bool:
    """Take a recovery code away; False where it was none."""
    r = t.recovery_codes.c
    return c.execute(delete(t.recovery_codes).where(r.user == name, r.sha256 == digest)).rowcount == 1


def count_codes(c: Connection, name: str) -> int:
    r = t.recovery_codes.c
    return int(c.execute(select(func.count()).where(r.user == name)).scalar_one())


def last_seen(c: Connection, name: str) -> datetime | None:
    found: datetime | None = c.execute(select(t.users.c.seen_at).where(t.users.c.name == name)).scalar()
    return found


def first_login(c: Connection, name: str, device: str) -> datetime | None:
    """When this person logged in for the first time with what calls itself so."""
    n = t.notes.c
    query = select(func.min(n.at)).where(n.who == name, n.act == "login", n.detail == device)
    found: datetime | None = c.execute(query).scalar()
    return found


def note_seen(c: Connection, name: str, at: datetime) -> None:
    c.execute(update(t.users).where(t.users.c.name == name).values(seen_at=at))


def seen(c: Connection) -> dict[str, datetime]:
    """When each was last there, of those who ever were."""
    u = t.users.c
    return {row.name: row.seen_at for row in c.execute(select(u.name, u.seen_at).where(u.seen_at.is_not(None)))}


def count_sessions(c: Connection, now: datetime) -> dict[str, int]:
    """How often each is logged in."""
    s = t.sessions.c
    query = select(s.user, func.count().label("n")).where(s.expires_at > now, s.waits_for == "").group_by(s.user)
    return {row.user: row.n for row in c.execute(query)}


def set_pin(c: Connection, name: str, pin_hash: str) -> None:
    c.execute(update(t.users).where(t.users.c.name == name).values(pin_hash=pin_hash))


def add_session(c: Connection, session: Session) -> None:
    """Remember a log-in, and forget those that had run out by then."""
    c.execute(delete(t.sessions).where(t.sessions.c.expires_at <= session.created_at))
    c.execute(insert(t.sessions).values(asdict(session)))
    if session.waits_for is Waits.NOTHING:
        note_seen(c, session.user, session.created_at)


def session(c: Connection, token_sha256: str, now: datetime) -> tuple[Session, User] | None:
    """The log-in behind a token, with its user, be it still half way; None where there is none or it has run out."""
    s = t.sessions.c
    found = c.execute(select(t.sessions).where(s.token_sha256 == token_sha256, s.expires_at > now)).first()
    owner = None if found is None else user(c, found.user)
    if found is None or owner is None or not owner.is_active:
        return None
    return _session(found), owner


def sessions(c: Connection, user: str, now: datetime) -> list[Session]:
    """Where this person is logged in, the newest first."""
    s = t.sessions.c
    own = select(t.sessions).where(s.user == user, s.expires_at > now, s.waits_for == "")
    return [_session(row) for row in c.execute(own.order_by(s.created_at.desc()))]


def end_session(c: Connection, token_sha256: str) -> None:
    c.execute(delete(t.sessions).where(t.sessions.c.token_sha256 == token_sha256))


def note(c: Connection, at: datetime, who: str, act: DeedName, subject: str, detail: str = "") -> None:
    """Write down who did what to what."""
    n = c.execute(select(func.count()).where(t.notes.c.at == at)).scalar()
    c.execute(insert(t.notes).values(at=at, n=n, who=who, act=act, subject=subject, detail=detail))


def notes(
    c: Connection,
    limit: int = 100,
    *,
    offset: int = 0,
    who: str = "",
    acts: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Note]:
    """The newest deeds first; those only of this person, of these acts, from `since` up to before `until`."""
    n = t.notes.c
    query = select(n.at, n.who, n.act, n.subject, n.detail)
    query = query.where(n.who == who) if who else query
    query = query.where(n.act.in_(acts)) if acts else query
    query = query.where(n.at >= since) if since else query
    query = query.where(n.at < until) if until else query
    rows = c.execute(query.order_by(n.at.desc(), n.n.desc()).limit(limit).offset(offset))
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


_FIELDS = ("name", "title", "role", "password_hash", "pin_hash", "villages", "is_active", "given_until", "totp_secret")
_USER = select(*(t.users.c[name] for name in _FIELDS))


def _session(row: Row[Any]) -> Session:
    return Session(**{**row._mapping, "waits_for": Waits(row.waits_for)})


def _user(row: Row[Any]) -> User:
    villages = frozenset(msgspec.json.decode(row.villages, type=list[str]))
    return User(**{**row._mapping, "role": Role(row.role), "villages": villages})


def _json(villages: Collection[str]) -> str:
    return msgspec.json.encode(sorted(villages)).decode()
