"""When somebody works on a node or on one of its cameras, so that what it says meanwhile is no fault. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

REASON_MAX = 200
LONGEST = timedelta(days=31)
AHEAD = timedelta(days=365)
"""So far it may be planned."""


class Every(StrEnum):
    """How often maintenance happens again, at the same time of day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_SHORTEST = {Every.DAY: timedelta(days=1), Every.WEEK: timedelta(days=7), Every.MONTH: timedelta(days=28)}


@dataclass(frozen=True, slots=True)
class Repeat:
    """Again and again, the last time on `until` or before, by the days of `zone`. A month without that day is left
    out."""

    every: Every
    until: date
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when maintenance was meant to last. `camera` is empty where it is all of the node; `ended_at` and
    `ended_by` say that somebody ended it sooner. Those that were planned together share a `series`, which is empty for
    one alone."""

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
    series: str = ""

    @property
    def until_at(self) -> datetime:
        """When it is over, or was."""
        return self.ends_at if self.ended_at is None else min(self.ends_at, self.ended_at)

    def is_about(self, camera: str) -> bool:
        """Whether it covers this camera; the empty name is the node itself."""
        return self.camera in ("", camera)

    def is_at(self, at: datetime) -> bool:
        return self.starts_at <= at < self.until_at


@dataclass(frozen=True, slots=True)
class Next:
    """A window that lasts or comes next, and of its series how many are still to come after it, and when the last."""

    window: Window
    later: int = 0
    last_at: datetime | None = None


def next_of_each(windows: Iterable[Window]) -> list[Next]:
    """Of each series only the first, with what follows; those that stand alone as they are. `windows` are in order."""
    found: dict[str, Next] = {}
    for window in windows:
        known = found.get(window.series or window.id)
        if known is None:
            found[window.series or window.id] = Next(window)
        else:
            found[window.series] = Next(known.window, known.later + 1, window.starts_at)
    return list(found.values())


def adds_nothing(wished: Sequence[Window], known: Sequence[Window]) -> bool:
    """Whether each is planned already, of the same node or camera and at the same time. What has begun is compared from
    the wished beginning on: nobody plans for what was."""

    def is_known(each: Window) -> bool:
        same = (k for k in known if (k.node, k.camera, k.until_at) == (each.node, each.camera, each.ends_at))
        return any(k.starts_at == each.starts_at or k.starts_at <= each.starts_at <= each.made_at for k in same)

    return all(is_known(each) for each in wished)


def repeated(first: Window, repeat: Repeat) -> list[Window]:
    """The first and those that follow, not named yet."""
    length, local = first.ends_at - first.starts_at, first.starts_at.astimezone(repeat.zone)
    until = datetime.combine(repeat.until, local.timetz())
    match repeat.every:
        case Every.DAY:
            begins = rrule(DAILY, dtstart=local, until=until)
        case Every.WEEK:
            begins = rrule(WEEKLY, dtstart=local, until=until)
        case Every.MONTH:
            begins = rrule(MONTHLY, dtstart=local, until=until)
    return [replace(first, starts_at=at, ends_at=at + length) for at in begins]


def repeat_fault(starts_at: datetime, ends_at: datetime, repeat: Repeat, now: datetime) -> tuple[str, str] | None:
    """What is wrong with a wish to repeat, in Vietnamese and English; None where nothing is. `fault` found nothing."""
    if not starts_at.astimezone(repeat.zone).date() < repeat.until <= (now + AHEAD).astimezone(repeat.zone).date():
        return (
            "Ngày lặp cuối phải sau ngày đầu, và trong vòng một năm.",
            "The last day must be after the first, and within a year.",
        )
    if ends_at - starts_at >= _SHORTEST[repeat.every]:
        return "Mỗi lần phải xong trước khi lần sau bắt đầu.", "Each time must be over before the next begins."
    return None


def fault(starts_at: datetime, ends_at: datetime, reason: str, now: datetime) -> tuple[str, str] | None:
    """What is wrong with a window that somebody asks for, in Vietnamese and English; None where nothing is."""
    if not reason:
        return "Hãy ghi lý do bảo trì.", "Write down why."
    if len(reason) > REASON_MAX or not reason.isprintable():
        return f"Lý do dài nhất {REASON_MAX} ký tự.", f"The reason has at most {REASON_MAX} characters."
    if ends_at <= max(starts_at, now):
        return "Giờ xong phải sau giờ bắt đầu và sau bây giờ.", "It must end after it begins, and after now."
    if starts_at > now + AHEAD:
        return "Chỉ đặt lịch bảo trì được trong vòng một năm tới.", "Maintenance can be planned for the next year only."
    if ends_at - starts_at > LONGEST:
        return f"Một lần bảo trì dài nhất {LONGEST.days} ngày.", f"Maintenance lasts at most {LONGEST.days} days."
    return None
