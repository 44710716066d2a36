"""One request to a page: who asks, in which language, and whether that person may."""

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, cast
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.people.accounts import HALF_WAY, SESSION_LENGTH, SETTING_UP, Act, Session, User, Waits, may, require
from hub.people.passwords import is_password
from hub.store import people
from hub.web import offline
from hub.web.asking import Asking, Hub
from hub.web.patience import Key, TooEager
from hub.web.ways import came_from
from hub.web.wording.agents import name_agent
from hub.web.wording.words import DEFAULT_LANGUAGE, LANGUAGES, Words

SESSION_COOKIE = "loa_session"
LANGUAGE_COOKIE = "loa_language"
AGENT_MAX = 300
PIN = "pin"
"""What `proves` asks for where an emergency is sent."""
SEEN_EVERY = timedelta(minutes=10)
"""When a person was last there may be this old: not every page waits for the disk."""


class SignInNeeded(Exception):
    """Nobody is logged in behind this request."""


@dataclass(frozen=True, slots=True)
class Visit(Asking):
    """A request with everything a page needs. `user` is None on the pages before the log-in alone."""

    user: User | None

    @property
    def person(self) -> User:
        """The one who is logged in. Raises SignInNeeded."""
        if self.user is None:
            raise SignInNeeded
        return self.user

    @property
    def is_app(self) -> bool:
        """Whether browsers would take the page for an app: by HTTPS, or on this computer."""
        return self.hub.doors is None or self.request.url.scheme == "https"

    def may(self, act: str, villages: Collection[str] | None = ()) -> bool:
        """As `accounts.may`, for whoever is there."""
        return self.user is not None and may(self.user, Act(act), villages)

    def render(self, template: str, **context: object) -> str:
        return self.hub.pages.render(self.words.language, template, visit=self, languages=LANGUAGES, **context)

    def page(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        zone = self.hub.pages.zone.key
        response = HTMLResponse(self.render(template, now=self.now, zone=zone, **context), status)
        if self.user is not None:
            token = self.request.cookies.get(SESSION_COOKIE, "")
            response.headers.update(offline.headers(self.request.url.path, token))
        return response

    def go(self, path: str) -> RedirectResponse:
        """Send the browser to a page of ours after something was done."""
        return RedirectResponse(path, 303)


def hub_of(request: Request) -> Hub:
    return cast(Hub, request.app.state.hub)


def words_of(request: Request) -> Words:
    """The language this browser chose; Vietnamese unless it did."""
    languages = hub_of(request).languages
    return languages.get(request.cookies.get(LANGUAGE_COOKIE, "")) or languages[DEFAULT_LANGUAGE]


def anyone(request: Request) -> Visit:
    """A visit whether somebody is logged in or not."""
    hub = hub_of(request)
    return Visit(request, hub, words_of(request), _user(request, hub))


def whoever_may(act: Act) -> Callable[[Request], Visit]:
    """A dependency: the visit of a person whose role includes `act`. Raises SignInNeeded or NotAllowed.

    To stop does not wait for a second factor that has to be set up.
    """

    def admit(request: Request) -> Visit:
        visit = anyone(request)
        if visit.user is None and act is Act.STOP:
            visit = replace(visit, user=known(request, Waits.FACTOR))
        require(visit.person, act)
        return visit

    return admit


Stranger = Annotated[Visit, Depends(anyone)]
Looker = Annotated[Visit, Depends(whoever_may(Act.LOOK))]
Orderer = Annotated[Visit, Depends(whoever_may(Act.ORDER))]
Approver = Annotated[Visit, Depends(whoever_may(Act.APPROVE))]
Stopper = Annotated[Visit, Depends(whoever_may(Act.STOP))]
Alarmer = Annotated[Visit, Depends(whoever_may(Act.ALARM))]
Tender = Annotated[Visit, Depends(whoever_may(Act.TEND))]
Auditor = Annotated[Visit, Depends(whoever_may(Act.AUDIT))]
Manager = Annotated[Visit, Depends(whoever_may(Act.MANAGE))]


def open_session(visit: Visit, user: User, response: Response, waits_for: Waits = Waits.NOTHING) -> None:
    """Log somebody in, or half way: the browser gets a random token, the store its SHA-256."""
    token = secrets.token_urlsafe(32)
    length = {Waits.NOTHING: SESSION_LENGTH, Waits.FACTOR: SETTING_UP}.get(waits_for, HALF_WAY)
    session = Session(
        token_sha256=_digest(token),
        user=user.name,
        created_at=visit.now,
        expires_at=visit.now + length,
        agent=visit.request.headers.get("user-agent", "")[:AGENT_MAX],
        waits_for=waits_for,
    )
    with visit.desk.database.write() as c:
        people.end_session(c, own_token(visit))
        people.add_session(c, session)
        if waits_for is Waits.NOTHING:
            people.note(c, visit.now, user.name, "login", user.name, name_agent(session.agent))
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(length.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.hub.is_https,
    )


def own_token(visit: Visit) -> str:
    """The SHA-256 of this browser's own token."""
    return _digest(visit.request.cookies.get(SESSION_COOKIE, ""))


def end_session(visit: Visit, response: RedirectResponse) -> None:
    with visit.desk.database.write() as c:
        people.end_session(c, own_token(visit))
        if visit.user is not None:
            people.note(c, visit.now, visit.user.name, "logout", visit.user.name)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=visit.hub.is_https)


async def guess(hub: Hub, key: Key, is_right: Callable[[], bool], crowd: Key | None = None) -> bool:
    """Look at one try of whatever can be guessed, in its turn: the one way for passwords, PINs and codes.

    `key` is what is slowed after a few wrong ones, `crowd` after many; nothing is ever locked. Raises TooEager.
    """
    keys = [(hub.patience, key)] + ([(hub.crowd, crowd)] if crowd else [])
    await hub.wait(max([patience.wait_s(each, hub.monotonic()) for patience, each in keys]))
    if await run_sync(is_right, limiter=hub.hashing):
        hub.patience.note_success(key)
        return True
    for patience, each in keys:
        patience.note_failure(each, hub.monotonic())
    return False


async def proves(hub: Hub, person: User, what: str, kept_hash: str, given: str) -> bool:
    """Ask a person once more for what is theirs alone (`what`: a password, a PIN): whether it is right.

    Wrong ones are slowed for the person, wherever they come from. Raises TooEager.
    """
    return await guess(hub, (person.name, what), lambda: is_password(kept_hash, given))


async def judge(
    visit: Visit, key: Key, is_right: Callable[[], bool], wrong: str, crowd: Key | None = None
) -> tuple[str, int] | None:
    """As `guess`: what to say on a page where it is not right, and the status."""
    try:
        return None if await guess(visit.hub, key, is_right, crowd) else (wrong, 401)
    except TooEager as error:
        return visit.words.gettext("Too many tries. Wait %(seconds)s seconds.", seconds=round(error.wait_s)), 429


async def own_password_fault(visit: Visit, password: str) -> tuple[str, int] | None:
    """Ask for the person's own password once more: what to say where it is not right, and the status."""
    key, kept = (visit.person.name, "password"), visit.person.password_hash
    wrong = visit.words.gettext("The password is not right.")
    return await judge(visit, key, lambda: is_password(kept, password), wrong)


def login_path(request: Request) -> str:
    """Where a stranger logs in, or goes on with it, to come back to the page asked for, or to that of the form."""
    door = "/login" if known(request, Waits.FACTOR) is None else "/login/factor"
    page = request.url.path if request.method == "GET" else came_from(request)
    return door if page == "/" else f"{door}?next={quote(page)}"


def known(request: Request, waits_for: Waits = Waits.NOTHING) -> User | None:
    """Who is logged in behind this request, or half way and waits for that."""
    hub, token = hub_of(request), request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with hub.desk.database.read() as c:
        found = people.session(c, _digest(token), hub.desk.clock())
    return found[1] if found is not None and found[0].waits_for is waits_for else None


def _user(request: Request, hub: Hub) -> User | None:
    user, now = known(request), hub.desk.clock()
    if user is None:
        return None
    with hub.desk.database.read() as c:
        last_at = people.last_seen(c, user.name)
    if last_at is None or now - last_at >= SEEN_EVERY:
        with hub.desk.database.write() as c:
            people.note_seen(c, user.name, now)
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
