"""Which cameras of a node were lost together, so that one cause is one line: their power, or the switch. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.reports import CameraReport
from contract.terms import CameraFault

GONE = frozenset({CameraFault.OFFLINE, CameraFault.NO_SIGNAL})
TOGETHER = timedelta(minutes=2)
MANY = 3
"""So many have a cause in common; where there are but two, both."""


@dataclass(frozen=True, slots=True)
class Causes:
    """What is wrong with the cameras of one node: `together` are groups that were lost at the same time, `single` all
    other faulty ones. Each in the order in which it began."""

    together: tuple[tuple[CameraReport, ...], ...]
    single: tuple[CameraReport, ...]


def find(cameras: Sequence[CameraReport], apart: Collection[str] = ()) -> Causes:
    """Judge the cameras of one node. Those named in `apart` (somebody works on them) do not count at all."""
    counted = [c for c in cameras if c.id not in apart]
    faulty = sorted((c for c in counted if c.fault is not CameraFault.NONE), key=lambda c: (c.since_at, c.id))
    gone = [c for c in faulty if c.fault in GONE]
    least = min(MANY, max(len(counted), 2))
    together: list[tuple[CameraReport, ...]] = []
    while gone:
        near = tuple(c for c in gone if c.since_at - gone[0].since_at <= TOGETHER)
        if len(near) >= least:
            together.append(near)
            gone = gone[len(near) :]
        else:
            gone = gone[1:]
    grouped = {c.id for group in together for c in group}
    return Causes(tuple(together), tuple(c for c in faulty if c.id not in grouped))


def began_at(group: Sequence[CameraReport]) -> datetime:
    """When the first of them was lost."""
    return min(c.since_at for c in group)
