"""Tokens: what people make so that a program may act for them through the API. Beside `desk`; each act leaves a note.

A secret is shown once; what is kept opens nothing. Whoever calls `make` has asked for the password once more.
"""

import hashlib
import secrets
from datetime import timedelta

from hub.orders.desk import Desk
from hub.people.accounts import Act, Scope, Token, User, require
from hub.refusals import NotFound, Refused
from hub.store import people
from hub.store import tokens as rows

PREFIX = "loa_"
"""So that people, and programs that look for leaked secrets, know what they see."""
SECRET_BYTES = 32
NAME_MAX = 60
EXPIRES_DAYS = (30, 90, 365)
"""How long a token may last: what is forgotten stops by itself."""
MOST = 20
"""Tokens a person; more than anyone tells apart."""
USE_NOTED_EVERY = timedelta(minutes=5)
"""`last_used_at` may be this old: not every request waits for the disk."""


def make(desk: Desk, user: User, name: str, scope: Scope, days: int) -> tuple[Token, str]:
    """A new token and its secret, which nobody can be shown again. Raises Refused."""
    require(user, Act.LOOK)
    name, now = " ".join(name.split()), desk.clock()
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Refused(
            f"Hãy ghi mã truy cập dùng để làm gì, dài nhất {NAME_MAX} ký tự.",
            f"Say what the token is for, in at most {NAME_MAX} characters.",
        )
    if days not in EXPIRES_DAYS:
        raise Refused("Hãy chọn thời hạn của mã truy cập.", "Choose how long the token is valid.")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = Token(
        sha256=_digest(secret),
        user=user.name,
        name=name,
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    with desk.database.write() as c:
        if len(rows.of_user(c, user.name, now)) >= MOST:
            raise Refused(
                f"Bạn đã có {MOST} mã truy cập. Hãy thu hồi mã không còn dùng.",
                f"You have {MOST} tokens already. Revoke one that is no longer used.",
            )
        rows.add(c, token)
        people.note(c, now, user.name, "token", user.name, f"{token.id} {scope.value} {name}")
    return token, secret


def revoke(desk: Desk, id: str, user: User) -> None:
    """End one of this person's own. Raises NotFound."""
    with desk.database.write() as c:
        token = next((t for t in rows.of_user(c, user.name, desk.clock()) if t.id == id), None)
        if token is None:
            raise NotFound("Không có mã truy cập này.", "There is no such token.")
        rows.drop(c, token.sha256)
        people.note(c, desk.clock(), user.name, "token-revoke", user.name, f"{token.id} {token.name}")


def of(desk: Desk, user: User) -> list[Token]:
    """This person's own, the newest first."""
    with desk.database.read() as c:
        return rows.of_user(c, user.name, desk.clock())


def admit(desk: Desk, secret: str) -> tuple[Token, User] | None:
    """Whom this secret lets act, and how far; None where it opens nothing.

    SHA-256 without salt or stretching is enough: the secret is 256 random bits, nobody's word.
    """
    now = desk.clock()
    with desk.database.read() as c:
        token = rows.token(c, _digest(secret), now)
        owner = None if token is None else people.user(c, token.user)
    if token is None or owner is None or not owner.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        with desk.database.write() as c:
            rows.note_used(c, token.sha256, now)
    return token, owner


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
