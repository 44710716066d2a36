"""Incidents that open and close, and places that want to know, told minute by minute, for the tests of alerts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.alerts.fold import Setting, advance
from hub.alerts.message import Message
from hub.alerts.place import Kind, Place
from hub.alerts.register import Event, Register, What

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
T0 = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
"""14:00 in Vietnam."""


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def place(id: str, **changes: Any) -> Place:
    own = {"title": id, "kind": Kind.WEBHOOK, "url": "json://h/", "shown": "h", "added_at": T0 - timedelta(days=9)}
    return Place(id=id, **{**own, **changes})


def event(minutes: float, what: What, incident: int = 1, *villages: str, **changes: Any) -> Event:
    """All its villages are away, or none where it is closed."""
    all_ = frozenset(villages or ("a",))
    own = {"away": frozenset() if what is What.CLOSED else all_, **changes}
    return Event(at=at(minutes), what=what, incident=incident, villages=all_, **own)


@dataclass
class Course:
    """Say what happens, then look who was told what, and in which minute."""

    places: Iterable[Place]
    register: Register = field(default_factory=Register)
    sent: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go_to(0)

    def go_to(self, minutes: float, *events: Event) -> list[tuple[str, float, str]]:
        """What is said by then of these events: to whom, when, and what ("gone 1, back 2")."""
        new = advance(self.register, events, Setting([*self.places], ZONE), at(minutes))
        self.sent += new
        return [(m.place, (m.at - T0).total_seconds() / 60, tell(m)) for m in new]


def tell(message: Message) -> str:
    if message.is_digest:
        return "digest"
    words = [(word, getattr(message, word)) for word in ("gone", "again", "back")]
    said = ", ".join(f"{word} {'+'.join(map(str, ids))}" for word, ids in words if ids)
    return f"{said} (frozen)" if message.is_frozen else said
