"""What one look shows, in words and figures. Plain data."""

from dataclasses import dataclass, field

from contract.terms import CameraFault
from edge.camera.health.phrases import told


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look shows: a fault or NONE, in words, and the figures it was told by.

    `is_blind`: nothing was wrong, but nothing can be said of the view either, for want of pictures of this hour.
    """

    fault: CameraFault = CameraFault.NONE
    detail: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    is_blind: bool = False


def found(fault: CameraFault, what: str, **figures: float) -> Finding:
    return Finding(fault, told(what, **figures), {name: round(value, 3) for name, value in figures.items()})
