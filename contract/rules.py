"""What may be heard when: overlap, quiet hours and quotas. Pure; asked when saving and again on the node.

Days and hours are local ones, in the zone the limits name (Asia/Ho_Chi_Minh: no daylight saving).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contract.limits import Limits
from contract.terms import Priority, Reason


@dataclass(frozen=True, slots=True)
class Span:
    """One airing in time: from its first sample to its last."""

    start: datetime
    duration_s: float
    priority: Priority

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.duration_s)


def overlaps(a: Span, b: Span, gap_s: float = 0.0) -> bool:
    """Whether two airings sound together, or come closer than `gap_s`."""
    gap = timedelta(seconds=gap_s)
    return a.start < b.end + gap and b.start < a.end + gap


def refusal(limits: Limits, span: Span, heard: Sequence[Span]) -> Reason:
    """Why `span` may not sound, given what was or will be heard besides it; Reason.NONE where it may.

    An emergency passes the quiet hours and the daily quota of the others, but has limits of its own.
    """
    if span.priority is Priority.EMERGENCY:
        return _emergency_refusal(limits, span, heard)
    if span.duration_s > limits.longest_s:
        return Reason.TOO_LONG
    if is_quiet(limits, span):
        return Reason.QUIET_HOURS
    if local_day(limits, span.start).weekday() not in limits.days:
        return Reason.DAY
    same_day = _on_day(limits, span, (s for s in heard if s.priority is not Priority.EMERGENCY))
    if sessions([*same_day, span], limits.session_gap_s) > limits.sessions_a_day:
        return Reason.QUOTA_SESSIONS
    if _minutes(same_day) + span.duration_s / 60 > limits.minutes_a_day:
        return Reason.QUOTA_MINUTES
    return Reason.NONE


def is_quiet(limits: Limits, span: Span) -> bool:
    """Whether any part of the airing falls into the quiet hours (which may cross midnight).

    Hours that end when they begin are none at all.
    """
    zone = ZoneInfo(limits.time_zone)
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    day = start.date() - timedelta(days=1)
    while day <= end.date():
        quiet_start, quiet_end = _quiet_span(limits, day, zone)
        if quiet_start < quiet_end and start < quiet_end and quiet_start < end:
            return True
        day += timedelta(days=1)
    return False


def local_day(limits: Limits, at: datetime) -> date:
    return at.astimezone(ZoneInfo(limits.time_zone)).date()


def sessions(spans: Iterable[Span], gap_s: float) -> int:
    """Count the sessions: plays that follow one another within `gap_s` are one."""
    count = 0
    end: datetime | None = None
    for span in sorted(spans, key=lambda s: s.start):
        if end is None or (span.start - end).total_seconds() > gap_s:
            count += 1
        end = span.end if end is None else max(end, span.end)
    return count


def volume_pct(limits: Limits, wanted_pct: int, priority: Priority, at: datetime) -> int:
    """The volume that will really be used: what was asked for, scaled by the time of day, under the cap of its class.

    An emergency is as loud by night as by day.
    """
    if priority is Priority.EMERGENCY:
        return min(wanted_pct, limits.emergency_volume_cap_pct)
    return min(wanted_pct * _volume_by_day(limits, at) // 100, limits.volume_cap_pct)


def _volume_by_day(limits: Limits, at: datetime) -> int:
    if not limits.volumes:
        return 100
    local = at.astimezone(ZoneInfo(limits.time_zone))
    passed = [pct for minute, pct in limits.volumes if minute <= local.hour * 60 + local.minute]
    return passed[-1] if passed else limits.volumes[-1][1]


def _emergency_refusal(limits: Limits, span: Span, heard: Sequence[Span]) -> Reason:
    if span.duration_s > limits.emergency_longest_s:
        return Reason.TOO_LONG
    same_day = _on_day(limits, span, (s for s in heard if s.priority is Priority.EMERGENCY))
    if _minutes(same_day) + span.duration_s / 60 > limits.emergency_minutes_a_day:
        return Reason.QUOTA_MINUTES
    return Reason.NONE


def _quiet_span(limits: Limits, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    start = midnight + timedelta(minutes=limits.quiet_from_min)
    end = midnight + timedelta(minutes=limits.quiet_until_min)
    if limits.quiet_until_min < limits.quiet_from_min:
        end += timedelta(days=1)
    return start, end


def _on_day(limits: Limits, span: Span, others: Iterable[Span]) -> list[Span]:
    day = local_day(limits, span.start)
    return [s for s in others if local_day(limits, s.start) == day]


def _minutes(spans: Iterable[Span]) -> float:
    return sum(s.duration_s for s in spans) / 60
