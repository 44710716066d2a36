"""/broadcasts: what is ordered, how it stands in each village, and what became of it."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic.dataclasses import dataclass
from sqlalchemy import Connection

from contract.terms import Late, Outcome, Priority, Reason, Yielding
from hub.api import calendar
from hub.api.calendar import From, Until
from hub.api.caller import Caller, Looker
from hub.api.conflicts import Silenced, silenced
from hub.api.fields import ANSWER, BroadcastId, Instant
from hub.api.lists import After, Limit, Part, part
from hub.api.problems import answers
from hub.orders import admission, broadcasts
from hub.orders.broadcasts import Broadcast, Readiness, Stage
from hub.orders.desk import find
from hub.refusals import NotFound
from hub.rules import wording
from hub.rules.calendar import Occurrence
from hub.rules.rule import DaySets
from hub.store import broadcasts as broadcast_rows
from hub.store import day_sets
from hub.web import sight
from hub.web.wording import airing, phrases
from hub.web.wording.phrases import Phase
from hub.web.wording.words import Words

router = APIRouter(tags=["broadcasts"])

UPCOMING_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class SoundShown:
    """One sound, in its place."""

    sha256: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VariantShown:
    """What villages of one language hear in place of the recording."""

    language: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class BroadcastShown:
    """An order: these sounds, in these villages, at this time or by this rule, in this class."""

    id: str
    title: str
    stage: Stage
    digest: str
    """What an approval binds to; the ETag, and what If-Match asks for."""
    nodes: tuple[str, ...]
    priority: Priority
    starts_at: Instant | None
    """Its first airing; null for as soon as it is approved."""
    rule: str | None
    """When it recurs, in words; null for one that airs but once."""
    dropped: tuple[Instant, ...]
    """Single airings that were taken back."""
    duration_s: float
    """Of one airing; where villages hear it in several languages, the longest."""
    sounds: tuple[SoundShown, ...]
    """Chime, intro and recording, in their order; before a station those that precede it."""
    outro: tuple[SoundShown, ...]
    variants: tuple[VariantShown, ...]
    station: str | None
    """The address that is rebroadcast."""
    late: Late
    yields: Yielding
    patience_s: float
    author: str
    created_at: Instant
    approved_by: str
    approved_at: Instant | None
    returned_by: str
    """Who gave it back to be mended."""
    returned_for: str
    """What is to be mended."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PlayoutShown:
    """What became of one airing in one village, by its sound card."""

    outcome: Outcome
    reason: Reason
    """Empty where it was aired."""
    reason_words: str
    planned_at: Instant
    first_sample_at: Instant | None
    """When it was first heard; null where it was not."""
    last_sample_at: Instant | None
    level_dbfs: float | None
    offset_s: float
    """How far into the programme it was joined."""
    is_substitute: bool
    """Something else was heard, since the programme was not there."""
    interruptions: int


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PartShown:
    """One village's part in an airing."""

    node: str
    title: str
    """The village's name."""
    readiness: Readiness
    """Whether it could air it if the hub went away now, by its speaker's own word."""
    is_ready: bool
    """It is `ready`, and nothing known would keep it silent."""
    is_on_air: bool
    trouble: str
    """What is wrong there, in the caller's language; empty where nothing is."""
    playout: PlayoutShown | None
    """Null until it is over there."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class BroadcastWhole:
    """An order, and how one of its airings stands: the one that was asked for, else what is due now, else the next,
    else the last."""

    order: BroadcastShown
    phase: Phase
    at: Instant | None
    """The airing's instant."""
    villages: tuple[PartShown, ...]
    silences: tuple[Silenced, ...]
    """What of a lower class it will silence."""
    upcoming: tuple[Instant, ...]
    """Its next airings, at most ten."""


@router.get("/broadcasts", responses=answers(409))
def list_broadcasts(
    caller: Looker,
    from_: From,
    until: Until,
    stage: Annotated[Stage | None, Query(description="Those alone that stand so.")] = None,
    limit: Limit = 50,
    after: After = "",
) -> Part[BroadcastShown]:
    """Those that may air in a span of at most 62 days, by their first airing; then those without a time yet."""
    start, end = calendar.span(from_, until)
    with caller.desk.database.read() as c:
        found = [b for b in broadcast_rows.between(c, start, end) if stage in (None, b.stage)]
    return part(found, lambda b: b.id, shown, limit, after)


@router.get("/broadcasts/{id}", responses=answers(404))
def read_broadcast(
    caller: Looker,
    response: Response,
    id: BroadcastId,
    airing: Annotated[Instant | None, Query(description="Of one that recurs: which airing.")] = None,
) -> BroadcastWhole:
    """One broadcast, how it stands in its villages and what became of it."""
    with caller.desk.database.read() as c:
        broadcast = find(c, id)
        response.headers["ETag"] = etag(broadcast)
        return _whole(c, caller, broadcast, airing)


def etag(broadcast: Broadcast) -> str:
    return f'"{broadcasts.digest(broadcast)}"'


def shown(broadcast: Broadcast) -> BroadcastShown:
    return BroadcastShown(
        id=broadcast.id,
        title=broadcast.title,
        stage=broadcast.stage,
        digest=broadcasts.digest(broadcast),
        nodes=broadcast.nodes,
        priority=broadcast.priority,
        starts_at=broadcast.starts_at,
        rule=None if broadcast.rule is None else wording.words(broadcast.rule),
        dropped=broadcast.dropped,
        duration_s=broadcast.duration_s,
        sounds=tuple(SoundShown(sha256=a.sha256, duration_s=a.duration_s) for a in broadcast.audio),
        outro=tuple(SoundShown(sha256=a.sha256, duration_s=a.duration_s) for a in broadcast.outro),
        variants=tuple(VariantShown(language=v.language, sha256=v.audio.sha256) for v in broadcast.variants),
        station=broadcast.stream or None,
        late=broadcast.late,
        yields=broadcast.yields,
        patience_s=broadcast.patience_s,
        author=broadcast.author,
        created_at=broadcast.created_at,
        approved_by=broadcast.approved_by,
        approved_at=broadcast.approved_at,
        returned_by=broadcast.returned_by,
        returned_for=broadcast.returned_for,
    )


def _whole(c: Connection, caller: Caller, broadcast: Broadcast, at: datetime | None) -> BroadcastWhole:
    sets, seen = day_sets.day_sets(c), sight.look(c, caller.now, caller.hub.online_since())
    if at is None:
        occurrence = broadcasts.current_airing(broadcast, caller.now, sets)
    else:
        occurrence = next(iter(broadcasts.airings(broadcast, at, at + timedelta(microseconds=1), sets)), None)
        if occurrence is None:
            raise NotFound("Không có lượt phát này.", "There is no such airing.")
    followed = sight.follow_airing(c, seen, broadcast, occurrence, sets)
    interruptions = admission.interruptions(c, broadcast, caller.now, sets)
    return BroadcastWhole(
        order=shown(broadcast),
        phase=followed.phase,
        at=followed.at,
        villages=tuple(_part(caller.words, p, followed.phase) for p in followed.parts),
        silences=tuple(map(silenced, interruptions)),
        upcoming=tuple(o.at for o in _upcoming(broadcast, caller.now, sets)),
    )


def _upcoming(broadcast: Broadcast, now: datetime, sets: DaySets) -> list[Occurrence]:
    found: list[Occurrence] = []
    following = None if broadcast.stage is Stage.CANCELLED else broadcasts.next_airing(broadcast, now, sets)
    while following is not None and len(found) < UPCOMING_SHOWN:
        found.append(following)
        following = broadcasts.next_airing(broadcast, following.at + timedelta(seconds=1), sets)
    return found


def _part(words: Words, part: airing.Part, phase: Phase) -> PartShown:
    trouble = part.trouble(phase)
    return PartShown(
        node=part.village.node.id,
        title=part.village.node.title,
        readiness=part.readiness,
        is_ready=part.is_ready,
        is_on_air=part.is_on_air,
        trouble="" if trouble is None else phrases.say(words, trouble),
        playout=_playout(words, part),
    )


def _playout(words: Words, part: airing.Part) -> PlayoutShown | None:
    playout = part.playout
    if playout is None:
        return None
    return PlayoutShown(
        outcome=playout.outcome,
        reason=playout.reason,
        reason_words="" if playout.reason is Reason.NONE else phrases.say(words, playout.reason),
        planned_at=playout.planned_at,
        first_sample_at=playout.first_sample_at,
        last_sample_at=playout.last_sample_at,
        level_dbfs=playout.level_dbfs,
        offset_s=playout.offset_s,
        is_substitute=bool(playout.rung),
        interruptions=playout.interruptions,
    )
