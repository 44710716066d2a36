"""One consistent look into the store, as the pages need it: villages with their state, broadcasts with theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub import fleet
from hub.broadcasts import Broadcast
from hub.fleet import Flip
from hub.store import nodes, plans, records
from hub.web import airing, villages
from hub.web.airing import Airing
from hub.web.villages import Village

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
        """The villages in service, by name, as a form lists them."""
        return sorted(self.present, key=lambda v: v.node.title)


def look(c: Connection, now: datetime, online_since: datetime | None) -> Sight:
    presences, heartbeats, flips = nodes.presences(c), nodes.heartbeats(c), records.latest_flips(c)
    of_node: dict[str, dict[str, Flip]] = {}
    for (id, subject), flip in flips.items():
        of_node.setdefault(id, {})[subject] = flip
    seen = {}
    for node in nodes.nodes(c):
        presence = presences.get(node.id)
        status = fleet.status(presence, now, online_since)
        heartbeat = heartbeats[node.id][0] if node.id in heartbeats else None
        seen[node.id] = villages.describe(node, status, presence, heartbeat, of_node.get(node.id, {}))
    return Sight(now, seen)


def follow(c: Connection, sight: Sight, broadcasts: Sequence[Broadcast]) -> list[Airing]:
    """How these broadcasts stand, in the same order."""
    return [
        airing.follow(b, sight.villages, plans.first_with(c, b.id), records.playouts(c, b.id), sight.now)
        for b in broadcasts
    ]
