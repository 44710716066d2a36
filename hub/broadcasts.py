"""What the officer orders and what becomes of it: conflicts, approval, plans, readiness, result. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from contract import codec
from contract.limits import Limits
from contract.orders import Audio, Counter, Cue, Plan
from contract.reports import PlanReport, Playout
from contract.rules import Span, overlaps, refusal
from contract.terms import Outcome, Priority, Reason
from contract.topics import Address

HORIZON = timedelta(days=45)
"""How far a plan reaches ahead, so that a node airs on without its hub."""

NOW_LEAD = timedelta(seconds=15)
"""'Now' means this long after approval: time for the plan and the sound to reach the nodes."""

GRACE_S = 60.0
GAP_S = 5.0
"""Two airings in one village closer than this are a conflict: the amplifier and the ear need a pause."""


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
    """An order: these sounds, in these villages, at this time, in this class.

    `id` is random, so that a hub restored from a backup never gives one out twice. `starts_at` is None for
    "now" until approval sets it. `approval` is the digest of what was approved; any edit voids it.
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
        return self.starts_at in (None, self.approved_at, self._now_start)

    @property
    def _now_start(self) -> datetime | None:
        return None if self.approved_at is None else self.approved_at + NOW_LEAD

    @property
    def is_approved(self) -> bool:
        return self.stage is Stage.APPROVED and self.approval == digest(self)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a broadcast cannot sound in one village: a rule of the node, or another broadcast."""

    node: str
    reason: Reason
    other: Broadcast | None = None


def digest(broadcast: Broadcast) -> str:
    """What an approval binds to: the sounds, the villages, the time and the class."""
    bound = (
        [a.sha256 for a in broadcast.audio],
        sorted(broadcast.nodes),
        broadcast.starts_at,
        broadcast.priority,
        broadcast.title,
    )
    return hashlib.sha256(codec.encode(bound)).hexdigest()


def approve(broadcast: Broadcast, leader: str, now: datetime) -> Broadcast:
    """Approve as it stands; "now" gets its instant here. Raises ValueError where it is too late or not a draft."""
    if broadcast.stage is not Stage.DRAFT:
        raise ValueError("only a draft can be approved")
    if broadcast.starts_at is not None and broadcast.starts_at < now:
        raise ValueError("its time has passed")
    dated = replace(
        broadcast,
        starts_at=broadcast.starts_at or now + NOW_LEAD,
        stage=Stage.APPROVED,
        approved_by=leader,
        approved_at=now,
    )
    return replace(dated, approval=digest(dated))


def cue_id(broadcast: str, occurrence: datetime, node: str) -> str:
    """Derives from broadcast, occurrence and node alone: the same in every issue, on every hub."""
    return f"{broadcast}.{occurrence.astimezone(UTC):%Y%m%dT%H%M%S}.{Address.of_node(node).name}"


def cue(broadcast: Broadcast, node: str) -> Cue:
    """The one airing of an approved broadcast on one node."""
    assert broadcast.starts_at is not None
    return Cue(
        id=cue_id(broadcast.id, broadcast.starts_at, node),
        broadcast=broadcast.id,
        title=broadcast.title,
        at=broadcast.starts_at,
        duration_s=broadcast.duration_s,
        priority=broadcast.priority,
        audio=tuple(a.sha256 for a in broadcast.audio),
        grace_s=GRACE_S,
    )


def compile_plan(
    node: str, approved: Iterable[Broadcast], counter: Counter, now: datetime, kept: Iterable[Audio] = ()
) -> Plan:
    """All that `node` is to air from now to the horizon, whole. Only approved broadcasts enter.

    `kept` are the sounds every village holds ready for emergencies.
    """
    ours = [b for b in approved if node in b.nodes and b.is_approved]
    cues = [cue(b, node) for b in ours if not b.is_live]
    current = [c for c in cues if c.at + timedelta(seconds=c.duration_s + c.grace_s) > now and c.at < now + HORIZON]
    used = {sha for c in current for sha in c.audio}
    ready = {a.sha256: a for a in kept}
    keep = {a.sha256 for b in ours if b.is_live and _is_standing(b, now) for a in b.audio} | ready.keys()
    audio = ready | {a.sha256: a for b in ours for a in b.audio if a.sha256 in used | keep}
    return Plan(
        node=node,
        counter=counter,
        issued_at=now,
        valid_until=now + HORIZON,
        audio=tuple(audio[sha] for sha in sorted(audio)),
        cues=tuple(sorted(current, key=lambda c: (c.at, c.id))),
        keep=tuple(sorted(keep)),
    )


def content_digest(plan: Plan) -> str:
    """Two plans with the same digest say the same; counter and dates of issue left aside."""
    return hashlib.sha256(codec.encode((plan.audio, plan.cues, plan.keep))).hexdigest()


def conflicts(
    new: Broadcast,
    others: Sequence[Broadcast],
    limits: Mapping[str, Limits],
    now: datetime,
    over: Collection[tuple[str, str]] = (),
) -> list[Conflict]:
    """Everything that stands in the way of `new`, village by village; empty where it may be saved.

    `limits` are those the nodes have reported; one that has not spoken yet will judge by itself. `over` are the
    broadcasts and nodes where the airing has ended, be it before its time: they leave the air free.
    """
    found: list[Conflict] = []
    span = _span(new, now)
    for node in new.nodes:
        here = [b for b in others if node in b.nodes and b.id != new.id and b.stage is not Stage.CANCELLED]
        found += [
            Conflict(node, Reason.OVERLAP, b)
            for b in here
            if (b.id, node) not in over
            and b.priority.rank >= new.priority.rank
            and overlaps(span, _span(b, now), GAP_S)
        ]
        if node in limits:
            heard = [_span(b, now) for b in here if b.starts_at is not None]
            reason = refusal(limits[node], span, heard)
            found += [Conflict(node, reason)] if reason is not Reason.NONE else []
    return found


def overfull(new: Broadcast, approved: Sequence[Broadcast], now: datetime, kept: Sequence[Audio] = ()) -> list[str]:
    """The nodes whose plan would be larger than a node takes, were `new` approved."""
    others = [b for b in approved if b.id != new.id]
    together = [*others, new if new.is_approved else approve(new, "", now)]
    return [node for node in new.nodes if not _fits(node, together, now, kept)]


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


@dataclass(frozen=True, slots=True)
class Result:
    """How a broadcast went, over all its villages."""

    aired: tuple[Playout, ...]
    failed: tuple[Playout, ...]
    pending: tuple[str, ...]

    @property
    def first_sample_at(self) -> datetime | None:
        return min((p.first_sample_at for p in self.aired if p.first_sample_at), default=None)


def result(broadcast: Broadcast, playouts: Mapping[str, Playout]) -> Result:
    """Sort the villages' records (one a node) into aired, failed and not yet heard of."""
    aired = tuple(p for p in playouts.values() if p.outcome is Outcome.AIRED)
    failed = tuple(p for p in playouts.values() if p.outcome is not Outcome.AIRED)
    return Result(aired, failed, tuple(n for n in broadcast.nodes if n not in playouts))


def _fits(node: str, approved: Sequence[Broadcast], now: datetime, kept: Sequence[Audio]) -> bool:
    try:
        codec.pack(compile_plan(node, approved, Counter(0, 0), now, kept))
    except ValueError:
        return False
    return True


def _span(broadcast: Broadcast, now: datetime) -> Span:
    return Span(broadcast.starts_at or now + NOW_LEAD, broadcast.duration_s, broadcast.priority)


def _is_standing(broadcast: Broadcast, now: datetime) -> bool:
    """Whether a live order may still be waiting for its sound on some node."""
    return broadcast.starts_at is not None and now < broadcast.starts_at + timedelta(hours=1)
