"""Sends down what nodes are to air: a signed plan when its content changed, a signed command while an order stands.

A plan goes into the database before it goes out; the broker's retained copy is disposable and is laid again
after every connection.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from contract import codec
from contract.orders import Audio, Command, Counter, Cue
from contract.reports import Heartbeat
from contract.signing import sign
from contract.terms import Order
from contract.topics import Address
from hub import broadcasts
from hub.broadcasts import REISSUE_AFTER, Broadcast
from hub.keys import HubKeys
from hub.rule import DaySets
from hub.store import broadcasts as broadcast_rows
from hub.store import counters, day_sets, nodes, orders, plans
from hub.store.database import Database
from hub.store.orders import LiveOrder
from hub.store.plans import Issued

log = logging.getLogger(__name__)

REISSUE_LOOK_S = 60
"""Plans are looked at again when what they rest on changed, and this often for their age."""
NONCE_AGE_S = 60.0
"""A heartbeat may carry a nonce this old; a command's time to live counts from the nonce's issue."""
COMMAND_LIVE_S = 60.0
"""How long after it was signed a command may still be taken up."""
RESEND_AFTER = timedelta(seconds=2)
"""A node that takes a command up says so within a second."""


class Publisher(Protocol):
    """The hub's link, as far as it is needed here."""

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None: ...


class Dispatch:
    """Brings every node's plan and standing orders up to date, one pass a call."""

    def __init__(
        self,
        database: Database,
        keys: HubKeys,
        link: Publisher,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._database = database
        self._keys = keys
        self._link = link
        self._now = now
        self._tell = tell
        self._sent_at: dict[str, datetime] = {}
        self._looked: object = None
        self._settled: object = None
        """What all plans rest on, once every node has one that says so: then only their age can call for another."""

    def lay_plans(self) -> None:
        """Publish every node's newest plan again: the broker may have lost what it retained."""
        with self._database.read() as c:
            issued = plans.issued(c)
        for each in issued.values():
            self._publish_plan(each)

    def issue_plans(self) -> list[str]:
        """Issue a plan to each node whose content changed, whose plan is a day old, or that knows a higher counter.

        A node that has not spoken yet waits for its birth: only that tells what a counter must be above, also to a
        hub restored from a backup. Returns the nodes served.
        """
        now = self._now()
        with self._database.read() as c:
            fleet = [n.id for n in nodes.nodes(c) if not n.is_revoked]
            approved = broadcast_rows.approved(c, now - REISSUE_AFTER - timedelta(days=1))
            sets = day_sets.day_sets(c)
            latest = plans.issued(c)
            births = nodes.births(c)
        ground = (
            approved,
            sets,
            {node: birth.plan for node, birth in births.items()},
            fleet,
        )
        look = int(now.timestamp() // REISSUE_LOOK_S)
        if (ground, look) == self._looked:
            return []
        is_settled = ground == self._settled
        self._looked, self._settled, failed = (ground, look), None, 0
        served: list[str] = []
        for node in filter(births.__contains__, fleet):
            if is_settled and node in latest and now - latest[node].issued_at < REISSUE_AFTER:
                continue
            try:
                issued = self._issue(node, approved, sets, latest.get(node), births[node].plan, now)
            except ValueError as error:
                log.error("plan for %s not issued, the former one stands: %s", node, error)
                failed += 1
                continue
            if issued is not None:
                self._publish_plan(issued)
                served.append(node)
        self._settled = None if failed else ground
        if served:
            self._tell("plans")
        return served

    def send_commands(self) -> None:
        """Sign each standing order for the freshest nonce of its node, again whenever the node speaks later and has
        not taken it up. A cue that was taken up twice still sounds once."""
        now = self._now()
        with self._database.read() as c:
            standing = orders.open_orders(c, now)
            heard = nodes.heartbeats(c) if standing else {}
        self._sent_at = {order.id: self._sent_at[order.id] for order in standing if order.id in self._sent_at}
        for order in standing:
            if order.node in heard:
                self._send(order, *heard[order.node], now)

    def _issue(
        self,
        node: str,
        approved: list[Broadcast],
        sets: DaySets,
        latest: Issued | None,
        held: Counter | None,
        now: datetime,
    ) -> Issued | None:
        """Raises ValueError where the plan is larger than a node takes."""
        counter = Counter(self._keys.epoch, 0)
        if latest is not None:
            # As of then: that an airing has passed, or that one more came into sight, changes nothing for the node.
            then = broadcasts.compile_plan(node, approved, counter, latest.issued_at, sets=sets)
            if not self._is_outdated(latest, broadcasts.content_digest(then), held, now):
                return None
        draft = broadcasts.compile_plan(node, approved, counter, now, sets=sets)
        content = broadcasts.content_digest(draft)
        with self._database.write() as c:
            plan = replace(draft, counter=counters.next_counter(c, node, "plan", held))
            wire = codec.encode(sign(plan, self._keys.daily, self._keys.grant))
            carried = tuple(sorted({cue.broadcast for cue in plan.cues}))
            issued = Issued(node, plan.counter, content, wire, now, carried)
            plans.put(c, issued)
        return issued

    def _is_outdated(self, latest: Issued, content: str, held: Counter | None, now: datetime) -> bool:
        return (
            latest.content_digest != content
            or now - latest.issued_at >= REISSUE_AFTER
            or latest.counter.epoch != self._keys.epoch
            or (held is not None and held > latest.counter)
        )

    def _publish_plan(self, issued: Issued) -> None:
        self._link.publish(Address.of_node(issued.node).topic("plan"), issued.wire, retain=True)

    def _send(self, order: LiveOrder, heartbeat: Heartbeat, heard_at: datetime, now: datetime) -> None:
        if order.counter is not None and heartbeat.command is not None and heartbeat.command >= order.counter:
            with self._database.write() as c:
                orders.note_done(c, order.id)
            self._tell("orders")
            return
        sent_at = self._sent_at.get(order.id)
        if not heartbeat.nonce or (sent_at is not None and heard_at < sent_at + RESEND_AFTER):
            return
        self._sent_at[order.id] = now
        with self._database.write() as c:
            birth = nodes.births(c).get(order.node)
            held = max(filter(None, (heartbeat.command, birth.command if birth else None)), default=None)
            counter = counters.next_counter(c, order.node, "command", held)
            cue, audio = self._sound(order, broadcast_rows.broadcast(c, order.broadcast))
            orders.note_sent(c, order.id, counter, heartbeat.nonce)
        command = Command(
            node=order.node,
            counter=counter,
            nonce=heartbeat.nonce,
            ttl_s=min((now - heard_at).total_seconds() + NONCE_AGE_S + COMMAND_LIVE_S, 3600.0),
            order=order.order,
            cue=cue,
            audio=audio,
            stop=order.broadcast if order.order is Order.STOP else "",
        )
        envelope = sign(command, self._keys.daily, self._keys.grant)
        self._link.publish(Address.of_node(order.node).topic("command"), codec.encode(envelope))

    def _sound(self, order: LiveOrder, broadcast: Broadcast | None) -> tuple[Cue | None, tuple[Audio, ...]]:
        if order.order is Order.STOP or broadcast is None:
            return None, ()
        return broadcasts.cue(broadcast, order.node), broadcast.audio
