"""Puts the hub together: everything is started in order and stopped in reverse, and nothing else composes it."""

import asyncio
import contextlib
import gc
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI

from hub.alarms import alarm
from hub.alerts.delivery import Delivery
from hub.alerts.reporter import Reporter
from hub.alerts.sending import Sending
from hub.config import HubSettings
from hub.history.roller import Roller
from hub.homeassistant.address import BrokerAddress
from hub.homeassistant.discovery import Topics
from hub.homeassistant.herald import Herald
from hub.homeassistant.link import HomeLink
from hub.incidents.keeper import Keeper
from hub.media.shelf import Shelf
from hub.news import News
from hub.nodes.broker import Broker
from hub.nodes.clerk import Clerk
from hub.nodes.dispatch import Dispatch
from hub.nodes.ingest import Ingest
from hub.nodes.link import Link
from hub.nodes.watch import Watch
from hub.orders import fallback
from hub.orders.desk import Desk
from hub.ports import require_free
from hub.security import authority, keys
from hub.security.addresses import own_names
from hub.security.certificates import BadAuthority
from hub.security.page_authority import PageSeal
from hub.sounds import waveforms
from hub.store import meta
from hub.store.counters import EPOCH_KEY
from hub.store.database import Database
from hub.supervisor import notify
from hub.web.doors import Doors
from hub.web.nodes.media import make_media_app
from hub.web.site import make_site, say_goodbye
from hub.web.trust.plain import make_plain_door
from hub.web.wording import words
from hub.web.wording.alert_words import AlertWords

log = logging.getLogger(__name__)

GOODBYE_S = 2
"""How long open pages get to close when the hub stops; their live connections never end by themselves."""
GC_AFTER, GC_YOUNG, GC_OLD = 50_000, 20, 50
"""Objects until the youngest are searched, and how often one age is before the next."""
SEAL_EVERY_S = 60.0
"""How often the pages' certificate is looked at: a machine gets another address, or its clock is set right."""


def spare_collector() -> None:
    """Let Python look for cycles seldom: each look at thousands of villages makes objects by the hundred thousand and
    hardly any cycle, and was held up by every search through all of them for half a second."""
    gc.freeze()
    gc.set_threshold(GC_AFTER, GC_YOUNG, GC_OLD)


def serve(settings: HubSettings) -> None:
    """Run the hub until SIGTERM or SIGINT. Raises PortTaken, BrokerFailed, BadAuthority and the store's errors."""
    logging.basicConfig(level=logging.INFO, format="hub: %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    require_free(settings.page_host, settings.page_port, "page_port")
    require_free(settings.node_host, settings.media_port, "media_port")
    if settings.has_plain_door:
        require_free(settings.page_host, settings.plain_port, "plain_port")
    hub = Hub(settings)
    hub.start()
    spare_collector()
    try:
        asyncio.run(_serve_web(settings, hub))
    finally:
        notify("STOPPING=1")
        hub.stop()


class Hub:
    """Everything of the hub but its web servers."""

    def __init__(self, settings: HubSettings) -> None:
        settings.home.make()
        self.settings = settings
        self.certificates = authority.ensure(settings.home.keys, [settings.public_host])
        self.seal = _page_seal(settings) if settings.has_own_page_authority else None
        self.keys = keys.load(settings.home.keys) or keys.create(settings.home.keys)
        self.database = Database(settings.database_url)
        self.database.migrate()
        with self.database.write() as c:
            meta.put(c, EPOCH_KEY, str(self.keys.epoch))
        self.shelf = Shelf(settings.home.media)
        self.news = News()
        self.desk = Desk(
            self.database,
            self.shelf,
            _now,
            self.news,
            settings.loudness_lufs,
            voices=settings.home.voices,
            requires_second_factor=settings.require_second_factor,
        )
        self.broker = Broker(settings.home.broker, settings.node_host, settings.mqtt_port, self.certificates)
        self.link = Link(self.broker.hub_port, self.broker.hub_password, _now, self._on_connected)
        keep_pictures = timedelta(hours=settings.pictures_h)
        self.ingest = Ingest(self.link, self.database, _now, self.news.tell, keep_pictures)
        dispatch = Dispatch(self.database, self.keys, self.link, _now, self.news.tell)
        watch = Watch(self.database, _now, self.online_since, self.news.tell)
        zone = ZoneInfo(settings.time_zone)
        keeper = Keeper(self.database, _now, self.news.tell, Reporter(zone, AlertWords(words.load(), zone)))
        roller = Roller(self.database, _now, zone, settings.history.keep)
        self.clerk = Clerk(self.database, self.news, dispatch, watch, keeper, roller, self.broker, _now, self._is_well)
        self._home = home_assistant(settings, self.database, self.online_since)
        self.sending = Sending()
        self.delivery = Delivery(self.database, self.news, _now, self.links_address, self.sending)
        self._is_stopping = threading.Event()
        self._drawing = threading.Thread(
            target=waveforms.draw_missing, args=(self.desk, self._is_stopping), name="hub-waveforms", daemon=True
        )

    def online_since(self) -> datetime | None:
        return self.link.online_since

    def links_address(self) -> str:
        """The pages' address for phones elsewhere; empty where the pages are for this computer alone."""
        return links_address(self.settings, _doors(self.settings, self.seal) if self.settings.is_https else None)

    def _is_well(self) -> bool:
        return self.ingest.is_alive and self.link.is_alive

    def start(self) -> None:
        self.desk.ensure_chime()
        alarm.ensure_all_clear(self.desk)
        fallback.ensure_notice(self.desk)
        self.broker.start(self.clerk.credentials)
        self.ingest.start()
        self.clerk.start()
        self.link.start()
        self.delivery.start()
        self._drawing.start()
        for part in self._home:
            part.start()
        if keys.is_recovery_unseen(self.settings.home.keys):
            log.warning(
                "khóa khôi phục chưa được chép ra giấy: chạy  loa-hub key reveal  / write down the recovery key"
            )

    def stop(self) -> None:
        self._is_stopping.set()
        for part in reversed(self._home):
            part.stop()
        self.sending.stop()
        self.delivery.stop()
        self.link.stop()
        self.clerk.stop()
        self.ingest.stop()
        self.broker.stop()
        self.database.dispose()

    def _on_connected(self) -> None:
        self.clerk.reconnected()


def links_address(settings: HubSettings, doors: Doors | None) -> str:
    """As the setting says; else a name under which another device finds this machine."""
    if settings.links_address or doors is None:
        return settings.links_address.rstrip("/")
    return doors.page_url(doors.invited(settings.public_host))


class _Server(uvicorn.Server):
    """Leaves the signals to `_serve_web`: two servers share them here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Part(Protocol):
    """What is started in order and stopped in reverse."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def home_assistant(
    settings: HubSettings, database: Database, online_since: Callable[[], datetime | None]
) -> Sequence[Part]:
    """What tells Home Assistant of the villages; nothing where that is switched off."""
    if not settings.home_assistant:
        return ()
    broker = BrokerAddress.parse(settings.home_assistant)
    topics = Topics(settings.public_host, broker.prefix)
    link = HomeLink(broker, topics)
    return link, Herald(link, database, topics, settings.page_address, _now, online_since)


def _page_seal(settings: HubSettings) -> PageSeal:
    return PageSeal(settings.home.page_keys, settings.public_host, own_names, _now)


async def _serve_web(settings: HubSettings, hub: Hub) -> None:
    doors = _doors(settings, hub.seal) if settings.is_https else None
    site = make_site(
        hub.desk,
        hub.online_since,
        time_zone=settings.time_zone,
        is_https=settings.is_https,
        doors=doors,
        send=hub.sending,
    )
    servers = [_Server(_page_config(settings, hub.seal, site)), _Server(_media_config(settings, hub))]
    if settings.has_plain_door:
        servers.append(_Server(_plain_config(settings, site)))
    standing = [asyncio.ensure_future(_keep_fresh(hub.seal))] if hub.seal else []

    def stop() -> None:
        say_goodbye(site)
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    log.info("trang / pages: %s", settings.page_address)
    notify("READY=1")
    await asyncio.gather(*(server.serve() for server in servers))
    for task in standing:
        task.cancel()


async def _keep_fresh(seal: PageSeal) -> None:
    """The pages' certificate follows the machine's names, its clock and its own end while the hub runs."""
    while True:
        await asyncio.sleep(SEAL_EVERY_S)
        try:
            if await asyncio.to_thread(seal.renew):
                log.info("chứng chỉ mới cho trang / a new certificate for the pages: %s", ", ".join(seal.held.names))
        except (BadAuthority, OSError) as error:
            log.warning("không làm được chứng chỉ mới / no new certificate could be made: %s", error)


def _doors(settings: HubSettings, seal: PageSeal | None) -> Doors:
    plain_port = settings.plain_port if settings.has_plain_door else 0
    if seal is None:
        return Doors(settings.public_host, own_names, settings.page_port, plain_port)
    return Doors(settings.public_host, lambda: seal.held.names, settings.page_port, plain_port, seal.held.ca_der)


def _page_config(settings: HubSettings, seal: PageSeal | None, site: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        site,
        host=settings.page_host,
        port=settings.page_port,
        ssl_certfile=settings.page_certificate or None,
        ssl_keyfile=settings.page_key or None,
        ssl_context_factory=None if seal is None else lambda _config, _default: seal.context,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_S,
    )


def _plain_config(settings: HubSettings, site: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        make_plain_door(site),
        host=settings.page_host,
        port=settings.plain_port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_S,
    )


def _media_config(settings: HubSettings, hub: Hub) -> uvicorn.Config:
    return uvicorn.Config(
        make_media_app(hub.database, hub.shelf),
        host=settings.node_host,
        port=settings.media_port,
        ssl_certfile=str(hub.certificates.certificate),
        ssl_keyfile=str(hub.certificates.key),
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_S,
    )


def _now() -> datetime:
    return datetime.now(UTC)
