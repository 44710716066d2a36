"""/calendar.ics: what is ordered, for calendars elsewhere. /calendar/import: a calendar file looked through, event by
event, to become orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import Response

from hub.ics.lines import MAX_BYTES
from hub.ics.reading import Found, read
from hub.orders import imported
from hub.orders.imported import AT_ONCE
from hub.orders.wish import Wish
from hub.refusals import Conflicted, Refused
from hub.rules import wording
from hub.rules.reading import Misread
from hub.store import nodes, recordings
from hub.web.broadcasts.order_form import read_rule
from hub.web.calendar import calendar_copy
from hub.web.visit import Looker, Orderer, Visit
from hub.web.wording.times import read_local

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one chosen event: its draft, or why there is none; `link` leads on."""

    title: str
    link: str
    fault: str = ""


@router.get("/calendar.ics")
def download(visit: Looker, village: Annotated[str, Query(max_length=80)] = "") -> Response:
    """The whole commune, or one village."""
    copy = calendar_copy.make(visit.hub, visit.words, visit.now, village)
    headers = {"Content-Disposition": copy.disposition}
    return Response(copy.data, media_type=calendar_copy.MEDIA_TYPE, headers=headers)


@router.get("/calendar/import")
def show_import(visit: Orderer) -> Response:
    return _page(visit)


@router.post("/calendar/import")
def look_through(visit: Orderer, file: UploadFile | None = None) -> Response:
    """Say what a file holds; nothing is saved."""
    try:
        found = read(file.file.read(MAX_BYTES + 1) if file else b"", visit.now, visit.hub.pages.zone)
    except Refused as error:
        return _page(visit, 422, fault=visit.words.pick(error.message_vi, error.message_en))
    return _page(visit, found=found)


@router.post("/calendar/import/drafts")
def make_drafts(
    visit: Orderer,
    recording: Annotated[str, Form()] = "",
    chime: Annotated[str, Form()] = "",
    villages: Annotated[Sequence[str], Form()] = (),
    chosen: Annotated[Sequence[int], Form()] = (),
    titles: Annotated[Sequence[str], Form()] = (),
    moments: Annotated[Sequence[str], Form()] = (),
    rules: Annotated[Sequence[str], Form()] = (),
) -> Response:
    """A draft of each chosen event, all with one recording. `moments` are local (2026-12-01T05:00)."""
    rows = list(zip(titles, moments, rules, strict=False))
    picked = [rows[n] for n in dict.fromkeys(chosen) if 0 <= n < min(len(rows), AT_ONCE)]
    if not picked:
        raise Refused("Hãy chọn ít nhất một việc.", "Choose at least one event.")
    made = [_draft(visit, *row, recording, tuple(villages), bool(chime)) for row in picked]
    return _page(visit, made=made)


def _draft(
    visit: Visit, title: str, moment: str, rule: str, recording: str, villages: tuple[str, ...], has_chime: bool
) -> Made:
    day, _, time = moment.partition("T")
    try:
        wish = Wish(
            title=title,
            recording=recording,
            nodes=villages,
            starts_at=None if rule else read_local(day, time, visit.hub.pages.zone),
            rule=read_rule(visit, rule) if rule else None,
            has_chime=has_chime,
        )
        saved = imported.draft(visit.desk, wish, visit.person)
    except Conflicted:
        fault = visit.words.gettext("It collides, or a village's limits are against it. Choose another time for it.")
    except (Misread, Refused) as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
    else:
        return Made(title, f"/broadcasts/{saved.id}")
    return Made(title, form_link(title, day, time, rule, recording), fault)


def form_link(title: str, day: str, time: str, rule: str, recording: str = "") -> str:
    """The order form with this filled in."""
    told = {"title": title, "recording": recording} | ({"rule": rule} if rule else {"day": day, "time": time})
    return f"/broadcasts/new?{urlencode({name: value for name, value in told.items() if value})}"


def _page(
    visit: Visit, status: int = 200, fault: str = "", found: Found | None = None, made: Sequence[Made] = ()
) -> Response:
    with visit.desk.database.read() as c:
        library, chime = recordings.recordings(c), visit.desk.chime(c)
        present = [n for n in nodes.nodes(c) if not n.is_revoked]
    zone = visit.hub.pages.zone
    return visit.page(
        "calendar_import.html",
        status,
        fault=fault,
        found=found,
        entries=found.entries[:AT_ONCE] if found else (),
        made=made,
        library=library,
        chime=chime,
        villages=present,
        words_of=lambda entry: "" if entry.rule is None else wording.words(entry.rule),
        link=lambda entry, rule: form_link(
            entry.title, f"{entry.at.astimezone(zone):%Y-%m-%d}", f"{entry.at.astimezone(zone):%H:%M}", rule
        ),
    )
