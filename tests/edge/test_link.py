"""The link against a real Mosquitto: what comes down reaches the speaker, what goes up arrives once it is receipted."""

import logging
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.bundle import Bundle
from contract.bundle import encode as encode_bundle
from contract.orders import Command, Counter, Plan
from contract.reports import Birth, Change, ClockReport, Event, Heartbeat, Key, State
from contract.rules import Limits
from contract.signing import sign
from contract.terms import Order, Trust
from edge import summary
from edge.clock import VirtualClock
from edge.config import NodeSettings, Paths, load
from edge.inbox import MAX_COMMANDS, Inbox
from edge.join import join
from edge.link import Link
from edge.outbox import Outbox, committed_id
from edge.spool import Doorbell, Spool
from edge.summary import SpeakerSummary
from tests.edge.conftest import NODE, SECRET, Authority, Broker, Hub, make_authority, until

pytestmark = pytest.mark.real

T = TypeVar("T")
AT = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
SUMMARY = SpeakerSummary(at=AT, limits=Limits(minutes_a_day=45), clock=ClockReport(trust=Trust.TRUSTED))


def plan(n: int) -> bytes:
    body = Plan(node=NODE, counter=Counter(0, n), issued_at=AT, valid_until=AT + timedelta(days=45))
    return codec.encode(sign(body, KEY))


def command(n: int) -> bytes:
    return codec.encode(sign(Command(node=NODE, counter=Counter(0, n), nonce="9f", ttl_s=60.0, order=Order.STOP), KEY))


class House:
    """A joined node of which only the link runs; the test plays the other processes."""

    def __init__(self, root: Path, authority: Authority, broker: Broker, secret: str = SECRET) -> None:
        self.paths = Paths(root)
        bundle = Bundle(
            node=NODE,
            hub_host="localhost",
            mqtt_port=broker.tls_port,
            media_port=1,
            secret=secret,
            daily_key="ab" * 32,
            recovery_key="cd" * 32,
            ca_pem=authority.ca_pem,
        )
        join(encode_bundle(bundle), self.paths, {}, force=True)
        self.clock = VirtualClock(AT)
        self.spool = Spool(self.paths.spool)
        self.speaker_bell = Doorbell(self.paths.run / "speaker.bell")
        self.bell = Doorbell(self.paths.run / "link.bell")
        self.outbox = Outbox(self.paths.state / "speaker.db")
        self.say()
        self.start()

    def start(self) -> None:
        self.link = Link(self.paths, load(self.paths.etc / "node.toml", NodeSettings), self.clock)

    def say(self) -> None:
        """Be the speaker, who still lives."""
        summary.post(self.paths.run, "speaker", replace(SUMMARY, at=self.clock.now()))

    def until(self, look: Callable[[], T | None]) -> T:
        """Let the link run until there is an answer."""

        def step_and_look() -> T | None:
            self.link.step()
            self.bell.wait(0.01)
            return look()

        return until(step_and_look)

    def settle(self) -> None:
        """Let everything that is on its way arrive."""
        for _ in range(20):
            self.link.step()
            self.bell.wait(0.01)

    def connect(self) -> None:
        self.until(lambda: self.link.is_connected or None)

    def record(self) -> Event:
        return self.outbox.append(lambda key: Change(key=key, at=self.clock.now(), subject="sound", value="ok"))

    def close(self) -> None:
        self.link.close()
        self.outbox.close()
        self.bell.close()
        self.speaker_bell.close()


@pytest.fixture
def house(tmp_path: Path, authority: Authority, broker: Broker) -> Iterator[House]:
    house = House(tmp_path / "node", authority, broker)
    yield house
    house.close()


def heard_events(hub: Hub) -> list[Key]:
    return [codec.decode_event(payload).key for payload in hub.payloads("event")]


def heard_beats(hub: Hub) -> list[Heartbeat]:
    return [codec.decode(payload, Heartbeat) for payload in hub.payloads("report")]


def states(hub: Hub) -> list[bool]:
    return [codec.decode(payload, State).is_online for payload in hub.payloads("state")]


class TestPresence:
    def test_it_comes_online_and_says_what_it_is(self, house: House, hub: Hub) -> None:
        house.until(lambda: (hub.payloads("birth") and hub.payloads("report")) or None)
        birth = codec.decode(hub.payloads("birth")[0], Birth)
        assert birth.limits.minutes_a_day == 45
        assert birth.software.startswith("loalang")
        assert states(hub)[-1]

    def test_presence_is_retained_for_a_hub_that_comes_later(self, house: House, broker: Broker) -> None:
        house.connect()
        house.settle()
        late = Hub(broker)
        assert until(lambda: states(late) or None) == [True]
        late.close()

    def test_it_says_goodbye_when_it_is_stopped(self, house: House, hub: Hub) -> None:
        house.until(lambda: states(hub) or None)
        house.link.close()
        until(lambda: states(hub)[-1:] == [False] or None)
        house.start()

    def test_the_birth_waits_for_the_speakers_limits(self, house: House, hub: Hub) -> None:
        (house.paths.run / "speaker.json").unlink()
        house.until(lambda: hub.payloads("report") or None)
        house.settle()
        assert hub.payloads("birth") == []
        house.say()
        house.until(lambda: hub.payloads("birth") or None)

    def test_a_hub_that_comes_back_is_told_everything_again(self, house: House, hub: Hub) -> None:
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        house.settle()
        births = len(hub.payloads("birth"))
        hub.announce(False)
        house.until(lambda: (not house.link.is_hub_online) or None)
        hub.announce(True)
        house.until(lambda: len(hub.payloads("birth")) > births or None)

    def test_a_heartbeat_a_minute_and_at_a_change(self, house: House, hub: Hub) -> None:
        house.until(lambda: heard_beats(hub) or None)
        house.settle()
        heard = len(heard_beats(hub))
        house.clock.advance(2.0)
        hub.publish("plan", plan(7), retain=True)
        beat = house.until(lambda: heard_beats(hub)[heard:] or None)[-1]
        assert beat.plan.received == Counter(0, 7)
        for _ in range(6):
            house.clock.advance(10.0)
            house.say()
            house.settle()
        assert len(heard_beats(hub)) == heard + 2

    def test_a_silent_speaker_is_named(self, house: House, hub: Hub) -> None:
        house.connect()
        house.clock.advance(16.0)
        house.until(lambda: any("speaker" in beat.silent for beat in heard_beats(hub)) or None)


class TestDown:
    def test_a_plan_is_spooled_and_the_speaker_is_rung(self, house: House, hub: Hub) -> None:
        house.connect()
        hub.publish("plan", plan(7), retain=True)
        house.until(house.spool.plan)
        assert house.spool.plan() == plan(7)
        assert house.speaker_bell.wait(1.0)

    def test_a_plan_that_is_retained_meets_the_node_when_it_connects(
        self, tmp_path: Path, authority: Authority, broker: Broker, hub: Hub
    ) -> None:
        hub.publish("plan", plan(8), retain=True)
        house = House(tmp_path / "node", authority, broker)
        house.until(house.spool.plan)
        house.close()

    def test_the_same_plan_again_spares_the_card(self, house: House, hub: Hub) -> None:
        house.connect()
        hub.publish("plan", plan(7), retain=True)
        house.until(house.spool.plan)
        stamp = house.spool.plan_stamp()
        house.link.close()
        house.start()
        house.connect()
        house.settle()
        assert house.spool.plan_stamp() == stamp
        assert any(beat.plan.received == Counter(0, 7) for beat in heard_beats(hub))

    def test_commands_are_spooled_in_order(self, house: House, hub: Hub) -> None:
        house.connect()
        for n in range(1, 13):
            hub.publish("command", command(n))
        house.until(lambda: len(list(house.spool.commands())) == 12 or None)
        assert [wire for _, wire in house.spool.commands()] == [command(n) for n in range(1, 13)]
        assert house.speaker_bell.wait(1.0)

    @pytest.mark.parametrize("kind", ["plan", "command", "receipt"])
    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"{}",
            b"\xff\x00" * 100,
            b"[" * 100_000,
            b"x" * (codec.MESSAGE_MAX + 1),
            plan(7).replace(b'"body":"', b'"body":"AAAA'),
        ],
        ids=["nothing", "empty", "bytes", "nested", "too large", "not deflated"],
    )
    def test_what_has_not_the_form_is_dropped_and_the_next_is_taken(
        self, house: House, hub: Hub, kind: str, payload: bytes
    ) -> None:
        house.connect()
        hub.publish(kind, payload)
        hub.publish("command", command(1))
        house.until(lambda: list(house.spool.commands()) or None)
        assert house.spool.plan() is None
        assert [wire for _, wire in house.spool.commands()] == [command(1)]

    def test_a_malformed_state_of_the_hub_counts_as_no_hub(self, house: House, hub: Hub) -> None:
        hub.announce(True)
        house.until(lambda: house.link.is_hub_online or None)
        hub.say_of_itself(b"online!")
        house.until(lambda: (not house.link.is_hub_online) or None)


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
            house.until(lambda expected=expected: len(heard_events(hub)) >= expected or None)
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


class TestRefusal:
    def told(self, house: House, caplog: pytest.LogCaptureFixture, words: str) -> None:
        with caplog.at_level(logging.WARNING):
            house.until(lambda: words in caplog.text or None)
        assert not house.link.is_connected
        house.close()

    def test_a_revoked_credential_is_told_in_words(
        self, tmp_path: Path, authority: Authority, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        house = House(tmp_path / "node", authority, broker, secret="mat-khau-nay-da-bi-thu-hoi")
        self.told(house, caplog, "không nhận mật khẩu")

    def test_a_stranger_with_another_ca_is_not_spoken_to(
        self, tmp_path: Path, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        house = House(tmp_path / "node", make_authority(tmp_path / "other"), broker)
        self.told(house, caplog, "chứng chỉ của máy chủ không khớp")

    def test_no_broker_is_told_in_words_and_waited_for(
        self, tmp_path: Path, authority: Authority, broker: Broker, caplog: pytest.LogCaptureFixture
    ) -> None:
        broker.stop()
        house = House(tmp_path / "node", authority, broker)
        with caplog.at_level(logging.WARNING):
            house.until(lambda: "từ chối kết nối" in caplog.text or None)
        broker.start()
        house.connect()
        house.close()


class TestInbox:
    def test_what_a_full_card_refuses_is_kept_and_tried_again(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        rings: list[int] = []
        inbox = Inbox(spool, lambda: rings.append(1))
        commands = tmp_path / "commands"
        commands.rmdir()
        commands.write_text("no room")
        with pytest.raises(NotADirectoryError):
            list(spool.commands())
        inbox.take("command", command(1))
        inbox.take("command", command(2))
        commands.unlink()
        commands.mkdir()
        inbox.settle()
        assert [wire for _, wire in spool.commands()] == [command(1), command(2)]
        assert len(rings) == 2

    def test_a_flood_of_commands_does_not_fill_the_card(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        inbox = Inbox(spool, lambda: None)
        for n in range(MAX_COMMANDS + 50):
            inbox.take("command", command(n))
        assert len(list(spool.commands())) == MAX_COMMANDS

    def test_commands_stay_in_order_over_a_restart(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        Inbox(spool, lambda: None).take("command", command(1))
        Inbox(spool, lambda: None).take("command", command(2))
        assert [wire for _, wire in spool.commands()] == [command(1), command(2)]

    def test_a_damaged_spool_is_as_good_as_none(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        spool.put_plan(b"half a pl")
        inbox = Inbox(spool, lambda: None)
        assert inbox.received is None
        inbox.take("plan", plan(3))
        assert inbox.received == Counter(0, 3)
        assert spool.plan() == plan(3)
