"""One camera over time: what is believed of it, and what it is remembered to show.

The node and `cameras judge` both use it, so what is tried out on a folder of pictures is what runs in the village.
"""

from dataclasses import replace
from datetime import datetime

from contract.terms import CameraFault
from edge.camera.health.memory import Memory
from edge.camera.health.verdict import NOTHING_USUAL, Health, follow
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
        self._learn_looks = learn
        self._learn = learn if not memory.kept else 0
        self._right_at: datetime | None = None

    @property
    def right_at(self) -> datetime | None:
        return self._right_at or self.memory.commissioned_at

    @property
    def clean_in_days(self) -> float | None:
        return None

    def commission(self, at: datetime) -> None:
        """What is seen from now on is right."""
        self.memory.forget()
        self._learn, self._right_at = self._learn_looks, at

    def question(self, at: datetime) -> Question:
        return self.memory.question(at)

    def take(self, look: Look, at: datetime) -> Health:
        """Judge a look and remember it. Raises OSError where the album cannot be written; it is judged all the same."""
        if look.comparison is not None:
            self.memory.stir(look.comparison, bool(self.health.fault))
        if self._learn > 0 and look.measures is not None:
            self._learn -= 1
            self.health = follow(self.health, replace(look, comparison=None), at, self._rule)
            self.memory.learn(look, at)
            return self.health
        usual = self.memory.usual(at, look.measures.is_grey) if look.measures is not None else NOTHING_USUAL
        self.health = follow(self.health, look, at, self._rule, usual)
        if look.small:
            self.memory.take(look, at, self._newest())
        return self.health

    def _newest(self) -> CameraFault:
        """What the look itself showed, believed or not."""
        suspect = self.health.suspect
        return suspect if suspect is not CameraFault.NONE else self.health.fault or CameraFault.NONE
