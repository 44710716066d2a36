"""/audit: who did what, the newest first, as sentences; looked through by person, kind and day; and as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.people.accounts import Role
from hub.store import broadcasts, nodes, people, recordings
from hub.store.people import Note
from hub.web import phrases
from hub.web.deeds import ALL, BY_COMMAND, CAMERA, COMMAND, DEEDS, EVERYTHING, ICONS, KINDS, OTHER, of_kind
from hub.web.times import day_span
from hub.web.visit import Auditor, Visit

router = APIRouter()

SHOWN = 50
IN_FILE = 20_000
"""Lines of a file: a busy commune's year."""
NAME_MAX = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would work out instead of showing."""


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    sentence: str
    detail: str
    icon: str


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
        lines = _lines(c, visit, found[:SHOWN])
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
        lines = _lines(c, visit, found)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["at", "who", "act", "subject", "sentence", "detail"])
    for note, line in zip(found, lines, strict=True):
        local = note.at.astimezone(visit.hub.pages.zone).isoformat(timespec="seconds")
        cells = (note.who, note.act, note.subject, line.sentence, line.detail)
        writer.writerow([local, *(_plain(cell) for cell in cells)])
    headers = {"Content-Disposition": f'attachment; filename="nhat-ky-{visit.now:%Y%m%d}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


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


def _lines(c: Connection, visit: Visit, found: Sequence[Note]) -> list[Line]:
    words = visit.words
    names = {u.name: u.title for u in people.users(c)} | {COMMAND: words.gettext(BY_COMMAND)}
    villages = {n.id: n.title for n in nodes.nodes(c)}
    subjects = {n.subject for n in found}
    titles = names | villages | broadcasts.titles(c, subjects) | recordings.titles(c, subjects)
    titles[ALL] = words.gettext(EVERYTHING)
    for node, slash, camera in (subject.partition("/") for subject in subjects):
        if slash and node in villages:
            titles[f"{node}/{camera}"] = words.gettext(CAMERA, camera=camera, village=villages[node])
    return [_line(visit, note, names, villages, titles) for note in found]


def _line(
    visit: Visit, note: Note, names: Mapping[str, str], villages: Mapping[str, str], titles: Mapping[str, str]
) -> Line:
    deed, who = DEEDS.get(note.act), names.get(note.who, note.who)
    what = titles.get(note.subject, note.subject)
    if deed is None:
        return Line(note.at, visit.words.gettext(OTHER, who=who, act=note.act, what=what), "", "dot")
    sentence = visit.words.gettext(deed.msgid, who=who, what=what)
    detail = _said(visit, note.detail, villages) if deed.has_detail else ""
    return Line(note.at, sentence, detail, ICONS[deed.kind])


def _said(visit: Visit, detail: str, villages: Mapping[str, str]) -> str:
    """A note's detail with roles and villages by their names."""
    parts = [", ".join(_named(visit, word, villages) for word in part.split(", ")) for part in detail.split("; ")]
    return "; ".join(filter(None, parts))


def _named(visit: Visit, word: str, villages: Mapping[str, str]) -> str:
    return phrases.say(visit.words, Role(word)) if word in list(Role) else villages.get(word, word)
