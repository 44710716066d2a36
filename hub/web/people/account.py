"""/account: where one is logged in, to end what is not one's own; and a new password."""

from datetime import timedelta
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import second_factor, staff
from hub.people.password_rules import SHORTEST
from hub.refusals import Refused
from hub.store import people
from hub.web.visit import Looker, Visit, open_session, own_password_fault, own_token
from hub.web.wording.agents import name_agent

router = APIRouter()

NEW_FOR = timedelta(days=7)
"""How long a browser that was never seen before is called new."""


@router.get("/account")
def show_account(visit: Looker) -> Response:
    return _page(visit)


@router.post("/account/sessions/end")
def end_session(visit: Looker, id: Annotated[str, Form()] = "") -> Response:
    """End one session of this person's own, or (no id) all but this one."""
    own = own_token(visit)
    with visit.desk.database.read() as c:
        held = people.sessions(c, visit.person.name, visit.now)
    meant = [s.token_sha256 for s in held if (s.id == id if id else s.token_sha256 != own)]
    staff.end_own_sessions(visit.desk, visit.person, meant)
    return visit.go("/account")


@router.post("/account/password")
async def set_password(
    visit: Looker,
    password: Annotated[str, Form()] = "",
    fresh: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Whoever was logged in with the old one no longer is, this browser excepted."""
    words = visit.words
    refused = await own_password_fault(visit, password)
    if refused is not None:
        fault, status = refused
        return await run_sync(_page, visit, status, fault)
    if fresh != again:
        return await run_sync(_page, visit, 422, words.gettext("The two passwords are not the same."))
    try:
        await run_sync(staff.choose_password, visit.desk, visit.person, fresh, limiter=visit.hub.hashing)
    except Refused as error:
        return await run_sync(_page, visit, 422, words.pick(error.message_vi, error.message_en))
    response = visit.go("/account")
    await run_sync(open_session, visit, visit.person, response)
    return response


def _page(visit: Visit, status: int = 200, fault: str = "") -> Response:
    with visit.desk.database.read() as c:
        sessions = people.sessions(c, visit.person.name, visit.now)
        named = [(each, name_agent(each.agent)) for each in sessions]
        firsts = {device: people.first_login(c, visit.person.name, device) for _, device in named}
        codes = people.count_codes(c, visit.person.name)
    own = own_token(visit)
    told = [(each, device, each.token_sha256 == own) for each, device in named]
    fresh = {s.id for s, d in named if firsts[d] == s.created_at and visit.now - s.created_at < NEW_FOR}
    return visit.page(
        "account.html",
        status,
        sessions=told,
        fresh=fresh,
        fault=fault,
        codes=codes,
        shortest=SHORTEST,
        can_drop=not second_factor.is_demanded(visit.desk, visit.person),
    )
