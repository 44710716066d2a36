"""/uploads: a file comes in piece by piece, and goes on where it stopped after a lost connection or a restart.

The tus protocol 1.0.0 (decision 21). When the last byte is here the file is queued under the same id, and
/audio/uploads/{id} tells what becomes of it.
"""

import logging
from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hub.media.rejection import Cause, Rejected
from hub.refusals import Refused
from hub.web.sounds import pieces, tus
from hub.web.sounds.pieces import NotTaken
from hub.web.visit import Orderer, Visit

router = APIRouter(prefix="/uploads")
log = logging.getLogger(__name__)

_STATUS = {"empty": 422, "too_large": 413, "too_many": 429, "no_room": 507}


@router.options("")
def show_protocol(visit: Orderer) -> Response:
    return _answer(204, pieces.protocol(visit.hub))


@router.get("")
def show_unfinished(visit: Orderer) -> Response:
    """One's own files that can be continued; by its mark a browser finds the one that was chosen again."""
    received = visit.hub.incoming.received
    return JSONResponse(
        [
            {"id": a.id, "mark": a.mark, "title": a.title, "size": a.size, "offset": received(a)}
            for a in visit.hub.incoming.unfinished(visit.person.name)
        ]
    )


@router.post("")
def begin(visit: Orderer, request: Request) -> Response:
    """Promise a place to a file of a known length."""
    if visit.hub.uploads.is_full:
        return _say(503, visit.words.gettext("The hub is busy with other files. Try again in a few minutes."))
    try:
        arrival = pieces.begin(visit.hub, visit.person, request)
    except tus.BadHeader as error:
        return _bad(error)
    except Refused as error:
        return _say(422, visit.words.pick(error.message_vi, error.message_en))
    except Rejected as error:
        return _say(_STATUS[error.code], visit.words.pick(error.message_vi, error.message_en))
    except OSError as error:
        return _fault(visit, error)
    return _answer(201, {"Location": f"/uploads/{arrival.id}", **pieces.progress(arrival, 0)})


@router.head("/{id}")
def tell_offset(visit: Orderer, request: Request, id: str) -> Response:
    """How much is here. Whoever asks goes on with it: a request that still writes to it stops."""
    try:
        return _answer(200, pieces.tell(visit.hub, visit.person, request, id))
    except tus.BadHeader as error:
        return _bad(error)
    except NotTaken as error:
        return _answer(error.status, error.headers)


@router.patch("/{id}")
async def go_on(visit: Orderer, request: Request, id: str) -> Response:
    """More bytes, from where it stopped."""
    try:
        return _answer(204, await pieces.go_on(visit.hub, visit.person, request, id))
    except tus.BadHeader as error:
        return _bad(error)
    except NotTaken as error:
        return _answer(error.status, error.headers)
    except OSError as error:
        return _fault(visit, error)


@router.delete("/{id}")
def cancel(visit: Orderer, request: Request, id: str) -> Response:
    try:
        pieces.cancel(visit.hub, visit.person, request, id)
    except tus.BadHeader as error:
        return _bad(error)
    except NotTaken as error:
        return _answer(error.status)
    return _answer(204)


@router.post("/{id}/cancel")
def cancel_by_form(visit: Orderer, id: str) -> Response:
    """The same without JavaScript."""
    with suppress(NotTaken):
        pieces.forget(visit.hub, visit.person, id)
    return visit.go("/audio")


def _answer(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status_code=status, headers={**pieces.RESUMABLE, **(headers or {})})


def _say(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, headers=pieces.RESUMABLE)


def _bad(error: tus.BadHeader) -> Response:
    return JSONResponse({"message": f"{error.header}?"}, error.status, headers=pieces.RESUMABLE | pieces.KNOWN)


def _fault(visit: Visit, error: OSError) -> Response:
    log.error("an upload could not be written: %s", error)
    fault = Rejected(Cause.FAULT)
    return _say(507, visit.words.pick(fault.message_vi, fault.message_en))
