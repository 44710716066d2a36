"""A camera's small pictures, as a node sends them when a command asked for them."""

from dataclasses import dataclass
from datetime import datetime

from contract.form import VERSION, require, require_aware, require_id, require_version
from contract.orders import Counter
from contract.terms import CameraFault

PICTURE_MAX = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A camera's small pictures, sent because a command asked for them: as it is `now`, and at the last fault `before`
    it and `after` it began. JPEG, grey, so few pixels that neither a face nor a number plate can be told; empty where
    there is none."""

    v: int = VERSION
    at: datetime
    command: Counter
    camera: str
    now: bytes = b""
    before: bytes = b""
    after: bytes = b""
    fault: CameraFault = CameraFault.NONE
    fault_at: datetime | None = None

    def __post_init__(self) -> None:
        require_version(self.v)
        require_id("camera", self.camera)
        require_aware(at=self.at, fault_at=self.fault_at)
        for name in ("now", "before", "after"):
            require(len(getattr(self, name)) <= PICTURE_MAX, f"{name}: at most {PICTURE_MAX} bytes")
