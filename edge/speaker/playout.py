"""The life of one playing cue, from its intent on disk to its record: a table of transitions. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contract.events import Key, Playout
from contract.orders import Cue
from contract.terms import Outcome, Reason, Yielding
from edge.speaker import feed as feeding
from edge.speaker.feed import Course


class Stage(StrEnum):
    """Where a play stands; its intent is on disk in all of them."""

    ARMED = "armed"
    SOUNDING = "sounding"
    PAUSED = "paused"
    """Silenced by something of a higher class, to go on after it."""
    REARMED = "rearmed"
    """Was heard already, and is made ready to go on, or to be repeated."""
    OVER = "over"


class Happening(StrEnum):
    """What can befall a play."""

    FIRST_SAMPLE = "first_sample"
    LAST_SAMPLE = "last_sample"
    REPEATED = "repeated"
    REJOINED = "rejoined"
    YIELDED = "yielded"
    RESUMED = "resumed"
    LAPSED = "lapsed"
    FAILED = "failed"
    SILENT = "silent"
    CLOCK_SET = "clock_set"
    OVERRAN = "overran"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    EMERGENCY = "emergency"
    OVERLAP = "overlap"


_Next = tuple[Stage, Outcome | None, Reason]
_ARMED, _SOUNDING, _PAUSED, _REARMED, _OVER = Stage

_ENDS: dict[Happening, tuple[Outcome, Reason]] = {
    Happening.FAILED: (Outcome.CUT, Reason.SOUND_CARD),
    Happening.SILENT: (Outcome.CUT, Reason.SOUND_CARD),
    Happening.CLOCK_SET: (Outcome.CUT, Reason.CLOCK),
    Happening.STOPPED: (Outcome.CUT, Reason.STOPPED),
    Happening.WITHDRAWN: (Outcome.CUT, Reason.WITHDRAWN),
    Happening.EMERGENCY: (Outcome.PREEMPTED, Reason.EMERGENCY),
    Happening.OVERLAP: (Outcome.PREEMPTED, Reason.OVERLAP),
}
"""What ends a play in any stage. A cut of what was never heard is a miss."""

TABLE: dict[tuple[Stage, Happening], _Next] = {
    **{(stage, each): (_OVER, *end) for each, end in _ENDS.items() for stage in Stage if stage is not _OVER},
    (_ARMED, Happening.FIRST_SAMPLE): (_SOUNDING, None, Reason.NONE),
    (_REARMED, Happening.FIRST_SAMPLE): (_SOUNDING, None, Reason.NONE),
    (_ARMED, Happening.YIELDED): (_PAUSED, None, Reason.NONE),
    (_SOUNDING, Happening.YIELDED): (_PAUSED, None, Reason.NONE),
    (_REARMED, Happening.YIELDED): (_PAUSED, None, Reason.NONE),
    (_SOUNDING, Happening.REPEATED): (_REARMED, None, Reason.NONE),
    (_ARMED, Happening.REJOINED): (_ARMED, None, Reason.NONE),
    (_SOUNDING, Happening.REJOINED): (_REARMED, None, Reason.NONE),
    (_REARMED, Happening.REJOINED): (_REARMED, None, Reason.NONE),
    (_PAUSED, Happening.RESUMED): (_REARMED, None, Reason.NONE),
    (_PAUSED, Happening.LAPSED): (_OVER, Outcome.PREEMPTED, Reason.OVERLAP),
    (_SOUNDING, Happening.OVERRAN): (_OVER, Outcome.CUT, Reason.TOO_LONG),
    (_SOUNDING, Happening.LAST_SAMPLE): (_OVER, Outcome.AIRED, Reason.NONE),
}


_OPEN_REASONS = (Happening.FAILED, Happening.YIELDED)
"""What may say more exactly why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One cue on its way through the table, with what the sound card said of it.

    `came_s` is the monotonic second of the cue's instant (for a live order: of its taking up). A play is heard in one
    run or in several: `start_at` is when the first sample of the present run is expected, and once it sounds the real
    one, which is then `run_at` too; `offset_s` how far into its sounds this run began, `duration_s` how long it lasts.
    `heard_s` adds up the runs before, and `joined_s` is where the first one began. Until the monotonic second
    `repeat_until_s` it may be repeated. `rung` counts down the cue's ladder of fallbacks, and `lack` says why the
    programme was not heard.
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
    run_at: datetime | None = None
    offset_s: float = 0.0
    joined_s: float = 0.0
    heard_s: float = 0.0
    rung: int = 0
    lack: Reason = Reason.NONE
    interruptions: int = 0
    repeats: int = 0
    repeat_until_s: float = 0.0
    feed: Course | None = None

    @property
    def ends_at(self) -> datetime:
        """When the last sample of this run is expected."""
        return self.start_at + timedelta(seconds=self.duration_s)

    @property
    def is_over(self) -> bool:
        return self.stage is Stage.OVER

    @property
    def total_heard_s(self) -> float:
        """All that was heard of it, silences between its runs left out."""
        return self.heard_s + self._run_s

    @property
    def position_s(self) -> float:
        """How far into its sounds it came."""
        return self.offset_s + self._run_s

    @property
    def _run_s(self) -> float:
        if self.run_at is None or self.last_sample_at is None:
            return 0.0
        return max(0.0, (self.last_sample_at - self.run_at).total_seconds())


def advance(play: Play, happening: Happening, why: Reason = Reason.NONE) -> Play:
    """Take one step through the table. `why` says more exactly what FAILED, or what it YIELDED to. What is over stays
    as it is.

    Raises ValueError for what cannot happen to a play of this stage.
    """
    if play.is_over:
        return play
    entry = TABLE.get((play.stage, happening))
    if entry is None:
        raise ValueError(f"{happening.value} cannot happen to a play that is {play.stage.value}")
    stage, outcome, reason = entry
    if outcome is Outcome.CUT and play.stage is not _SOUNDING and play.first_sample_at is None:
        outcome = Outcome.MISSED
    if happening in _OPEN_REASONS and why is not Reason.NONE:
        reason = why
    if happening is Happening.LAPSED:
        reason = play.reason
    if outcome is Outcome.AIRED:
        reason = play.lack
    return replace(play, stage=stage, outcome=outcome, reason=reason)


def pause(play: Play, why: Reason) -> Play:
    """It was silenced, and is to go on from where it came to, or from its beginning, as its cue says."""
    whole_s = play.offset_s + play.duration_s
    offset_s = play.position_s if play.cue.yields is Yielding.RESUME else 0.0
    return replace(
        advance(play, Happening.YIELDED, why),
        offset_s=offset_s,
        duration_s=max(0.0, whole_s - offset_s),
        heard_s=play.total_heard_s,
        run_at=None,
        interruptions=play.interruptions + 1,
    )


def resume(play: Play, start_at: datetime, duration_s: float) -> Play:
    """A paused play goes on, for so long."""
    return replace(advance(play, Happening.RESUMED), start_at=start_at, duration_s=duration_s)


def repeat(play: Play, start_at: datetime) -> Play:
    """A play that came to its end begins anew."""
    return replace(
        advance(play, Happening.REPEATED),
        start_at=start_at,
        offset_s=0.0,
        duration_s=play.offset_s + play.duration_s,
        heard_s=play.total_heard_s,
        run_at=None,
        repeats=play.repeats + 1,
    )


def rejoin(play: Play, at: datetime) -> Play:
    """A play whose sound card failed goes on where it would be at `at` had nothing happened."""
    lost_s = max(0.0, (at - play.start_at).total_seconds())
    return replace(
        advance(play, Happening.REJOINED),
        start_at=max(at, play.start_at),
        offset_s=play.offset_s + lost_s,
        duration_s=max(0.0, play.duration_s - lost_s),
        heard_s=play.total_heard_s,
        run_at=None,
    )


def descend(play: Play, lack: Reason) -> Play:
    """What could not be played is left for the next rung of the ladder, from its beginning."""
    return replace(
        advance(play, Happening.REJOINED),
        rung=play.rung + 1,
        lack=play.lack or lack,
        offset_s=0.0,
        heard_s=play.total_heard_s,
        run_at=None,
    )


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
        rung=play.rung if play.feed is None else feeding.rung(play.feed),
        offset_s=play.joined_s,
        interruptions=play.interruptions,
        repeats=play.repeats,
    )
