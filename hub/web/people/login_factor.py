"""/login/factor: who has to log in in two steps sets that up, before anything else but a stop."""

from datetime import datetime, timedelta
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import second_factor
from hub.people.accounts import User, Waits
from hub.refusals import Refused
from hub.store import people
from hub.web.people.account_factor import for_app
from hub.web.visit import Stranger, Visit, known, open_session
from hub.web.ways import own_path
from hub.web.wording.deeds import ALL

router = APIRouter()

STOP_TOLD_FOR = timedelta(minutes=5)
"""How long the page says that this person stopped everything."""


@router.get("/login/factor")
def show_factor(visit: Stranger, next: str = "/") -> Response:
    user = known(visit.request, Waits.FACTOR)
    return visit.go("/login") if user is None else _page(visit, user, next)


@router.post("/login/factor")
async def set_up(
    visit: Stranger,
    secret: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A right code of the app; the answer shows the recovery codes, once, and whoever sees them is logged in."""
    user = await run_sync(known, visit.request, Waits.FACTOR)
    if user is None:
        return visit.go("/login")
    try:
        codes = await run_sync(second_factor.set_up, visit.desk, user, secret, code)
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(_page, visit, user, next, 422, fault, secret)
    response = visit.page("recovery_codes.html", codes=codes, onward=own_path(next))
    await run_sync(open_session, visit, user, response)
    return response


def _page(visit: Visit, user: User, next: str, status: int = 200, fault: str = "", secret: str = "") -> Response:
    return visit.page(
        "login_factor.html",
        status,
        fault=fault,
        user=user,
        next=own_path(next),
        stopped_at=_stopped_at(visit, user),
        **for_app(secret, user.name),
    )


def _stopped_at(visit: Visit, user: User) -> datetime | None:
    """When this person has just stopped everything."""
    with visit.desk.database.read() as c:
        last = people.last_note(c, "stop", ALL)
    is_theirs = last is not None and last.who == user.name and visit.now - last.at < STOP_TOLD_FOR
    return last.at if last is not None and is_theirs else None
