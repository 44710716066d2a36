"""The hub keeps its incidents: written once, whoever is killed when, and the same when told again from the history."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from contract.events import Change, Key
from hub.alerts.reporter import Reporter
from hub.incidents.book import Book, Setting
from hub.incidents.fold import Heard, advance
from hub.incidents.incident import About, Incident, Turn
from hub.incidents.keeper import Keeper
from hub.nodes.fleet import HUB, Flip, Node
from hub.store import incidents, meta, nodes, records
from hub.store.database import Database
from tests.hub.incidents.course import T0, VILLAGES


class Killed(Exception):
    """The hub ends here."""


class Hub:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = T0
        self.turns: list[Turn] = []
        self.restart()

    def restart(self, is_killed: bool = False) -> None:
        def tell(_topic: str) -> None:
            if is_killed:
                raise Killed

        self.keeper = Keeper(self.database, lambda: self.now, tell, Reporter(UTC, lambda *_: None))

    def find(self, node: int, value: str) -> None:
        """The hub's watch found this."""
        with self.database.write() as c:
            records.add_flips(c, [Flip(node=VILLAGES[node], subject="node", value=value, at=self.now)])

    def hear(self, node: int, subject: str, value: str, seq: int, late_s: float = 0) -> None:
        """A node tells; its word is committed `late_s` after it came."""
        came_at = self.now - timedelta(seconds=late_s)
        event = Change(key=Key(stream="s", seq=seq), at=came_at, subject=subject, value=value)
        with self.database.write() as c:
            records.insert_events(c, [(VILLAGES[node], event, came_at)])

    def look_after(self, minutes: float) -> list[Incident]:
        self.now += timedelta(minutes=minutes)
        self.turns += [step.turn for step in self.keeper.look()]
        return self.open

    @property
    def open(self) -> list[Incident]:
        with self.database.read() as c:
            return [kept.incident for kept in incidents.lasting(c)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    with database.write() as c:
        for id in VILLAGES:
            nodes.add_node(c, Node(id=id, title=id, added_at=T0), id.ljust(64, "0"), "hash")
    hub = Hub(database)
    assert hub.look_after(0) == []
    hub.now += timedelta(minutes=5)
    yield hub
    database.dispose()


def test_an_incident_opens_is_kept_and_closes(hub: Hub) -> None:
    hub.find(0, "down")
    (incident,) = hub.look_after(0)
    assert (incident.about, incident.nodes) == (About.CONTACT, {VILLAGES[0]})
    hub.now += timedelta(minutes=3)
    hub.find(0, "up")
    assert hub.look_after(0) == []
    assert hub.turns == [Turn.OPENED, Turn.CLOSED]
    with hub.database.read() as c:
        (past,) = incidents.past(c, 10, VILLAGES[0])
        assert past.incident.closed_at == hub.now
        assert incidents.past(c, 10, VILLAGES[1]) == []


def test_a_hub_that_is_killed_after_writing_writes_nothing_twice(hub: Hub) -> None:
    hub.restart(is_killed=True)
    hub.find(0, "down")
    with pytest.raises(Killed):
        hub.keeper.look()
    hub.restart()
    assert [i.id for i in hub.look_after(0)] == [1]
    assert hub.turns == []


def test_a_flip_that_is_committed_late_is_taken_once(hub: Hub) -> None:
    hub.look_after(1)
    hub.hear(0, "camera:cong", "covered", 1, late_s=5)
    (incident,) = hub.look_after(0.01)
    hub.restart()
    assert [i.id for i in hub.look_after(0.05)] == [incident.id]
    hub.hear(0, "camera:cong", "ok", 2)
    assert hub.look_after(0.05) == []
    hub.restart()
    assert hub.look_after(0.05) == []
    assert hub.turns == [Turn.OPENED, Turn.CLOSED]


def test_the_history_told_again_gives_the_same_incidents(hub: Hub) -> None:
    course = [(0, "late"), (1, "late"), (2, "late"), (0, "down"), (1, "down"), (2, "down"), (0, "up"), (1, "up")]
    for seq, (node, value) in enumerate(course, 1):
        hub.find(node, value)
        hub.hear(5, "camera:cong", "offline" if seq % 2 else "ok", seq)
        hub.look_after(0.3)
        if seq == 5:
            hub.restart()
    hub.look_after(40)
    with hub.database.read() as c:
        told = [Heard(flip, at) for _, flip, at in records.arrivals(c, T0)]
        kept = [*incidents.lasting(c), *incidents.past(c, 100)]
    book = Book()
    advance(book, told, Setting(frozenset(VILLAGES)), hub.now)
    assert sorted(map(_facts, book.incidents.values())) == sorted(_facts(k.incident) for k in kept)
    assert len(kept) == 3


def _facts(incident: Incident) -> tuple[object, ...]:
    members = sorted((m.node, m.subject, m.since_at, str(m.left_at)) for m in incident.members)
    return incident.id, incident.opened_at, str(incident.closed_at), incident.reopenings, members


def test_after_the_hub_was_away_it_waits(hub: Hub) -> None:
    hub.now += timedelta(hours=2)
    hub.restart()
    with hub.database.write() as c:
        records.add_flips(c, [Flip(node=HUB, subject=HUB, value="up", at=hub.now)])
    hub.look_after(0)
    hub.find(0, "down")
    assert hub.look_after(1) == []
    assert len(hub.look_after(1.1)) == 1


def test_what_waited_when_the_hub_went_away_opens_nothing_before_it_is_heard_of_again(hub: Hub) -> None:
    hub.look_after(0)
    hub.hear(0, "target:internet", "down", 1)
    hub.hear(1, "target:internet", "down", 1)
    assert hub.look_after(0) == []
    hub.now += timedelta(hours=2)
    hub.restart()
    assert hub.look_after(0) == []
    hub.hear(0, "target:internet", "up", 2)
    assert hub.look_after(0.5) == []
    (incident,) = hub.look_after(2)
    assert incident.nodes == {VILLAGES[1]}, "what still lasts is told then"
    assert hub.turns == [Turn.OPENED]


def test_a_node_that_is_revoked_has_no_incident(hub: Hub) -> None:
    hub.find(0, "down")
    assert len(hub.look_after(0)) == 1
    with hub.database.write() as c:
        nodes.revoke(c, VILLAGES[0])
    assert hub.look_after(1) == []


def test_a_book_of_another_version_keeps_the_incident_that_still_lasts(hub: Hub) -> None:
    hub.find(0, "down")
    hub.find(9, "down")
    assert len(hub.look_after(0)) == 2
    hub.now += timedelta(minutes=3)
    hub.find(9, "up")
    with hub.database.write() as c:
        meta.put(c, "incidents", "{}x")
    hub.restart()
    hub.look_after(0)
    (incident,) = hub.look_after(3)
    assert (incident.id, incident.nodes) == (1, {VILLAGES[0]})
