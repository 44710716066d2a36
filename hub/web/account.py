"""/account: where one is logged in, to end what is not one's own; and a new password."""

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.accounts import password_fault
from hub.passwords import hash_password
from hub.store import people
from hub.web.visit import Looker, Visit, open_session, own_password_fault, own_token

router = APIRouter()

_KNOWN = ("Firefox", "Edg", "OPR", "SamsungBrowser", "CocCoc", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "CocCoc": "Cốc Cốc"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


@router.get("/account")
def show_account(visit: Looker) -> Response:
    return _page(visit)


@router.post("/account/sessions/end")
def end_session(visit: Looker, id: Annotated[str, Form()] = "") -> Response:
    """End one session of this person's own, or (no id) all but this one."""
    own = own_token(visit)
    with visit.desk.database.write() as c:
        known = people.sessions(c, visit.person.name, visit.now)
        meant = [each for each in known if (each.id == id if id else each.token_sha256 != own)]
        for each in meant:
            people.end_session(c, each.token_sha256)
            people.note(c, visit.now, visit.person.name, "end-session", visit.person.name, each.id)
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
    told = password_fault(fresh, visit.person.name)
    if told is not None:
        return await run_sync(_page, visit, 422, words.pick(*told))
    hashed = await run_sync(hash_password, fresh, limiter=visit.hub.hashing)
    response = visit.go("/account")
    await run_sync(_store, visit, hashed)
    await run_sync(open_session, visit, visit.person, response)
    return response


def _store(visit: Visit, hashed: str) -> None:
    with visit.desk.database.write() as c:
        people.set_password(c, visit.person.name, hashed)
        people.note(c, visit.now, visit.person.name, "password", visit.person.name)


def _page(visit: Visit, status: int = 200, fault: str = "") -> Response:
    with visit.desk.database.read() as c:
        sessions = people.sessions(c, visit.person.name, visit.now)
    own = own_token(visit)
    told = [(each, name_agent(each.agent), each.token_sha256 == own) for each in sessions]
    return visit.page("account.html", status, sessions=told, fault=fault)


def name_agent(agent: str) -> str:
    """What a browser calls itself, short: "Chrome, Android"; empty where it says nothing known."""
    browser = next((name for name in _KNOWN if re.search(rf"\b{name}/", agent)), "")
    system = next((name for name in _SYSTEMS if name in agent), "").replace("Macintosh", "Mac")
    return ", ".join(filter(None, (_NAMES.get(browser, browser), system)))
