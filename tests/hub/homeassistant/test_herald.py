"""What is told to Home Assistant, when, and what is left alone."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import Connection

from contract.reports import Heartbeat
from hub.homeassistant import discovery, entity, herald
from hub.homeassistant.herald import Herald
from hub.nodes.fleet import Node
from hub.store import nodes
from hub.store.database import Database
from tests.hub.conftest import until

from .house import HEARTBEAT, NODE, NOW, SEEN, TOPICS

DEVICE, STATE = TOPICS.device(NODE.id), TOPICS.state(NODE.id)


class Outlet:
    """A broker in memory: what is retained there, and every message in its order."""

    def __init__(self) -> None:
        self.connection = 1
        self.retained: dict[str, bytes] = {}
        self.said: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes) -> None:
        self.said.append((topic, payload))
        self.retained[topic] = payload

    def take_found(self) -> dict[str, bytes]:
        return dict(self.retained) if not self.said else {}

    def listen(self) -> list[str]:
        """The topics of what was said since the last time."""
        topics = [topic for topic, _ in self.said]
        self.said.clear()
        return topics

    def read(self, topic: str) -> dict[str, object]:
        found = msgspec.json.decode(self.retained[topic])
        assert isinstance(found, dict)
        return found


class House:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.outlet = Outlet()
        self.herald = self.start_hub()

    def start_hub(self) -> Herald:
        since = NOW - timedelta(hours=1)
        return Herald(self.outlet, self.database, TOPICS, "https://hub", lambda: self.now, lambda: since)

    def say(self, heartbeat: Heartbeat) -> None:
        with self.database.write() as c:
            nodes.note_state(c, NODE.id, True, self.now)
            nodes.note_heartbeat(c, NODE.id, heartbeat, self.now)

    def look(self, herald: Herald | None = None) -> list[str]:
        """Two passes: the first of a connection only waits for what lies at the broker."""
        for _ in range(2):
            (herald or self.herald).look()
        return self.outlet.listen()


@pytest.fixture
def house(database: Database) -> House:
    with database.write() as c:
        nodes.add_node(c, NODE, "secret", "hash")
    return House(database)


def test_a_village_is_described_once_and_its_state_told_whenever_it_changes(house: House) -> None:
    house.say(HEARTBEAT)
    assert house.look() == [DEVICE, STATE]
    assert house.look() == []
    house.say(replace(HEARTBEAT, vitals=replace(HEARTBEAT.vitals, temperature_c=61.0)))
    assert house.look() == [STATE]
    assert house.outlet.read(STATE)["temperature"] == 61.0


def test_a_village_that_is_gone_is_told_as_out_of_contact_and_keeps_its_description(house: House) -> None:
    house.say(HEARTBEAT)
    house.look()
    house.now += timedelta(minutes=5)
    assert house.look() == [STATE]
    assert house.outlet.read(STATE)["contact"] == "OFF"


def test_nothing_is_said_without_a_connection_and_all_of_it_over_the_next(house: House) -> None:
    house.say(HEARTBEAT)
    house.outlet.connection = 0
    assert house.look() == []
    house.outlet.connection = 2
    assert house.look() == [DEVICE, STATE]


def test_a_camera_that_is_taken_away_disappears_also_when_the_hub_was_restarted_meanwhile(house: House) -> None:
    house.say(HEARTBEAT)
    house.look()
    house.say(replace(HEARTBEAT, cameras=()))
    restarted = house.start_hub()
    for _ in range(2):
        restarted.look()
    first, second = (msgspec.json.decode(payload) for topic, payload in house.outlet.said if topic == DEVICE)
    assert first["components"]["camera_san_2e1"] == {"platform": "binary_sensor"}
    assert "camera_san_2e1" not in second["components"]


def test_a_village_taken_out_of_service_is_taken_away(house: House) -> None:
    house.say(HEARTBEAT)
    house.look()
    with house.database.write() as c:
        nodes.revoke(c, NODE.id)
    assert house.look() == [DEVICE, STATE]
    assert house.outlet.retained[DEVICE] == b""
    assert house.look() == []


def test_what_it_trips_over_does_not_silence_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.say(HEARTBEAT)
    tripped, read = list[int](), nodes.nodes

    def trip(c: Connection) -> list[Node]:
        if not tripped:
            tripped.append(1)
            raise ValueError("a row that nobody can read")
        return read(c)

    monkeypatch.setattr(nodes, "nodes", trip)
    monkeypatch.setattr(herald, "LOOK_S", 0.01)
    house.herald.start()
    until(lambda: STATE in house.outlet.retained)
    house.herald.stop()


def test_what_other_programs_described_is_left_alone(house: House) -> None:
    house.outlet.retained = {"homeassistant/device/lamp/config": b"{}", DEVICE: b"not ours at all"}
    house.say(HEARTBEAT)
    assert house.look() == [DEVICE, STATE]
    assert house.outlet.retained["homeassistant/device/lamp/config"] == b"{}"


def test_a_node_that_never_spoke_does_not_take_away_what_was_known_of_it(house: House) -> None:
    told = discovery.device(SEEN, list(entity.describe(SEEN)), TOPICS, "0.1.0", "https://hub")
    house.outlet.retained = {DEVICE: msgspec.json.encode(told)}
    assert house.look() == [STATE]
