"""/login, /logout and /language: who is there, and in which language."""

import time
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.accounts import User
from hub.passwords import is_password
from hub.store import people
from hub.web import offline
from hub.web.patience import TooEager
from hub.web.visit import LANGUAGE_COOKIE, Stranger, Visit, end_session, open_session
from hub.web.words import LANGUAGES

router = APIRouter()

NAME_MAX = 100
A_YEAR_S = 365 * 86_400


@router.get("/login")
def show_login(visit: Stranger, next: str = "/") -> Response:
    if visit.user is not None:
        return visit.go(_own_path(next))
    response = visit.page("login.html", next=_own_path(next), name="", fault="")
    response.headers[offline.PERSON] = offline.NOBODY
    return response


@router.post("/login")
async def log_in(
    visit: Stranger,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    name = name.strip()[:NAME_MAX]
    patience, key = visit.hub.patience, (name.casefold(), _address(visit))
    try:
        await visit.hub.wait(patience.wait_s(key, time.monotonic()))
    except TooEager as error:
        fault = visit.words.gettext("Too many tries. Wait %(seconds)s seconds.", seconds=round(error.wait_s))
        return visit.page("login.html", 429, next=_own_path(next), name=name, fault=fault)
    user = await run_sync(_find_user, visit, name, password, limiter=visit.hub.hashing)
    if user is None:
        patience.note_failure(key, time.monotonic())
        fault = visit.words.gettext("The name or the password is not right.")
        return visit.page("login.html", 401, next=_own_path(next), name=name, fault=fault)
    patience.note_success(key)
    response = visit.go(_own_path(next))
    await run_sync(open_session, visit, user, response)
    return response


@router.post("/logout")
def log_out(visit: Stranger) -> Response:
    response = visit.go("/login")
    end_session(visit, response)
    return response


@router.post("/language")
def choose_language(
    visit: Stranger, language: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/"
) -> Response:
    response = visit.go(_own_path(next))
    if language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=A_YEAR_S, httponly=True, samesite="lax", secure=visit.hub.is_https
        )
    return response


def _find_user(visit: Visit, name: str, password: str) -> User | None:
    with visit.desk.database.read() as c:
        user = people.user(c, name)
    is_right = is_password(user.password_hash if user else None, password)
    return user if is_right else None


def _address(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""


def _own_path(path: str) -> str:
    """A path of this site to go on to; anything that leads elsewhere becomes the board."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"
