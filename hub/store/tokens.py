"""The tokens with which programs act for people: by the SHA-256 of their secrets, never the secrets."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.people.accounts import Scope, Token
from hub.store import tables as t


def add(c: Connection, token: Token) -> None:
    """Keep a token, and forget those that had run out by then."""
    c.execute(delete(t.tokens).where(t.tokens.c.expires_at <= token.created_at))
    c.execute(insert(t.tokens).values(asdict(token)))


def token(c: Connection, sha256: str, now: datetime) -> Token | None:
    """The one whose secret has this digest; None where there is none or it has run out."""
    k = t.tokens.c
    row = c.execute(select(t.tokens).where(k.sha256 == sha256, k.expires_at > now)).first()
    return None if row is None else _token(row)


def of_user(c: Connection, user: str, now: datetime) -> list[Token]:
    """Those of this person that still open something, the newest first."""
    k = t.tokens.c
    rows = c.execute(select(t.tokens).where(k.user == user, k.expires_at > now).order_by(k.created_at.desc(), k.sha256))
    return [_token(row) for row in rows]


def drop(c: Connection, sha256: str) -> None:
    c.execute(delete(t.tokens).where(t.tokens.c.sha256 == sha256))


def note_used(c: Connection, sha256: str, at: datetime) -> None:
    c.execute(update(t.tokens).where(t.tokens.c.sha256 == sha256).values(last_used_at=at))


def _token(row: Row[Any]) -> Token:
    return Token(**{**row._mapping, "scope": Scope(row.scope)})
