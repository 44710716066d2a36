"""/audio (POST) and /audio/uploads: a sound file sent at once, by a script or a plain form; what becomes of a file."""

import logging
from contextlib import ExitStack
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from hub.media.rejection import Cause, Rejected, say_size
from hub.store import recordings
from hub.web.guard import FORM_MAX
from hub.web.intake_queue import Step, Upload
from hub.web.sounds.file_form import FileForm, NoFile, boundary_of
from hub.web.visit import Orderer, Visit
from hub.web.wording.words import mark

router = APIRouter()
log = logging.getLogger(__name__)

BUSY = mark("The hub is busy with other files. Try again in a few minutes.")
LOOK_S = 2
"""Seconds after which the page looks again how far a file is."""
GONE = mark("The hub was restarted meanwhile. If the library does not have it, upload it again.")
GONE_VERSION = mark("The hub was restarted meanwhile. If the new version is not there, make it again.")


@router.post("/audio")
async def receive_file(visit: Orderer, request: Request, title: str = "") -> Response:
    """A file at once: the body is the file itself, or a plain form. It is counted while it comes, judged afterwards."""
    boundary = boundary_of(request.headers.get("content-type", ""))
    form = FileForm(boundary) if boundary else None
    try:
        upload = await _take_in(visit, request, form, title)
    except _NotTaken as fault:
        if form is None:
            return _say(fault.status, fault.message)
        return await run_sync(_upload_page, visit, fault.status, fault.message)
    return visit.go(place_of(upload)) if form else _tell(visit, upload, 202)


def place_of(upload: Upload) -> str:
    """The page that tells how far it is, also of what a restarted hub has forgotten."""
    return f"/audio/uploads/{upload.id}" + (f"?of={upload.of}" if upload.of else "")


@router.get("/audio/uploads/{id}")
def show_upload(visit: Orderer, request: Request, id: str, of: str = "") -> Response:
    """How far a file is, or a newer version `of` a recording; as a page, which asks again by itself, where no script
    asks."""
    upload = visit.hub.uploads.find(id, visit.person)
    gone = visit.words.gettext(GONE_VERSION if of else GONE)
    if "text/html" not in request.headers.get("accept", ""):
        return _say(404, gone) if upload is None else _tell(visit, upload, 200)
    if upload is None:
        return _upload_page(visit, 404, gone, of=of)
    if upload.step is Step.DONE:
        return visit.go(f"/audio/{upload.sha256}?made=yes" if upload.of else f"/audio?new={upload.sha256}")
    return _upload_page(visit, 200, visit.words.pick(upload.message_vi, upload.message_en), upload, upload.of)


class _NotTaken(Exception):
    """A file that was not taken in: the status, and the sentence to say."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def _take_in(visit: Visit, request: Request, form: FileForm | None, title: str) -> Upload:
    """Store the file that a request carries, and queue it. Raises _NotTaken."""
    words = visit.words
    if visit.hub.uploads.is_full:
        raise _NotTaken(503, words.gettext(BUSY))
    with ExitStack() as keeper:
        try:
            path = keeper.enter_context(visit.desk.shelf.draft())
            await _store_body(request, path, visit.desk.limits.max_bytes, form)
        except Rejected as error:
            raise _NotTaken(413, words.pick(error.message_vi, error.message_en)) from None
        except OSError as error:
            log.error("an upload could not be written: %s", error)
            fault = Rejected(Cause.FAULT)
            raise _NotTaken(507, words.pick(fault.message_vi, fault.message_en)) from None
        except NoFile:
            raise _NotTaken(422, words.gettext("Choose a sound file.")) from None
        except ClientDisconnect:
            raise _NotTaken(400, "") from None
        title = form.fields.get("title", "") if form else title
        of = form.fields.get("of", "") if form else ""
        return visit.hub.uploads.begin(path, title, visit.person, keeper.pop_all(), of=of)


async def _store_body(request: Request, path: Path, max_bytes: int, form: FileForm | None) -> None:
    """Write the file to `path`. Raises Rejected as soon as the body is larger than allowed, or said to be; NoFile."""
    most = max_bytes + (FORM_MAX if form else 0)
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise Rejected(Cause.TOO_LARGE, limit=say_size(max_bytes))
    size = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise Rejected(Cause.TOO_LARGE, limit=say_size(max_bytes))
            await file.write(b"".join(form.feed(chunk)) if form else chunk)
    if form and not form.has_file:
        raise NoFile


def _upload_page(visit: Visit, status: int, message: str, upload: Upload | None = None, of: str = "") -> Response:
    """`of` leads back to a recording, where there is such a one."""
    is_under_way = upload is not None and upload.step in (Step.WAITING, Step.WORKING)
    with visit.desk.database.read() as c:
        former = recordings.recording(c, of) if of else None
    page = visit.page("upload.html", status, upload=upload, former=former, is_under_way=is_under_way, message=message)
    if is_under_way:
        page.headers["Refresh"] = str(LOOK_S)
    return page


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
