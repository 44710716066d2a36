"""When somebody works on a node or on one of its cameras, so that what it says meanwhile is no fault. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

REASON_MAX = 200
LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when maintenance was meant to last. `camera` is empty where it is all of the node; `ended_at` and
    `ended_by` say that somebody ended it sooner."""

    id: str
    node: str
    camera: str = ""
    starts_at: datetime
    ends_at: datetime
    reason: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def until_at(self) -> datetime:
        """When it is over, or was."""
        return self.ends_at if self.ended_at is None else min(self.ends_at, self.ended_at)

    def is_about(self, camera: str) -> bool:
        """Whether it covers this camera; the empty name is the node itself."""
        return self.camera in ("", camera)

    def is_at(self, at: datetime) -> bool:
        return self.starts_at <= at < self.until_at


def fault(starts_at: datetime, ends_at: datetime, reason: str, now: datetime) -> tuple[str, str] | None:
    """What is wrong with a window that somebody asks for, in Vietnamese and English; None where nothing is."""
    if not reason:
        return "Hãy ghi lý do bảo trì.", "Write down why."
    if len(reason) > REASON_MAX or not reason.isprintable():
        return f"Lý do dài nhất {REASON_MAX} ký tự.", f"The reason has at most {REASON_MAX} characters."
    if ends_at <= max(starts_at, now):
        return "Giờ xong phải sau giờ bắt đầu và sau bây giờ.", "It must end after it begins, and after now."
    if ends_at - starts_at > LONGEST or starts_at > now + timedelta(days=365):
        return f"Một lần bảo trì dài nhất {LONGEST.days} ngày.", f"Maintenance lasts at most {LONGEST.days} days."
    return None
