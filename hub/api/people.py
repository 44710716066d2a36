"""/people and /audit: who may log in, that they no longer may, and who did what. New people and new rights are given on
the pages alone: what a leaked token made would outlive it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic.dataclasses import dataclass

from hub.api.caller import Auditor, Caller, Manager
from hub.api.fields import ANSWER, Instant
from hub.api.lists import After, Limit, Part, part
from hub.api.problems import answers
from hub.people import staff
from hub.people.accounts import Role, User
from hub.store import people
from hub.store.people import Note
from hub.web.wording import deed_lines
from hub.web.wording.deed_lines import Line
from hub.web.wording.deeds import Kind, of_kind

router = APIRouter(tags=["people"])

Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9._-]{1,31}$", examples=["khach"])]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PersonShown:
    """One person who may log in, or once did."""

    name: str
    """The log-in name."""
    title: str
    role: Role
    villages: tuple[str, ...]
    """The nodes this person answers for; empty where it is the whole commune."""
    is_active: bool
    has_second_factor: bool
    sessions: int
    """In how many browsers this person is logged in."""
    seen_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Deed:
    """One line of the record of deeds."""

    at: Instant
    who: str
    act: str
    subject: str
    """What it was done to: an id, a name, a SHA-256."""
    detail: str
    sentence: str
    """All of it in words, in the caller's language."""


@router.get("/people", responses=answers(409))
def list_people(caller: Manager, limit: Limit = 50, after: After = "") -> Part[PersonShown]:
    """All, by name; those too who may no longer log in."""
    return part(_all(caller), lambda person: person.name, lambda person: person, limit, after)


@router.get("/people/{name}", responses=answers(404))
def read_person(caller: Manager, name: Name) -> PersonShown:
    """One of them."""
    with caller.desk.database.read() as c:
        staff.find(c, name)
    return next(person for person in _all(caller) if person.name == name)


@router.post("/people/{name}/log-out", status_code=204, response_class=Response, responses=answers(404, 409))
def log_person_out(caller: Manager, name: Name) -> None:
    """Everywhere."""
    staff.end_sessions(caller.desk, name, caller.person)


@router.post("/people/{name}/off", status_code=204, response_class=Response, responses=answers(404, 409))
def turn_person_off(caller: Manager, name: Name) -> None:
    """Let this person in no longer: log-ins and tokens end. The way back is on the pages."""
    staff.set_active(caller.desk, name, False, caller.person)


@router.get("/audit", responses=answers(409))
def list_deeds(
    caller: Auditor,
    who: Annotated[str, Query(max_length=100, description="Of this person alone.")] = "",
    kind: Annotated[Kind | None, Query(description="Of this kind alone.")] = None,
    from_: Annotated[Instant | None, Query(alias="from", description="From this instant on.")] = None,
    until: Annotated[Instant | None, Query(description="Up to before this instant.")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many of the newest to leave out.")] = 0,
    limit: Limit = 50,
) -> tuple[Deed, ...]:
    """Who did what, the newest first."""
    acts = of_kind(kind) if kind else ()
    with caller.desk.database.read() as c:
        found = people.notes(c, limit, offset=offset, who=who, acts=acts, since=from_, until=until)
        lines = deed_lines.lines(c, caller.words, found)
    return tuple(_deed(note, line) for note, line in zip(found, lines, strict=True))


def _all(caller: Caller) -> list[PersonShown]:
    with caller.desk.database.read() as c:
        sessions, seen = people.count_sessions(c, caller.now), people.seen(c)
        return [_shown(user, sessions.get(user.name, 0), seen.get(user.name)) for user in people.users(c)]


def _shown(user: User, sessions: int, seen_at: Instant | None) -> PersonShown:
    return PersonShown(
        name=user.name,
        title=user.title,
        role=user.role,
        villages=tuple(sorted(user.villages)),
        is_active=user.is_active,
        has_second_factor=bool(user.totp_secret),
        sessions=sessions,
        seen_at=seen_at,
    )


def _deed(note: Note, line: Line) -> Deed:
    return Deed(
        at=note.at, who=note.who, act=note.act, subject=note.subject, detail=note.detail, sentence=line.sentence
    )
