"""/emergency (GET), /emergency/recordings, /emergency/prepare: the first step of an alarm, what is heard and where."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from hub.alarms import alarm as alarms
from hub.alarms import emergency
from hub.media import voice
from hub.media.rejection import Rejected
from hub.orders.broadcasts import Recording
from hub.people.accounts import Act, theirs
from hub.refusals import Refused
from hub.store import alarms as alarm_rows
from hub.store import nodes, people, recordings
from hub.web import sight
from hub.web.emergency import alarm_view
from hub.web.sight import Sight
from hub.web.visit import Alarmer, Visit
from hub.web.wording.villages import Village

router = APIRouter()

REPEATS_S = (int(emergency.LONGEST_S), 600, 0)
"""What the form offers: until somebody cancels it, ten minutes, once."""
OFFERED = 30
"""Recordings besides those held ready, the newest; others are found by their words."""
FIND_MAX = 100
TYPED = "text"
"""What the form says instead of a recording where the words are typed."""


@router.get("/emergency")
def show_form(visit: Alarmer) -> Response:
    return _form_page(visit)


@router.get("/emergency/recordings")
def find_recordings(
    visit: Alarmer, find: Annotated[str, Query(max_length=FIND_MAX)] = "", recording: str = ""
) -> Response:
    """A piece of the form: the recordings not held ready that have these words, and the one that is chosen."""
    with visit.desk.database.read() as c:
        others = _others(visit, c, find, recording)
        doubled = recordings.doubled([*recordings.kept(c), *others])
    form = {"recording": recording, "find": find}
    return HTMLResponse(visit.render("emergency/found.html", others=others, form=form, doubled=doubled))


@router.post("/emergency/prepare")
async def prepare(
    visit: Alarmer,
    recording: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    nodes: Annotated[Sequence[str], Form()] = (),
    repeat_s: Annotated[int, Form()] = REPEATS_S[0],
    find: Annotated[str, Form(max_length=FIND_MAX)] = "",
    search: Annotated[str, Form()] = "",
) -> Response:
    """The first step: typed words are spoken now, so that they can be listened to. With `search` it only looks for
    other recordings, where no script does."""
    form = {"recording": recording, "text": text, "nodes": tuple(nodes), "repeat_s": repeat_s, "find": find}
    if search:
        return await run_sync(lambda: _form_page(visit, form=form))
    try:
        if not nodes:
            raise Refused("Hãy chọn ít nhất một làng.", "Choose at least one village.")
        sound = await run_sync(find_or_speak, visit, recording, text, limiter=visit.hub.alarming)
        await run_sync(alarms.prepare, visit.desk, sound, visit.person)
    except (Refused, Rejected) as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(lambda: _form_page(visit, 422, fault, form))
    return visit.go("/emergency/confirm?" + _query(visit, sound, nodes, repeat_s))


def alarmable(visit: Visit, seen: Sight) -> list[Village]:
    """The villages that this person may alarm."""
    return [v for v in seen.choice if visit.may(Act.ALARM, [v.node.id])]


def find_or_speak(visit: Visit, recording: str, text: str) -> str:
    """What is to be heard (SHA-256); words that were typed are spoken now. Raises Rejected or Refused."""
    return alarms.speak(visit.desk, text, visit.person).sha256 if recording == TYPED else recording


def _query(visit: Visit, sound: str, wanted: Sequence[str], repeat_s: int) -> str:
    """The second step's address; no village is named where all of theirs are meant."""
    with visit.desk.database.read() as c:
        everywhere = theirs(visit.person, [n.id for n in nodes.nodes(c) if not n.is_revoked])
    named = "" if set(everywhere) <= set(wanted) else " ".join(wanted)
    return urlencode({"recording": sound, "nodes": named, "repeat_s": repeat_s})


def _form_page(visit: Visit, status: int = 200, fault: str = "", form: dict[str, object] | None = None) -> Response:
    with visit.desk.database.read() as c:
        seen = sight.look(c, visit.now, visit.hub.online_since())
        hidden = _hidden(visit, c)
        kept = sorted((r for r in recordings.kept(c) if r.sha256 not in hidden), key=lambda r: r.uploaded_at)[::-1]
        filled = {"recording": kept[0].sha256 if kept else TYPED, "text": "", "repeat_s": REPEATS_S[0], "find": ""}
        filled |= form or {}
        others = _others(visit, c, str(filled["find"]), str(filled["recording"]))
        held = {r.sha256: alarm_view.count_held(c, seen, r) for r in kept}
        wrong = people.count_notes(c, visit.person.name, "pin-wrong", visit.now - timedelta(days=1))
        standing = [b for _, b in alarm_rows.standing(c, visit.now)]
    villages = alarmable(visit, seen)
    return visit.page(
        "emergency_form.html",
        status,
        form={"nodes": tuple(v.node.id for v in villages), **filled},
        fault=fault,
        sight=seen,
        choice=villages,
        kept=kept,
        others=others,
        is_long=len(others) >= OFFERED or bool(filled["find"]),
        held=held,
        doubled=recordings.doubled([*kept, *others]),
        repeats_s=REPEATS_S,
        wrong_pins=wrong,
        standing=standing,
        can_speak=voice.is_here(),
        text_max=voice.TEXT_MAX,
    )


def _others(visit: Visit, c: Connection, find: str, chosen: str) -> list[Recording]:
    """The newest with these words that are not held ready, and the chosen one whatever it is called."""
    hidden = _hidden(visit, c) | {r.sha256 for r in recordings.kept(c)}
    found = [r for r in recordings.recordings(c, find, most=OFFERED + len(hidden)) if r.sha256 not in hidden][:OFFERED]
    if chosen in {TYPED, "", *hidden, *(r.sha256 for r in found)}:
        return found
    one = recordings.recording(c, chosen)
    return found if one is None else [one, *found]


def _hidden(visit: Visit, c: Connection) -> set[str]:
    """What is no alarm: the chime, and what follows one."""
    return {r.sha256 for r in (visit.desk.chime(c), alarms.all_clear(visit.desk, c)) if r is not None}
