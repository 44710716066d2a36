"""/incidents: what is wrong in the villages, one a cause, and who sees to it."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic.dataclasses import dataclass

from hub.api.caller import Caller, Looker, Tender
from hub.api.fields import ANSWER, ASKED, Instant, Text
from hub.api.lists import After, Limit, Part, part
from hub.api.problems import answers
from hub.incidents import handling
from hub.incidents.incident import About, Kept, Member
from hub.refusals import NotFound
from hub.store import incidents as rows
from hub.store import people
from hub.web.wording import incident_words, phrases
from hub.web.wording.incident_names import read_names
from hub.web.wording.incident_words import Names
from hub.web.wording.words import Words

router = APIRouter(tags=["incidents"])

PAST_MAX = 1000
IncidentId = Annotated[int, Path(ge=1, le=2**53, examples=[1])]
Village = Annotated[str, Query(max_length=64, description="Only those that touched this node.", examples=[""])]


class Which(StrEnum):
    """Those that last, or those that are over."""

    LASTING = "lasting"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class MemberShown:
    """One thing that the cause took away."""

    node: str
    subject: str
    """`node` (its contact), `process:<name>`, `sound`, `clock`, `target:<id>`, `camera:<id>`, or of its machine
    `power`, `card`, `usb`, `ups`, `heat`, `disk`, `memory`."""
    value: str
    detail: str
    since_at: Instant
    """The first sign of it."""
    left_at: Instant | None
    """When it was back; null while it is away."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class IncidentShown:
    """One cause, with all that it took away."""

    id: int
    about: About
    text: str
    """What is wrong, or was, in the caller's language."""
    is_wide: bool
    """Power or provider of several villages."""
    since_at: Instant
    opened_at: Instant
    """When the hub was sure."""
    closed_at: Instant | None
    """Null while it lasts."""
    reopenings: int
    merged_into: int | None
    """The incident that it turned out to be a part of."""
    known_by: str
    """Who said that they know of it; empty for nobody."""
    known_at: Instant | None
    assigned_to: str
    """Who sees to it; empty for nobody."""
    members: tuple[MemberShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class NoteShown:
    """What somebody wrote down for whoever looks next."""

    at: Instant
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class IncidentWhole:
    """An incident with its notes, the first first."""

    incident: IncidentShown
    notes: tuple[NoteShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class PersonWanted:
    """Who sees to it."""

    person: Text
    """By the name they log in with; empty for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class NoteWanted:
    """What to write down."""

    text: Text
    """At most 300 characters."""


@router.get("/incidents", responses=answers(409))
def list_incidents(
    caller: Looker, which: Which = Which.LASTING, village: Village = "", limit: Limit = 100, after: After = ""
) -> Part[IncidentShown]:
    """Those that last, the worst first; or those that are over (the last 1,000), the newest first."""
    with caller.desk.database.read() as c:
        if which is Which.PAST:
            found = rows.past(c, PAST_MAX, village)
        else:
            found = sorted(rows.lasting(c), key=incident_words.severity)
            found = [kept for kept in found if not village or village in kept.incident.nodes]
        names = read_names(c, [kept.incident for kept in found])
    return part(found, lambda k: str(k.incident.id), lambda k: _shown(caller.words, k, names), limit, after)


@router.get("/incidents/{id}", responses=answers(404))
def read_incident(caller: Looker, id: IncidentId) -> IncidentWhole:
    """One incident."""
    return _whole(caller, id)


@router.post("/incidents/{id}/known", responses=answers(404, 409))
def know_incident(caller: Tender, id: IncidentId) -> IncidentWhole:
    """Say that one knows of it. Whoever said so first stays."""
    handling.know(caller.desk, id, caller.person)
    return _whole(caller, id)


@router.put("/incidents/{id}/person", responses=answers(404, 409))
def assign_incident(caller: Tender, id: IncidentId, wanted: PersonWanted) -> IncidentWhole:
    """Say who sees to it."""
    handling.assign(caller.desk, id, wanted.person, caller.person)
    return _whole(caller, id)


@router.post("/incidents/{id}/notes", status_code=201, responses=answers(404, 409))
def note_incident(caller: Tender, id: IncidentId, wanted: NoteWanted) -> IncidentWhole:
    """Write something down for whoever looks next."""
    handling.add_note(caller.desk, id, wanted.text, caller.person)
    return _whole(caller, id)


def _whole(caller: Caller, id: int) -> IncidentWhole:
    with caller.desk.database.read() as c:
        kept = rows.one(c, id)
        if kept is None:
            raise NotFound("Không có sự cố này.", "There is no such incident.")
        names = read_names(c, [kept.incident])
        deeds = people.deeds(c, handling.subject(id))
    notes = [NoteShown(at=d.at, by=d.who, text=d.detail) for d in deeds if d.act == "incident-note"]
    return IncidentWhole(incident=_shown(caller.words, kept, names), notes=tuple(notes))


def _shown(words: Words, kept: Kept, names: Names) -> IncidentShown:
    incident = kept.incident
    return IncidentShown(
        id=incident.id,
        about=incident.about,
        text=phrases.say(words, incident_words.describe(incident, names)),
        is_wide=incident.is_wide,
        since_at=incident.since_at,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
        reopenings=incident.reopenings,
        merged_into=incident.merged_into or None,
        known_by=kept.known_by,
        known_at=kept.known_at,
        assigned_to=kept.assigned_to,
        members=tuple(map(_member, incident.members)),
    )


def _member(member: Member) -> MemberShown:
    return MemberShown(
        node=member.node,
        subject=member.subject,
        value=member.value,
        detail=member.detail,
        since_at=member.since_at,
        left_at=member.left_at,
    )
