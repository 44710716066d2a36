"""Issued plans, live orders and the counters of both."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from contract.orders import Audio, Counter
from contract.terms import Order, Priority
from hub.orders.broadcasts import Broadcast, Stage, approve
from hub.store import broadcasts, counters, meta, orders, plans
from hub.store.database import Database
from hub.store.orders import LiveOrder
from hub.store.plans import Issued

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
NODE, OTHER = "binhminh-thon-1", "binhminh-thon-2"


def plan(n: int, *carried: str, node: str = NODE, at: datetime = NOW) -> Issued:
    return Issued(node, Counter(0, n), "d" * 64, b"\x00signed", at, carried)


def order(id: str, until_at: datetime = NOW + HOUR) -> LiveOrder:
    return LiveOrder(id=id, node=NODE, order=Order.PLAY, broadcast="b1", created_at=NOW, until_at=until_at)


def test_the_latest_plan_of_each_node_comes_back_whole(c: Connection) -> None:
    plans.put(c, plan(1, "b1"))
    plans.put(c, plan(2, "b1", "b2"))
    plans.put(c, plan(5, node=OTHER))
    assert plans.issued(c) == {NODE: plan(2, "b1", "b2"), OTHER: plan(5, node=OTHER)}


def test_a_broadcast_counts_from_the_first_plan_of_an_unbroken_row(c: Connection) -> None:
    plans.put(c, plan(1, "b1"))
    plans.put(c, plan(2, "b1", "b2"))
    plans.put(c, plan(3, "b1", "b2"))
    plans.put(c, plan(4, "b1", node=OTHER))
    assert plans.first_with(c, "b1") == {NODE: Counter(0, 1), OTHER: Counter(0, 4)}
    assert plans.first_with(c, "b2") == {NODE: Counter(0, 2)}


def test_a_broadcast_taken_out_and_put_back_counts_anew(c: Connection) -> None:
    plans.put(c, plan(1, "b1"))
    plans.put(c, plan(2))
    assert plans.first_with(c, "b1") == {}
    plans.put(c, plan(3, "b1"))
    assert plans.first_with(c, "b1") == {NODE: Counter(0, 3)}


def test_a_broadcast_approved_anew_counts_from_the_plan_after_that(c: Connection) -> None:
    sound = Audio(sha256="a" * 64, size=1, duration_s=1.0)
    b = Broadcast(
        id="b1",
        title="Họp thôn",
        audio=(sound,),
        nodes=(NODE,),
        priority=Priority.ROUTINE,
        starts_at=NOW + 9 * HOUR,
        stage=Stage.SUBMITTED,
        author="lan",
        created_at=NOW,
    )
    broadcasts.add(c, approve(b, "minh", NOW - HOUR))
    plans.put(c, plan(1, "b1"))
    broadcasts.replace(c, approve(replace(b, starts_at=NOW + 8 * HOUR), "minh", NOW + HOUR))
    plans.put(c, plan(2, "b1", at=NOW + 2 * HOUR))
    assert plans.first_with(c, "b1") == {NODE: Counter(0, 2)}


def test_an_order_stands_until_it_is_done_or_over(c: Connection) -> None:
    orders.add(c, [order("o1"), order("o2"), order("o3", until_at=NOW + 2 * HOUR)])
    orders.note_done(c, "o2")
    assert [o.id for o in orders.open_orders(c, NOW)] == ["o1", "o3"]
    assert [o.id for o in orders.open_orders(c, NOW + HOUR)] == ["o3"]
    assert [o.id for o in orders.of_broadcast(c, "b1")] == ["o1", "o2", "o3"]
    assert orders.of_broadcast(c, "b2") == []


def test_an_order_remembers_the_command_last_sent_for_it(c: Connection) -> None:
    orders.add(c, [order("o1"), order("o2")])
    orders.note_sent(c, "o1", Counter(1, 42), "n-1")
    assert orders.open_orders(c, NOW) == [replace(order("o1"), counter=Counter(1, 42), nonce="n-1"), order("o2")]


def test_no_orders_are_no_trouble(c: Connection) -> None:
    orders.add(c, [])
    assert orders.open_orders(c, NOW) == []


def test_counters_rise_for_each_node_and_kind_alone(c: Connection) -> None:
    assert counters.next_counter(c, NODE, "plan", None) == Counter(0, 1)
    assert counters.next_counter(c, NODE, "plan", None) == Counter(0, 2)
    assert counters.next_counter(c, NODE, "command", None) == Counter(0, 1)
    assert counters.next_counter(c, OTHER, "plan", None) == Counter(0, 1)


def test_whoever_asks_at_the_same_time_gets_another_counter(database: Database) -> None:
    given: list[Counter] = []

    def take_ten() -> None:
        for _ in range(10):
            with database.write() as c:
                given.append(counters.next_counter(c, NODE, "plan", None))

    threads = [threading.Thread(target=take_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [Counter(0, n) for n in range(1, 41)]


def test_a_counter_jumps_above_what_the_node_holds(c: Connection) -> None:
    assert counters.next_counter(c, NODE, "plan", Counter(0, 500)) == Counter(0, 501)
    assert counters.next_counter(c, NODE, "plan", Counter(0, 3)) == Counter(0, 502)
    assert counters.next_counter(c, NODE, "plan", Counter(2, 3)) == Counter(2, 4)


def test_a_new_epoch_starts_its_own_numbers(c: Connection) -> None:
    assert counters.next_counter(c, NODE, "plan", Counter(0, 500)) == Counter(0, 501)
    meta.put(c, counters.EPOCH_KEY, "1")
    assert counters.next_counter(c, NODE, "plan", Counter(0, 501)) == Counter(1, 1)
    assert counters.next_counter(c, NODE, "plan", None) == Counter(1, 2)


def test_an_epoch_that_is_used_up_gives_out_nothing(c: Connection) -> None:
    with pytest.raises(ValueError, match="out of range"):
        counters.next_counter(c, NODE, "plan", Counter(0, 2**53 - 1))


def test_an_airing_counts_from_the_first_plan_that_reaches_so_far(c: Connection) -> None:
    for day in range(4):
        plans.put(c, plan(1 + day, "b1", at=NOW + timedelta(days=day)))
    soon, last = NOW + HOUR, NOW + timedelta(days=2) + plans.REACH
    assert plans.first_with(c, "b1", soon) == {NODE: Counter(0, 1)}
    assert plans.first_with(c, "b1", last - HOUR) == {NODE: Counter(0, 3)}
    assert plans.first_with(c, "b1", last + HOUR) == {NODE: Counter(0, 4)}
    assert plans.first_with(c, "b1", last + timedelta(days=2)) == {}
    plans.put(c, plan(900, at=NOW + timedelta(days=400)))
    assert plans.first_with(c, "b1", soon) == {}
