"""Who may do what and where. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from hub.refusals import NotAllowed, NotYours

SESSION_LENGTH = timedelta(days=14)
"""Counted from the log-in, however busy: a phone that is lost is out by then."""
GIVEN_FOR = timedelta(days=7)
"""How long a password that somebody else gave opens the door, to choose one's own."""
HALF_WAY = timedelta(minutes=10)
"""How long a log-in that still waits for something may take."""
SETTING_UP = timedelta(hours=1)
"""How long where it waits for a second factor: an app may have to be found first."""
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
    AUDIT = "audit"
    """Read who did what."""
    MANAGE = "manage"
    """Say who the people are, and what they may do. Never together with ORDER or APPROVE."""


_MAY: dict[Role, frozenset[Act]] = {
    Role.OFFICER: frozenset({Act.LOOK, Act.ORDER, Act.STOP}),
    Role.LEADER: frozenset({Act.LOOK, Act.ORDER, Act.APPROVE, Act.STOP, Act.ALARM, Act.AUDIT}),
    Role.TECHNICIAN: frozenset({Act.LOOK, Act.STOP, Act.TEND}),
    Role.VIEWER: frozenset({Act.LOOK}),
    Role.ADMIN: frozenset({Act.LOOK, Act.TEND, Act.AUDIT, Act.MANAGE}),
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
    is_active: bool = True
    """Who has left is kept, since the records name them, and may nothing."""
    given_until: datetime | None = None
    """The password was given by somebody else: until then it opens the door, to choose one's own."""
    totp_secret: str = ""
    """Of the second factor (base32); empty where there is none."""


class Waits(StrEnum):
    """What a log-in still waits for; until then it opens nothing, but that FACTOR may stop what sounds."""

    NOTHING = ""
    CODE = "code"
    PASSWORD = "password"
    FACTOR = "factor"
    """To be set up, since the commune demands it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in of one browser, which calls itself `agent`; only the SHA-256 of its token is kept."""

    token_sha256: str
    user: str
    created_at: datetime
    expires_at: datetime
    agent: str = ""
    waits_for: Waits = Waits.NOTHING

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
    return user.is_active and act in _MAY[user.role] and is_theirs


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


def pin_fault(pin: str) -> tuple[str, str] | None:
    """What is wrong with a new PIN, in Vietnamese and English; None where nothing is."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        return f"Mã PIN gồm đúng {PIN_DIGITS} chữ số.", f"A PIN has exactly {PIN_DIGITS} digits."
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or len(steps) == 1:
        return "Mã PIN này quá dễ đoán. Hãy chọn mã khác.", "This PIN is too easy to guess. Choose another one."
    return None
