"""What is due, what is missed and why, and what may start now. Pure: everything known comes in as a `Scene`."""

from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract.limits import Limits
from contract.orders import Audio, Cue
from contract.rules import Span, refusal
from contract.terms import Outcome, Priority, Reason
from edge.speaker import policy
from edge.speaker.playout import Play

OVERLAP_S = 2.0
"""A play that ends this little after the next one's instant is let finish: items planned back to back must not cut
each other."""
FETCH_S = 3.0
"""A live order's sound gets this long to arrive before its fallback is played."""
FIRM = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Want:
    """A cue that asks to sound: its first sample not before `from_at`, and not after `until_at`.

    `duration_s` is the longer of what the cue says and what its sounds add up to. A live order is one that came as
    a command: its time does not depend on the wall clock. `came_s` is `from_at` on the monotonic clock. `play` is given
    for one that was heard in part, and asks to go on.
    """

    cue: Cue
    from_at: datetime
    until_at: datetime
    duration_s: float
    came_s: float
    is_live: bool = False
    play: Play | None = None

    @property
    def is_emergency(self) -> bool:
        return self.cue.priority is Priority.EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a decision rests on. `warm_at` is when a first sample could leave at the earliest (the amplifier
    warms up); `blind_classes` sound by a clock that is not good; `blind_since` is given in the first moment it is good
    again, and says since when it was not; `lacks` says of each rung of a cue's ladder (the programme, then its
    fallbacks) why it cannot be played; `waits` is what the decision before this one said."""

    now: datetime
    warm_at: datetime
    limits: Limits
    is_clock_good: bool = True
    blind_classes: Container[Priority] = (Priority.EMERGENCY,)
    blind_since: datetime | None = None
    heard: Sequence[Span] = ()
    lacks: Mapping[str, Sequence[Reason]] = field(default_factory=dict)
    waits: Mapping[str, Reason] = field(default_factory=dict)
    on_air: Play | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What to make sound now: the first sample at `at`, from `offset_s` into its sounds, `duration_s` long; of its
    ladder the rung `rung`, for want of what stands above it (`lack`)."""

    want: Want
    at: datetime
    offset_s: float
    duration_s: float
    rung: int = 0
    lack: Reason = Reason.NONE

    @property
    def span(self) -> Span:
        """What it takes of the day's limits, its repetitions included."""
        return Span(self.at, max(self.duration_s, self.want.cue.repeat_for_s), self.want.cue.priority)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a cue that never began, or does not go on."""

    want: Want
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now: what to start (silencing what is on air); which cues are over without a sound; and why the
    others wait."""

    start: Start | None
    verdicts: tuple[Verdict, ...]
    waits: dict[str, Reason]


def due(cues: Sequence[Cue], now: datetime, ahead_s: float) -> Sequence[Cue]:
    """Those of `cues` (sorted by `at`) whose instant has come, or comes within `ahead_s`."""
    return cues[: bisect_right(cues, now + timedelta(seconds=ahead_s), key=lambda cue: cue.at)]


def planned(cue: Cue, duration_s: float, now: datetime, now_s: float) -> Want:
    """A planned cue as it asks to sound."""
    until_at = cue.at + timedelta(seconds=policy.latest_s(cue))
    return Want(cue, cue.at, until_at, duration_s, now_s + (cue.at - now).total_seconds())


def live(cue: Cue, duration_s: float, came_s: float, until_s: float, now: datetime, now_s: float) -> Want:
    """A live order as it asks to sound, from one monotonic second to another."""
    from_at, until_at = (now + timedelta(seconds=each_s - now_s) for each_s in (came_s, until_s))
    return Want(cue, from_at, until_at, duration_s, came_s, is_live=True)


def paused(play: Play, until_s: float, now: datetime, now_s: float) -> Want:
    """A play that was silenced, as it asks to go on, until a monotonic second. A stream has gone on meanwhile."""
    left_s = play.duration_s
    if play.cue.stream:
        end_s = play.came_s + play.cue.duration_s
        left_s, until_s = end_s - now_s, min(until_s, end_s - policy.JOIN_LEAST_S)
    until_at = now + timedelta(seconds=until_s - now_s)
    return Want(play.cue, now, until_at, left_s, play.came_s, is_live=True, play=play)


def longest_s(cue: Cue, lengths_s: Mapping[str, float]) -> float:
    """How long a cue may sound: the node's limits are held against the sounds too, not only against what is said."""
    if cue.stream:
        return cue.duration_s
    return max(cue.duration_s, *(sum(lengths_s.get(sha, 0.0) for sha in rung) for rung in (cue.audio, *cue.fallbacks)))


def decide(wants: Iterable[Want], scene: Scene) -> Decision:
    """Judge every want, and choose at most one to start: the highest class, of emergencies the newest, else the
    one that came first."""
    verdicts: list[Verdict] = []
    waits: dict[str, Reason] = {}
    start: Start | None = None
    for each in sorted(wants, key=_precedence):
        if _is_late(each, scene):
            verdicts.append(_end(each, Outcome.MISSED, _why_late(each, scene)))
            continue
        wait = _why_wait(each, start, scene)
        if wait is not Reason.NONE:
            waits[each.cue.id] = wait
            continue
        begun = _begin(each, scene)
        reason = refusal(scene.limits, begun.span, scene.heard)
        if reason is not Reason.NONE:
            verdicts.append(_end(each, Outcome.REFUSED, reason))
            continue
        start = begun
    return Decision(start, tuple(verdicts), waits)


def needs(lives: Iterable[Audio], cues: Iterable[Cue], audio: Mapping[str, Audio], keep: Iterable[str],
          now: datetime) -> tuple[tuple[Audio, ...], int]:  # fmt: skip
    """The sounds to have on disk, soonest first, each once; and how many of the first must never be evicted: those
    live orders wait for, those of the next 48 hours, and those kept for emergencies."""
    soon: list[str] = []
    later: list[str] = []
    for cue in cues:
        (soon if cue.at < now + FIRM else later).extend(cue.sounds)
    firm = dict.fromkeys([*(each.sha256 for each in lives), *soon, *keep])
    known = {**audio, **{each.sha256: each for each in lives}}
    order = dict.fromkeys([*firm, *later])
    return tuple(known[sha] for sha in order), len(firm)


def _precedence(each: Want) -> tuple[int, float, str]:
    """Who waits by its own will lets others go first."""
    came_s = -each.came_s if each.is_emergency else each.came_s + each.cue.patience_s
    return -each.cue.priority.rank, came_s, each.cue.id


def _is_late(each: Want, scene: Scene) -> bool:
    """By a clock that is not believed nothing planned is ever late: it could be a year ahead, and drop the plan."""
    return (scene.is_clock_good or each.is_live) and scene.warm_at > each.until_at


def _why_late(each: Want, scene: Scene) -> Reason:
    """What it waited for; but whether the clock was to blame is reckoned back by the good clock."""
    waited = scene.waits.get(each.cue.id, Reason.NONE)
    if waited not in (Reason.NONE, Reason.CLOCK) or (each.is_live and waited is Reason.CLOCK):
        return waited
    if each.is_live:
        return Reason.EXPIRED
    was_blind = scene.blind_since is not None and each.until_at >= scene.blind_since
    return Reason.CLOCK if was_blind else Reason.LATE


def _end(each: Want, outcome: Outcome, reason: Reason) -> Verdict:
    """What was heard in part, and does not go on, ends as silenced."""
    if each.play is not None:
        return Verdict(each, Outcome.PREEMPTED, each.play.reason)
    return Verdict(each, outcome, reason)


def _why_wait(each: Want, start: Start | None, scene: Scene) -> Reason:
    """NONE where nothing stands in the way now."""
    is_blind = each.cue.priority in scene.blind_classes and scene.warm_at <= each.until_at
    if not scene.is_clock_good and not is_blind:
        return Reason.CLOCK
    _, lack = _choose_rung(each, scene)
    if lack is not Reason.NONE:
        return lack
    if start is not None or (scene.on_air is not None and not _may_silence(each, scene.on_air, scene.now)):
        return Reason.OVERLAP
    return Reason.NONE


def _choose_rung(each: Want, scene: Scene) -> tuple[int, Reason]:
    """The highest rung that can be played, and NONE; or why the programme cannot be. A fallback is none before its
    time: the programme may still arrive."""
    lacks = scene.lacks.get(each.cue.id, (Reason.NONE,))
    has_time_come = scene.now >= each.from_at + (timedelta(seconds=FETCH_S) if each.is_live else timedelta())
    usable = [rung for rung, lack in enumerate(lacks) if lack is Reason.NONE and (rung == 0 or has_time_come)]
    return (usable[0], Reason.NONE) if usable else (0, lacks[0])


def _may_silence(each: Want, on_air: Play, now: datetime) -> bool:
    latest_end_at = each.from_at + timedelta(seconds=OVERLAP_S)
    if not each.is_live and now < latest_end_at and on_air.ends_at <= latest_end_at:
        return False
    patience_s = 0.0 if each.is_emergency else each.cue.patience_s
    if now < each.from_at + timedelta(seconds=patience_s):  # before its instant it would only make a silence
        return False
    return policy.preempts(each.cue, each.came_s, on_air.cue, on_air.came_s)


def _begin(each: Want, scene: Scene) -> Start:
    start_at = max(each.from_at, scene.warm_at)
    rung, _ = _choose_rung(each, scene)
    lack = scene.lacks[each.cue.id][0] if rung else Reason.NONE
    if each.play is not None:
        return Start(each, start_at, each.play.offset_s, each.duration_s, rung, lack)
    late_s = 0.0 if each.is_live else (start_at - each.from_at).total_seconds()
    offset_s = policy.offset_s(each.cue, late_s)
    return Start(each, start_at, offset_s, each.duration_s - (late_s if each.cue.stream else offset_s), rung, lack)
