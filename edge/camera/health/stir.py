"""What comes and goes before a camera without being a fault: by place, and by time of day. Pure.

A market's crowd, a gate that stands open, bottles on a table: blocks that are hidden often count the less when a cover
is looked for, and at an hour when much was hidden on other days a cover must hide more than that.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from edge.camera.view.seen import BLOCKS, Comparison, blocks

OFTEN = 0.25
"""A block that is hidden in so many looks counts for nothing."""
_FIRST_LOOKS, _LONG_LOOKS = 20, 3000
"""How fast a block's habit is learnt, at first and later on."""
SLOT_MIN = 20
SLOTS = 24 * 60 // SLOT_MIN
DAYS = 5
"""Of each slot, what was hidden at most on so many days."""
ENOUGH = 8.0
"""With less weight left, all blocks count again."""


@dataclass(slots=True)
class Stir:
    """`often`: by block, how often it is hidden, 0 to 1. `most`: by slot of the day, the most that was hidden on each
    of the last days, in per cent; `days`: the day of the newest of them."""

    looks: int = 0
    often: list[float] = field(default_factory=lambda: [0.0] * BLOCKS)
    most: list[list[int]] = field(default_factory=lambda: [[] for _ in range(SLOTS)])
    days: list[int] = field(default_factory=lambda: [0] * SLOTS)

    def __post_init__(self) -> None:
        if (len(self.often), len(self.most), len(self.days)) != (BLOCKS, SLOTS, SLOTS):
            raise ValueError("stir: not of this form")

    def note(self, seen: Comparison, at: datetime, zone: tzinfo) -> None:
        """Take a look into account that is known to have been healthy."""
        share = self.share(seen.hidden, seen.solid)
        self.looks += 1
        learns = 1 / min(self.looks + _FIRST_LOOKS, _LONG_LOOKS)
        hidden = blocks(seen.hidden)
        self.often = [often + learns * ((each in hidden) - often) for each, often in enumerate(self.often)]
        slot, day = _slot(at, zone), at.astimezone(zone).toordinal()
        if self.days[slot] != day:
            self.days[slot] = day
            self.most[slot] = [*self.most[slot][1 - DAYS :], 0]
        self.most[slot][-1] = max(self.most[slot][-1], round(100 * share))

    def share(self, hidden: str, solid: str) -> float:
        """The share of the dependable blocks that is hidden, by how seldom each of them is."""
        weights = {each: max(0.0, 1 - self.often[each] / OFTEN) for each in blocks(solid)}
        total = sum(weights.values())
        if total < ENOUGH:
            weights = dict.fromkeys(weights, 1.0)
            total = float(len(weights))
        return sum(weights.get(each, 0.0) for each in blocks(hidden)) / total if total else 0.0

    def usual(self, at: datetime, zone: tzinfo) -> float:
        """How much is hidden now and then at this time of day: the most, but for one day."""
        slot = _slot(at, zone)
        near = sorted(each for n in (-1, 0, 1) for each in self.most[(slot + n) % SLOTS])
        return near[-2] / 100 if len(near) > 1 else 0.0


def _slot(at: datetime, zone: tzinfo) -> int:
    local = at.astimezone(zone)
    return (local.hour * 60 + local.minute) // SLOT_MIN
