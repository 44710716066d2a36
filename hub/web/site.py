"""Puts the pages together into one application."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import Event
from zoneinfo import ZoneInfo

import anyio
from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from hub.alerts.places import Send
from hub.alerts.sending import Sending
from hub.api.site import PLACE, Api
from hub.media.incoming import Incoming
from hub.orders.desk import Desk
from hub.web import errors, metrics
from hub.web.alerts import knowing
from hub.web.alerts import places as alert_places
from hub.web.alerts import record as alert_record
from hub.web.asking import Hub
from hub.web.board import page as board
from hub.web.broadcasts import form as broadcast_form
from hub.web.broadcasts import page as broadcasts
from hub.web.broadcasts import stages as broadcast_stages
from hub.web.calendar import files as calendar_files
from hub.web.calendar import moves as calendar_moves
from hub.web.calendar import page as calendar
from hub.web.doors import Doors
from hub.web.emergency import form as emergency_form
from hub.web.emergency import page as emergency
from hub.web.emergency import pin
from hub.web.guard import Guard
from hub.web.incidents import page as incidents
from hub.web.incidents import photos as incident_photos
from hub.web.intake_queue import Uploads
from hub.web.memory import Memory
from hub.web.nodes import cameras, uptime
from hub.web.nodes import figures as node_figures
from hub.web.nodes import maintenance as node_maintenance
from hub.web.nodes import page as nodes
from hub.web.pages import STATIC, Pages
from hub.web.patience import Patience
from hub.web.people import account, account_factor, audit, login, login_factor, tokens
from hub.web.people import page as people
from hub.web.sight import OnlineSince
from hub.web.sounds import audio, audio_uploads, record, recording, speech, uploads
from hub.web.trust import installed, invite
from hub.web.trust import page as trust
from hub.web.wording import words
from hub.web.wording.alert_words import AlertWords

log = logging.getLogger(__name__)

PASSWORDS_AT_ONCE = 2
SWEEP_EVERY_S = 3600.0
"""Files that nobody went on sending lie on the disk this much longer at most."""
CROWD_FREE_TRIES, CROWD_DELAY_S = 30, 5.0
"""Of one address for all its names, and of one person's codes from all addresses: one office has one address, and
nobody who knows a password may keep its owner out for long."""
PAGES = (
    *(login, login_factor, trust, invite, installed, account, account_factor, people, audit, tokens),
    *(board, audio_uploads, record, audio, recording),
    *(uploads, speech, calendar, calendar_files, broadcast_form, broadcasts, broadcast_stages),
    *(emergency_form, emergency, pin, nodes, node_figures, cameras, node_maintenance),
    *(incidents, incident_photos, uptime),
    *(alert_record, alert_places, knowing),
    *(calendar_moves, metrics),
)
"""The modules with routes, the form before /broadcasts/{id}; every route needs its line in the tests' table of who may
what."""


def make_site(
    desk: Desk,
    online_since: OnlineSince,
    *,
    time_zone: str = "Asia/Ho_Chi_Minh",
    is_https: bool = False,
    doors: Doors | None = None,
    send: Send | None = None,
    wait: Callable[[float], Awaitable[None]] = anyio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> FastAPI:
    """The pages over one desk. `online_since` tells since when the hub has its broker (None: it has not), `doors`
    where they are reached when not on this computer alone, `send` sends alerts. Both wait seconds: `wait` before a
    guess is looked at, `sleep` between the rounds of what is done again and again.
    """
    incoming = Incoming(desk.shelf.folder.with_name("uploads"), desk.clock)
    queue = Uploads(desk, incoming)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        desk.shelf.sweep()
        incoming.sweep()
        queue.take_up()
        async with anyio.create_task_group() as standing:
            standing.start_soon(_keep_swept, incoming, sleep)
            yield
            standing.cancel_scope.cancel()
        queue.close()

    languages = words.load()
    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub = Hub(
        desk=desk,
        online_since=online_since,
        memory=Memory(),
        pages=Pages(languages, ZoneInfo(time_zone)),
        languages=languages,
        incoming=incoming,
        uploads=queue,
        patience=Patience(),
        crowd=Patience(CROWD_FREE_TRIES, CROWD_DELAY_S),
        hashing=anyio.CapacityLimiter(PASSWORDS_AT_ONCE),
        speaking=anyio.CapacityLimiter(1),
        listening=set(),
        alarming=anyio.CapacityLimiter(1),
        wait=wait,
        monotonic=monotonic,
        is_https=is_https,
        doors=doors,
        closing=Event(),
        alert_words=AlertWords(languages, ZoneInfo(time_zone)),
        send=send or Sending(),
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(Guard, is_strict=is_https and not (doors and doors.ca_der))
    errors.install(app)
    for page in PAGES:
        app.include_router(page.router)
    app.mount(PLACE, Api(hub), name="api")
    app.mount("/static", _Static(directory=STATIC), name="static")
    return app


def say_goodbye(site: FastAPI) -> None:
    """Let the streams of open pages end. Call it when the hub is told to stop: they would not end by themselves."""
    hub: Hub = site.state.hub
    hub.closing.set()
    hub.desk.news.tell("closing")


async def _keep_swept(incoming: Incoming, sleep: Callable[[float], Awaitable[None]]) -> None:
    """What nobody goes on sending leaves the disk, also where no other file comes in for long."""
    while True:
        await sleep(SWEEP_EVERY_S)
        try:
            await run_sync(incoming.sweep)
        except OSError as error:
            log.warning("files that were not sent to their end could not be removed: %s", error)


class _Static(StaticFiles):
    """Files named with a mark of their content (see `pages`) may be kept by the browser for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_marked = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_marked else "no-cache"
        return response
