"""/emergencies: the red button. Prepare and listen, send with the PIN, watch it reach the villages, end it."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter
from pydantic import Field
from pydantic.dataclasses import dataclass

from contract.terms import Outcome, Reason
from hub.alarms import alarm as alarms
from hub.alarms import emergency
from hub.alarms.emergency import Reach
from hub.api.caller import Alarmer, Caller, Looker, Orderer
from hub.api.fields import ANSWER, ASKED, BroadcastId, Instant, NodeId, Number, Sha256, Text
from hub.api.problems import NoPin, WrongPin, answers
from hub.people.accounts import theirs
from hub.refusals import NotFound, Refused
from hub.store import alarms as alarm_rows
from hub.store import recordings
from hub.web import sight
from hub.web.emergency import alarm_view
from hub.web.emergency.reached import Course, Part
from hub.web.visit import PIN, proves
from hub.web.wording import phrases

router = APIRouter(tags=["emergencies"])


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Preparation:
    """The first step: what is to be heard, where, and for how long."""

    recording: Sha256 | None = None
    """A sound of the library; null where `text` is to be spoken."""
    text: Text = ""
    """What is to be said, where no recording is; at most 1000 characters."""
    nodes: tuple[NodeId, ...] | None = None
    """In which villages; null for all in service."""
    repeat_for_s: Annotated[Number, Field(ge=0, le=emergency.LONGEST_S)] = emergency.LONGEST_S
    """How long it repeats unless it is cancelled; 0 is once."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Refuser:
    """A village whose own limits would refuse it."""

    node: str
    reason: Reason
    reason_words: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Prepared:
    """What would be sent. Nothing sounds yet; the villages begin to fetch the sound."""

    id: str
    """Under which to send it: two requests with it are one emergency."""
    recording: str
    """The sound; listen to it at /recordings/{sha256}/sound."""
    title: str
    duration_s: float
    held: int
    """In how many villages it lies ready."""
    away: tuple[str, ...]
    """The nodes that nothing reaches now."""
    refusing: tuple[Refuser, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Sending:
    """The second step."""

    id: Annotated[Text, Field(pattern=r"^b[0-9a-f]{12}$", examples=["b0123456789ab"])]
    """Of the preparation."""
    recording: Sha256
    nodes: tuple[NodeId, ...] | None = None
    """In which villages; null for all in service."""
    repeat_for_s: Annotated[Number, Field(ge=0, le=emergency.LONGEST_S)] = emergency.LONGEST_S
    """How long it repeats unless it is cancelled; 0 is once."""
    pin: Annotated[Text, Field(examples=["260714"])]
    """The person's own PIN: a token alone wakes no commune."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Ending:
    """What follows the end of an emergency."""

    recording: Sha256 | None = None
    """The all-clear; null for `text`, or nothing."""
    text: Text = ""
    """What is to be said, where no recording is."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VillageReached:
    """How far it got in one village."""

    node: str
    title: str
    phone: str
    """Whom to call there."""
    reach: Reach
    first_sample_at: Instant | None
    """When it was first heard there, once it has ended."""
    outcome: Outcome | None
    """How it ended there."""
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class EmergencyShown:
    """One emergency as of now."""

    id: str
    title: str
    recordings: tuple[str, ...]
    sent_by: str
    sent_at: Instant
    repeat_for_s: float
    ends_at: Instant
    """When it falls silent by itself."""
    is_standing: bool
    cleared_at: Instant | None
    """When somebody ended it."""
    cleared_by: str
    all_clear: str | None
    """The broadcast that followed its end."""
    unreached: tuple[str, ...]
    """The nodes that have not answered in time: call there."""
    villages: tuple[VillageReached, ...]


@router.get("/emergencies")
def list_standing(caller: Looker) -> tuple[EmergencyShown, ...]:
    """Those that are out now, the newest first."""
    with caller.desk.database.read() as c:
        seen = sight.look(c, caller.now, caller.hub.online_since())
        return tuple(_shown(alarm_view.course(c, seen, b.id)) for _, b in alarm_rows.standing(c, caller.now))


@router.post("/preparations", responses=answers(409))
async def prepare_emergency(caller: Alarmer, wanted: Preparation) -> Prepared:
    """The first step: a text is spoken, the villages begin to fetch the sound, and you can listen. Nothing sounds."""
    sound = await _find_or_speak(caller, wanted.recording, wanted.text)
    await run_sync(alarms.prepare, caller.desk, sound, caller.person)
    return await run_sync(_look_ahead, caller, wanted, sound)


@router.post("/emergencies", status_code=201, responses=answers(404, 409, 429))
async def send_emergency(caller: Alarmer, sending: Sending) -> EmergencyShown:
    """The second step: to every village at once, as soon as the PIN is right. Sent again with the same id, it changes
    nothing."""
    if not caller.person.pin_hash:
        raise NoPin
    if not await proves(caller.hub, caller.person, PIN, caller.person.pin_hash, sending.pin):
        await run_sync(alarms.note_wrong_pin, caller.desk, caller.person)
        raise WrongPin

    def act() -> EmergencyShown:
        alarms.send(
            caller.desk,
            caller.person,
            id=sending.id,
            recording=sending.recording,
            villages=sending.nodes,
            repeat_for_s=sending.repeat_for_s,
        )
        return read_emergency(caller, sending.id)

    return await run_sync(act)


@router.get("/emergencies/{id}", responses=answers(404))
def read_emergency(caller: Looker, id: BroadcastId) -> EmergencyShown:
    """How far it got, village by village."""
    with caller.desk.database.read() as c:
        return _shown(alarm_view.course(c, sight.look(c, caller.now, caller.hub.online_since()), id))


@router.post("/emergencies/{id}/cancel", responses=answers(404, 409))
async def end_emergency(caller: Orderer, id: BroadcastId, ending: Ending) -> EmergencyShown:
    """End it everywhere; needs no PIN. Silence comes first, words that are typed follow as soon as they are spoken."""
    await run_sync(alarms.cancel, caller.desk, id, ending.recording or "", caller.person)
    if ending.recording is None and ending.text.strip():
        await _say_all_clear(caller, id, ending)
    return await run_sync(read_emergency, caller, id)


@router.post("/emergencies/{id}/all-clear", responses=answers(404, 409))
async def say_all_clear(caller: Orderer, id: BroadcastId, ending: Ending) -> EmergencyShown:
    """An all-clear for an emergency that an ordinary stop ended."""
    await _say_all_clear(caller, id, ending)
    return await run_sync(read_emergency, caller, id)


async def _say_all_clear(caller: Caller, id: str, ending: Ending) -> None:
    sound = await _find_or_speak(caller, ending.recording, ending.text)
    await run_sync(alarms.follow, caller.desk, id, sound, caller.person)


async def _find_or_speak(caller: Caller, recording: str | None, text: str) -> str:
    if recording is not None:
        return recording
    made = await run_sync(alarms.speak, caller.desk, text, caller.person, limiter=caller.hub.alarming)
    return made.sha256


def _look_ahead(caller: Caller, wanted: Preparation, sha256: str) -> Prepared:
    with caller.desk.database.read() as c:
        seen = sight.look(c, caller.now, caller.hub.online_since())
        sound = recordings.recording(c, sha256)
        if sound is None:
            raise NotFound("Không có bản thu này.", "There is no such recording.")
        own = theirs(caller.person, [v.node.id for v in seen.choice])
        villages = [v for v in seen.choice if v.node.id in (own if wanted.nodes is None else wanted.nodes)]
        if not villages:
            raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
        found = alarm_view.refusing(c, seen, villages, sound, wanted.repeat_for_s)
        held = alarm_view.count_held(c, seen, sound)
    refusing = tuple(Refuser(node=v.node.id, reason=r, reason_words=phrases.say(caller.words, r)) for v, r in found)
    return Prepared(
        id=alarms.fresh_id(),
        recording=sound.sha256,
        title=sound.title,
        duration_s=sound.duration_s,
        held=held,
        away=tuple(v.node.id for v in alarm_view.away(villages)),
        refusing=refusing,
    )


def _shown(course: Course) -> EmergencyShown:
    of, alarm = course.broadcast, course.alarm
    assert of.starts_at is not None
    return EmergencyShown(
        id=of.id,
        title=of.title,
        recordings=tuple(a.sha256 for a in of.audio),
        sent_by=of.author,
        sent_at=of.starts_at,
        repeat_for_s=alarm.repeat_for_s,
        ends_at=course.ends_at,
        is_standing=course.is_standing,
        cleared_at=alarm.cleared_at,
        cleared_by=alarm.cleared_by,
        all_clear=alarm.all_clear or None,
        unreached=tuple(p.village.node.id for p in course.unreached),
        villages=tuple(map(_reached, course.parts)),
    )


def _reached(part: Part) -> VillageReached:
    node, playout = part.village.node, part.playout
    return VillageReached(
        node=node.id,
        title=node.title,
        phone=node.phone,
        reach=part.reach,
        first_sample_at=None if playout is None else playout.first_sample_at,
        outcome=None if playout is None else playout.outcome,
        reason=None if playout is None else playout.reason,
    )
