"""/recordings: the library, its bin, and new sounds on their way into it."""

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic.dataclasses import dataclass
from starlette.requests import ClientDisconnect

from hub.alarms import alarm
from hub.api.caller import Caller, Looker, Orderer
from hub.api.fields import ANSWER, ASKED, Flag, Id, Instant, Sha256, Text
from hub.api.lists import After, Limit, Part, part
from hub.api.problems import Busy, answers
from hub.media.rejection import Cause, Rejected
from hub.orders import fallback
from hub.orders.broadcasts import Recording
from hub.refusals import NotFound
from hub.sounds import library
from hub.store import recordings
from hub.web.intake_queue import Step, Upload
from hub.web.wording.words import Words

router = APIRouter(tags=["recordings"])
log = logging.getLogger(__name__)

MEDIA_TYPE = "audio/ogg; codecs=opus"
_BYTES = {"schema": {"type": "string", "format": "binary"}}
SOUND: dict[str, Any] = {"required": True, "content": {"application/octet-stream": _BYTES}}
"""A body that is a file."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class RecordingShown:
    """One sound of the library."""

    sha256: str
    """Names it: the SHA-256 of its stored form."""
    title: str
    folder: str
    """Where it lies; empty for no folder."""
    duration_s: float
    size_bytes: int
    loudness_lufs: float
    true_peak_dbtp: float
    uploaded_by: str
    """The log-in name."""
    uploaded_at: Instant
    is_kept: bool
    """Held ready in every village, for emergencies."""
    removed_at: Instant | None
    """Since when it lies in the bin; null for one that does not."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class UploadShown:
    """A file, or a version that is being cut, on its way into the library."""

    id: str
    step: Step
    fraction: float
    """How much of it is done, 0 to 1."""
    sha256: str | None
    """The recording it became, once `step` is `done`."""
    message: str
    """Why it was not taken, where `step` is `rejected`."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class NameWanted:
    """What a recording is called, and where it lies."""

    title: Text
    """At most 120 characters."""
    folder: Text = ""
    """At most 60 characters; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class KeptWanted:
    """Whether villages hold it ready."""

    is_kept: Flag


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class SubstituteWanted:
    """Whether it is heard where another recording, or a stream, is missing."""

    is_chosen: Flag


@router.get("/recordings", responses=answers(409))
def list_recordings(
    caller: Looker,
    words: Annotated[str, Query(max_length=200, description="All of them, whatever their accents.")] = "",
    folder: Annotated[str | None, Query(max_length=60, description="Those alone that lie in it.")] = None,
    limit: Limit = 50,
    after: After = "",
) -> Part[RecordingShown]:
    """The library, the newest first."""
    with caller.desk.database.read() as c:
        found = recordings.recordings(c, words, folder)
    return part(found, _name, shown, limit, after)


@router.get("/bin", responses=answers(409))
def list_bin(caller: Orderer, limit: Limit = 50, after: After = "") -> Part[RecordingShown]:
    """What was removed, the last first; it can be put back."""
    with caller.desk.database.read() as c:
        found = recordings.removed(c)
    return part(found, _name, shown, limit, after)


@router.get("/folders")
def list_folders(caller: Looker) -> tuple[str, ...]:
    """The folders in use, by name."""
    with caller.desk.database.read() as c:
        return tuple(recordings.folders(c))


@router.get("/recordings/{sha256}", responses=answers(404))
def read_recording(caller: Looker, sha256: Sha256) -> RecordingShown:
    """One of the library or of the bin."""
    return shown(find(caller, sha256))


@router.get(
    "/recordings/{sha256}/sound",
    response_class=FileResponse,
    responses={200: {"description": "Ogg Opus", "content": {"audio/ogg": {}}}, **answers(404)},
)
def read_sound(caller: Looker, sha256: Sha256) -> Response:
    """The sound itself; ranges may be asked for."""
    find(caller, sha256)
    if not caller.desk.shelf.has(sha256):
        raise _no_such()
    kept = {"Cache-Control": "private, max-age=31536000, immutable"}
    return FileResponse(caller.desk.shelf.path(sha256), media_type=MEDIA_TYPE, headers=kept)


@router.post(
    "/recordings",
    status_code=202,
    responses=answers(409, 429),
    openapi_extra={"requestBody": SOUND},
)
async def upload(
    caller: Orderer,
    request: Request,
    response: Response,
    title: Annotated[str, Query(min_length=1, max_length=120, examples=["Bản tin sáng"])],
) -> UploadShown:
    """Send a sound file (MP3, WAV, M4A, OGG, FLAC) as the body. It is judged and levelled afterwards: see Location."""
    if caller.hub.uploads.is_full:
        raise Busy
    with ExitStack() as keeper:
        path = keeper.enter_context(caller.desk.shelf.draft())
        await store_body(request, path, caller.desk.limits.max_bytes)
        taken = caller.hub.uploads.begin(path, title, caller.person, keeper.pop_all())
    return queued(caller, request, response, taken)


@router.get("/uploads/{id}", responses=answers(404))
def read_upload(caller: Orderer, id: Id) -> UploadShown:
    """How far one of one's own uploads or cuts is. What is sent in pieces is told here once it is whole (before: HEAD).

    A hub that restarts forgets those that were not done, save what came in pieces.
    """
    found = caller.hub.uploads.find(id, caller.person)
    if found is None:
        raise NotFound("Không có tệp này đang tải lên.", "There is no such upload.")
    return _told(caller.words, found)


@router.put("/recordings/{sha256}/name", responses=answers(404, 409))
def rename(caller: Orderer, sha256: Sha256, wanted: NameWanted) -> RecordingShown:
    """Another title or folder."""
    library.rename(caller.desk, sha256, wanted.title, wanted.folder, caller.person)
    return shown(find(caller, sha256))


@router.put("/recordings/{sha256}/kept", responses=answers(404, 409))
def keep(caller: Orderer, sha256: Sha256, wanted: KeptWanted) -> RecordingShown:
    """Hold it ready in every village for emergencies, or no longer."""
    alarm.keep(caller.desk, sha256, wanted.is_kept, caller.person)
    return shown(find(caller, sha256))


@router.put("/recordings/{sha256}/substitute", responses=answers(404, 409))
def choose_substitute(caller: Orderer, sha256: Sha256, wanted: SubstituteWanted) -> RecordingShown:
    """Let it be heard where another recording, or a stream, is missing; or no longer."""
    fallback.choose_substitute(caller.desk, sha256, wanted.is_chosen, caller.person)
    return shown(find(caller, sha256))


@router.delete("/recordings/{sha256}", status_code=204, response_class=Response, responses=answers(404, 409))
def remove(caller: Orderer, sha256: Sha256) -> None:
    """Into the bin; refused for what is still to be heard."""
    library.remove(caller.desk, sha256, caller.person)


@router.post("/recordings/{sha256}/put-back", responses=answers(404, 409))
def put_back(caller: Orderer, sha256: Sha256) -> RecordingShown:
    """Out of the bin."""
    library.put_back(caller.desk, sha256, caller.person)
    return shown(find(caller, sha256))


def shown(recording: Recording) -> RecordingShown:
    return RecordingShown(
        sha256=recording.sha256,
        title=recording.title,
        folder=recording.folder,
        duration_s=recording.duration_s,
        size_bytes=recording.size,
        loudness_lufs=recording.loudness_lufs,
        true_peak_dbtp=recording.true_peak_dbtp,
        uploaded_by=recording.uploaded_by,
        uploaded_at=recording.uploaded_at,
        is_kept=recording.is_kept,
        removed_at=recording.removed_at,
    )


def _name(recording: Recording) -> str:
    return recording.sha256


def find(caller: Caller, sha256: str) -> Recording:
    """One of the library or of the bin. Raises NotFound."""
    with caller.desk.database.read() as c:
        found = recordings.recording(c, sha256)
    if found is None:
        raise _no_such()
    return found


def _no_such() -> NotFound:
    return NotFound("Không có bản thu này.", "There is no such recording.")


def queued(caller: Caller, request: Request, response: Response, upload: Upload) -> UploadShown:
    """Say where it is told how far what was just queued is."""
    response.headers["Location"] = f"{request.scope['root_path']}/uploads/{upload.id}"
    return _told(caller.words, upload)


def _told(words: Words, upload: Upload) -> UploadShown:
    return UploadShown(
        id=upload.id,
        step=upload.step,
        fraction=upload.fraction,
        sha256=upload.sha256 or None,
        message=words.pick(upload.message_vi, upload.message_en),
    )


async def store_body(request: Request, path: Path, max_bytes: int) -> None:
    """Write the body to `path`, counting it. Raises HTTPException 413 as soon as it is larger than allowed, and
    Rejected where it cannot be written."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise HTTPException(413)
    size = 0
    try:
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise HTTPException(413)
                await file.write(chunk)
    except OSError as error:
        log.error("an upload could not be written: %s", error)
        raise Rejected(Cause.FAULT) from error
    except ClientDisconnect:
        raise HTTPException(400) from None
    if size == 0:
        raise Rejected(Cause.EMPTY)
