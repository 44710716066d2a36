"""The life of one playing cue, from its intent on disk to its record: a table of transitions. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contract.orders import Cue
from contract.reports import Key, Playout
from contract.terms import Outcome, Reason
from edge.speaker import feed as feeding
from edge.speaker.feed import Course


class Stage(StrEnum):
    """Where a play stands; its intent is on disk in all of them."""

    ARMED = "armed"
    SOUNDING = "sounding"
    OVER = "over"


class Happening(StrEnum):
    """What can befall a play."""

    FIRST_SAMPLE = "first_sample"
    LAST_SAMPLE = "last_sample"
    FAILED = "failed"
    SILENT = "silent"
    CLOCK_SET = "clock_set"
    OVERRAN = "overran"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    EMERGENCY = "emergency"
    OVERLAP = "overlap"


_Next = tuple[Stage, Outcome | None, Reason]
_ARMED, _SOUNDING, _OVER = Stage.ARMED, Stage.SOUNDING, Stage.OVER

TABLE: dict[tuple[Stage, Happening], _Next] = {
    (_ARMED, Happening.FIRST_SAMPLE): (_SOUNDING, None, Reason.NONE),
    (_ARMED, Happening.LAST_SAMPLE): (_OVER, Outcome.AIRED, Reason.NONE),
    (_ARMED, Happening.FAILED): (_OVER, Outcome.MISSED, Reason.SOUND_CARD),
    (_ARMED, Happening.SILENT): (_OVER, Outcome.MISSED, Reason.SOUND_CARD),
    (_ARMED, Happening.CLOCK_SET): (_OVER, Outcome.MISSED, Reason.CLOCK),
    (_ARMED, Happening.STOPPED): (_OVER, Outcome.MISSED, Reason.STOPPED),
    (_ARMED, Happening.WITHDRAWN): (_OVER, Outcome.MISSED, Reason.WITHDRAWN),
    (_ARMED, Happening.EMERGENCY): (_OVER, Outcome.PREEMPTED, Reason.EMERGENCY),
    (_ARMED, Happening.OVERLAP): (_OVER, Outcome.PREEMPTED, Reason.OVERLAP),
    (_SOUNDING, Happening.FIRST_SAMPLE): (_SOUNDING, None, Reason.NONE),
    (_SOUNDING, Happening.LAST_SAMPLE): (_OVER, Outcome.AIRED, Reason.NONE),
    (_SOUNDING, Happening.FAILED): (_OVER, Outcome.CUT, Reason.SOUND_CARD),
    (_SOUNDING, Happening.SILENT): (_OVER, Outcome.CUT, Reason.SOUND_CARD),
    (_SOUNDING, Happening.CLOCK_SET): (_OVER, Outcome.CUT, Reason.CLOCK),
    (_SOUNDING, Happening.OVERRAN): (_OVER, Outcome.CUT, Reason.TOO_LONG),
    (_SOUNDING, Happening.STOPPED): (_OVER, Outcome.CUT, Reason.STOPPED),
    (_SOUNDING, Happening.WITHDRAWN): (_OVER, Outcome.CUT, Reason.WITHDRAWN),
    (_SOUNDING, Happening.EMERGENCY): (_OVER, Outcome.PREEMPTED, Reason.EMERGENCY),
    (_SOUNDING, Happening.OVERLAP): (_OVER, Outcome.PREEMPTED, Reason.OVERLAP),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One cue on its way through the table, with what the sound card said of it.

    `came_s` is the monotonic second of the cue's instant (for a live order: of its taking up), `start_at` when its
    first sample is expected, and once it sounds the real one.
    """

    cue: Cue
    came_s: float
    start_at: datetime
    duration_s: float
    stage: Stage = Stage.ARMED
    outcome: Outcome | None = None
    reason: Reason = Reason.NONE
    first_sample_at: datetime | None = None
    last_sample_at: datetime | None = None
    level_dbfs: float | None = None
    feed: Course | None = None

    @property
    def ends_at(self) -> datetime:
        """When its last sample is expected."""
        return self.start_at + timedelta(seconds=self.duration_s)

    @property
    def is_over(self) -> bool:
        return self.stage is Stage.OVER


def advance(play: Play, happening: Happening, why: Reason = Reason.NONE) -> Play:
    """Take one step through the table. `why` says more exactly what FAILED. What is over stays as it is.

    Raises ValueError for what cannot happen to a play of this stage.
    """
    if play.is_over:
        return play
    entry = TABLE.get((play.stage, happening))
    if entry is None:
        raise ValueError(f"{happening.value} cannot happen to a play that is {play.stage.value}")
    stage, outcome, reason = entry
    if happening is Happening.FAILED and why is not Reason.NONE:
        reason = why
    return replace(play, stage=stage, outcome=outcome, reason=reason)


def record(play: Play, key: Key, at: datetime) -> Playout:
    """The as-run record of a play that is over. Raises ValueError while it is not."""
    if play.outcome is None:
        raise ValueError("a play that goes on has no record yet")
    return Playout(
        key=key,
        at=at,
        cue=play.cue.id,
        broadcast=play.cue.broadcast,
        outcome=play.outcome,
        reason=play.reason or feeding.reason(play.feed),
        planned_at=play.cue.at,
        first_sample_at=play.first_sample_at,
        last_sample_at=play.last_sample_at,
        level_dbfs=play.level_dbfs,
        rung=feeding.rung(play.feed),
    )
