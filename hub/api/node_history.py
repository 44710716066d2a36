"""/nodes/{id}/history: what a node said of itself when it connected, what changed there, and what it refused."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic.dataclasses import dataclass

from contract.events import Refusal
from contract.limits import Limits
from contract.reports import Birth
from contract.terms import Reason
from hub.api.caller import Looker
from hub.api.fields import ANSWER, Instant, NodeId
from hub.api.problems import answers
from hub.nodes.fleet import Flip
from hub.refusals import NotFound
from hub.store import nodes, records
from hub.web.wording import flips, phrases
from hub.web.wording.phrases import Tone
from hub.web.wording.words import Words

router = APIRouter(tags=["nodes"])

FLIPS_SHOWN = 100
REFUSALS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VolumeShown:
    """How loud it may be from a time of the day on."""

    from_min: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class LimitsShown:
    """What the node's own file lets be heard. Times are minutes after local midnight."""

    time_zone: str
    quiet_from_min: int
    quiet_until_min: int
    days: tuple[int, ...]
    """The weekdays on which anything but an emergency is played, Monday 0."""
    sessions_a_day: int
    session_gap_s: float
    minutes_a_day: int
    longest_s: float
    volume_cap_pct: int
    volumes: tuple[VolumeShown, ...]
    """By the time of day, where it is not one for all of it."""
    emergency_volume_cap_pct: int
    emergency_longest_s: float
    emergency_minutes_a_day: int


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class BirthShown:
    """What the node said when it last connected."""

    at: Instant
    software: str
    hardware: str
    started_at: Instant
    limits: LimitsShown


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Change:
    """One thing that changed there."""

    at: Instant
    subject: str
    """What: `node`, or a part of it (`camera:cong`)."""
    value: str
    """What it is since."""
    detail: str
    text: str
    """All of it in words, in the caller's language."""
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class NotAccepted:
    """A plan or a command that the node's speaker refused."""

    at: Instant
    what: str
    reason: Reason
    reason_words: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class History:
    """One node's past, the newest first."""

    birth: BirthShown | None
    """Null where it never connected."""
    changes: tuple[Change, ...]
    """At most 100."""
    refusals: tuple[NotAccepted, ...]
    """At most 50."""


@router.get("/nodes/{id}/history", responses=answers(404))
def read_history(caller: Looker, id: NodeId) -> History:
    """What it said when it connected, with the limits it keeps; what changed there; what it refused."""
    with caller.desk.database.read() as c:
        if nodes.node(c, id) is None:
            raise NotFound("Không có nút này.", "There is no such node.")
        birth = nodes.births(c).get(id)
        changed, refused = records.flips(c, id, FLIPS_SHOWN), records.refusals(c, id, REFUSALS_SHOWN)
    return History(
        birth=None if birth is None else _birth(birth),
        changes=tuple(_change(caller.words, flip) for flip in changed),
        refusals=tuple(_not_accepted(caller.words, each) for _, each in refused),
    )


def _birth(birth: Birth) -> BirthShown:
    return BirthShown(
        at=birth.at,
        software=birth.software,
        hardware=birth.hardware,
        started_at=birth.started_at,
        limits=_limits(birth.limits),
    )


def _limits(limits: Limits) -> LimitsShown:
    volumes = tuple(VolumeShown(from_min=minute, percent=percent) for minute, percent in limits.volumes)
    return LimitsShown(**{**asdict(limits), "volumes": volumes})


def _change(words: Words, flip: Flip) -> Change:
    line = flips.describe(flip)
    return Change(
        at=flip.at,
        subject=flip.subject,
        value=flip.value,
        detail=flip.detail,
        text=phrases.say(words, line),
        tone=line.tone,
    )


def _not_accepted(words: Words, refusal: Refusal) -> NotAccepted:
    return NotAccepted(
        at=refusal.at,
        what=refusal.what,
        reason=refusal.reason,
        reason_words=phrases.say(words, refusal.reason),
        detail=refusal.detail,
    )
