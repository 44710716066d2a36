"""Reads what changed again and again, and keeps the incidents that follow from it, and what is to be told of them:
beside `nodes.watch`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from hub.incidents.book import RULES, Rules, Setting, is_frozen
from hub.incidents.fold import Heard, advance
from hub.incidents.incident import Incident, Step
from hub.store import incidents, maintenance, nodes, records
from hub.store.database import Database
from hub.store.incidents import Told

OVERLAP = timedelta(seconds=10)
"""A flip may be committed this long after the moment it came in."""
AWAY = timedelta(seconds=30)
"""A hub that was killed and runs again sooner missed nothing that waits."""


class Reporter(Protocol):
    """Whoever tells people of incidents. Its four parts are called in this order in every pass, `write` only where
    `decide`, or what became of incidents, asks for it; a pass that fails begins anew with `read`."""

    def read(self, c: Connection) -> None: ...

    def decide(self, steps: Sequence[Step], found: Mapping[int, Incident], is_frozen: bool, now: datetime) -> bool: ...

    def write(self, c: Connection, found: Mapping[int, Incident]) -> None: ...

    def keep(self) -> bool: ...


class Keeper:
    """One pass a call. Incidents, the book and the alerts that follow are written in one transaction: a hub that is
    killed in between has either all or nothing, and goes on from there."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
        reporter: Reporter,
        rules: Rules = RULES,
    ) -> None:
        self._database = database
        self._now = now
        self._tell = tell
        self._reporter = reporter
        self._rules = rules
        self._told: Told | None = None
        self._has_looked = False

    def look(self) -> list[Step]:
        """Tell on what happened; returns what opened, reopened and closed, in order."""
        now = self._now()
        with self._database.read() as c:
            told = self._told or self._load(c, now)
            heard, keys = _arrived(c, told, now)
            since = told.book.now or now
            fleet = frozenset(n.id for n in nodes.nodes(c) if not n.is_revoked)
            setting = Setting(fleet, maintenance.begun(c, since, now))
            self._reporter.read(c)
        kept = {} if told.read_to is None else told.book.incidents
        before = {id: msgspec.json.encode(each) for id, each in kept.items()}
        self._told = None
        steps = advance(told.book, heard, setting, now, self._rules)
        told.read_to, told.seen = now, keys
        changed = [i for i in told.book.incidents.values() if before.get(i.id) != msgspec.json.encode(i)]
        frozen = is_frozen(told.book, setting, now, self._rules)
        must_report = self._reporter.decide(steps, told.book.incidents, frozen, now)
        if heard or changed or must_report:
            with self._database.write() as c:
                incidents.put(c, changed)
                incidents.save(c, told)
                self._reporter.write(c, told.book.incidents)
        self._told, self._has_looked = told, True
        if self._reporter.keep():
            self._tell("alerts")
        if changed:
            self._tell("incidents")
        return steps

    def _load(self, c: Connection, now: datetime) -> Told:
        """The book as it lies in the database. A hub that was away opens nothing of it before there was time to hear
        whether what waited still lasts."""
        told = incidents.load(c, now)
        if not self._has_looked and told.book.now is not None and now - told.book.now > AWAY:
            told.book.quiet_until = now + self._rules.settle_hub
        return told


def _arrived(c: Connection, told: Told, now: datetime) -> tuple[list[Heard], list[str]]:
    """What is new, and the keys of all that may be read once more. A hub that never told incidents begins with what is
    so now."""
    if told.read_to is None:
        recent = records.arrivals(c, now - OVERLAP)
        latest = [Heard(flip, now) for flip in records.latest_flips(c).values()]
        return latest, [key for key, _, _ in recent]
    found = records.arrivals(c, told.read_to - OVERLAP)
    seen = set(told.seen)
    new = [Heard(flip, min(at, now)) for key, flip, at in found if key not in seen]
    return new, [key for key, _, at in found if at >= now - OVERLAP]
