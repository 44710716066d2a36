"""One consistent look into the store, as the pages need it: villages with their state, broadcasts with theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.nodes import fleet
from hub.nodes.fleet import Flip, Status
from hub.nodes.uptime import NODE
from hub.orders.broadcasts import Broadcast, Stage, airings, current_airing, next_airing
from hub.rules.calendar import Occurrence
from hub.rules.reading import fold
from hub.rules.rule import DaySets
from hub.store import day_sets, maintenance, nodes, records
from hub.web.memory import Memory
from hub.web.wording import airing, villages
from hub.web.wording.airing import Airing
from hub.web.wording.villages import Village

REFUSALS_OF = timedelta(hours=24)
"""How far back refused orders are counted."""
ARMED = timedelta(seconds=30)
"""A node may say that it is at an airing this long before its instant: the amplifier warms up."""

OnlineSince = Callable[[], datetime | None]
"""Since when the hub itself has its broker; None while it has not."""


@dataclass(frozen=True, slots=True)
class Sight:
    """All villages as of `now`; revoked ones too, since old broadcasts name them."""

    now: datetime
    villages: Mapping[str, Village]

    @property
    def present(self) -> list[Village]:
        """The villages in service, in the order of the board."""
        return sorted((v for v in self.villages.values() if not v.node.is_revoked), key=lambda v: v.place)

    @property
    def choice(self) -> list[Village]:
        """The villages in service, by name, as a form lists them; Đ stands with D."""
        return sorted(self.present, key=lambda v: (fold(v.node.title), v.node.title))


def look(c: Connection, now: datetime, online_since: datetime | None, memory: Memory | None = None) -> Sight:
    """All villages as they are now; with a `memory`, what was read before is not read anew."""
    heartbeats, presences = (memory or Memory()).heartbeats(c), nodes.presences(c)
    flips = _since_the_first_sign(c, records.latest_flips(c, villages.SUBJECTS))
    refused, windows = records.count_refusals(c, now - REFUSALS_OF), maintenance.present(c, now)
    of_node: dict[str, dict[str, Flip]] = {}
    for (id, subject), flip in flips.items():
        of_node.setdefault(id, {})[subject] = flip
    seen = {}
    for node in nodes.nodes(c):
        presence = presences.get(node.id)
        status = fleet.status(presence, now, online_since)
        heartbeat = heartbeats.get(node.id)
        known = of_node.get(node.id, {})
        seen[node.id] = villages.describe(
            node, status, presence, heartbeat, known, refused.get(node.id, {}), windows.get(node.id, ())
        )
    return Sight(now, seen)


def look_at(c: Connection, id: str, now: datetime, online_since: datetime | None) -> Village | None:
    """One village alone, which asks for no other's rows."""
    node = nodes.node(c, id)
    if node is None:
        return None
    presence, beat = nodes.presence(c, id), nodes.heartbeat(c, id)
    known = _since_the_first_sign(c, records.latest_flips(c, villages.SUBJECTS, id))
    flips = {subject: flip for (_, subject), flip in known.items()}
    refused, windows = records.count_refusals(c, now - REFUSALS_OF, id), maintenance.present(c, now)
    status, heartbeat = fleet.status(presence, now, online_since), None if beat is None else beat[0]
    return villages.describe(node, status, presence, heartbeat, flips, refused.get(id, {}), windows.get(id, ()))


def _since_the_first_sign(c: Connection, flips: dict[tuple[str, str], Flip]) -> dict[tuple[str, str], Flip]:
    """A node that was late and then gone has been away since it was late: incidents and alerts count so too."""
    gone = {id: flip for (id, subject), flip in flips.items() if subject == NODE and flip.value == Status.DOWN}
    signs = records.before_latest(c, NODE, gone)
    late = {id: sign for id, sign in signs.items() if sign.value == Status.LATE}
    return flips | {(id, NODE): replace(gone[id], at=sign.at) for id, sign in late.items()}


def follow(c: Connection, sight: Sight, broadcasts: Sequence[Broadcast], memory: Memory | None = None) -> list[Airing]:
    """How these broadcasts stand, in the same order; one that recurs by its airing that is due now, or the next."""
    sets = day_sets.day_sets(c)
    return [follow_airing(c, sight, b, _meant(b, sight.now, sets), sets, memory) for b in broadcasts]


def _meant(broadcast: Broadcast, now: datetime, sets: DaySets) -> Occurrence | None:
    """Which airing is meant by the broadcast; of one that was not approved never one that has begun, if more follow."""
    is_unapproved = broadcast.stage in (Stage.DRAFT, Stage.SUBMITTED)
    following = next_airing(broadcast, now, sets) if is_unapproved and broadcast.rule is not None else None
    return following or current_airing(broadcast, now, sets)


def follow_airing(
    c: Connection,
    sight: Sight,
    broadcast: Broadcast,
    occurrence: Occurrence | None,
    sets: DaySets,
    memory: Memory | None = None,
) -> Airing:
    """How one airing of a broadcast stands."""
    known, at = memory or Memory(), None if broadcast.rule is None or occurrence is None else occurrence.at
    needed, went = known.first_with(c, broadcast.id, at), known.playouts(c, broadcast.id, at)
    if broadcast.rule is None or occurrence is None:
        return airing.follow(broadcast, sight.villages, needed, went, sight.now)
    soon = sight.now + ARMED
    begun_since = airings(broadcast, occurrence.at, soon, sets)
    return airing.follow(
        broadcast,
        sight.villages,
        needed,
        went,
        sight.now,
        occurrence,
        is_latest=begun_since == [occurrence],
    )
