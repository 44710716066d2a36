"""From what a node says to a durable row and its receipt, over the real broker: once each, whatever goes wrong."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from contract import codec
from contract.events import Change, Event, Key, Playout
from contract.limits import Limits
from contract.orders import Counter, Receipt
from contract.pictures import Pictures
from contract.reports import Birth, ClockReport, Heartbeat, PlanReport, State, Vitals
from contract.terms import Order, Outcome, Trust
from hub.history.levels import Level
from hub.nodes.fleet import Node
from hub.nodes.ingest import Ingest, judge
from hub.nodes.link import Link, Message
from hub.store import history, nodes, orders, records, thumbnails
from hub.store.database import Database
from hub.store.orders import LiveOrder
from tests.hub.conftest import PATIENCE_S, THON_1, THON_2, Peer, Village, until

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
TOPIC = f"loa/v1/binhminh/{THON_1}"
HEARTBEAT = Heartbeat(
    at=NOW, plan=PlanReport(), clock=ClockReport(trust=Trust.TRUSTED), vitals=Vitals(uptime_s=1.0), nonce="n-1"
)
BIRTH = Birth(at=NOW, software="0.1.0", hardware="Raspberry Pi 4", started_at=NOW, limits=Limits())


def change(seq: int, value: str = "frozen", at: datetime = NOW, stream: str = "s1") -> Change:
    return Change(key=Key(stream=stream, seq=seq), at=at, subject="camera:gate", value=value)


PLAYOUT = Playout(
    key=Key(stream="s2", seq=1), at=NOW, cue="b1.x", broadcast="b1", outcome=Outcome.AIRED, planned_at=NOW
)


def test_what_was_measured_while_nobody_heard_is_no_word_of_the_present() -> None:
    kept = replace(HEARTBEAT, at=NOW - timedelta(hours=3), is_kept=True)
    messages = [Message(f"{TOPIC}/report", codec.encode(each), None) for each in (HEARTBEAT, kept)]
    heard = judge(messages, {THON_1}, NOW)
    assert [h.at for _, h, _ in heard.heartbeats] == [NOW]
    assert [h.at for _, h, _ in heard.kept] == [kept.at]


class House:
    """A node at the door of a real hub: what it says is ingested, what it is told is kept."""

    def __init__(self, village: Village, database: Database) -> None:
        connected = threading.Event()
        self.database = database
        self.told: list[str] = []
        self.link = Link(village.broker.hub_port, village.broker.hub_password, lambda: NOW, connected.set)
        self.ingest = Ingest(self.link, database, lambda: NOW, self.told.append)
        self.link.start()
        assert connected.wait(PATIENCE_S)
        self.node: Peer = village.node(THON_1)
        self.node.subscribe(f"{TOPIC}/receipt")

    def report(self, *events: Event) -> None:
        for event in events:
            self.node.say(f"{TOPIC}/event", codec.encode(event))

    def take(self, count: int) -> None:
        """Let the hub work until it has taken so many messages."""
        taken = 0
        end = time.monotonic() + PATIENCE_S
        while taken < count:
            assert time.monotonic() < end
            taken += self.ingest.step(0.1)

    @property
    def receipts(self) -> list[tuple[str, int]]:
        """All keys the node has a receipt for, as they came."""
        read = [codec.decode(bytes(m.payload), Receipt) for m in list(self.node.heard)]
        return [(receipt.stream, seq) for receipt in read for seq in receipt.seqs]

    @property
    def values(self) -> list[str]:
        """What the database knows of the camera, oldest first."""
        with self.database.read() as c:
            return [flip.value for flip in reversed(records.flips(c))]


@pytest.fixture
def house(village: Village, database: Database) -> Iterator[House]:
    with database.write() as c:
        for id in (THON_1, THON_2):
            nodes.add_node(c, Node(id=id, title=id, added_at=NOW), "0" * 64, "$7$")
    house = House(village, database)
    yield house
    house.link.stop()


@pytest.mark.real
def test_events_become_rows_and_then_receipts(house: House) -> None:
    house.report(change(1, "frozen"), change(2, ""), PLAYOUT)
    house.take(3)
    assert house.values == ["frozen", ""]
    with house.database.read() as c:
        assert records.playouts(c, "b1") == {THON_1: PLAYOUT}
    until(lambda: sorted(house.receipts) == [("s1", 1), ("s1", 2), ("s2", 1)])
    assert "records" in house.told


@pytest.mark.real
def test_what_a_heartbeat_measured_is_kept_at_its_own_time(house: House) -> None:
    before = NOW - timedelta(hours=20)
    for at, celsius in ((NOW, 48.2), (before, 40.0), (before, 40.0)):
        warm = replace(HEARTBEAT, at=at, vitals=Vitals(uptime_s=1.0, temperature_c=celsius))
        house.node.say(f"{TOPIC}/report", codec.encode(warm))
    house.take(3)
    with house.database.read() as c:
        kept = history.of_node(c, Level.MINUTE, THON_1, [before, NOW])
        due = history.has_due(c, Level.FIVE_MINUTES, before + timedelta(minutes=1))
    assert [(at, row[""][0]) for at, row in kept] == [(before, (1, 4000, 4000, 4000)), (NOW, (1, 4820, 4820, 4820))]
    assert due, "what came late is counted at last"


@pytest.mark.real
def test_what_was_measured_while_nobody_heard_is_figures_once_and_no_sign_of_life(house: House) -> None:
    before = NOW - timedelta(hours=20)
    warm = Vitals(uptime_s=1.0, temperature_c=40.0)
    kept = codec.encode(replace(HEARTBEAT, at=before, vitals=warm, is_kept=True))
    house.node.say(f"{TOPIC}/report", kept)
    house.take(1)
    with house.database.read() as c:
        assert (nodes.presences(c), nodes.heartbeats(c)) == ({}, {})
    house.node.say(f"{TOPIC}/report", codec.encode(HEARTBEAT))
    house.node.say(f"{TOPIC}/report", kept)
    house.take(2)
    with house.database.read() as c:
        assert [beat for beat, _ in nodes.heartbeats(c).values()] == [HEARTBEAT]
        rows = history.of_node(c, Level.MINUTE, THON_1, [before])
    assert [(at, row[""][0]) for at, row in rows] == [(before, (1, 4000, 4000, 4000))]


@pytest.mark.real
def test_a_batch_earns_one_receipt_a_stream(house: House) -> None:
    house.report(*(change(seq) for seq in range(1, 21)), *(change(seq, stream="s9") for seq in range(1, 6)))
    time.sleep(0.2)
    house.take(25)
    until(lambda: len(house.receipts) == 25)
    assert len(house.node.heard) <= 4


@pytest.mark.real
def test_an_event_sent_again_is_one_row_and_earns_its_receipt_again(house: House) -> None:
    house.report(change(1, "frozen"), change(1, "frozen"))
    house.take(2)
    house.report(change(1, "frozen"))
    house.take(1)
    assert house.values == ["frozen"]
    until(lambda: house.receipts == [("s1", 1)] * 3)


@pytest.mark.real
def test_presence_birth_and_heartbeat_are_kept(house: House) -> None:
    house.node.say(f"{TOPIC}/state", codec.encode(State(is_online=True)), retain=True)
    house.node.say(f"{TOPIC}/birth", codec.encode(BIRTH))
    house.node.say(f"{TOPIC}/report", codec.encode(HEARTBEAT))
    house.take(3)
    with house.database.read() as c:
        assert nodes.presences(c)[THON_1].is_online
        assert nodes.presences(c)[THON_1].heard_at == NOW
        assert nodes.births(c) == {THON_1: BIRTH}
        assert nodes.heartbeats(c) == {THON_1: (HEARTBEAT, NOW)}
    assert "fleet" in house.told


@pytest.mark.real
def test_an_event_alone_shows_that_a_node_lives(house: House) -> None:
    house.report(change(1))
    house.take(1)
    with house.database.read() as c:
        assert nodes.presences(c)[THON_1].heard_at == NOW


@pytest.mark.real
def test_what_nobody_can_use_is_counted_and_holds_up_nothing(house: House) -> None:
    bad = [b"", b"{", b"\xff\xfe", b"[]", b'{"kind":"gossip","v":1}', b'{"kind":"change"}', codec.encode(HEARTBEAT)]
    for payload in bad:
        house.node.say(f"{TOPIC}/event", payload)
    house.node.say(f"{TOPIC}/report", b"{}")
    house.report(change(1))
    house.take(len(bad) + 2)
    assert house.values == ["frozen"]
    assert house.ingest.refused == {f"{TOPIC}/event": len(bad), f"{TOPIC}/report": 1}
    until(lambda: house.receipts == [("s1", 1)])


@pytest.mark.real
def test_an_event_nobody_can_use_earns_its_receipt_so_that_it_does_not_come_for_ever(house: House) -> None:
    strange = codec.encode(change(7)).replace(b'"kind":"change"', b'"kind":"song"')
    house.node.say(f"{TOPIC}/event", strange)
    house.take(1)
    until(lambda: house.receipts == [("s1", 7)])
    assert house.values == []


@pytest.mark.real
def test_one_event_the_database_cannot_hold_does_not_take_others_with_it(house: House) -> None:
    events = [change(seq, str(seq)) for seq in range(1, 9)]
    events[4] = change(5, at=datetime(1, 1, 1, tzinfo=UTC))
    house.report(*events)
    house.take(8)
    assert house.values == ["1", "2", "3", "4", "6", "7", "8"]
    assert house.ingest.refused == {f"{TOPIC}/event": 1}
    until(lambda: {seq for _, seq in house.receipts} == set(range(1, 9)))


@pytest.mark.real
def test_a_revoked_node_is_no_longer_heard(house: House) -> None:
    with house.database.write() as c:
        nodes.revoke(c, THON_1)
    house.report(change(1))
    house.take(1)
    assert house.values == []
    assert house.ingest.refused == {f"{TOPIC}/event": 1}
    assert house.receipts == []


@pytest.mark.real
def test_while_another_program_holds_the_database_events_wait_and_none_is_lost(house: House, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    house.report(change(1), change(2))
    house.ingest.start()
    time.sleep(0.3)
    assert house.receipts == []
    assert house.values == []
    other.execute("COMMIT")
    until(lambda: sorted(house.receipts) == [("s1", 1), ("s1", 2)])
    house.ingest.stop()
    assert house.values == ["frozen", "frozen"]


@pytest.mark.real
def test_a_database_that_fails_is_tried_again_until_it_works(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with house.database.write() as c:
        c.execute(text("ALTER TABLE flips RENAME TO hidden"))
    house.report(change(1), change(2))
    house.ingest.start()
    until(lambda: caplog.text.count("wait for the database") >= 2)
    assert house.receipts == []
    with house.database.write() as c:
        c.execute(text("ALTER TABLE hidden RENAME TO flips"))
    until(lambda: sorted(house.receipts) == [("s1", 1), ("s1", 2)])
    house.ingest.stop()
    assert house.values == ["frozen", "frozen"]
    assert not house.ingest.refused


@pytest.mark.real
def test_a_hub_that_stops_while_the_database_fails_acknowledges_nothing(house: House) -> None:
    with house.database.write() as c:
        c.execute(text("ALTER TABLE flips RENAME TO hidden"))
    house.report(change(1))
    house.ingest.start()
    time.sleep(0.2)
    house.ingest.stop()
    assert not house.ingest.is_alive
    assert house.receipts == []


@pytest.mark.real
def test_a_lively_village_comes_through_whole_and_in_order(house: House) -> None:
    house.ingest.start()
    for seq in range(1, 3001):
        house.node.throw(f"{TOPIC}/event", codec.encode(change(seq, str(seq))))
    until(lambda: len(set(house.receipts)) == 3000)
    house.ingest.stop()
    with house.database.read() as c:
        assert sorted(int(flip.value) for flip in records.flips(c, limit=5000)) == list(range(1, 3001))


JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
PICTURES = Pictures(at=NOW, command=Counter(0, 4), camera="gate", now=JPEG, before=JPEG)


def ask(database: Database, order: Order = Order.SHOW, camera: str = "gate", node: str = THON_1) -> None:
    """What somebody asked for a moment ago, and went out as command 0.4."""
    asked = LiveOrder(
        id="o1", node=node, order=order, broadcast="", created_at=NOW, until_at=NOW + timedelta(minutes=2),
        camera=camera, asked_by="tam", counter=Counter(0, 4), nonce="n-1",
    )  # fmt: skip
    with database.write() as c:
        orders.add(c, [asked])


@pytest.mark.real
def test_pictures_that_were_asked_for_are_kept_once_for_their_time_and_that_is_done(house: House) -> None:
    ask(house.database)
    house.node.say(f"{TOPIC}/picture", codec.encode(PICTURES))
    house.node.say(f"{TOPIC}/picture", codec.encode(replace(PICTURES, now=JPEG + b"again")))
    house.take(2)
    assert house.ingest.refused.total() == 0
    assert "pictures" in house.told
    with house.database.read() as c:
        held = thumbnails.of_camera(c, THON_1, "gate", NOW)
        assert held is not None
        assert (held.now, held.before, held.after, held.asked_by) == (JPEG, JPEG, b"", "tam")
        assert held.expires_at == NOW + timedelta(hours=24)
        assert orders.open_orders(c, NOW) == []
        assert thumbnails.of_camera(c, THON_1, "gate", held.expires_at) is None, "shown no longer at once"


@pytest.mark.real
def test_pictures_that_nobody_asked_for_are_thrown_away(house: House) -> None:
    ask(house.database, camera="yard")
    house.node.say(f"{TOPIC}/picture", codec.encode(PICTURES))
    house.take(1)
    assert house.ingest.refused.total() == 1
    with house.database.read() as c:
        assert thumbnails.of_camera(c, THON_1, "gate", NOW) is None


def message(topic: str, payload: bytes) -> Message:
    return Message(topic, payload, None)


def test_unknown_fields_are_accepted() -> None:
    raw = msgspec.json.decode(codec.encode(change(1)))
    heard = judge([message(f"{TOPIC}/event", msgspec.json.encode(raw | {"colour": "red"}))], {THON_1}, NOW)
    assert heard.events == [(THON_1, change(1), NOW)]


@pytest.mark.parametrize(
    "topic",
    [
        f"{TOPIC}/plan",
        f"{TOPIC}/command",
        f"{TOPIC}/gossip",
        f"loa/v1/longhoa/{THON_1}/event",
        f"loa/v2/binhminh/{THON_1}/event",
        f"loa/v1/binhminh/{THON_2}/event",
        "loa/v1/hub/hub/event",
        "",
    ],
)
def test_a_message_on_a_topic_that_is_no_known_nodes_own_is_refused(topic: str) -> None:
    heard = judge([message(topic, codec.encode(change(1)))], {THON_1}, NOW)
    assert [t for t, _ in heard.refused] == [topic]
    assert not heard.events


@pytest.mark.parametrize("kind", ["state", "birth", "report", "event", "picture"])
def test_a_message_nested_without_end_is_refused(kind: str) -> None:
    for payload in (b'{"x":' * 20_000 + b"1" + b"}" * 20_000, b'{"kind":"change","x":' + b"[" * 50_000):
        assert len(judge([message(f"{TOPIC}/{kind}", payload)], {THON_1}, NOW).refused) == 1


@given(st.sampled_from(["state", "birth", "report", "event", "picture"]), st.binary(max_size=200))
def test_no_bytes_whatever_get_past_or_break_the_judge(kind: str, payload: bytes) -> None:
    heard = judge([message(f"{TOPIC}/{kind}", payload)], {THON_1}, NOW)
    assert len(heard.refused) == 1


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_flipped_byte_is_read_as_another_message_or_refused_and_never_breaks(place: int, byte: int) -> None:
    raw = bytearray(codec.encode(replace(PLAYOUT, first_sample_at=NOW, last_sample_at=NOW, level_dbfs=-20.0)))
    raw[place % len(raw)] = byte
    heard = judge([message(f"{TOPIC}/event", bytes(raw))], {THON_1}, NOW)
    assert len(heard.refused) + len(heard.events) == 1
