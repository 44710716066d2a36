"""Which pictures of a camera are kept to compare with, and which of them a look is compared with. Pure.

Two sets: those of the commissioning, which stay, and rolling ones, a few for each hour of the day, which follow the
seasons. A picture is taken in only when it was judged healthy, so that a fault is never learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from edge.camera.view.seen import Measures

DAY_MIN = 24 * 60
NEAR_MIN = 90
"""A reference speaks for this long before and after its time of day."""
SLOT_MIN = 30
PER_SLOT = 3
"""Rolling ones a slot and kind, of different days."""
RENEWED = timedelta(days=3)
"""A full slot takes a new one in no more often: cards wear out by writing."""
COMMISSIONED_PER_SLOT = 1
COMPARED = 5
"""With how many a look is compared, at most; the last healthy look comes on top."""
STAND_INS = 3
FRESH = timedelta(minutes=60)
"""How long the last healthy look speaks for the present light."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One kept picture, by the name it is stored under."""

    name: str
    at: datetime
    measures: Measures
    is_commissioned: bool = False

    @property
    def is_grey(self) -> bool:
        return self.measures.is_grey


def choose(kept: Sequence[Reference], at: datetime, is_grey: bool, zone: tzinfo) -> list[Reference]:
    """Those of the same kind (grey by infrared, or not) and nearly the same hour, the nearest in time of day first."""
    near = [r for r in kept if r.is_grey is is_grey and apart_min(r.at, at, zone) <= NEAR_MIN]
    near.sort(key=lambda r: (apart_min(r.at, at, zone), at - r.at))
    rolling = [r for r in near if not r.is_commissioned]
    first = [r for r in near if r.is_commissioned]
    chosen = [*rolling[: COMPARED - min(2, len(first))], *first]
    return chosen[:COMPARED]


def stand_ins(kept: Sequence[Reference], at: datetime, zone: tzinfo) -> list[Reference]:
    """Those of other hours, of either kind, the nearest in time of day first."""
    far = [r for r in kept if apart_min(r.at, at, zone) > NEAR_MIN]
    return sorted(far, key=lambda r: (apart_min(r.at, at, zone), at - r.at))[:STAND_INS]


def is_wanted(kept: Sequence[Reference], at: datetime, is_grey: bool, zone: tzinfo, is_commissioning: bool) -> bool:
    """Whether a healthy picture of this instant adds something."""
    same = [r for r in _slot(kept, at, zone) if r.is_grey is is_grey and r.is_commissioned is is_commissioning]
    if is_commissioning:
        return len(same) < COMMISSIONED_PER_SLOT
    day = at.astimezone(zone).date()
    if len(same) < PER_SLOT:
        return all(r.at.astimezone(zone).date() != day for r in same)
    return at - max(r.at for r in same) >= RENEWED


def admit(kept: Sequence[Reference], new: Reference, zone: tzinfo) -> tuple[list[Reference], list[Reference]]:
    """Take one in. Returns what is kept now, and what makes room for it."""
    if new.is_commissioned:
        return [*kept, new], []
    slot = [r for r in _slot(kept, new.at, zone) if not r.is_commissioned and r.is_grey is new.is_grey]
    slot.sort(key=lambda r: r.at)
    gone = slot[: max(0, len(slot) - PER_SLOT + 1)]
    return [*(r for r in kept if r not in gone), new], gone


def apart_min(a: datetime, b: datetime, zone: tzinfo) -> float:
    """Minutes between two times of day, the short way round: 0 to 720."""
    apart = abs(_minute(a, zone) - _minute(b, zone))
    return min(apart, DAY_MIN - apart)


def _slot(kept: Sequence[Reference], at: datetime, zone: tzinfo) -> list[Reference]:
    slot = _minute(at, zone) // SLOT_MIN
    return [r for r in kept if _minute(r.at, zone) // SLOT_MIN == slot]


def _minute(at: datetime, zone: tzinfo) -> float:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute + local.second / 60
