"""What the officer orders and what becomes of it: what is heard when, approval, readiness. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from contract import codec
from contract.orders import Audio, Counter
from contract.reports import PlanReport
from contract.terms import Late, Priority, Reason, Yielding
from hub.rules import calendar
from hub.rules.calendar import Occurrence
from hub.rules.rule import USUAL_SETS, DaySets, Rule

NOW_LEAD = timedelta(seconds=15)
"""'Now' means this long after approval: time for the plan and the sound to reach the nodes."""

GRACE_S = 60.0
STANDING = timedelta(hours=1)
"""How long a live order may wait for its sound on a node, or a silenced airing for its chance to go on."""


class Stage(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
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
    folder: str = ""
    removed_at: datetime | None = None
    """Since when it lies in the bin; null for one that does not."""
    work: str = field(default="", compare=False)
    """The SHA-256 of the first version of what this is a version of; its own where it is that. Empty until kept."""
    version: int = field(default=1, compare=False)

    @property
    def audio(self) -> Audio:
        return Audio(sha256=self.sha256, size=self.size, duration_s=self.duration_s)


@dataclass(frozen=True, slots=True)
class Variant:
    """What villages of one language hear in place of the recording."""

    language: str
    audio: Audio


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """An order: these sounds, in these villages, at this time or by this rule, in this class.

    `audio` is heard in its order, the recording itself last; `outro` follows it. With `stream` there is no recording:
    what that station sends follows, until `stream_s` after the beginning. `patience_s` is how long it waits for
    something of a lower class to end before it silences that.

    `id` is random, so that a hub restored from a backup never gives one out twice. `starts_at` is None for
    "now" until approval sets it; with a `rule` it is the first airing, and none before it counts. `substitutes` are the
    sounds that the rule's exemptions name. `approval` is the digest of what was approved; any edit voids it, save to
    take back single airings: those are `dropped`, and silence needs nobody's approval. `returned_by` and `returned_for`
    are who gave a draft back to the officer and why.
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
    outro: tuple[Audio, ...] = ()
    stream: str = ""
    stream_s: float = 0.0
    variants: tuple[Variant, ...] = ()
    patience_s: float = 0.0
    returned_by: str = ""
    returned_for: str = ""

    @property
    def duration_s(self) -> float:
        """Where villages hear it in several languages, the longest."""
        return length_s(self, None)

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
    more = (
        [a.sha256 for a in broadcast.outro],
        (broadcast.stream, broadcast.stream_s),
        [(v.language, v.audio.sha256) for v in broadcast.variants],
        broadcast.patience_s,
    )
    if more != ([], ("", 0.0), [], 0.0):  # the same again
        bound += more
    return hashlib.sha256(codec.encode(bound)).hexdigest()


def approve(broadcast: Broadcast, leader: str, now: datetime, sets: DaySets = USUAL_SETS) -> Broadcast:
    """Approve as it stands; "now" gets its instant here, a rule its first airing.

    Raises ValueError where it is too late or not submitted.
    """
    if broadcast.stage is not Stage.SUBMITTED:
        raise ValueError("only what was submitted can be approved")
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
    length = timedelta(seconds=broadcast.duration_s + broadcast.patience_s + GRACE_S)
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


def is_relayed(broadcast: Broadcast, airing: Occurrence | None) -> bool:
    """Whether a station is heard; on a day left out a recording may take its place."""
    return bool(broadcast.stream) and not _instead(broadcast, airing)


def sounds(broadcast: Broadcast, airing: Occurrence | None, language: str = "") -> tuple[Audio, ...]:
    """What is heard in one airing, in a village of this language: chime, intro, recording, outro.

    An exemption may put another recording in place of the programme; with a stream these are the sounds before it.
    """
    before, programme = broadcast.audio, tuple[Audio, ...]()
    if not broadcast.stream:
        before, programme = broadcast.audio[:-1], broadcast.audio[-1:]
    spoken = tuple(v.audio for v in broadcast.variants if v.language.casefold() == language.casefold())
    return (*before, *(_instead(broadcast, airing) or spoken[:1] or programme), *broadcast.outro)


def length_s(broadcast: Broadcast, airing: Occurrence | None, language: str | None = None) -> float:
    """How long one airing is; without a language, in the longest of those it is heard in."""
    if is_relayed(broadcast, airing):
        return broadcast.stream_s
    languages = ["", *(v.language for v in broadcast.variants)] if language is None else [language]
    return max(sum(a.duration_s for a in sounds(broadcast, airing, each)) for each in languages)


def recorded(broadcast: Broadcast) -> tuple[Audio, ...]:
    """Every sound that is heard in any of its airings, in any village."""
    spoken = (v.audio for v in broadcast.variants)
    return (*broadcast.audio, *broadcast.outro, *spoken, *broadcast.substitutes)


def _instead(broadcast: Broadcast, airing: Occurrence | None) -> tuple[Audio, ...]:
    replacement = "" if airing is None else airing.replacement
    return tuple(a for a in broadcast.substitutes if a.sha256 == replacement)


_NOT_OF_THE_PLAN = (Reason.NONE, Reason.STALE_NONCE, Reason.EXPIRED)
"""The last two tell of a live order that came too late; they ask the hub to sign it again."""


class Readiness(StrEnum):
    """Whether one village could air a broadcast if its hub went away now."""

    READY = "ready"
    NO_PLAN = "no_plan"
    NO_AUDIO = "no_audio"
    REFUSED = "refused"
    UNREACHED = "unreached"


def readiness(wanted: Iterable[Audio], needed: Counter | None, report: PlanReport | None) -> Readiness:
    """Judge by the speaker's word alone. `wanted` is what is heard there, `needed` the first issued plan that carries
    the broadcast."""
    if report is None:
        return Readiness.UNREACHED
    if report.refused not in _NOT_OF_THE_PLAN:
        return Readiness.REFUSED
    if needed is None or report.accepted is None or report.accepted < needed:
        return Readiness.NO_PLAN
    if set(report.missing) & {a.sha256 for a in wanted}:
        return Readiness.NO_AUDIO
    return Readiness.READY
