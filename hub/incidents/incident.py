"""What an incident is: a cause, since when, and the things that it took away. Data alone; pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from contract.terms import CameraFault, Trust
from hub.nodes.fleet import MACHINE, SILENT, Flip, Status

NODE = "node"
"""The subject that says whether a village has contact."""
NETWORK = "network"
"""The subject that says which one cause a node finds for all that fails in its network."""
UPS = "ups"
"""The subject that says whether a village has mains power, where its node has a battery."""
_WELL = frozenset({"", "ok", CameraFault.NONE.value, Trust.TRUSTED.value, Trust.HOLDOVER.value})


class About(StrEnum):
    """What a cause takes away."""

    CONTACT = "contact"
    MAINS = "mains"
    PROCESS = "process"
    SOUND = "sound"
    NETWORK = "network"
    CLOCK = "clock"
    CAMERA = "camera"
    MACHINE = "machine"


class Turn(StrEnum):
    """What became of an incident. One that turned out to be part of another is CLOSED, and says of which."""

    OPENED = "opened"
    REOPENED = "reopened"
    CLOSED = "closed"


@dataclass(slots=True, kw_only=True)
class Member:
    """One thing that an incident took away; `left_at` is None while it is away. `since_at` is the first sign of it,
    the last time that it went."""

    node: str
    subject: str
    value: str
    detail: str
    since_at: datetime
    left_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Incident:
    """`since_at` is the first sign, `opened_at` when the hub was sure; `closed_at` is None while it lasts.

    `is_wide`: power or provider of several villages. `merged_into` is the incident that it was a part of, or 0. What
    began with mains power is about contact once a battery is empty.
    """

    id: int
    about: About
    since_at: datetime
    opened_at: datetime
    is_wide: bool = False
    closed_at: datetime | None = None
    returned_at: datetime | None = None
    reopenings: int = 0
    merged_into: int = 0
    members: list[Member] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def away(self) -> list[Member]:
        """Those that are away now."""
        return [m for m in self.members if m.left_at is None]

    @property
    def again_at(self) -> datetime | None:
        """Since when it lasts, where it was over before; None where this is its first time, or it is over."""
        times = [m.since_at for m in self.away]
        return min(times) if self.reopenings and times and min(times) > self.since_at else None

    @property
    def nodes(self) -> set[str]:
        """All villages that it ever touched."""
        return {m.node for m in self.members}

    def find(self, node: str, subject: str) -> Member | None:
        return next((m for m in self.members if (m.node, m.subject) == (node, subject)), None)


@dataclass(frozen=True, slots=True)
class Kept:
    """An incident with what people made of it."""

    incident: Incident
    known_by: str = ""
    known_at: datetime | None = None
    assigned_to: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of one incident; whoever sends alerts reads these."""

    turn: Turn
    incident: int
    at: datetime


def about(subject: str) -> About | None:
    """What a subject of flips is about; None for what is no matter of incidents."""
    kinds = {NODE: About.CONTACT, "sound": About.SOUND, "clock": About.CLOCK, "process": About.PROCESS}
    kinds |= {"target": About.NETWORK, "camera": About.CAMERA, **dict.fromkeys(MACHINE, About.MACHINE)}
    kinds[UPS] = About.MAINS
    return kinds.get(subject.partition(":")[0])


def is_fault(flip: Flip) -> bool:
    """Whether this change is one for the worse. LATE is none yet, a clock on its own neither."""
    match about(flip.subject):
        case None:
            return False
        case About.CONTACT:
            return flip.value == Status.DOWN
        case About.PROCESS:
            return flip.value == SILENT
        case About.NETWORK:
            return flip.value not in (*_WELL, Status.UP)
        case _:
            return flip.value not in _WELL


def parents(subject: str) -> tuple[str, ...]:
    """What must be well in the same village for anybody to know of this, the nearest first."""
    kind = subject.partition(":")[0]
    watcher = {"camera": "process:camera", "target": "process:netmon", "sound": "process:speaker"}.get(kind)
    if subject == NODE:
        return ()
    if subject in MACHINE:
        return (*(("power",) if subject == "usb" else ()), "process:netmon", NODE)
    return (NODE,) if watcher is None else (watcher, NODE)
