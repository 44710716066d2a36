"""One consistent look into the store, as the pages need it: villages with their state, broadcasts with theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.nodes import fleet
from hub.nodes.fleet import Flip
from hub.orders.broadcasts import Broadcast, Stage, airings, current_airing, next_airing
from hub.rules.calendar import Occurrence
from hub.rules.reading import fold
from hub.rules.rule import DaySets
from hub.store import day_sets, maintenance, nodes, plans, records
from hub.web import airing, villages
from hub.web.airing import Airing
from hub.web.villages import Village

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


def look(c: Connection, now: datetime, online_since: datetime | None) -> Sight:
    presences, heartbeats, flips = nodes.presences(c), nodes.heartbeats(c), records.latest_flips(c)
    refused, windows = records.count_refusals(c, now - REFUSALS_OF), maintenance.present(c, now)
    of_node: dict[str, dict[str, Flip]] = {}
    for (id, subject), flip in flips.items():
        of_node.setdefault(id, {})[subject] = flip
    seen = {}
    for node in nodes.nodes(c):
        presence = presences.get(node.id)
        status = fleet.status(presence, now, online_since)
        heartbeat = heartbeats[node.id][0] if node.id in heartbeats else None
        known = of_node.get(node.id, {})
        seen[node.id] = villages.describe(
            node, status, presence, heartbeat, known, refused.get(node.id, {}), windows.get(node.id, ())
        )
    return Sight(now, seen)


def follow(c: Connection, sight: Sight, broadcasts: Sequence[Broadcast]) -> list[Airing]:
    """How these broadcasts stand, in the same order; one that recurs by its airing that is due now, or the next."""
    sets = day_sets.day_sets(c)
    return [follow_airing(c, sight, b, _meant(b, sight.now, sets), sets) for b in broadcasts]


def _meant(broadcast: Broadcast, now: datetime, sets: DaySets) -> Occurrence | None:
    """Which airing is meant by the broadcast; of one that was not approved never one that has begun, if more follow."""
    is_unapproved = broadcast.stage in (Stage.DRAFT, Stage.SUBMITTED)
    following = next_airing(broadcast, now, sets) if is_unapproved and broadcast.rule is not None else None
    return following or current_airing(broadcast, now, sets)


def follow_airing(
    c: Connection, sight: Sight, broadcast: Broadcast, occurrence: Occurrence | None, sets: DaySets
) -> Airing:
    """How one airing of a broadcast stands."""
    if broadcast.rule is None or occurrence is None:
        needed, playouts = plans.first_with(c, broadcast.id), records.playouts(c, broadcast.id)
        return airing.follow(broadcast, sight.villages, needed, playouts, sight.now)
    soon = sight.now + ARMED
    begun_since = airings(broadcast, occurrence.at, soon, sets)
    return airing.follow(
        broadcast,
        sight.villages,
        plans.first_with(c, broadcast.id, occurrence.at),
        records.playouts(c, broadcast.id, occurrence.at),
        sight.now,
        occurrence,
        is_latest=begun_since == [occurrence],
    )
