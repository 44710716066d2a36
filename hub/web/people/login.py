"""/login with its steps, /logout and /language: who is there, and in which language."""

from ipaddress import IPv6Address, ip_address
from typing import Annotated
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.people import second_factor, staff
from hub.people.accounts import User, Waits
from hub.people.password_rules import SHORTEST
from hub.people.passwords import is_password
from hub.refusals import Refused
from hub.store import people
from hub.web import offline
from hub.web.visit import LANGUAGE_COOKIE, Stranger, Visit, end_session, judge, known, open_session
from hub.web.ways import own_path
from hub.web.wording.words import LANGUAGES

router = APIRouter()

NAME_MAX = 100
CODE_MAX = 40
A_YEAR_S = 365 * 86_400


@router.get("/login")
def show_login(visit: Stranger, next: str = "/") -> Response:
    if visit.user is not None:
        return visit.go(own_path(next))
    response = visit.page("login.html", next=own_path(next), name="", fault="")
    response.headers[offline.PERSON] = offline.NOBODY
    return response


@router.post("/login")
async def log_in(
    visit: Stranger,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    name, found = name.strip()[:NAME_MAX], list[User]()

    def is_right() -> bool:
        found.extend(_find_user(visit, name, password))
        return bool(found)

    address, wrong = _address(visit), visit.words.gettext("The name or the password is not right.")
    refused = await judge(visit, (name.casefold(), address), is_right, wrong, crowd=("", address))
    if refused is not None:
        return visit.page("login.html", refused[1], next=own_path(next), name=name, fault=refused[0])
    (user,) = found
    return await run_sync(_enter, visit, user, next, Waits.CODE if user.totp_secret else _after_code(visit, user))


@router.get("/login/code")
def show_code(visit: Stranger, next: str = "/") -> Response:
    if known(visit.request, Waits.CODE) is None:
        return visit.go("/login")
    return visit.page("login_code.html", next=own_path(next), fault="")


@router.post("/login/code")
async def give_code(visit: Stranger, code: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
    """The second factor: a code of the app, or one of the recovery codes."""
    user = await run_sync(known, visit.request, Waits.CODE)
    if user is None:
        return visit.go("/login")
    key, crowd = (user.name, f"code from {_address(visit)}"), (user.name, "code")
    wrong = visit.words.gettext("The code is not right, or was used already. Wait for the next one.")
    refused = await judge(visit, key, lambda: second_factor.is_right(visit.desk, user, code[:CODE_MAX]), wrong, crowd)
    if refused is not None:
        return visit.page("login_code.html", refused[1], next=own_path(next), fault=refused[0])
    return await run_sync(_enter, visit, user, next, _after_code(visit, user))


@router.get("/login/password")
def show_password(visit: Stranger, next: str = "/") -> Response:
    if known(visit.request, Waits.PASSWORD) is None:
        return visit.go("/login")
    return visit.page("login_password.html", next=own_path(next), fault="", shortest=SHORTEST)


@router.post("/login/password")
async def choose_password(
    visit: Stranger,
    fresh: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """One's own in place of a password that was handed over."""
    user = await run_sync(known, visit.request, Waits.PASSWORD)
    if user is None:
        return visit.go("/login")
    fault = "" if fresh == again else visit.words.gettext("The two passwords are not the same.")
    if not fault:
        try:
            await run_sync(staff.choose_password, visit.desk, user, fresh, limiter=visit.hub.hashing)
        except Refused as error:
            fault = visit.words.pick(error.message_vi, error.message_en)
    if fault:
        return visit.page("login_password.html", 422, next=own_path(next), fault=fault, shortest=SHORTEST)
    return await run_sync(_enter, visit, user, next, _after_password(visit, user))


@router.post("/logout")
def log_out(visit: Stranger) -> Response:
    response = visit.go("/login")
    end_session(visit, response)
    return response


@router.post("/language")
def choose_language(
    visit: Stranger, language: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/"
) -> Response:
    response = visit.go(own_path(next))
    if language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=A_YEAR_S, httponly=True, samesite="lax", secure=visit.hub.is_https
        )
    return response


def _find_user(visit: Visit, name: str, password: str) -> list[User]:
    """The person who may come in with that, or nobody; the work is the same."""
    with visit.desk.database.read() as c:
        user = people.user(c, name)
    is_right = is_password(user.password_hash if user else None, password)
    if user is None or not is_right or not user.is_active:
        return []
    return [] if user.given_until is not None and user.given_until <= visit.now else [user]


def _after_code(visit: Visit, user: User) -> Waits:
    return _after_password(visit, user) if user.given_until is None else Waits.PASSWORD


def _after_password(visit: Visit, user: User) -> Waits:
    return Waits.FACTOR if second_factor.is_owed(visit.desk, user) else Waits.NOTHING


def _enter(visit: Visit, user: User, next: str, waits_for: Waits) -> Response:
    onward = own_path(next)
    response = visit.go(f"/login/{waits_for}?{urlencode({'next': onward})}" if waits_for else onward)
    open_session(visit, user, response, waits_for)
    return response


def _address(visit: Visit) -> str:
    """Where the request comes from; of IPv6 the network, since a house has a whole one."""
    host = visit.request.client.host if visit.request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else host
