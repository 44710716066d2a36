"""The hub's connection to its real broker: what arrives, what goes out, and how it comes back."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from contract import codec
from contract.reports import State
from contract.topics import HUB_STATE
from hub.nodes.link import Link, Message
from hub.nodes.mosquitto import UNACKED_MAX
from tests.hub.conftest import PATIENCE_S, THON_1, THON_2, Peer, Village, until

pytestmark = pytest.mark.real

EVENT, PLAN = f"loa/v1/binhminh/{THON_1}/event", f"loa/v1/binhminh/{THON_1}/plan"
ONLINE, OFFLINE = codec.encode(State(is_online=True)), codec.encode(State(is_online=False))


@pytest.fixture
def connected() -> threading.Semaphore:
    """Released once for each time the link said that it is connected."""
    return threading.Semaphore(0)


@pytest.fixture
def link(village: Village, connected: threading.Semaphore) -> Iterator[Link]:
    link = Link(village.broker.hub_port, village.broker.hub_password, lambda: datetime.now(UTC), connected.release)
    link.start()
    assert connected.acquire(timeout=PATIENCE_S)
    yield link
    link.stop()


def receive(link: Link, count: int) -> list[Message]:
    messages: list[Message] = []

    def are_enough() -> bool:
        messages.extend(link.receive(0.1))
        return len(messages) >= count

    until(are_enough)
    return messages


def states_heard(node: Peer) -> list[bytes]:
    return [bytes(m.payload) for m in node.heard if m.topic == HUB_STATE]


def test_what_nodes_say_arrives_in_order(village: Village, link: Link) -> None:
    node = village.node(THON_1)
    for kind in ("state", "birth", "report", "event"):
        node.say(f"loa/v1/binhminh/{THON_1}/{kind}", kind.encode())
    messages = receive(link, 4)
    assert [(m.topic.rpartition("/")[2], m.payload) for m in messages] == [
        ("state", b"state"),
        ("birth", b"birth"),
        ("report", b"report"),
        ("event", b"event"),
    ]
    assert all(m.token is not None for m in messages)


def test_silence_is_an_empty_answer(link: Link) -> None:
    assert link.receive(0.01) == []


def test_the_largest_message_comes_through_whole(village: Village, link: Link) -> None:
    payload = os.urandom(codec.MESSAGE_MAX)
    village.node(THON_1).say(EVENT, payload)
    assert receive(link, 1)[0].payload == payload


def test_nodes_see_the_hub_come_and_go(village: Village, link: Link) -> None:
    node = village.node(THON_1)
    node.subscribe(HUB_STATE)
    until(lambda: states_heard(node) == [ONLINE])
    link.stop()
    until(lambda: states_heard(node) == [ONLINE, OFFLINE])
    assert link.online_since is None


def test_a_hub_that_is_cut_off_is_seen_offline_and_comes_back(
    village: Village, link: Link, connected: threading.Semaphore
) -> None:
    node = village.node(THON_1)
    node.subscribe(HUB_STATE)
    until(lambda: states_heard(node) == [ONLINE])
    thief = village.hub()
    until(lambda: states_heard(node)[:2] == [ONLINE, OFFLINE])
    assert thief.is_welcome or thief.was_dropped.is_set()
    assert connected.acquire(timeout=PATIENCE_S)
    until(lambda: states_heard(node)[-1] == ONLINE)


def test_a_message_reaches_its_node_and_a_kept_one_whoever_comes_later(village: Village, link: Link) -> None:
    early = village.node(THON_1)
    early.subscribe(PLAN)
    link.publish(PLAN, b"signed", retain=True)
    until(lambda: early.heard)
    late = village.node(THON_1)
    late.subscribe(PLAN)
    until(lambda: late.heard)
    assert [m.payload for m in early.heard + late.heard] == [b"signed", b"signed"]


def test_the_broker_may_die_and_the_link_comes_back_by_itself(
    village: Village, link: Link, connected: threading.Semaphore
) -> None:
    since = link.online_since
    pid = village.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert connected.acquire(timeout=PATIENCE_S)
    assert since is not None
    assert link.online_since is not None
    assert link.online_since > since
    village.node(THON_1).say(EVENT)
    assert receive(link, 1)[0].topic == EVENT


def test_publishing_without_a_broker_is_lost_and_no_trouble(village: Village, link: Link) -> None:
    village.broker.stop()
    until(lambda: link.online_since is None)
    link.publish(PLAN, b"lost", retain=True)


def test_more_messages_than_may_be_unacknowledged_pass_once_they_are_acknowledged(village: Village, link: Link) -> None:
    node = village.node(THON_1)
    count = UNACKED_MAX + 500
    for number in range(count):
        node.throw(EVENT, str(number).encode())
    messages = receive(link, UNACKED_MAX)
    assert len(messages) == UNACKED_MAX
    assert link.receive(0.2) == [], "the broker holds back what would be too much unacknowledged"
    link.acknowledge(messages)
    messages += receive(link, count - UNACKED_MAX)
    assert [int(m.payload) for m in messages] == list(range(count))


def test_tokens_of_a_lost_connection_acknowledge_nothing_on_the_next(
    village: Village, link: Link, connected: threading.Semaphore
) -> None:
    village.node(THON_1).say(EVENT, b"before")
    old = receive(link, 1)
    village.hub()
    assert connected.acquire(timeout=PATIENCE_S)
    link.acknowledge(old)
    village.node(THON_2).say(f"loa/v1/binhminh/{THON_2}/event", b"after")
    fresh = receive(link, 1)
    assert [m.payload for m in fresh] == [b"after"]
    assert old[0].token is not None
    assert fresh[0].token is not None
    assert fresh[0].token.connection > old[0].token.connection


def test_the_hub_does_not_hear_its_own_state(village: Village, link: Link) -> None:
    node = village.node(THON_1)
    node.subscribe(HUB_STATE)
    until(lambda: states_heard(node) == [ONLINE])
    node.say(EVENT)
    assert [m.topic for m in receive(link, 1)] == [EVENT]
