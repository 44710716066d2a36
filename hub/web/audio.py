"""/audio: the library of recordings, and uploading into it."""

import logging
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from hub import fallback
from hub import library as library_of
from hub.accounts import Act
from hub.media.rejection import Cause, Rejected, say_duration, say_size
from hub.store import recordings, waveforms
from hub.titles import TITLE_MAX
from hub.web import emergency, sight
from hub.web.recording import filter_of
from hub.web.uploads import Upload
from hub.web.visit import Looker, Orderer, Visit

router = APIRouter()
log = logging.getLogger(__name__)

SHOWN = 40
"""Recordings at first, and with each press for more."""


@router.get("/audio")
def show_library(
    visit: Looker, new: str = "", q: str = "", folder: str | None = None, removed: str = "", most: int = SHOWN
) -> Response:
    limits = visit.desk.limits
    folder = "".join(filter(str.isprintable, folder)) if folder is not None else None
    most = max(most, SHOWN)
    with visit.desk.database.read() as c:
        library, chime = recordings.recordings(c, q, folder), visit.desk.chime(c)
        shown = sorted(library, key=lambda r: r.sha256 != new)[:most]
        drawn = waveforms.waveforms(c, [r.sha256 for r in shown])
        folders, gone = recordings.folders(c), recordings.recording(c, removed) if removed.isalnum() else None
        stand_in = fallback.substitute(c)
        seen = sight.look(c, visit.now, visit.hub.online_since())
        held = {r.sha256: emergency.count_held(c, seen, r) for r in shown if r.is_kept}
    return visit.page(
        "audio.html",
        library=shown,
        waveforms=drawn,
        rest=len(library) - most,
        next=most + SHOWN,
        looked="?" + urlencode(filter_of(visit)),
        chime=chime,
        stand_in=stand_in,
        held=held,
        villages=len(seen.present),
        new=new,
        q=q,
        folder=folder,
        folders=folders,
        gone=gone if gone is not None and gone.removed_at is not None else None,
        title_max=TITLE_MAX,
        folder_max=library_of.FOLDER_MAX,
        max_bytes=limits.max_bytes,
        max_size=visit.words.pick(*say_size(limits.max_bytes)),
        max_duration=visit.words.pick(*say_duration(limits.max_duration_s)),
        can_upload=visit.may(Act.ORDER),
    )


@router.post("/audio")
async def receive_file(visit: Orderer, request: Request, title: str = "") -> Response:
    """The body is the file itself. It is counted while it comes, and judged afterwards in its own time."""
    if visit.hub.uploads.is_full:
        return _say(503, visit.words.gettext("The hub is busy with other files. Try again in a few minutes."))
    with ExitStack() as keeper:
        try:
            path = keeper.enter_context(visit.desk.shelf.draft())
            await _store_body(request, path, visit.desk.limits.max_bytes)
        except Rejected as error:
            return _say(413, visit.words.pick(error.message_vi, error.message_en))
        except OSError as error:
            log.error("an upload could not be written: %s", error)
            fault = Rejected(Cause.FAULT)
            return _say(507, visit.words.pick(fault.message_vi, fault.message_en))
        except ClientDisconnect:
            return _say(400, "")
        upload = visit.hub.uploads.begin(path, title, visit.person, keeper.pop_all())
    return _tell(visit, upload, 202)


@router.get("/audio/uploads/{id}")
def show_upload(visit: Orderer, id: str) -> Response:
    upload = visit.hub.uploads.find(id, visit.person)
    if upload is None:
        return _say(404, visit.words.gettext("The hub was restarted meanwhile. Please upload the file again."))
    return _tell(visit, upload, 200)


@router.get("/audio/bin")
def show_bin(visit: Orderer) -> Response:
    with visit.desk.database.read() as c:
        return visit.page("audio_bin.html", removed=recordings.removed(c))


async def _store_body(request: Request, path: Path, max_bytes: int) -> None:
    """Write the body to `path`. Raises Rejected as soon as it is larger than allowed, or said to be."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise Rejected(Cause.TOO_LARGE, limit=say_size(max_bytes))
    size = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                raise Rejected(Cause.TOO_LARGE, limit=say_size(max_bytes))
            await file.write(chunk)


def _tell(visit: Visit, upload: Upload, status: int) -> Response:
    message = visit.words.pick(upload.message_vi, upload.message_en)
    content = {
        "id": upload.id,
        "step": upload.step.value,
        "fraction": upload.fraction,
        "sha256": upload.sha256,
        "message": message,
    }
    return JSONResponse(content, status)


def _say(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)
