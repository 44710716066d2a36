"""/audio/{sha256}: one recording, all that is known of it and can be done with it; and its sound."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import FileResponse, Response
from sqlalchemy import Connection

from hub.alarms import alarm
from hub.media.cut import Cut
from hub.orders import broadcasts, fallback
from hub.orders.broadcasts import Recording
from hub.orders.conflicts import Conflict
from hub.people.accounts import Act, owns
from hub.refusals import Conflicted, NotAllowed, Refused
from hub.sounds import library, versions
from hub.store import people, recordings, texts, waveforms
from hub.titles import TITLE_MAX
from hub.web import sight
from hub.web.emergency import alarm_view
from hub.web.sounds.audio_uploads import BUSY, place_of
from hub.web.visit import Looker, Orderer, Visit

router = APIRouter()

MEDIA_TYPE = "audio/ogg; codecs=opus"
FADES_S = (0, 1, 3, 5)
FILTER = ("q", "folder", "most")
"""What the library was looked through by; whoever acts on a recording there comes back to the same part of it."""


@router.get("/audio/{sha256}")
def show_recording(visit: Looker, sha256: str) -> Response:
    return _recording_page(visit, sha256)


@router.get("/audio/{sha256}/sound")
def listen(visit: Looker, sha256: str) -> Response:
    with visit.desk.database.read() as c:
        _find(c, sha256)
    if not visit.desk.shelf.has(sha256):
        raise HTTPException(404)
    kept = {"Cache-Control": "private, max-age=31536000, immutable"}
    return FileResponse(visit.desk.shelf.path(sha256), media_type=MEDIA_TYPE, headers=kept)


@router.post("/audio/{sha256}/keep")
def keep(visit: Orderer, sha256: str, is_kept: Annotated[str, Form()] = "") -> Response:
    """Hold a recording ready in the villages for emergencies, or no longer."""
    try:
        alarm.keep(visit.desk, sha256, bool(is_kept), visit.person)
    except ValueError:
        raise HTTPException(404) from None
    return visit.go(_back(visit, sha256))


@router.post("/audio/{sha256}/substitute")
def substitute(visit: Orderer, sha256: str, is_chosen: Annotated[str, Form()] = "") -> Response:
    """Let a recording be what is heard where another one, or a stream, is not there; or no longer."""
    fallback.choose_substitute(visit.desk, sha256, bool(is_chosen), visit.person)
    return visit.go(_back(visit, sha256))


@router.post("/audio/{sha256}/rename")
def rename(
    visit: Orderer, sha256: str, title: Annotated[str, Form()] = "", folder: Annotated[str, Form()] = ""
) -> Response:
    library.rename(visit.desk, sha256, title, folder, visit.person)
    return visit.go(_back(visit, sha256))


@router.post("/audio/{sha256}/cut")
def cut(
    visit: Orderer,
    sha256: str,
    what: Annotated[str, Form()] = "stretch",
    start: Annotated[float, Form()] = 0.0,
    end: Annotated[float, Form()] = 0.0,
    fade_in: Annotated[float, Form()] = 0.0,
    fade_out: Annotated[float, Form()] = 0.0,
) -> Response:
    """A new version: without the silence at the ends, or a stretch of this one. It waits its turn among the uploads."""
    if visit.hub.uploads.is_full:
        return _recording_page(visit, sha256, 503, fault=visit.words.gettext(BUSY))
    try:
        wanted = None if what == "silence" else _stretch(start, end, fade_in, fade_out)
        upload = visit.hub.uploads.begin_cut(sha256, wanted, visit.person)
    except NotAllowed:
        raise
    except Refused as error:
        return _recording_page(visit, sha256, 422, fault=visit.words.pick(error.message_vi, error.message_en))
    return visit.go(place_of(upload))


def _stretch(start_s: float, end_s: float, fade_in_s: float, fade_out_s: float) -> Cut:
    """Raises Refused."""
    try:
        return Cut(start_s=start_s, end_s=end_s, fade_in_s=fade_in_s, fade_out_s=fade_out_s)
    except ValueError:
        raise Refused("Chỗ bắt đầu phải trước chỗ kết thúc.", "It has to start before it ends.") from None


@router.post("/audio/{sha256}/choose")
def choose(visit: Orderer, sha256: str) -> Response:
    """Back to this version."""
    versions.choose(visit.desk, sha256, visit.person)
    return visit.go(f"/audio/{sha256}")


@router.post("/audio/{sha256}/renew")
def renew(visit: Orderer, sha256: str, broadcast: Annotated[str, Form()] = "") -> Response:
    """Let an order sound with this version; whoever approves is asked again."""
    try:
        visit.desk.renew(broadcast, sha256, visit.person)
    except Conflicted as error:
        return _recording_page(visit, sha256, 409, error.conflicts)
    return visit.go(f"/audio/{sha256}")


@router.post("/audio/{sha256}/remove")
def remove(visit: Orderer, sha256: str) -> Response:
    """Into the bin; the page it goes to offers to undo it."""
    library.remove(visit.desk, sha256, visit.person)
    return visit.go(library_path(visit, removed=sha256))


@router.post("/audio/{sha256}/put-back")
def put_back(visit: Orderer, sha256: str) -> Response:
    library.put_back(visit.desk, sha256, visit.person)
    return visit.go(library_path(visit, new=sha256))


def filter_of(visit: Visit) -> dict[str, str]:
    """What the library is looked through by, as the address says."""
    asked = visit.request.query_params
    return {name: "".join(filter(str.isprintable, asked[name])) for name in FILTER if name in asked}


def library_path(visit: Visit, **besides: str) -> str:
    """The library, looked through as before."""
    query = urlencode(filter_of(visit) | besides)
    return f"/audio?{query}" if query else "/audio"


def _recording_page(
    visit: Visit, sha256: str, status: int = 200, conflicts: Sequence[Conflict] = (), fault: str = ""
) -> Response:
    with visit.desk.database.read() as c:
        recording = _find(c, sha256)
        every = recordings.versions(c, recording.work)
        chosen = recordings.chosen(c, recording.work)
        uses = library.uses(visit.desk, c, [r.sha256 for r in every])
        old = {r.sha256 for r in every} - {chosen.sha256}
        seen = sight.look(c, visit.now, visit.hub.online_since())
        context: dict[str, Any] = {
            "is_chime": recording == visit.desk.chime(c),
            "is_stand_in": recording == fallback.substitute(c),
            "waveform": waveforms.waveforms(c, [sha256]).get(sha256),
            "text": texts.text(c, sha256),
            "names": {u.name: u.title for u in people.users(c)},
            "folders": recordings.folders(c),
            "held": alarm_view.count_held(c, seen, recording) if recording.is_kept else 0,
            "ahead": sight.follow(c, seen, uses.ahead),
            "past": sight.follow(c, seen, uses.past),
            "behind": [b for b in uses.ahead if old & {a.sha256 for a in broadcasts.recorded(b)}],
        }
    return visit.page(
        "recording.html",
        status,
        r=recording,
        versions=every[::-1],
        chosen=chosen,
        sight=seen,
        conflicts=conflicts,
        fault=fault,
        was_made="made" in visit.request.query_params,
        villages=len(seen.present),
        fades=FADES_S,
        title_max=TITLE_MAX,
        folder_max=library.FOLDER_MAX,
        can_order=visit.may(Act.ORDER),
        can_keep=visit.may(Act.ORDER, None),
        can_change=owns(visit.person, recording.uploaded_by),
        **context,
    )


def _find(c: Connection, sha256: str) -> Recording:
    """One of the library or of the bin. Raises HTTPException where there is none."""
    recording = recordings.recording(c, sha256)
    if recording is None:
        raise HTTPException(404)
    return recording


def _back(visit: Visit, sha256: str) -> str:
    """To the recording, on its own page or in the library, wherever the person was."""
    if visit.request.query_params.get("at") == "page":
        return f"/audio/{sha256}"
    return f"{library_path(visit)}#r-{sha256[:12]}"
