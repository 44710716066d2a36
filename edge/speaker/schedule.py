"""What is due, what is missed and why, and what may start now. Pure: everything known comes in as a `Scene`."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract.limits import Limits
from contract.orders import Audio, Cue
from contract.rules import Span, refusal
from contract.terms import Outcome, Priority, Reason
from edge.speaker.playout import Play
from edge.speaker.policy import preempts

OVERLAP_S = 2.0
"""A play that ends this little after the next one's instant is let finish: items planned back to back must not cut
each other."""
FIRM = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Want:
    """A cue that asks to sound: its first sample not before `from_at`, and not after `until_at`.

    `duration_s` is the longer of what the cue says and what its sounds add up to. A live order is one that came as
    a command: its time does not depend on the wall clock. `came_s` is `from_at` on the monotonic clock.
    """

    cue: Cue
    from_at: datetime
    until_at: datetime
    duration_s: float
    came_s: float
    is_live: bool = False

    @property
    def is_emergency(self) -> bool:
        return self.cue.priority is Priority.EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a decision rests on. `warm_at` is when a first sample could leave at the earliest (the amplifier
    warms up); `blind_since` is given in the first moment the clock is good again, and says since when it was not;
    `lacking` says of which cues the sounds are not there; `waits` is what the decision before this one said."""

    now: datetime
    warm_at: datetime
    limits: Limits
    is_clock_good: bool = True
    blind_since: datetime | None = None
    heard: Sequence[Span] = ()
    lacking: Mapping[str, Reason] = field(default_factory=dict)
    waits: Mapping[str, Reason] = field(default_factory=dict)
    on_air: Play | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a cue that never began."""

    want: Want
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now: `start` (silencing what is on air) with its first sample at `start_at`; which cues are over
    without a sound; and why the others wait."""

    start: Want | None
    start_at: datetime
    verdicts: tuple[Verdict, ...]
    waits: dict[str, Reason]


def due(cues: Sequence[Cue], now: datetime, ahead_s: float) -> Sequence[Cue]:
    """Those of `cues` (sorted by `at`) whose instant has come, or comes within `ahead_s`."""
    return cues[: bisect_right(cues, now + timedelta(seconds=ahead_s), key=lambda cue: cue.at)]


def planned(cue: Cue, duration_s: float, now: datetime, now_s: float) -> Want:
    """A planned cue as it asks to sound."""
    until_at = cue.at + timedelta(seconds=cue.grace_s)
    return Want(cue, cue.at, until_at, duration_s, now_s + (cue.at - now).total_seconds())


def live(cue: Cue, duration_s: float, came_s: float, until_s: float, now: datetime, now_s: float) -> Want:
    """A live order as it asks to sound, from one monotonic second to another."""
    from_at, until_at = (now + timedelta(seconds=each_s - now_s) for each_s in (came_s, until_s))
    return Want(cue, from_at, until_at, duration_s, came_s, is_live=True)


def longest_s(cue: Cue, lengths_s: Mapping[str, float]) -> float:
    """How long a cue may sound: the node's limits are held against the sounds too, not only against what is said."""
    return max(cue.duration_s, sum(lengths_s.get(sha, 0.0) for sha in cue.audio))


def decide(wants: Iterable[Want], scene: Scene) -> Decision:
    """Judge every want, and choose at most one to start: the highest class, of emergencies the newest, else the
    one that came first."""
    verdicts: list[Verdict] = []
    waits: dict[str, Reason] = {}
    start: Want | None = None
    for each in sorted(wants, key=_precedence):
        if _is_late(each, scene):
            verdicts.append(Verdict(each, Outcome.MISSED, _why_late(each, scene)))
            continue
        wait = _why_wait(each, start, scene)
        if wait is not Reason.NONE:
            waits[each.cue.id] = wait
            continue
        reason = refusal(scene.limits, Span(_start_at(each, scene), each.duration_s, each.cue.priority), scene.heard)
        if reason is not Reason.NONE:
            verdicts.append(Verdict(each, Outcome.REFUSED, reason))
            continue
        start = each
    start_at = scene.now if start is None else _start_at(start, scene)
    return Decision(start, start_at, tuple(verdicts), waits)


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
    return -each.cue.priority.rank, -each.came_s if each.is_emergency else each.came_s, each.cue.id


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


def _why_wait(each: Want, start: Want | None, scene: Scene) -> Reason:
    """NONE where nothing stands in the way now."""
    if not scene.is_clock_good and (not each.is_emergency or scene.warm_at > each.until_at):
        return Reason.CLOCK
    lack = scene.lacking.get(each.cue.id, Reason.NONE)
    if lack is not Reason.NONE:
        return lack
    if start is not None or (scene.on_air is not None and not _may_silence(each, scene.on_air, scene.now)):
        return Reason.OVERLAP
    return Reason.NONE


def _may_silence(each: Want, on_air: Play, now: datetime) -> bool:
    latest_end_at = each.from_at + timedelta(seconds=OVERLAP_S)
    if not each.is_live and now < latest_end_at and on_air.ends_at <= latest_end_at:
        return False
    return preempts(each.cue, each.came_s, on_air.cue, on_air.came_s)


def _start_at(each: Want, scene: Scene) -> datetime:
    return max(each.from_at, scene.warm_at)
