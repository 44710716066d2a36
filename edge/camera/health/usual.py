"""What is usual for a camera at this hour. Plain data: who remembers gives it, who judges takes it."""

from collections.abc import Callable
from dataclasses import dataclass

from edge.camera.view.seen import Measures

SETTLED_DAYS = 3
"""Colours are judged only where references come from so many days: on the first ones dusk looks strange too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual for a camera at this hour.

    `measures`: of the references, of the look's own kind where there are any. `days`: from how many days they are.
    `stir`: how much of the view is hidden now and then without a fault, as a share of it (0 to 1). `dull`: how much of
    it has been dull for days beside what it was when the camera was put up; 0 where that is no dirt to speak of.
    `is_fresh`: whether the last healthy look was just before: the light cannot have changed much since.
    `hidden`: of hidden and dependable blocks, the share that is hidden, where places differ in how often they are.
    """

    measures: tuple[Measures, ...] = ()
    days: int = 0
    stir: float = 0.0
    dull: float = 0.0
    hidden: Callable[[str, str], float] | None = None
    is_fresh: bool = False

    @property
    def has_days(self) -> bool:
        return self.days >= SETTLED_DAYS

    @property
    def is_settled(self) -> bool:
        """Whether what is seen now may be held against what this hour shows."""
        return self.has_days or self.is_fresh


NOTHING_USUAL = Usual()
