"""What each request of a resumable upload does, for the pages and for programs alike (tus 1.0.0, decision 21).

The headers are judged by `tus`, the bytes kept by `media/incoming`; whole files go to the queue under the same id. How
it is answered when it does not go well is the routes' own affair.
"""

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.requests import ClientDisconnect

from hub.media.incoming import Arrival, Incoming, Superseded, WrongOffset
from hub.media.rejection import Cause, Rejected
from hub.people.accounts import User
from hub.titles import clean_title
from hub.web.asking import Hub
from hub.web.sounds import tus

RESUMABLE = {"Tus-Resumable": tus.VERSION}
"""What every answer carries."""
KNOWN = {"Tus-Version": tus.VERSION}
"""What is told to those who speak another version."""


class NotTaken(Exception):
    """A request that was not done: the status it is answered with, and the headers that help further."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers or {}


def protocol(hub: Hub) -> dict[str, str]:
    """What the hub can of tus."""
    return {**KNOWN, "Tus-Extension": tus.EXTENSIONS, "Tus-Max-Size": str(hub.desk.limits.max_bytes)}


def begin(hub: Hub, person: User, request: Request) -> Arrival:
    """Promise a place to a file of a known length. Raises BadHeader, Refused, Rejected or OSError."""
    wish = tus.wish(request.headers)
    title, most = clean_title(wish.title), hub.desk.limits.max_bytes
    return hub.incoming.begin(person.name, title, wish.name, wish.mark, wish.size, most)


def tell(hub: Hub, person: User, request: Request, id: str) -> dict[str, str]:
    """How much is here. Whoever asks goes on with it: a request that still writes to it stops. Raises NotTaken or
    BadHeader."""
    tus.require_version(request.headers)
    arrival = _find(hub, person, id)
    _, here = hub.incoming.claim(arrival)
    return {"Upload-Length": str(arrival.size), **progress(arrival, here)}


async def go_on(hub: Hub, person: User, request: Request, id: str) -> dict[str, str]:
    """More bytes, from where it stopped. What came before a lost connection stays; too many bytes change nothing.

    Raises NotTaken, BadHeader or OSError.
    """
    offset = tus.offset(request.headers)
    arrival = await run_sync(_find, hub, person, id)
    turn, here = await run_sync(hub.incoming.claim, arrival)
    if here != offset:
        raise NotTaken(409, progress(arrival, here))
    try:
        end = await _take(request, hub.incoming, arrival, turn, offset)
    except Rejected:
        raise NotTaken(413, progress(arrival, offset)) from None
    except (Superseded, WrongOffset):
        raise NotTaken(409) from None
    except ClientDisconnect:
        raise NotTaken(400) from None
    if end == arrival.size:
        await run_sync(hub.uploads.begin_arrival, arrival, person)
    return progress(arrival, end)


def cancel(hub: Hub, person: User, request: Request, id: str) -> None:
    """Raises NotTaken or BadHeader."""
    tus.require_version(request.headers)
    forget(hub, person, id)


def forget(hub: Hub, person: User, id: str) -> None:
    """Forget an unfinished file. Raises NotTaken, also for one that is whole: it is being worked on already."""
    arrival = _find(hub, person, id)
    if hub.incoming.is_whole(arrival):
        raise NotTaken(404)
    hub.incoming.forget(arrival)


def progress(arrival: Arrival, offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Expires": tus.http_date(arrival.expires_at)}


def _find(hub: Hub, person: User, id: str) -> Arrival:
    """A person's own file. Raises NotTaken."""
    arrival = hub.incoming.find(id, person.name)
    if arrival is None:
        raise NotTaken(404)
    return arrival


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
