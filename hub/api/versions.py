"""/recordings/{sha256}/versions: a recording made anew is the same work; orders keep theirs until renewed."""

from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from pydantic import Field, with_config

from hub import versions
from hub.api.broadcasts import BroadcastShown, etag
from hub.api.broadcasts import shown as broadcast_shown
from hub.api.caller import Looker, Orderer
from hub.api.fields import ANSWER, ASKED, BroadcastId, Number, Sha256
from hub.api.orders import TAGGED
from hub.api.problems import answers
from hub.api.recordings import RecordingShown, find, shown
from hub.media.cut import FADE_MAX_S, Cut
from hub.refusals import Refused
from hub.store import recordings

router = APIRouter(tags=["recordings"])

Seconds = Annotated[Number, Field(ge=0, le=86_400)]
Fade = Annotated[Number, Field(ge=0, le=FADE_MAX_S)]


@with_config(ANSWER)
@dataclass(frozen=True, slots=True, kw_only=True)
class VersionShown:
    """One version of a recording."""

    version: int
    """Counted from 1."""
    is_chosen: bool
    """The one that the library shows and new orders take."""
    recording: RecordingShown


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CutWanted:
    """Which stretch is left."""

    start_s: Seconds
    end_s: Seconds
    """After `start_s`."""
    fade_in_s: Fade = 0.0
    fade_out_s: Fade = 0.0


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
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


@router.post("/recordings/{sha256}/cut", status_code=201, responses=answers(404, 409))
async def cut(caller: Orderer, sha256: Sha256, wanted: CutWanted) -> RecordingShown:
    """A new version, of what is left between two instants. Takes seconds."""
    try:
        stretch = Cut(
            start_s=wanted.start_s, end_s=wanted.end_s, fade_in_s=wanted.fade_in_s, fade_out_s=wanted.fade_out_s
        )
    except ValueError:
        raise Refused("Chỗ bắt đầu phải trước chỗ kết thúc.", "It has to start before it ends.") from None
    find(caller, sha256)
    made = await run_sync(versions.cut, caller.desk, sha256, stretch, caller.person, limiter=caller.hub.cutting)
    return shown(made)


@router.post("/recordings/{sha256}/cut-silence", status_code=201, responses=answers(404, 409))
async def cut_silence(caller: Orderer, sha256: Sha256) -> RecordingShown:
    """A new version, without the silence at both ends. Takes seconds."""
    find(caller, sha256)
    made = await run_sync(versions.cut_silence, caller.desk, sha256, caller.person, limiter=caller.hub.cutting)
    return shown(made)


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
