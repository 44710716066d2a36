"""/uploads: a file comes in piece by piece, and goes on where it stopped after a lost connection or a restart.

The tus protocol 1.0.0 (decision 21). When the last byte is here the file is queued under the same id, and
/audio/uploads/{id} tells what becomes of it.
"""

import logging

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from hub.media.incoming import Arrival, Incoming, Superseded, WrongOffset
from hub.media.rejection import Cause, Rejected
from hub.refusals import Refused
from hub.titles import clean_title
from hub.web import tus
from hub.web.visit import Orderer, Visit

router = APIRouter(prefix="/uploads")
log = logging.getLogger(__name__)

_STATUS = {"empty": 422, "too_large": 413, "too_many": 429, "no_room": 507}


@router.options("")
def show_protocol(visit: Orderer) -> Response:
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(visit.desk.limits.max_bytes),
    }
    return _answer(204, headers)


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
        wish = tus.wish(request.headers)
        arrival = visit.hub.incoming.begin(
            visit.person.name, clean_title(wish.title), wish.name, wish.mark, wish.size, visit.desk.limits.max_bytes
        )
    except tus.BadHeader as error:
        return _bad(error)
    except Refused as error:
        return _say(422, visit.words.pick(error.message_vi, error.message_en))
    except Rejected as error:
        return _say(_STATUS[error.code], visit.words.pick(error.message_vi, error.message_en))
    except OSError as error:
        return _fault(visit, error)
    return _answer(201, {"Location": f"/uploads/{arrival.id}", **_progress(arrival, 0)})


@router.head("/{id}")
def tell_offset(visit: Orderer, request: Request, id: str) -> Response:
    """How much is here. Whoever asks goes on with it: a request that still writes to it stops."""
    arrival = visit.hub.incoming.find(id, visit.person.name)
    if arrival is None:
        return _answer(404)
    try:
        tus.require_version(request.headers)
    except tus.BadHeader as error:
        return _bad(error)
    _, here = visit.hub.incoming.claim(arrival)
    return _answer(200, {"Upload-Length": str(arrival.size), **_progress(arrival, here)})


@router.patch("/{id}")
async def go_on(visit: Orderer, request: Request, id: str) -> Response:
    """More bytes, from where it stopped. What came before a lost connection stays; too many bytes change nothing."""
    incoming = visit.hub.incoming
    arrival = await run_sync(incoming.find, id, visit.person.name)
    if arrival is None:
        return _answer(404)
    try:
        offset = tus.offset(request.headers)
    except tus.BadHeader as error:
        return _bad(error)
    turn, here = await run_sync(incoming.claim, arrival)
    if here != offset:
        return _answer(409, _progress(arrival, here))
    try:
        end = await _take(request, incoming, arrival, turn, offset)
    except Rejected:
        return _answer(413, _progress(arrival, offset))
    except (Superseded, WrongOffset):
        return _answer(409)
    except ClientDisconnect:
        return _answer(400)
    except OSError as error:
        return _fault(visit, error)
    if end == arrival.size:
        await run_sync(visit.hub.uploads.begin_arrival, arrival, visit.person)
    return _answer(204, _progress(arrival, end))


@router.delete("/{id}")
def cancel(visit: Orderer, request: Request, id: str) -> Response:
    try:
        tus.require_version(request.headers)
    except tus.BadHeader as error:
        return _bad(error)
    return _answer(204 if _forget(visit, id) else 404)


@router.post("/{id}/cancel")
def cancel_by_form(visit: Orderer, id: str) -> Response:
    """The same without JavaScript."""
    _forget(visit, id)
    return visit.go("/audio")


def _forget(visit: Visit, id: str) -> bool:
    """Forget an unfinished file; one that is whole is being worked on already."""
    arrival = visit.hub.incoming.find(id, visit.person.name)
    if arrival is None or visit.hub.incoming.is_whole(arrival):
        return False
    visit.hub.incoming.forget(arrival)
    return True


async def _take(request: Request, incoming: Incoming, arrival: Arrival, turn: int, offset: int) -> int:
    """Write the body at `offset`; returns the new end. Raises Rejected for more bytes than the file was to have."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and offset + int(declared) > arrival.size:
        raise Rejected(Cause.TOO_LARGE)
    end = offset
    async for piece in request.stream():
        if end + len(piece) > arrival.size:
            await run_sync(incoming.take_back, arrival, turn, offset)
            raise Rejected(Cause.TOO_LARGE)
        if piece:
            end = await run_sync(incoming.write, arrival, turn, end, piece)
    return end


def _progress(arrival: Arrival, offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Expires": tus.http_date(arrival.expires_at)}


def _answer(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": tus.VERSION, **(headers or {})})


def _say(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, headers={"Tus-Resumable": tus.VERSION})


def _bad(error: tus.BadHeader) -> Response:
    headers = {"Tus-Resumable": tus.VERSION, "Tus-Version": tus.VERSION}
    return JSONResponse({"message": f"{error.header}?"}, error.status, headers=headers)


def _fault(visit: Visit, error: OSError) -> Response:
    log.error("an upload could not be written: %s", error)
    fault = Rejected(Cause.FAULT)
    return _say(507, visit.words.pick(fault.message_vi, fault.message_en))
