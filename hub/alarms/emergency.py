"""The emergency of the red button: what it sends, how long it repeats, how far it got in each village. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contract.events import Playout
from contract.limits import Limits
from contract.orders import Counter, Cue
from contract.reports import Heartbeat, PlanReport
from contract.rules import Span, refusal
from contract.terms import Priority, Reason
from hub.nodes import planning
from hub.orders.broadcasts import Broadcast

LONGEST_S = 30 * 60.0
"""An alarm that nobody cancels falls silent by itself: fear must not outlast its reason."""
GAP_S = 10.0
KEPT_MAX = 40
"""Recordings held ready in every village; each travels in every plan."""
STANDS = timedelta(minutes=5)
"""How long at least the hub keeps trying to reach a village, with the alarm or with its end."""
TAKE_UP_S = 600.0
"""How long a village that has taken the alarm up may wait for its sound; one that is not kept must be fetched first."""
ALL_CLEAR_WITHIN = timedelta(hours=24)
"""So long after its end an alarm may still be followed by its all-clear."""
REACHED_WITHIN = timedelta(seconds=10)
"""A village that has not answered by then is to be called by phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What an emergency has besides its broadcast. `repeat_for_s` 0 is once; `all_clear` is the broadcast that
    followed its end."""

    broadcast: str
    repeat_for_s: float
    repeat_gap_s: float
    cleared_at: datetime | None = None
    cleared_by: str = ""
    all_clear: str = ""


class Reach(StrEnum):
    """How far an alarm got in one village."""

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ON_AIR = "on_air"
    ENDED = "ended"


def ends_at(broadcast: Broadcast, alarm: Alarm) -> datetime:
    """When it falls silent by itself."""
    assert broadcast.starts_at is not None
    return broadcast.starts_at + timedelta(seconds=max(broadcast.duration_s, alarm.repeat_for_s))


def is_standing(broadcast: Broadcast, alarm: Alarm, now: datetime) -> bool:
    """Whether it was not cancelled and has not ended by itself."""
    return alarm.cleared_at is None and now < ends_at(broadcast, alarm)


def cue(broadcast: Broadcast, alarm: Alarm, node: str, now: datetime) -> Cue:
    """Its airing in one village, signed at `now`: a village that comes late ends with the others."""
    once = planning.cue(broadcast, node)
    if not alarm.repeat_for_s:
        return once
    left_s = (ends_at(broadcast, alarm) - now).total_seconds()
    return replace(once, repeat_for_s=min(max(left_s, 1.0), alarm.repeat_for_s), repeat_gap_s=alarm.repeat_gap_s)


def reach(
    broadcast: str, sent: Counter | None, heartbeat: Heartbeat | None, on_air: str, playout: Playout | None
) -> Reach:
    """Judge one village. `sent` counts the command last sent to it, `on_air` is the broadcast that sounds there."""
    if playout is not None:
        return Reach.ENDED
    if on_air == broadcast:
        return Reach.ON_AIR
    if sent is None:
        return Reach.WAITING
    taken = None if heartbeat is None else heartbeat.command
    return Reach.ACKNOWLEDGED if taken is not None and taken >= sent else Reach.SENT


def holds(sha256: str, needed: Counter | None, report: PlanReport | None) -> bool:
    """Whether a village has a kept recording, by its speaker's own word.

    `needed` is the first plan that named it. Of many missing sounds only the first are listed; what cannot be seen
    does not count as there.
    """
    if report is None or needed is None or report.accepted is None or report.accepted < needed:
        return False
    is_listed_whole = report.missing_count <= len(report.missing)
    return is_listed_whole and sha256 not in report.missing


def hindrance(duration_s: float, repeat_for_s: float, limits: Limits, now: datetime) -> Reason:
    """Why a village's own limits would refuse it; Reason.NONE where they would not."""
    return refusal(limits, Span(now, max(duration_s, repeat_for_s), Priority.EMERGENCY), [])
