"""/calendar.ics and /calendar/import: calendars of other programs, told and taken in (RFC 5545)."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from hub.api import calendar
from hub.api.caller import Caller, Looker, Orderer, Planner
from hub.api.conflicts import Hindrance, told
from hub.api.fields import ANSWER, ASKED, Flag, Instant, NodeId, Sha256, Text
from hub.api.problems import answers, ways_out
from hub.ics.reading import Entry, Fault, Found, read
from hub.orders import imported
from hub.orders.imported import AT_ONCE
from hub.orders.wish import Wish
from hub.refusals import Conflicted, NotAllowed, Refused
from hub.rules import wording
from hub.rules.reading import Misread
from hub.web.calendar import calendar_copy
from hub.web.wording.words import Words

router = APIRouter(tags=["calendar"])

_FILE = {"requestBody": {"required": True, "content": {calendar_copy.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class EventShown:
    """One event of a file that is still ahead and understood."""

    line: int
    """Where it begins in the file."""
    title: str
    place: str
    """As the file has it; in which villages it is heard is yours to say."""
    starts_at: Instant
    """The next time it takes place."""
    rule: str | None
    """How it repeats, in words to be used when ordering; null for one that takes place but once."""
    is_all_day: bool
    """It has no time of its own: the one told here is but a usual one."""
    is_cut: bool
    """No rule says it: only what a year holds of it is told, in single dates."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class EventFault:
    """One event that was not understood."""

    line: int
    title: str
    detail: str
    """Why, in the caller's language."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class FileShown:
    """What a calendar file holds. Nothing was saved."""

    events: tuple[EventShown, ...]
    """The soonest first."""
    faults: tuple[EventFault, ...]
    past: int
    """How many are over."""
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class EventWanted:
    """One event that is to become a draft: at an instant, or by a rule."""

    title: Text
    starts_at: Instant | None = None
    rule: Annotated[Text, Field(max_length=wording.MAX_TEXT, examples=["hằng ngày 5:00"])] | None = None
    """In Vietnamese words; where there is one, `starts_at` means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class DraftsWanted:
    """Events that become drafts, all with one recording in the same villages."""

    events: Annotated[tuple[EventWanted, ...], Field(min_length=1, max_length=AT_ONCE)]
    nodes: Annotated[tuple[NodeId, ...], Field(max_length=200)]
    recording: Sha256
    has_chime: Flag = True


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class DraftMade:
    """What became of one event."""

    title: str
    broadcast: str | None
    """The id of its draft; null where there is none."""
    detail: str = ""
    """Why there is none, in the caller's language."""
    conflicts: tuple[Hindrance, ...] = ()
    """What stands in its way, village by village."""
    free_at: Instant | None = None
    """When it could sound instead, from its time on."""
    free_before_at: Instant | None = None
    """The same before its time."""


@router.get(
    "/calendar.ics",
    response_class=Response,
    responses={200: {"description": "iCalendar", "content": {calendar_copy.MEDIA_TYPE: {}}}, **answers(404)},
)
def download_calendar(
    caller: Looker, node: Annotated[NodeId | None, Query(description="Of this village alone.")] = None
) -> Response:
    """What is ordered, as a file for other programs: 30 days back, two years ahead."""
    copy = calendar_copy.make(caller.hub, caller.words, caller.now, node or "")
    headers = {"Content-Disposition": copy.disposition}
    return Response(copy.data, media_type=calendar_copy.MEDIA_TYPE, headers=headers)


@router.post("/calendar/import", responses=answers(409), openapi_extra=_FILE)
async def read_calendar(caller: Planner, request: Request) -> FileShown:
    """What a calendar file (the body, at most 1 MB) holds, event by event; nothing is saved."""
    data = await request.body()
    found = await run_sync(read, data, caller.now, caller.hub.pages.zone)
    return _shown(caller.words, found)


@router.post("/calendar/import/drafts", responses=answers(409))
def make_drafts(caller: Orderer, wanted: DraftsWanted) -> tuple[DraftMade, ...]:
    """A draft of each event, each for itself; what stands in the way of one is told beside it."""
    return tuple(_draft(caller, event, wanted) for event in wanted.events)


def _draft(caller: Caller, event: EventWanted, wanted: DraftsWanted) -> DraftMade:
    """Raises NotAllowed."""
    try:
        wish = Wish(
            title=event.title,
            recording=wanted.recording,
            nodes=wanted.nodes,
            starts_at=None if event.rule else event.starts_at,
            rule=calendar.parse(caller, event.rule) if event.rule else None,
            has_chime=wanted.has_chime,
        )
        saved = imported.draft(caller.desk, wish, caller.person)
    except Conflicted as error:
        return _in_the_way(caller, event, error)
    except NotAllowed:
        raise
    except (Misread, Refused) as error:
        detail = caller.words.pick(error.message_vi, error.message_en)
        return DraftMade(title=event.title, broadcast=None, detail=detail)
    return DraftMade(title=saved.title, broadcast=saved.id)


def _in_the_way(caller: Caller, event: EventWanted, error: Conflicted) -> DraftMade:
    words, ways = caller.words, ways_out(caller.person, error)
    return DraftMade(
        title=event.title,
        broadcast=None,
        detail=words.gettext("It collides, or a village's limits are against it. Choose another time for it."),
        conflicts=tuple(told(words, each) for each in error.conflicts),
        free_at=ways.after,
        free_before_at=ways.before,
    )


def _shown(words: Words, found: Found) -> FileShown:
    return FileShown(
        events=tuple(map(_event, found.entries)),
        faults=tuple(_fault(words, each) for each in found.faults),
        past=found.past,
        cancelled=found.cancelled,
    )


def _event(entry: Entry) -> EventShown:
    return EventShown(
        line=entry.line,
        title=entry.title,
        place=entry.place,
        starts_at=entry.at,
        rule=None if entry.rule is None else wording.words(entry.rule),
        is_all_day=entry.is_all_day,
        is_cut=entry.is_cut,
    )


def _fault(words: Words, fault: Fault) -> EventFault:
    return EventFault(line=fault.line, title=fault.title, detail=words.pick(fault.message_vi, fault.message_en))
