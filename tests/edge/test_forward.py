"""Events against a real Mosquitto: each arrives, and is forgotten only when the hub has said that it has it."""

import stat
from functools import partial
from itertools import pairwise

import pytest

from contract import codec
from contract.events import Key
from edge.outbox import Outbox, committed_id
from tests.edge.conftest import Broker, House, Hub

pytestmark = pytest.mark.real


def heard_events(hub: Hub) -> list[Key]:
    return [codec.decode_event(payload).key for payload in hub.payloads("event")]


def has_heard(hub: Hub, count: int) -> bool | None:
    return len(heard_events(hub)) >= count or None


class TestEvents:
    def test_events_go_in_order_and_are_forgotten_at_the_receipt(self, house: House, hub: Hub) -> None:
        keys = [house.record().key for _ in range(5)]
        hub.announce(True)
        house.until(lambda: len(heard_events(hub)) == 5 or None)
        assert heard_events(hub) == keys
        hub.receipt(*keys[:3])
        link_db = house.paths.state / "link.db"
        house.until(lambda: committed_id(link_db, "speaker") == 3 or None)
        house.clock.advance(31.0)
        house.until(lambda: len(heard_events(hub)) == 7 or None)
        assert heard_events(hub)[5:] == keys[3:]

    def test_while_the_hub_is_away_they_wait(self, house: House, hub: Hub) -> None:
        house.record()
        house.connect()
        house.settle()
        assert heard_events(hub) == []
        hub.announce(False)
        house.settle()
        assert heard_events(hub) == []
        hub.announce(True)
        house.until(lambda: heard_events(hub) or None)

    def test_more_than_a_window_flows_as_receipts_come(self, house: House, hub: Hub) -> None:
        keys = [house.record().key for _ in range(450)]
        hub.announce(True)
        for so_far, expected in pairwise((0, 200, 400, 450)):
            house.until(partial(has_heard, hub, expected))
            house.settle()
            assert len(heard_events(hub)) == expected
            hub.receipt(*keys[so_far:expected])
        assert heard_events(hub) == keys
        link_db = house.paths.state / "link.db"
        house.until(lambda: committed_id(link_db, "speaker") == 450 or None)

    def test_a_link_that_is_killed_sends_again_only_what_has_no_receipt(self, house: House, hub: Hub) -> None:
        keys = [house.record().key for _ in range(4)]
        hub.announce(True)
        house.until(lambda: len(heard_events(hub)) == 4 or None)
        hub.receipt(*keys[:2])
        house.until(lambda: committed_id(house.paths.state / "link.db", "speaker") == 2 or None)
        house.link.close()
        house.start()
        house.until(lambda: len(heard_events(hub)) == 6 or None)
        assert heard_events(hub)[4:] == keys[2:]

    def test_a_restarted_broker_gets_what_is_unreceipted(self, house: House, broker: Broker, hub: Hub) -> None:
        key = house.record().key
        hub.announce(True)
        house.until(lambda: heard_events(hub) or None)
        broker.stop()
        house.until(lambda: (not house.link.is_connected) or None)
        later = house.record().key
        broker.start()
        hub.close()
        new = Hub(broker)
        new.announce(True)
        house.until(lambda: len(heard_events(new)) >= 2 or None)
        assert heard_events(new) == [key, later]
        new.close()

    def test_an_outbox_made_anew_is_not_taken_for_committed(self, house: House, hub: Hub) -> None:
        keys = [house.record().key for _ in range(3)]
        hub.announce(True)
        house.until(lambda: len(heard_events(hub)) == 3 or None)
        hub.receipt(*keys)
        link_db = house.paths.state / "link.db"
        house.until(lambda: committed_id(link_db, "speaker") == 3 or None)
        house.outbox.close()
        for path in house.paths.state.glob("speaker.db*"):
            path.unlink()
        house.outbox = Outbox(house.paths.state / "speaker.db")
        house.outbox.prune(committed_id(link_db, "speaker"))
        key = house.record().key
        house.until(lambda: len(heard_events(hub)) == 4 or None)
        assert heard_events(hub)[-1] == key

    def test_whoever_reads_first_does_not_lock_the_owner_out(self, house: House, hub: Hub) -> None:
        """Owner and link are different users of one group: what either makes, the other must be able to write."""
        house.record()
        hub.announce(True)
        house.until(lambda: heard_events(hub) or None)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in house.paths.state.glob("*.db*")}
        assert {"speaker.db", "speaker.db-wal", "speaker.db-shm", "link.db", "link.db-wal", "link.db-shm"} <= set(modes)
        assert set(modes.values()) == {0o660}

    def test_a_damaged_outbox_does_not_hold_the_others_back(self, house: House, hub: Hub) -> None:
        (house.paths.state / "camera.db").write_bytes(b"this is no database" * 100)
        house.record()
        hub.announce(True)
        house.until(lambda: heard_events(hub) or None)

    def test_a_damaged_link_db_costs_only_a_repetition(self, house: House, hub: Hub) -> None:
        house.record()
        house.link.close()
        (house.paths.state / "link.db").write_bytes(b"this is no database" * 100)
        house.start()
        hub.announce(True)
        house.until(lambda: heard_events(hub) or None)
