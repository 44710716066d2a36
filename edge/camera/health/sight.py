"""One camera over time: what is believed of it, and what it is remembered to show.

The node and `cameras judge` both use it, so what is tried out on a folder of pictures is what runs in the village.
"""

from dataclasses import replace
from datetime import datetime

from contract.terms import CameraFault
from edge.camera.health.memory import Memory
from edge.camera.health.usual import NOTHING_USUAL
from edge.camera.health.verdict import Health, accepted, follow
from edge.camera.rules import Rule
from edge.camera.view.question import Question
from edge.camera.view.seen import Look

LEARNT_LOOKS = 30
"""So many first pictures are taken as right: a quarter of an hour."""


class Sight:
    """Ask `question`, look, and hand the look to `take`."""

    def __init__(self, memory: Memory, rule: Rule, health: Health | None = None, learn: int = LEARNT_LOOKS) -> None:
        self.memory = memory
        self.health = health or Health()
        self._rule = rule
        self._learnt_looks = learn
        self._learn = learn if not memory.kept else 0

    @property
    def right_at(self) -> datetime | None:
        """Since when the view is held to be right, None before the first picture."""
        return self.memory.right_at

    @property
    def clean_in_days(self) -> float | None:
        """When the lens will want cleaning if dirt goes on as it did, None where it does not grow."""
        return self.memory.clean_in_days(self._rule)

    def commission(self, at: datetime) -> None:
        """This view is right: forget what was known and learn anew from now on. Raises OSError."""
        self._learn = self._learnt_looks
        self.memory.forget(at)
        self.health = accepted(self.health, at)

    def question(self, at: datetime) -> Question:
        return self.memory.question(at)

    def take(self, look: Look, at: datetime) -> Health:
        """Judge a look and remember it. Raises OSError where the album cannot be written; it is judged all the same."""
        if self._learn > 0 and look.measures is not None:
            self._learn -= 1
            self.health = follow(self.health, replace(look, comparison=None), at, self._rule)
            self.memory.learn(look, at)
        else:
            usual = NOTHING_USUAL
            if look.measures is not None:
                usual = self.memory.usual(at, look.measures.is_grey, self._rule, self._since())
            self.health = follow(self.health, look, at, self._rule, usual)
            if look.small:
                self._remember(look, at, usual.has_days)
        if look.comparison is not None:
            self.memory.stir(look.comparison, at, bool(self.health.fault))
        return self.health

    def _remember(self, look: Look, at: datetime, is_settled: bool) -> None:
        shown = self._newest()
        seen, measures = look.comparison, look.measures
        if seen is not None and seen.dull is not None and measures is not None and measures.is_by_day and not shown:
            self.memory.grow_dull(seen.dull, at)
        self.memory.take(look, at, shown, is_settled)

    def _since(self) -> datetime | None:
        """Since when something has been wrong, if anything is."""
        if self.health.fault:
            return self.health.since_at
        return self.health.suspected_at if self.health.suspect else None

    def _newest(self) -> CameraFault:
        """What the look itself showed, believed or not; dirt alone keeps no picture from being remembered."""
        suspect = self.health.suspect
        newest = suspect if suspect is not CameraFault.NONE else self.health.fault or CameraFault.NONE
        return CameraFault.NONE if newest is CameraFault.DIRTY else newest
