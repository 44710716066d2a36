"""/recordings/{sha256}/versions: a recording made anew is the same work; orders keep theirs until renewed."""

from contextlib import ExitStack
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from hub.api.broadcasts import BroadcastShown, etag
from hub.api.broadcasts import shown as broadcast_shown
from hub.api.caller import Caller, Looker, Orderer
from hub.api.fields import ANSWER, ASKED, BroadcastId, Number, Sha256
from hub.api.orders import TAGGED
from hub.api.problems import Busy, answers
from hub.api.recordings import SOUND, RecordingShown, UploadShown, find, queued, shown, store_body
from hub.media.cut import FADE_MAX_S, Cut
from hub.refusals import Refused
from hub.sounds import versions
from hub.store import recordings
from hub.web.intake_queue import Upload

router = APIRouter(tags=["recordings"])

Seconds = Annotated[Number, Field(ge=0, le=86_400)]
Fade = Annotated[Number, Field(ge=0, le=FADE_MAX_S)]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VersionShown:
    """One version of a recording."""

    version: int
    """Counted from 1."""
    is_chosen: bool
    """The one that the library shows and new orders take."""
    recording: RecordingShown


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class CutWanted:
    """Which stretch is left."""

    start_s: Seconds
    end_s: Seconds
    """After `start_s`."""
    fade_in_s: Fade = 0.0
    fade_out_s: Fade = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Renewal:
    """Another version for a broadcast."""

    recording: Sha256


@router.get("/recordings/{sha256}/versions", responses=answers(404))
def list_versions(caller: Looker, sha256: Sha256) -> tuple[VersionShown, ...]:
    """All versions of what this is one of."""
    work = find(caller, sha256).work
    with caller.desk.database.read() as c:
        found, chosen = recordings.versions(c, work), recordings.chosen(c, work)
    return tuple(
        VersionShown(version=r.version, is_chosen=r.sha256 == chosen.sha256, recording=shown(r)) for r in found
    )


@router.post(
    "/recordings/{sha256}/versions",
    status_code=202,
    responses=answers(404, 409, 429),
    openapi_extra={"requestBody": SOUND},
)
async def upload_version(caller: Orderer, request: Request, response: Response, sha256: Sha256) -> UploadShown:
    """Send a sound file as the body: the newer version of this one, whose title and folder it has. See Location."""
    if caller.hub.uploads.is_full:
        raise Busy
    await run_sync(versions.former, caller.desk, sha256, caller.person)
    with ExitStack() as keeper:
        path = keeper.enter_context(caller.desk.shelf.draft())
        await store_body(request, path, caller.desk.limits.max_bytes)
        taken = caller.hub.uploads.begin(path, "", caller.person, keeper.pop_all(), of=sha256)
    return queued(caller, request, response, taken)


@router.post("/recordings/{sha256}/cut", status_code=202, responses=answers(404, 409, 429))
def cut(caller: Orderer, request: Request, response: Response, sha256: Sha256, wanted: CutWanted) -> UploadShown:
    """A new version, of what is left between two instants. It waits its turn among the uploads: see Location."""
    try:
        stretch = Cut(
            start_s=wanted.start_s, end_s=wanted.end_s, fade_in_s=wanted.fade_in_s, fade_out_s=wanted.fade_out_s
        )
    except ValueError:
        raise Refused("Chỗ bắt đầu phải trước chỗ kết thúc.", "It has to start before it ends.") from None
    return queued(caller, request, response, _begin(caller, sha256, stretch))


@router.post("/recordings/{sha256}/cut-silence", status_code=202, responses=answers(404, 409, 429))
def cut_silence(caller: Orderer, request: Request, response: Response, sha256: Sha256) -> UploadShown:
    """A new version, without the silence at both ends; as above."""
    return queued(caller, request, response, _begin(caller, sha256, None))


@router.post("/recordings/{sha256}/choose", responses=answers(404, 409))
def choose_version(caller: Orderer, sha256: Sha256) -> RecordingShown:
    """Let this version be the one that the library shows and new orders take."""
    versions.choose(caller.desk, sha256, caller.person)
    return shown(find(caller, sha256))


@router.post("/broadcasts/{id}/renew", responses={200: TAGGED, **answers(404, 409)})
def renew(caller: Orderer, response: Response, id: BroadcastId, wanted: Renewal) -> BroadcastShown:
    """Let an order sound with this version of its recording; whoever approves is asked again."""
    renewed = caller.desk.renew(id, wanted.recording, caller.person)
    response.headers["ETag"] = etag(renewed)
    return broadcast_shown(renewed)


def _begin(caller: Caller, sha256: str, wanted: Cut | None) -> Upload:
    """Raises Busy, Refused, NotFound or NotAllowed."""
    if caller.hub.uploads.is_full:
        raise Busy
    return caller.hub.uploads.begin_cut(sha256, wanted, caller.person)
