"""What the officer orders and what becomes of it: airings, approval, plans, readiness, result. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from contract import codec
from contract.orders import Audio, Counter, Cue, Plan
from contract.reports import PlanReport
from contract.terms import Late, Priority, Reason, Yielding
from contract.topics import Address
from hub import calendar
from hub.calendar import Occurrence
from hub.rule import USUAL_SETS, DaySets, Rule

HORIZON = timedelta(days=45)
"""How far a plan reaches ahead, so that a node airs on without its hub."""

REISSUE_AFTER = timedelta(days=1)
"""A plan is issued anew this often, and reaches this much farther, so that what a node holds never falls short."""

NOW_LEAD = timedelta(seconds=15)
"""'Now' means this long after approval: time for the plan and the sound to reach the nodes."""

GRACE_S = 60.0
STANDING = timedelta(hours=1)
"""How long a live order may wait for its sound on a node, or a silenced airing for its chance to go on."""


class Stage(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One sound of the library, in its stored form."""

    sha256: str
    size: int
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    title: str
    uploaded_by: str
    uploaded_at: datetime
    is_kept: bool = False
    """Held ready in every village, for emergencies."""

    @property
    def audio(self) -> Audio:
        return Audio(sha256=self.sha256, size=self.size, duration_s=self.duration_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """An order: these sounds, in these villages, at this time or by this rule, in this class.

    `id` is random, so that a hub restored from a backup never gives one out twice. `starts_at` is None for
    "now" until approval sets it; with a `rule` it is the first airing, and none before it counts. `substitutes` are the
    sounds that the rule's exemptions name. `approval` is the digest of what was approved; any edit voids it, save to
    take back single airings: those are `dropped`, and silence needs nobody's approval.
    """

    id: str
    title: str
    audio: tuple[Audio, ...]
    nodes: tuple[str, ...]
    priority: Priority
    starts_at: datetime | None
    stage: Stage
    author: str
    created_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    approval: str = ""
    rule: Rule | None = None
    substitutes: tuple[Audio, ...] = ()
    late: Late = Late.WHOLE
    yields: Yielding = Yielding.DROP
    dropped: tuple[datetime, ...] = ()

    @property
    def duration_s(self) -> float:
        return sum(a.duration_s for a in self.audio)

    @property
    def is_live(self) -> bool:
        """An emergency for now goes out as a command and pre-empts; everything else through the plan."""
        return self.priority is Priority.EMERGENCY and self.is_for_now

    @property
    def is_for_now(self) -> bool:
        """Ordered for as soon as it is approved; the red button's is approved in its very instant."""
        return self.rule is None and self.starts_at in (None, self.approved_at, self._now_start)

    @property
    def _now_start(self) -> datetime | None:
        return None if self.approved_at is None else self.approved_at + NOW_LEAD

    @property
    def is_approved(self) -> bool:
        return self.stage is Stage.APPROVED and self.approval == digest(self)


def digest(broadcast: Broadcast) -> str:
    """What an approval binds to: the sounds, the villages, the times, the class, and how it may be late or give way."""
    bound: tuple[object, ...] = (
        [a.sha256 for a in broadcast.audio],
        sorted(broadcast.nodes),
        broadcast.starts_at,
        broadcast.priority,
        broadcast.title,
    )
    added = (broadcast.rule, [a.sha256 for a in broadcast.substitutes], broadcast.late, broadcast.yields)
    if added != (None, [], Late.WHOLE, Yielding.DROP):  # what was approved before there were rules stays approved
        bound += added
    return hashlib.sha256(codec.encode(bound)).hexdigest()


def approve(broadcast: Broadcast, leader: str, now: datetime, sets: DaySets = USUAL_SETS) -> Broadcast:
    """Approve as it stands; "now" gets its instant here, a rule its first airing.

    Raises ValueError where it is too late or not a draft.
    """
    if broadcast.stage is not Stage.DRAFT:
        raise ValueError("only a draft can be approved")
    starts_at = broadcast.starts_at or now + NOW_LEAD
    if broadcast.rule is not None:
        following = next_airing(broadcast, now, sets)
        starts_at = now - NOW_LEAD if following is None else following.at
    if starts_at < now:
        raise ValueError("its time has passed")
    dated = replace(broadcast, starts_at=starts_at, stage=Stage.APPROVED, approved_by=leader, approved_at=now)
    return replace(dated, approval=digest(dated))


def airings(broadcast: Broadcast, start: datetime, end: datetime, sets: DaySets = USUAL_SETS) -> list[Occurrence]:
    """When it airs from `start` up to before `end`, in order: once, or as often as its rule says."""
    first = broadcast.starts_at
    if first is None:
        return []
    if broadcast.rule is None:
        return [Occurrence(first, first.date())] if start <= first < end else []
    found = calendar.occurrences(broadcast.rule, max(start, first), end, sets)
    return [o for o in found if o.at not in broadcast.dropped]


def next_airing(broadcast: Broadcast, now: datetime, sets: DaySets = USUAL_SETS) -> Occurrence | None:
    """The first at `now` or later; None where there is none, or no instant yet."""
    if broadcast.rule is None or broadcast.starts_at is None:
        return next(iter(airings(broadcast, now, datetime.max.replace(tzinfo=UTC))), None)
    following = calendar.next_occurrence(broadcast.rule, max(now, broadcast.starts_at), sets)
    while following is not None and following.at in broadcast.dropped:
        following = calendar.next_occurrence(broadcast.rule, following.at + timedelta(seconds=1), sets)
    return following


def current_airing(broadcast: Broadcast, now: datetime, sets: DaySets = USUAL_SETS) -> Occurrence | None:
    """The one that is due now, else the next, else the last there was within a year."""
    length = timedelta(seconds=broadcast.duration_s + GRACE_S)
    begun = airings(broadcast, now - length, now + timedelta(microseconds=1), sets)
    if begun:
        return begun[-1]
    return next_airing(broadcast, now, sets) or last_airing(broadcast, now, sets)


def last_airing(broadcast: Broadcast, now: datetime, sets: DaySets = USUAL_SETS) -> Occurrence | None:
    """The latest before `now`, looked for a year back."""
    if broadcast.rule is None:
        return next(iter(airings(broadcast, datetime.min.replace(tzinfo=UTC), now)), None)
    for days in (8, 60, 366):
        begun = airings(broadcast, now - timedelta(days=days), now, sets)
        if begun:
            return begun[-1]
    return None


def sounds(broadcast: Broadcast, airing: Occurrence) -> tuple[Audio, ...]:
    """What is heard in one airing: an exemption may put another recording in place of the programme."""
    instead = [a for a in broadcast.substitutes if a.sha256 == airing.replacement]
    return (*broadcast.audio[:-1], *instead) if instead else broadcast.audio


def length_s(broadcast: Broadcast, airing: Occurrence) -> float:
    return sum(a.duration_s for a in sounds(broadcast, airing))


def cue_id(broadcast: str, occurrence: datetime, node: str) -> str:
    """Derives from broadcast, occurrence and node alone: the same in every issue, on every hub."""
    return f"{broadcast}.{occurrence.astimezone(UTC):%Y%m%dT%H%M%S}.{Address.of_node(node).name}"


def cue(broadcast: Broadcast, node: str, airing: Occurrence | None = None) -> Cue:
    """One airing of an approved broadcast on one node; without `airing`, of one that airs but once."""
    assert broadcast.starts_at is not None
    airing = airing or Occurrence(broadcast.starts_at, broadcast.starts_at.date())
    return Cue(
        id=cue_id(broadcast.id, airing.at, node),
        broadcast=broadcast.id,
        title=broadcast.title,
        at=airing.at,
        duration_s=length_s(broadcast, airing),
        priority=broadcast.priority,
        audio=tuple(a.sha256 for a in sounds(broadcast, airing)),
        grace_s=GRACE_S,
        late=broadcast.late,
        yields=broadcast.yields,
    )


def compile_plan(
    node: str,
    approved: Iterable[Broadcast],
    counter: Counter,
    now: datetime,
    kept: Iterable[Audio] = (),
    *,
    sets: DaySets = USUAL_SETS,
) -> Plan:
    """All that `node` is to air from now to the horizon, whole. Only approved broadcasts enter.

    `kept` are the sounds every village holds ready for emergencies.
    """
    ours = [b for b in approved if node in b.nodes and b.is_approved]
    until = now + HORIZON + REISSUE_AFTER
    current = [cue(b, node, o) for b in ours if not b.is_live for o in _sounding(b, now, until, sets)]
    used = {sha for c in current for sha in c.audio}
    ready = {a.sha256: a for a in kept}
    keep = {a.sha256 for b in ours if b.is_live and _is_standing(b, now) for a in b.audio} | ready.keys()
    audio = ready | {a.sha256: a for b in ours for a in (*b.audio, *b.substitutes) if a.sha256 in used | keep}
    return Plan(
        node=node,
        counter=counter,
        issued_at=now,
        valid_until=until,
        audio=tuple(audio[sha] for sha in sorted(audio)),
        cues=tuple(sorted(current, key=lambda c: (c.at, c.id))),
        keep=tuple(sorted(keep)),
    )


def content_digest(plan: Plan) -> str:
    """Two plans with the same digest say the same; counter and dates of issue left aside."""
    return hashlib.sha256(codec.encode((plan.audio, plan.cues, plan.keep))).hexdigest()


def overfull(
    new: Broadcast,
    approved: Sequence[Broadcast],
    now: datetime,
    kept: Sequence[Audio] = (),
    *,
    sets: DaySets = USUAL_SETS,
) -> list[str]:
    """The nodes whose plan would be larger than a node takes, were `new` approved."""
    others = [b for b in approved if b.id != new.id]
    together = [*others, new if new.is_approved else approve(new, "", now, sets)]
    alike: dict[tuple[str, ...], list[str]] = {}
    for node in new.nodes:
        alike.setdefault(tuple(b.id for b in together if node in b.nodes), []).append(node)
    # Villages with the same broadcasts have the same plan, but for their names.
    full = {
        node for group in alike.values() if not _fits(max(group, key=len), together, now, kept, sets) for node in group
    }
    return [node for node in new.nodes if node in full]


_NOT_OF_THE_PLAN = (Reason.NONE, Reason.STALE_NONCE, Reason.EXPIRED)
"""The last two tell of a live order that came too late; they ask the hub to sign it again."""


class Readiness(StrEnum):
    """Whether one village could air a broadcast if its hub went away now."""

    READY = "ready"
    NO_PLAN = "no_plan"
    NO_AUDIO = "no_audio"
    REFUSED = "refused"
    UNREACHED = "unreached"


def readiness(broadcast: Broadcast, needed: Counter | None, report: PlanReport | None) -> Readiness:
    """Judge by the speaker's word alone. `needed` is the first issued plan that carries the broadcast."""
    if report is None:
        return Readiness.UNREACHED
    if report.refused not in _NOT_OF_THE_PLAN:
        return Readiness.REFUSED
    if needed is None or report.accepted is None or report.accepted < needed:
        return Readiness.NO_PLAN
    if set(report.missing) & {a.sha256 for a in broadcast.audio}:
        return Readiness.NO_AUDIO
    return Readiness.READY


def _fits(node: str, approved: Sequence[Broadcast], now: datetime, kept: Sequence[Audio], sets: DaySets) -> bool:
    try:
        codec.pack(compile_plan(node, approved, Counter(0, 0), now, kept, sets=sets))
    except ValueError:
        return False
    return True


def _sounding(broadcast: Broadcast, now: datetime, until: datetime, sets: DaySets) -> list[Occurrence]:
    """The airings that are ahead, or may still sound: within their grace, or to go on after they were silenced."""
    after = timedelta(seconds=GRACE_S) + (timedelta() if broadcast.yields is Yielding.DROP else STANDING)
    longest = timedelta(seconds=broadcast.duration_s + sum(a.duration_s for a in broadcast.substitutes))
    found = airings(broadcast, now - longest - after, until, sets)
    return [o for o in found if o.at + timedelta(seconds=length_s(broadcast, o)) + after > now]


def _is_standing(broadcast: Broadcast, now: datetime) -> bool:
    """Whether a live order may still be waiting for its sound on some node."""
    return broadcast.starts_at is not None and now < broadcast.starts_at + STANDING
