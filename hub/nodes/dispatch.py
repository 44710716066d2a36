"""Sends down what nodes are to air: a signed plan when its content changed, a signed command while an order stands.

A plan goes into the database before it goes out; the broker's retained copy is disposable and is laid again
after every connection.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from contract import codec
from contract.orders import Audio, Command, Counter, Cue
from contract.reports import Heartbeat
from contract.signing import sign
from contract.terms import Order, Reason
from contract.topics import Address
from hub.alarms import emergency
from hub.nodes import planning
from hub.nodes.planning import REISSUE_AFTER, Ground
from hub.orders.broadcasts import Broadcast, sounds
from hub.security.keys import HubKeys
from hub.store import alarms, counters, nodes, orders, plans
from hub.store import broadcasts as broadcast_rows
from hub.store import ground as standing_choices
from hub.store.database import Database
from hub.store.orders import LiveOrder
from hub.store.plans import Issued

_Heard = Mapping[str, tuple[Heartbeat, datetime]]

log = logging.getLogger(__name__)

REISSUE_LOOK_S = 60
"""Plans are looked at again when what they rest on changed, and this often for their age."""
NONCE_AGE_S = 60.0
"""A heartbeat may carry a nonce this old; a command's time to live counts from the nonce's issue."""
COMMAND_LIVE_S = 60.0
"""How long after it was signed a command may still be taken up."""
RESEND_AFTER = timedelta(seconds=2)
"""A node that takes a command up says so within a second."""
TIME_EVERY = timedelta(seconds=60)
TIME_FRESH = timedelta(seconds=15)
"""The time is only told in answer to a heartbeat that has just come: the age of its nonce is the error made."""


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
        self._told_time_at: dict[str, datetime] = {}
        self._left_behind_by: set[str] = set()
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
            ground = standing_choices.ground(c, now)
            latest = plans.issued(c)
            births = nodes.births(c)
        basis = (approved, ground, {node: birth.plan for node, birth in births.items()}, fleet)
        look = int(now.timestamp() // REISSUE_LOOK_S)
        if (basis, look) == self._looked:
            return []
        is_settled = basis == self._settled
        self._looked, self._settled, failed = (basis, look), None, 0
        served: list[str] = []
        for node in filter(births.__contains__, fleet):
            if is_settled and node in latest and now - latest[node].issued_at < REISSUE_AFTER:
                continue
            self._warn_if_left_behind(node, births[node].plan)
            try:
                issued = self._issue(node, approved, ground, latest.get(node), births[node].plan, now)
            except ValueError as error:
                log.error("plan for %s not issued, the former one stands: %s", node, error)
                failed += 1
                continue
            if issued is not None:
                self._publish_plan(issued)
                served.append(node)
        self._settled = None if failed else basis
        if served:
            self._tell("plans")
        return served

    def send_commands(self) -> None:
        """Sign each standing order for the freshest nonce of its node, again whenever the node speaks later and has
        not taken it up. A cue that was taken up twice still sounds once.

        However many villages it concerns, it is one transaction: none waits for the disk once for every other.
        """
        now = self._now()
        with self._database.read() as c:
            standing = orders.open_orders(c, now)
            heard: _Heard = nodes.heartbeats(c) if standing else {}
            born_at = nodes.born_at(c) if standing else {}
        self._sent_at = {order.id: self._sent_at[order.id] for order in standing if order.id in self._sent_at}
        within_reach = [order for order in standing if order.node in heard]
        done = [order for order in within_reach if _is_taken_up(order, heard[order.node][0])]
        waiting = [order for order in within_reach if order not in done]
        due_nodes = {
            order.node for order in waiting if self._is_due(order, *heard[order.node], born_at.get(order.node))
        }
        # By the counter of its newest command a node says that it has had all before it: so all go, in their order.
        due = [order for order in waiting if order.node in due_nodes]
        if not done and not due:
            return
        signed = self._sign_all(done, due, heard, now)
        for topic, payload in signed:
            self._link.publish(topic, payload)
        self._tell("orders")

    def tell_time(self) -> None:
        """Tell the time, signed, to every node that does not believe its clock, and to which nothing else is under way:
        by the counter of a command the node says that it has taken up all before it."""
        now = self._now()
        with self._database.read() as c:
            blind = nodes.blind(c, now - TIME_FRESH)
            busy = {order.node for order in orders.open_orders(c, now)} if blind else set()
        for node, (heartbeat, _) in blind.items():
            told_at = self._told_time_at.get(node)
            is_due = told_at is None or now - told_at >= TIME_EVERY
            if is_due and heartbeat.nonce and node not in busy:
                self._told_time_at[node] = now
                with self._database.write() as c:
                    counter = counters.next_counter(c, node, "command", heartbeat.command)
                at = self._now()
                told = Command(
                    node=node, counter=counter, nonce=heartbeat.nonce, ttl_s=NONCE_AGE_S, order=Order.TIME, at=at
                )
                envelope = sign(told, self._keys.daily, self._keys.grant)
                self._link.publish(Address.of_node(node).topic("command"), codec.encode(envelope))

    def _issue(
        self,
        node: str,
        approved: list[Broadcast],
        ground: Ground,
        latest: Issued | None,
        held: Counter | None,
        now: datetime,
    ) -> Issued | None:
        """Raises ValueError where the plan is larger than a node takes."""
        counter = Counter(self._keys.epoch, 0)
        if latest is not None:
            # As of then: that an airing has passed, or that one more came into sight, changes nothing for the node.
            then = planning.compile_plan(node, approved, counter, latest.issued_at, ground)
            if not self._is_outdated(latest, planning.content_digest(then), held, now):
                return None
        draft = planning.compile_plan(node, approved, counter, now, ground)
        content = planning.content_digest(draft)
        with self._database.write() as c:
            plan = replace(draft, counter=counters.next_counter(c, node, "plan", held))
            wire = codec.encode(sign(plan, self._keys.daily, self._keys.grant))
            carried = tuple(sorted({cue.broadcast for cue in plan.cues} | {*plan.keep}))
            issued = Issued(node, plan.counter, content, wire, now, carried)
            plans.put(c, issued)
        return issued

    def _warn_if_left_behind(self, node: str, held: Counter | None) -> None:
        """A hub restored from before its last change of keys is believed by nobody, and says so once a node."""
        if held is not None and held.epoch > self._keys.epoch and node not in self._left_behind_by:
            self._left_behind_by.add(node)
            log.error("%s tin khóa mới hơn khóa của hub này: chạy  loa-hub key rotate  / believes a newer key", node)

    def _is_outdated(self, latest: Issued, content: str, held: Counter | None, now: datetime) -> bool:
        return (
            latest.content_digest != content
            or now - latest.issued_at >= REISSUE_AFTER
            or latest.counter.epoch != self._keys.epoch
            or (held is not None and held > latest.counter)
        )

    def _publish_plan(self, issued: Issued) -> None:
        self._link.publish(Address.of_node(issued.node).topic("plan"), issued.wire, retain=True)

    def _is_due(self, order: LiveOrder, heartbeat: Heartbeat, heard_at: datetime, born_at: datetime | None) -> bool:
        """Whether to sign it (again): never while its answer may be on its way, but at once when a node says that
        the nonce was stale and names another, or has only connected since."""
        sent_at = self._sent_at.get(order.id)
        if not heartbeat.nonce:
            return False
        is_stale = heartbeat.plan.refused is Reason.STALE_NONCE and heartbeat.nonce != order.nonce
        if sent_at is None or (born_at is not None and born_at > sent_at):
            return True
        return heard_at >= sent_at + RESEND_AFTER or (is_stale and heard_at > sent_at)

    def _sign_all(
        self, done: Sequence[LiveOrder], due: Sequence[LiveOrder], heard: _Heard, now: datetime
    ) -> list[tuple[str, bytes]]:
        """Put down what is done, and every new counter before it goes out. Returns what to publish."""
        signed: list[tuple[str, bytes]] = []
        with self._database.write() as c:
            for order in done:
                orders.note_done(c, order.id)
            births = nodes.births(c) if due else {}
            for order in due:
                heartbeat, heard_at = heard[order.node]
                birth = births.get(order.node)
                held = max(filter(None, (heartbeat.command, birth.command if birth else None)), default=None)
                command = self._command(c, order, heartbeat.nonce, now - heard_at, held)
                if command is None:
                    orders.note_done(c, order.id)
                    continue
                orders.note_sent(c, order.id, command.counter, command.nonce)
                envelope = sign(command, self._keys.daily, self._keys.grant)
                signed.append((Address.of_node(order.node).topic("command"), codec.encode(envelope)))
                self._sent_at[order.id] = now
        return signed

    def _command(
        self, c: Connection, order: LiveOrder, nonce: str, silence: timedelta, held: Counter | None
    ) -> Command | None:
        """The command of an order for a nonce heard `silence` ago; None where what it names is gone."""
        now = self._now()
        content = _content(c, order, now)
        if content is None:
            return None
        silence = max(silence, timedelta())
        # The nonce is at least as old as its heartbeat: so nothing is taken up after the order's own end.
        longest = order.until_at - now + silence
        return Command(
            node=order.node,
            counter=counters.next_counter(c, order.node, "command", held),
            nonce=nonce,
            ttl_s=min(silence.total_seconds() + NONCE_AGE_S + content.live_s, longest.total_seconds(), 3600.0),
            order=order.order,
            cue=content.cue,
            audio=content.audio,
            stop=order.broadcast if order.order is Order.STOP else "",
            camera=order.camera,
        )


@dataclass(frozen=True, slots=True)
class _Content:
    """What a command is to be heard, and how long after its signing it may be taken up and wait for its sounds."""

    live_s: float = COMMAND_LIVE_S
    cue: Cue | None = None
    audio: tuple[Audio, ...] = ()


def _content(c: Connection, order: LiveOrder, now: datetime) -> _Content | None:
    """None where the broadcast to play is gone. A stop may be followed by an all-clear; a camera sounds not."""
    if order.order.is_camera:
        return _Content()
    alarm = alarms.alarm(c, order.broadcast)
    if order.order is Order.STOP:
        all_clear = None if alarm is None else broadcast_rows.broadcast(c, alarm.all_clear)
        if all_clear is None:
            return _Content()
        return _Content(emergency.TAKE_UP_S, planning.cue(all_clear, order.node), all_clear.audio)
    broadcast = broadcast_rows.broadcast(c, order.broadcast)
    if broadcast is None:
        return None
    if alarm is None:
        ground = standing_choices.ground(c, now)
        heard = sounds(broadcast, None, ground.languages.get(order.node, ""))
        return _Content(cue=planning.cue(broadcast, order.node, None, ground), audio=heard)
    return _Content(emergency.TAKE_UP_S, emergency.cue(broadcast, alarm, order.node, now), broadcast.audio)


def _is_taken_up(order: LiveOrder, heartbeat: Heartbeat) -> bool:
    return order.counter is not None and heartbeat.command is not None and heartbeat.command >= order.counter
