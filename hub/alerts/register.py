"""What must be remembered to say each thing once: of every incident that matters now, which place has been told what.
Pure.

A register goes into the database as it is, together with the messages that it led to: so a hub that was killed neither
forgets one nor decides on it twice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hub.incidents.book import RULES as INCIDENTS
from hub.incidents.book import Rules as IncidentRules


class What(StrEnum):
    """What an event says of an incident, or (FROZEN, THAWED) of the whole fleet."""

    OPENED = "opened"
    REOPENED = "reopened"
    CHANGED = "changed"
    CLOSED = "closed"
    KNOWN = "known"
    FROZEN = "frozen"
    THAWED = "thawed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`villages` are all that the incident touched by then, `away` those that it takes away now; `merged_into` is the
    one that it turned out to be part of."""

    at: datetime
    what: What
    incident: int = 0
    villages: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    is_grave: bool = False
    is_wide: bool = False
    reopenings: int = 0
    merged_into: int = 0


class Word(StrEnum):
    """The last thing that a place was told of an incident."""

    GONE = "gone"
    BACK = "back"


@dataclass(slots=True, kw_only=True)
class Matter:
    """One incident; `gone_at` is when it opened or last reopened. Of its villages `lost` and `returned` say when each
    went, and when those that are not away came back; `backs` is how often a place was told that."""

    opened_at: datetime
    gone_at: datetime
    villages: list[str] = field(default_factory=list)
    lost: dict[str, datetime] = field(default_factory=dict)
    returned: dict[str, datetime] = field(default_factory=dict)
    is_grave: bool = False
    is_wide: bool = False
    is_known: bool = False
    closed_at: datetime | None = None
    reopenings: int = 0
    told: dict[str, Word] = field(default_factory=dict)
    backs: dict[str, int] = field(default_factory=dict)

    @property
    def away(self) -> set[str]:
        return self.lost.keys() - self.returned.keys()

    def closed_for(self, villages: frozenset[str]) -> datetime | None:
        """Since when it is over for these; for all where there are none."""
        theirs = villages.intersection(self.villages)
        if self.closed_at is not None or not theirs or theirs & self.away:
            return self.closed_at
        return max(self.returned[village] for village in theirs)


@dataclass(slots=True)
class Register:
    """`now` is how far it is told; `spoken_at` is when each place last got a message of incidents, `alarmed_at` when it
    last got one that something is gone."""

    now: datetime | None = None
    is_frozen: bool = False
    matters: dict[int, Matter] = field(default_factory=dict)
    spoken_at: dict[str, datetime] = field(default_factory=dict)
    alarmed_at: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long is waited. Why: decision 41."""

    gather: timedelta = timedelta(seconds=60)
    """A place gets no second message of incidents sooner: what happens meanwhile is in that one. The first waits for
    nothing: an incident has taken its 90 seconds already. That something is back makes nothing else wait."""
    apart: timedelta = timedelta(seconds=1)
    """Two messages to one place are never of one instant: their ids would be the same."""
    settle: timedelta = timedelta(minutes=2)
    """So long what is back must stay so to be told."""
    incidents: IncidentRules = INCIDENTS

    def settles_within(self, reopenings: int) -> timedelta:
        """What has come back once is believed only when it can no longer reopen."""
        if not reopenings:
            return self.settle
        rules = self.incidents
        return rules.reopen_flapping if reopenings >= rules.flapping_from else rules.reopen


PACE = Pace()
