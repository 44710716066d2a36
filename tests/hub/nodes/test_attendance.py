"""What the hub writes down of itself and of the nodes' starts, so that an absence of its own is no outage of theirs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.reports import ClockReport, Heartbeat, PlanReport, Vitals
from contract.terms import Trust
from hub.nodes.attendance import Attendance
from hub.nodes.fleet import HUB, Word
from hub.store import records
from hub.store.database import Database

T0 = datetime(2026, 12, 1, tzinfo=UTC)
NODE = "binhminh-thon-1"


class Hub:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now, self.since = T0, T0 - timedelta(seconds=5)
        self.attendance = Attendance(database)

    def restart_after(self, seconds: float) -> None:
        """Killed, and started anew; its broker is there at once."""
        self.now += timedelta(seconds=seconds)
        self.since = self.now
        self.attendance = Attendance(self.database)

    def look(
        self, *, seconds: int = 0, has_broker: bool = True, uptime_s: float | None = None, ahead_s: float = 0
    ) -> None:
        for _ in range(max(seconds, 1)):
            self.now += timedelta(seconds=1 if seconds else 0)
            with self.database.read() as c:
                before = records.latest_flips(c)
            words = {} if uptime_s is None else {NODE: self.word(uptime_s, ahead_s)}
            self.attendance.look(before, words, self.now, self.since if has_broker else None)

    def word(self, uptime_s: float, ahead_s: float) -> Word:
        trust = Trust.UNTRUSTED if ahead_s else Trust.TRUSTED
        beat = Heartbeat(
            at=self.now + timedelta(seconds=ahead_s),
            plan=PlanReport(),
            clock=ClockReport(trust=trust),
            vitals=Vitals(uptime_s=uptime_s),
        )
        return Word.first(beat, self.now)

    def told(self, node: str = HUB) -> list[tuple[str, float]]:
        """What was written, with its seconds since the beginning."""
        with self.database.read() as c:
            return [(f.value, (f.at - T0).total_seconds()) for f in reversed(records.flips(c, node))]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    database.migrate()
    yield Hub(database)
    database.dispose()


def test_a_hub_that_hears_all_the_time_writes_nothing(hub: Hub) -> None:
    hub.look(seconds=200)
    assert hub.told() == []


def test_a_broker_that_is_away_is_written_at_once_and_again_when_it_is_back(hub: Hub) -> None:
    hub.look(seconds=10)
    hub.look(seconds=5, has_broker=False)
    assert hub.told() == [("down", 10)]
    hub.since = hub.now
    hub.look(seconds=5)
    assert hub.told() == [("down", 10), ("up", 15)]


def test_a_hub_that_was_off_tells_so_when_it_is_back(hub: Hub) -> None:
    hub.look(seconds=130)
    hub.restart_after(3600)
    hub.look(seconds=3)
    assert hub.told() == [("down", 121), ("up", 3730)], "it knows to the minute until when it heard"


def test_a_hub_that_stood_still_heard_nobody_meanwhile(hub: Hub) -> None:
    hub.look(seconds=10)
    hub.now += timedelta(minutes=10)
    hub.look()
    assert hub.told() == [("down", 10), ("up", 610)]


def test_a_start_of_a_node_is_written_once_however_its_own_clock_drifts(hub: Hub) -> None:
    hub.look(uptime_s=3600)
    hub.look(seconds=60, uptime_s=3665)
    assert hub.told(NODE) == [("ok", -3600)]
    hub.now += timedelta(days=30)
    hub.look(uptime_s=3600 + 30 * 86_400 - 60)
    assert len(hub.told(NODE)) == 1
    hub.look(uptime_s=20)
    assert len(hub.told(NODE)) == 2


def test_a_node_whose_clock_is_wrong_is_taken_by_the_hubs(hub: Hub) -> None:
    hub.look(uptime_s=100, ahead_s=-86_400)
    assert hub.told(NODE) == [("ok", -100)]
