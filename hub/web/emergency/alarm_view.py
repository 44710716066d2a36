"""An alarm as pages and programs look at it: who holds its sound, who would refuse it, how far it got."""

from collections.abc import Iterable

from sqlalchemy import Connection

from contract.terms import Order, Reason
from hub.alarms import alarm as alarms
from hub.alarms import emergency
from hub.orders.broadcasts import Recording
from hub.store import nodes, orders, plans, records
from hub.web.emergency import reached
from hub.web.emergency.reached import Course
from hub.web.sight import Sight
from hub.web.wording.villages import Village


def count_held(c: Connection, seen: Sight, recording: Recording) -> int:
    """In how many villages a kept recording lies ready, by their speakers' own word."""
    needed = plans.first_with(c, recording.sha256)
    reports = {v.node.id: v.heartbeat.plan for v in seen.present if v.heartbeat is not None}
    return sum(emergency.holds(recording.sha256, needed.get(v.node.id), reports.get(v.node.id)) for v in seen.present)


def refusing(
    c: Connection, seen: Sight, villages: Iterable[Village], sound: Recording, repeat_for_s: float
) -> list[tuple[Village, Reason]]:
    """The villages whose own limits would refuse it, and why."""
    births = nodes.births(c)
    limits = [(v, births[v.node.id].limits) for v in villages if v.node.id in births]
    found = [(v, emergency.hindrance(sound.duration_s, repeat_for_s, each, seen.now)) for v, each in limits]
    return [(v, reason) for v, reason in found if reason is not Reason.NONE]


def away(villages: Iterable[Village]) -> list[Village]:
    """Those that nothing reaches now, as far as is known."""
    return [v for v in villages if v.status not in ("up", "late")]


def course(c: Connection, seen: Sight, id: str) -> Course:
    """How far it got in each village. Raises NotFound."""
    alarm, broadcast = alarms.find_alarm(c, id)
    sent = {o.node: o.counter for o in orders.of_broadcast(c, id) if o.order is Order.PLAY}
    return reached.follow(broadcast, alarm, seen.villages, sent, records.playouts(c, id), seen.now)
