"""/uploads: a sound sent in pieces, which goes on where it stopped (tus 1.0.0, decision 21)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic.dataclasses import dataclass

from hub.api.caller import Caller, Orderer
from hub.api.fields import ANSWER, Id, Instant
from hub.api.problems import Busy, Problem, answers
from hub.media.incoming import Arrival
from hub.web.sounds import pieces, tus

log = logging.getLogger(__name__)


def speak_tus(request: Request, response: Response) -> None:
    """Every answer says which protocol it speaks, be it a problem."""
    request.state.headers = pieces.RESUMABLE
    response.headers.update(pieces.RESUMABLE)


router = APIRouter(tags=["recordings"], dependencies=[Depends(speak_tus)])

_TEXT = {"schema": {"type": "string"}}
_OFFSET = {"Upload-Offset": {**_TEXT, "description": "How many bytes are here."}}
_EXPIRES = {"Upload-Expires": {**_TEXT, "description": "When it is forgotten if it does not come in whole."}}


def _asked(*wanted: tuple[str, dict[str, Any], bool, str]) -> dict[str, Any]:
    """Headers in the document; `tus` judges them, in the protocol's own statuses."""
    version = ("Tus-Resumable", {"type": "string", "enum": [tus.VERSION]}, True, "The protocol's version.")
    return {
        "parameters": [
            {"in": "header", "name": name, "schema": schema, "required": is_needed, "description": told}
            for name, schema, is_needed, told in (version, *wanted)
        ]
    }


_COUNT = {"type": "integer", "minimum": 0, "maximum": tus.NUMBER_MAX}
_BEGIN = _asked(
    ("Upload-Length", _COUNT, True, "How many bytes it has."),
    (
        "Upload-Metadata",
        {"type": "string", "maxLength": tus.METADATA_MAX, "example": "title QuG6o24gdGlu"},
        False,
        "Pairs of a key and a value in Base64, with commas between: `title`, which is needed; `filename`; `mark`, by "
        "which you find it again.",
    ),
)
_PIECE = {
    **_asked(("Upload-Offset", _COUNT, True, "Where these bytes begin: where the last ones ended.")),
    "requestBody": {
        "required": True,
        "content": {tus.PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    },
}


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of the protocol, besides those of everything."""
    return {**answers(*statuses), 412: {"model": Problem, "description": "Another version of the protocol"}}


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class ArrivalShown:
    """One file that is still coming in."""

    id: str
    title: str
    mark: str
    """What it was called by whoever began to send it."""
    size: int
    """How many bytes it has."""
    offset: int
    """How many of them are here."""
    expires_at: Instant
    """When it is forgotten if it does not come in whole."""


@router.options(
    "/uploads",
    status_code=204,
    response_class=Response,
    responses={204: {"headers": dict.fromkeys(("Tus-Version", "Tus-Extension", "Tus-Max-Size"), _TEXT)}},
)
def show_protocol(caller: Orderer, response: Response) -> None:
    """Which version and extensions of tus are spoken, and how large a file may be."""
    response.headers.update(pieces.protocol(caller.hub))


@router.get("/uploads")
def list_unfinished(caller: Orderer) -> tuple[ArrivalShown, ...]:
    """One's own files that can be continued, the oldest first."""
    return tuple(_shown(caller, a) for a in caller.hub.incoming.unfinished(caller.person.name))


@router.post(
    "/uploads",
    status_code=201,
    response_class=Response,
    responses={201: {"headers": {"Location": _TEXT, **_OFFSET, **_EXPIRES}}, **_told(409, 429, 507)},
    openapi_extra=_BEGIN,
)
def begin_upload(caller: Orderer, request: Request, response: Response) -> None:
    """Promise a place to a file; send its bytes to the Location, where it also tells what became of it (GET)."""
    if caller.hub.uploads.is_full:
        raise Busy
    with _written():
        arrival = pieces.begin(caller.hub, caller.person, request)
    response.headers["Location"] = f"{request.scope['root_path']}/uploads/{arrival.id}"
    response.headers.update(pieces.progress(arrival, 0))


@router.head(
    "/uploads/{id}",
    response_class=Response,
    responses={200: {"headers": {"Upload-Length": _TEXT, **_OFFSET, **_EXPIRES}}, **_told(404)},
    openapi_extra=_asked(),
)
def tell_offset(caller: Orderer, request: Request, response: Response, id: Id) -> None:
    """How much is here. Whoever asks goes on with it: a request that still writes to it stops."""
    response.headers.update(pieces.tell(caller.hub, caller.person, request, id))


@router.patch(
    "/uploads/{id}",
    status_code=204,
    response_class=Response,
    responses={
        204: {"headers": {**_OFFSET, **_EXPIRES}},
        **_told(404, 409, 507),
        415: {"model": Problem, "description": f"Not {tus.PIECE_TYPE}"},
    },
    openapi_extra=_PIECE,
)
async def go_on(caller: Orderer, request: Request, response: Response, id: Id) -> None:
    """More bytes, from where it stopped. With the last one it waits its turn, judged and levelled as any upload."""
    with _written():
        response.headers.update(await pieces.go_on(caller.hub, caller.person, request, id))


@router.delete("/uploads/{id}", status_code=204, response_class=Response, responses=_told(404), openapi_extra=_asked())
def give_up(caller: Orderer, request: Request, id: Id) -> None:
    """Forget a file that is not wanted any more; one that came in whole is worked on already (404)."""
    pieces.cancel(caller.hub, caller.person, request, id)


@contextmanager
def _written() -> Iterator[None]:
    """Raises HTTPException 507 where the disk takes nothing."""
    try:
        yield
    except OSError as error:
        log.error("an upload could not be written: %s", error)
        raise HTTPException(507) from None


def _shown(caller: Caller, arrival: Arrival) -> ArrivalShown:
    return ArrivalShown(
        id=arrival.id,
        title=arrival.title,
        mark=arrival.mark,
        size=arrival.size,
        offset=caller.hub.incoming.received(arrival),
        expires_at=arrival.expires_at,
    )
