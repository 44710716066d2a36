"""How far one alarm got, village by village: what its live page shows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contract.events import Playout
from contract.orders import Counter
from hub.alarms import emergency
from hub.alarms.emergency import Alarm, Reach
from hub.orders.broadcasts import Broadcast
from hub.web.wording.villages import Village


@dataclass(frozen=True, slots=True)
class Part:
    """One village's part in an alarm."""

    village: Village
    reach: Reach
    playout: Playout | None


@dataclass(frozen=True, slots=True)
class Course:
    """One alarm with all its villages, as of one instant."""

    broadcast: Broadcast
    alarm: Alarm
    parts: tuple[Part, ...]
    now: datetime

    @property
    def is_standing(self) -> bool:
        return emergency.is_standing(self.broadcast, self.alarm, self.now)

    @property
    def ends_at(self) -> datetime:
        return emergency.ends_at(self.broadcast, self.alarm)

    @property
    def acknowledged(self) -> list[Part]:
        return [p for p in self.parts if p.reach not in (Reach.WAITING, Reach.SENT)]

    @property
    def on_air(self) -> list[Part]:
        return [p for p in self.parts if p.reach is Reach.ON_AIR]

    @property
    def heard(self) -> list[Part]:
        """Where it sounds, or did."""
        ended = [p for p in self.parts if p.playout is not None and p.playout.first_sample_at is not None]
        return self.on_air + ended

    @property
    def unreached(self) -> list[Part]:
        """Whom to call: they have not answered in time. Nobody, once it was cancelled."""
        assert self.broadcast.starts_at is not None
        if self.alarm.cleared_at is not None or self.now < self.broadcast.starts_at + emergency.REACHED_WITHIN:
            return []
        return [p for p in self.parts if p.reach in (Reach.WAITING, Reach.SENT)]


def follow(
    broadcast: Broadcast,
    alarm: Alarm,
    villages: Mapping[str, Village],
    sent: Mapping[str, Counter | None],
    playouts: Mapping[str, Playout],
    now: datetime,
) -> Course:
    """Put an alarm together with what its villages said. `sent` counts the last command that went to each."""

    def part(village: Village) -> Part:
        node = village.node.id
        playout = playouts.get(node)
        return Part(
            village,
            emergency.reach(broadcast.id, sent.get(node), village.heartbeat, village.on_air, playout),
            playout,
        )

    return Course(broadcast, alarm, tuple(part(villages[n]) for n in broadcast.nodes if n in villages), now)
