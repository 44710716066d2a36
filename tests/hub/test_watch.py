"""Flips: one for each change of a node's status, none while nothing changes, none for the hub's own absence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.fleet import Node
from hub.store import nodes, records
from hub.store.database import Database
from hub.watch import Watch

T0 = datetime(2026, 12, 1, tzinfo=UTC)
NODE = "binhminh-thon-1"


class Hub:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = T0
        self.online_since: datetime | None = T0 - timedelta(days=1)
        self.watch = Watch(database, lambda: self.now, lambda: self.online_since, lambda _topic: None)

    def hear(self, is_online: bool) -> None:
        with self.database.write() as c:
            nodes.note_state(c, NODE, is_online, self.now)

    def look_after(self, seconds: float) -> list[str]:
        self.now += timedelta(seconds=seconds)
        return [flip.value for flip in self.watch.look()]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    with database.write() as c:
        nodes.add_node(c, Node(id=NODE, title="Thôn 1", added_at=T0), "0" * 64, "hash")
    yield Hub(database)
    database.dispose()


def test_the_life_of_a_node_is_told_in_flips(hub: Hub) -> None:
    assert hub.look_after(1) == []
    hub.hear(is_online=True)
    assert hub.look_after(1) == ["up"]
    assert hub.look_after(1) == []
    hub.hear(is_online=False)
    assert hub.look_after(1) == ["late"]
    assert hub.look_after(30) == []
    assert hub.look_after(60) == ["down"]
    hub.hear(is_online=True)
    assert hub.look_after(1) == ["up"]
    with hub.database.read() as c:
        assert [flip.value for flip in reversed(records.flips(c, NODE))] == ["up", "late", "down", "up"]


def test_the_hubs_own_absence_is_no_change_of_the_node(hub: Hub) -> None:
    hub.hear(is_online=True)
    hub.look_after(1)
    hub.online_since = None
    assert hub.look_after(600) == []


def test_a_revoked_node_is_not_watched(hub: Hub) -> None:
    hub.hear(is_online=True)
    with hub.database.write() as c:
        nodes.revoke(c, NODE)
    assert hub.look_after(1) == []
