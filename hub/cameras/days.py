"""What became of one camera day by day: from its changes, those of its node, and the times of maintenance. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.nodes.course import Follower, midnight, of_subject
from hub.nodes.fleet import SILENT, Flip, Status, process_subject
from hub.nodes.windows import Window

DAYS = 90
NODE, PROCESS = "node", process_subject("camera")
WATCHED_AT_LEAST = 0.5
"""A day of which less was watched is unknown: a node that started anew for a minute makes none."""


class Standing(StrEnum):
    """What one day, or one stretch of time, was like."""

    NONE = "none"
    """Nobody watched this camera yet."""
    GOOD = "good"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which nothing changed."""

    starts_at: datetime
    ends_at: datetime
    standing: Standing
    fault: CameraFault = CameraFault.NONE

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Day:
    """The worst of one day, and for how long; `fault` is the one that lasted longest."""

    date: date
    standing: Standing
    lasted: timedelta = timedelta()
    fault: CameraFault = CameraFault.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One fault from its first picture to its last; `ends_at` is None while it lasts."""

    fault: CameraFault
    starts_at: datetime
    ends_at: datetime | None
    detail: str = ""
    is_maintained: bool = False
    """Somebody was at work there when it began."""


@dataclass(frozen=True, slots=True)
class History:
    """The last days of one camera, the first first, and its incidents, the newest first."""

    days: tuple[Day, ...]
    incidents: tuple[Incident, ...]
    watched: float | None
    """How much of the time since it was first watched anything is known, 0 to 1; None where it never was."""
    seeing: float | None
    """How much of the time that is known, and was no maintenance, it had a good picture."""
    counts: dict[Standing, int] = field(default_factory=dict)


def subject(camera: str) -> str:
    return f"camera:{camera}"


def subjects(camera: str) -> tuple[str, str, str]:
    """The things of a node whose changes say how a camera was."""
    return subject(camera), NODE, PROCESS


def first_day(now: datetime, zone: ZoneInfo, days: int = DAYS) -> datetime:
    """The beginning of the first day that is told; today is the last of them."""
    return midnight(now.astimezone(zone).date() - timedelta(days=days - 1), zone)


def tell(
    camera: str,
    flips: Sequence[Flip],
    windows: Sequence[Window],
    report: CameraReport | None,
    now: datetime,
    zone: ZoneInfo,
) -> History:
    """`flips` are those of `subjects`, from the last before the first day on; `report` is the camera's last word."""
    changes = _changes(camera, flips, report)
    spans = list(course(camera, changes, flips, windows, first_day(now, zone), now))
    days = by_day(spans, now, zone)
    counts = count(days)
    watched, seeing = _shares(spans)
    began = _incidents(changes, windows, camera)
    since = first_day(now, zone)
    incidents = tuple(i for i in reversed(began) if i.ends_at is None or i.ends_at > since)
    return History(days, incidents, watched, seeing, counts)


def by_day(spans: Sequence[Span], now: datetime, zone: ZoneInfo) -> tuple[Day, ...]:
    """The worst of each day, from spans in order."""
    ends = [span.ends_at for span in spans]
    return tuple(_day(_within(spans, ends, *bounds[1:]), *bounds) for bounds in _days(now, zone))


def count(days: Sequence[Day]) -> dict[Standing, int]:
    return {s: sum(day.standing is s for day in days) for s in Standing}


def course(
    camera: str,
    changes: Sequence[Flip],
    flips: Sequence[Flip],
    windows: Sequence[Window],
    start: datetime,
    end: datetime,
) -> Iterable[Span]:
    """The time from `start` to `end` in stretches that follow one another without a gap."""
    about = [w for w in windows if w.is_about(camera)]
    edges = {flip.at for flip in (*changes, *flips)} | {w.starts_at for w in about} | {w.until_at for w in about}
    inner = sorted(edge for edge in edges if start < edge < end)
    picture, node, process = Follower(changes), Follower(of_subject(flips, NODE)), Follower(of_subject(flips, PROCESS))
    for since, until in pairwise([start, *inner, end]):
        value = picture.at(since)
        is_off = node.at(since) == Status.DOWN or process.at(since) == SILENT
        fault = _fault(value or "")
        if any(w.is_at(since) for w in about):
            yield Span(since, until, Standing.MAINTENANCE)
        elif value is None:
            yield Span(since, until, Standing.NONE)
        elif is_off:
            yield Span(since, until, Standing.UNKNOWN)
        else:
            yield Span(since, until, Standing.GOOD if fault is CameraFault.NONE else Standing.FAULT, fault)


def _changes(camera: str, flips: Sequence[Flip], report: CameraReport | None) -> list[Flip]:
    """The camera's own; its last word goes beyond them where a change is still on its way."""
    changes = of_subject(flips, subject(camera))
    if report is None:
        return changes
    last = changes[-1] if changes else None
    is_news = last is None or (last.at < report.since_at and _fault(last.value) is not report.fault)
    if not is_news:
        return changes
    value = report.fault.value
    return [*changes, Flip(node="", subject=subject(camera), value=value, at=report.since_at, detail=report.detail)]


def _fault(value: str) -> CameraFault:
    """A fault that this version does not know counts as none that it could name: as no signal."""
    if value in ("", "ok"):
        return CameraFault.NONE
    return CameraFault(value) if value in list(CameraFault) else CameraFault.NO_SIGNAL


def _days(now: datetime, zone: ZoneInfo) -> Iterable[tuple[date, datetime, datetime]]:
    """Each day that is told with its beginning and its end."""
    today = now.astimezone(zone).date()
    for back in reversed(range(DAYS)):
        day = today - timedelta(days=back)
        yield day, midnight(day, zone), midnight(day + timedelta(days=1), zone)


def _within(spans: Sequence[Span], ends: Sequence[datetime], start: datetime, end: datetime) -> list[Span]:
    """Those that touch this stretch of time."""
    first = bisect_right(ends, start)
    return list(takewhile(lambda span: span.starts_at < end, islice(spans, first, None)))


def _day(spans: Sequence[Span], day: date, start: datetime, end: datetime) -> Day:
    lasted: dict[Standing, timedelta] = {}
    faults: dict[CameraFault, timedelta] = {}
    for span in spans:
        length = min(span.ends_at, end) - max(span.starts_at, start)
        if length > timedelta():
            lasted[span.standing] = lasted.get(span.standing, timedelta()) + length
            if span.standing is Standing.FAULT:
                faults[span.fault] = faults.get(span.fault, timedelta()) + length
    if faults:
        return Day(day, Standing.FAULT, lasted[Standing.FAULT], max(faults, key=lambda each: faults[each]))
    if Standing.MAINTENANCE in lasted:
        return Day(day, Standing.MAINTENANCE, lasted[Standing.MAINTENANCE])
    unknown, good = lasted.get(Standing.UNKNOWN, timedelta()), lasted.get(Standing.GOOD, timedelta())
    if not unknown and not good:
        return Day(day, Standing.NONE)
    is_unknown = good < WATCHED_AT_LEAST * (unknown + good)
    return Day(day, Standing.UNKNOWN, unknown) if is_unknown else Day(day, Standing.GOOD, unknown)


def _shares(spans: Sequence[Span]) -> tuple[float | None, float | None]:
    lasted = {s: sum((span.length for span in spans if span.standing is s), timedelta()) for s in Standing}
    all_of_it = sum((lasted[s] for s in Standing if s is not Standing.NONE), timedelta())
    judged = lasted[Standing.GOOD] + lasted[Standing.FAULT]
    watched = (all_of_it - lasted[Standing.UNKNOWN]) / all_of_it if all_of_it else None
    return watched, lasted[Standing.GOOD] / judged if judged else None


def _incidents(changes: Sequence[Flip], windows: Sequence[Window], camera: str) -> list[Incident]:
    """Each change to a fault begins one, the next change ends it; the first first."""
    found: list[Incident] = []
    about = [w for w in windows if w.is_about(camera)]
    for flip, following in pairwise([*changes, None]):
        assert flip is not None
        fault = _fault(flip.value)
        if fault is CameraFault.NONE:
            continue
        found.append(
            Incident(
                fault=fault,
                starts_at=flip.at,
                ends_at=None if following is None else following.at,
                detail=flip.detail,
                is_maintained=any(w.is_at(flip.at) for w in about),
            )
        )
    return found
