"""Decides on alerts beside the keeper of incidents: what is to be sent is laid into the outbox in its transaction."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hub.alerts.content import Content, kind_of
from hub.alerts.events import notice
from hub.alerts.fold import Setting, advance
from hub.alerts.message import Message
from hub.alerts.place import Place
from hub.alerts.register import PACE, Pace, Register
from hub.incidents.incident import Incident, Step
from hub.store import alerts, incidents
from hub.store.alerts import Posted

log = logging.getLogger(__name__)

SPEECHLESS = "Loa Làng: có sự cố (incident)"
"""What is sent where the words fail."""
Compose = Callable[[Connection, Message, Place, Mapping[int, Incident]], Content | None]
"""Puts a message into words; None where there is nothing to say."""
DIGEST_LATE = timedelta(hours=1)
"""A digest whose time passed while the hub was off is not sent later than this."""


class Reporter:
    """One a hub, for its keeper: what it remembers is what the database holds."""

    def __init__(self, zone: tzinfo, compose: Compose, pace: Pace = PACE) -> None:
        self._zone = zone
        self._compose = compose
        self._pace = pace
        self._kept: Register | None = None
        self._register = Register()
        self._places: dict[str, Place] = {}
        self._known: dict[int, datetime] = {}
        self._messages: list[Message] = []
        self._decided_at: datetime | None = None

    def read(self, c: Connection) -> None:
        self._register = self._kept or alerts.load(c)
        self._kept = None
        self._places = {place.id: place for place in alerts.open_places(c)}
        self._known = incidents.known(c) if self._register.matters else {}

    def decide(self, steps: Sequence[Step], found: Mapping[int, Incident], is_frozen: bool, now: datetime) -> bool:
        """Tell the register of what became of incidents; whether there is anything to write."""
        before = _remembered(self._register)
        events = notice(self._register, steps, found, self._known, is_frozen, now)
        setting = Setting([*self._places.values()], self._zone)
        said = advance(self._register, events, setting, now, self._pace)
        self._decided_at = now
        self._messages = [m for m in said if not m.is_digest or now - m.at <= DIGEST_LATE]
        return bool(self._messages) or _remembered(self._register) != before

    def write(self, c: Connection, found: Mapping[int, Incident]) -> None:
        """`found` are the incidents as they are written in this transaction. A message is as old as the decision on it:
        what was due while the hub was off for days is not too old to be sent."""
        at = self._decided_at
        assert at is not None
        alerts.save(c, self._register)
        for message in self._messages:
            content = self._word(c, message, found)
            if content is not None:
                kind = kind_of(message)
                alerts.post(
                    c, Posted(id=message.id, place=message.place, kind=kind, content=content, made_at=at, next_at=at)
                )

    def _word(self, c: Connection, message: Message, found: Mapping[int, Incident]) -> Content | None:
        try:
            return self._compose(c, message, self._places[message.place], found)
        except SQLAlchemyError:
            raise
        except Exception:  # no message that has no words may keep incidents from being written
            log.exception("alert %s cannot be put into words", message.id)
            return Content(subject=SPEECHLESS, remarks=(", ".join(f"/incidents/{id}" for id in message.incidents),))

    def keep(self) -> bool:
        """All is written; returns whether something is to be sent."""
        self._kept, sent = self._register, self._messages
        self._messages = []
        return bool(sent)


def _remembered(register: Register) -> bytes:
    """What must not be lost: all but how far the clock was."""
    return msgspec.json.encode(replace(register, now=None))
