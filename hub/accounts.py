"""Who may do what and where, and what a password must be. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from hub.refusals import NotAllowed, NotYours

SESSION_LENGTH = timedelta(days=14)
PASSWORD_MIN = 10
PASSWORD_MAX = 200
"""Length is what counts; no forced mixture (NIST SP 800-63B, 5.1.1.2). The maximum bounds the work of hashing."""
PIN_DIGITS = 6


class Role(StrEnum):
    OFFICER = "officer"
    LEADER = "leader"
    TECHNICIAN = "technician"
    VIEWER = "viewer"
    ADMIN = "admin"


class Act(StrEnum):
    """What a page lets a person do."""

    LOOK = "look"
    ORDER = "order"
    APPROVE = "approve"
    STOP = "stop"
    ALARM = "alarm"
    """Send an emergency at once, with a PIN."""
    TEND = "tend"
    """Keep what the hub knows of the villages' nodes."""


_MAY: dict[Role, frozenset[Act]] = {
    Role.OFFICER: frozenset({Act.LOOK, Act.ORDER, Act.STOP}),
    Role.LEADER: frozenset({Act.LOOK, Act.ORDER, Act.APPROVE, Act.STOP, Act.ALARM}),
    Role.TECHNICIAN: frozenset({Act.LOOK, Act.STOP, Act.TEND}),
    Role.VIEWER: frozenset({Act.LOOK}),
    Role.ADMIN: frozenset({Act.LOOK, Act.TEND}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    name: str
    title: str
    role: Role
    password_hash: str
    pin_hash: str = ""
    """Of the PIN that confirms an emergency; empty where none is set."""
    villages: frozenset[str] = frozenset()
    """The nodes this person answers for; empty where it is the whole commune."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in of one browser, which calls itself `agent`; only the SHA-256 of its token is kept."""

    token_sha256: str
    user: str
    created_at: datetime
    expires_at: datetime
    agent: str = ""

    @property
    def id(self) -> str:
        """Tells it from the others, and opens nothing."""
        return self.token_sha256[:16]


class Scope(StrEnum):
    """How far a token goes; never farther than its owner's role."""

    READ = "read"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Lets a program act as `user`; only the SHA-256 of its secret is kept. `name` is what it is for."""

    sha256: str
    user: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None

    @property
    def id(self) -> str:
        """Tells it from the others, and opens nothing."""
        return self.sha256[:16]


def may(user: User, act: Act, villages: Collection[str] | None = ()) -> bool:
    """Whether this person may do that. The one place where it is decided; every use case and every page asks here.

    `villages` are all that the act changes: () where it changes none (to look, to record), None where it changes the
    commune as a whole, which who answers for some villages may not.
    """
    is_theirs = not user.villages or (villages is not None and user.villages.issuperset(villages))
    return act in _MAY[user.role] and is_theirs


def require(user: User, act: Act, villages: Collection[str] | None = ()) -> None:
    """Raises NotAllowed where the role does not include it, NotYours where it goes beyond this person's villages."""
    if not may(user, act):
        raise NotAllowed
    if not may(user, act, villages):
        raise NotYours


def owns(user: User, maker: str) -> bool:
    """Whether a recording that `maker` added is this person's to change: it is the commune's, or their own."""
    return may(user, Act.ORDER, () if maker == user.name else None)


def theirs(user: User, villages: Collection[str]) -> list[str]:
    """Those of the villages that this person answers for, in the same order."""
    return [v for v in villages if not user.villages or v in user.villages]


def password_fault(password: str, name: str) -> tuple[str, str] | None:
    """What is wrong with a new password, in Vietnamese and English; None where nothing is."""
    if len(password) < PASSWORD_MIN:
        return f"Mật khẩu cần ít nhất {PASSWORD_MIN} ký tự.", f"A password has at least {PASSWORD_MIN} characters."
    if len(password) > PASSWORD_MAX:
        return f"Mật khẩu dài nhất {PASSWORD_MAX} ký tự.", f"A password has at most {PASSWORD_MAX} characters."
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        return (
            "Mật khẩu này quá dễ đoán. Hãy chọn một câu dài mà riêng mình nhớ.",
            "This password is too easy to guess. Choose a long sentence that only you know.",
        )
    return None


def pin_fault(pin: str) -> tuple[str, str] | None:
    """What is wrong with a new PIN, in Vietnamese and English; None where nothing is."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        return f"Mã PIN gồm đúng {PIN_DIGITS} chữ số.", f"A PIN has exactly {PIN_DIGITS} digits."
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or len(steps) == 1:
        return "Mã PIN này quá dễ đoán. Hãy chọn mã khác.", "This PIN is too easy to guess. Choose another one."
    return None
