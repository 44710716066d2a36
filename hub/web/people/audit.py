"""/audit: who did what, the newest first, as sentences; looked through by person, kind and day; and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.store import people
from hub.store.people import Note
from hub.web import sheet
from hub.web.visit import Auditor, Visit
from hub.web.wording import deed_lines
from hub.web.wording.deed_lines import Line
from hub.web.wording.deeds import KINDS, of_kind
from hub.web.wording.times import day_span

router = APIRouter()

SHOWN = 50
IN_FILE = 20_000
"""Lines of a file: a busy commune's year."""
NAME_MAX = 100
COLUMNS = (
    ("lúc", "at"),
    ("ai", "who"),
    ("việc", "act"),
    ("về", "subject"),
    ("câu", "sentence"),
    ("chi tiết", "detail"),
)
"""What the file's columns are called, in both languages."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What was asked for; empty is all."""

    who: str
    kind: str
    day: str

    def query(self, **more: object) -> str:
        asked = {"who": self.who, "kind": self.kind, "day": self.day} | more
        return urlencode({name: value for name, value in asked.items() if value})

    def notes(self, c: Connection, visit: Visit, limit: int, offset: int = 0) -> list[Note]:
        day = _read(self.day)
        since, until = (None, None) if day is None else _bounds(visit, day)
        acts = of_kind(self.kind) if self.kind else ()
        return people.notes(c, limit, offset=offset, who=self.who, acts=acts, since=since, until=until)


@router.get("/audit")
def show_audit(
    visit: Auditor,
    who: Annotated[str, Query(max_length=NAME_MAX)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    wanted = Filter(who, kind if kind in KINDS else "", day if _read(day) else "")
    with visit.desk.database.read() as c:
        found = wanted.notes(c, visit, SHOWN + 1, (page - 1) * SHOWN)
        lines = deed_lines.lines(c, visit.words, found[:SHOWN])
        users = people.users(c)
    return visit.page(
        "audit.html",
        days=_by_day(visit, lines),
        wanted=wanted,
        users=sorted(users, key=lambda u: u.title),
        kinds=KINDS,
        number=page,
        has_more=len(found) > SHOWN,
        today=f"{visit.now.astimezone(visit.hub.pages.zone):%Y-%m-%d}",
    )


@router.get("/audit.csv")
def download(
    visit: Auditor,
    who: Annotated[str, Query(max_length=NAME_MAX)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    wanted = Filter(who, kind if kind in KINDS else "", day if _read(day) else "")
    with visit.desk.database.read() as c:
        found = wanted.notes(c, visit, IN_FILE)
        lines = deed_lines.lines(c, visit.words, found)
    rows = [[visit.words.pick(*column) for column in COLUMNS]]
    for note, line in zip(found, lines, strict=True):
        local = note.at.astimezone(visit.hub.pages.zone).isoformat(timespec="seconds")
        cells = (note.who, note.act, note.subject, line.sentence, line.detail)
        rows.append([local, *(sheet.plain(cell) for cell in cells)])
    return sheet.answer(visit.words, f"nhat-ky-{visit.now:%Y%m%d}.csv", rows)


def _read(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _bounds(visit: Visit, day: date) -> tuple[datetime, datetime]:
    zone = visit.hub.pages.zone
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    start, _ = day_span(noon, zone)
    return start, start + timedelta(days=1)


def _by_day(visit: Visit, lines: Sequence[Line]) -> list[tuple[datetime, list[Line]]]:
    found: list[tuple[datetime, list[Line]]] = []
    for line in lines:
        local = line.at.astimezone(visit.hub.pages.zone).date()
        if not found or found[-1][0].astimezone(visit.hub.pages.zone).date() != local:
            found.append((line.at, []))
        found[-1][1].append(line)
    return found
