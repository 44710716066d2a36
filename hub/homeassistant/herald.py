"""Tells Home Assistant what every village is and how it is, again whenever that changed."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from typing import Protocol

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hub.homeassistant import discovery, entity
from hub.homeassistant.discovery import Topics
from hub.homeassistant.entity import Seen
from hub.nodes import fleet
from hub.nodes.fleet import BOOT, Node
from hub.store import broadcasts, nodes, records
from hub.store.database import Database

log = logging.getLogger(__name__)

LOOK_S = 5.0


class Outlet(Protocol):
    """The link to Home Assistant's broker, as far as it is needed here."""

    @property
    def connection(self) -> int: ...
    def publish(self, topic: str, payload: bytes) -> None: ...
    def take_found(self) -> dict[str, bytes]: ...


class Herald:
    """One pass a `look`; `start` does it every few seconds in a thread of its own. All is retained at the broker, so
    that a Home Assistant that is started later finds it."""

    def __init__(
        self,
        outlet: Outlet,
        database: Database,
        topics: Topics,
        page_address: str,
        now: Callable[[], datetime],
        online_since: Callable[[], datetime | None],
    ) -> None:
        self._outlet = outlet
        self._database = database
        self._topics = topics
        self._page_address = page_address
        self._now = now
        self._online_since = online_since
        self._software = version("loalang")
        self._connection = 0
        self._told: dict[str, bytes] = {}
        self._platforms: dict[str, dict[str, str]] = {}
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-home-assistant", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Tell what is new since the last look; all of it at the second look of a connection."""
        connection = self._outlet.connection
        if not connection:
            return
        if connection != self._connection:
            self._told.clear()
            self._connection = connection
            return  # what lies at the broker arrives until the next look
        with self._database.read() as c:
            villages = nodes.nodes(c)
            seen = self._see(c, [v for v in villages if not v.is_revoked])
        self._learn({self._topics.device(v.id) for v in villages})
        for each in seen:
            self._describe(each)
        for gone in (v for v in villages if v.is_revoked):
            self._withdraw(gone)

    def _run(self) -> None:
        while not self._is_stopping.wait(LOOK_S):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.error("the database refuses, to be tried again: %s", error)
            except Exception:  # a village that it trips over must not leave all the others as they were
                log.exception("Home Assistant cannot be told, to be tried again")

    def _see(self, c: Connection, villages: list[Node]) -> list[Seen]:
        now, since = self._now(), self._online_since()
        presences, heartbeats, flips = nodes.presences(c), nodes.heartbeats(c), records.latest_flips(c, (BOOT,))
        airing = {id: said.on_air.split(".")[0] for id, (said, _) in heartbeats.items() if said.on_air}
        titles = broadcasts.titles(c, set(airing.values()))
        return [
            Seen(
                node=node,
                status=fleet.status(presences.get(node.id), now, since),
                heartbeat=heartbeats[node.id][0] if node.id in heartbeats else None,
                on_air=titles.get(airing.get(node.id, ""), ""),
                started_at=flips[node.id, BOOT].at if (node.id, BOOT) in flips else None,
            )
            for node in villages
        ]

    def _learn(self, own: set[str]) -> None:
        """What an earlier run of this hub left at the broker of its own villages: from there it is told on."""
        for topic, payload in self._outlet.take_found().items():
            if topic in own and topic not in self._platforms:
                self._platforms[topic] = _platforms(payload)

    def _describe(self, seen: Seen) -> None:
        entities = list(entity.describe(seen))
        topic = self._topics.device(seen.node.id)
        told = discovery.device(seen, entities, self._topics, self._software, self._page_address)
        known, present = self._platforms.get(topic, {}), discovery.platforms(entities)
        if seen.heartbeat is not None or not known:
            self._drop(topic, known, present, told)
            self._tell(topic, msgspec.json.encode(told))
            self._platforms[topic] = present
        self._tell(self._topics.state(seen.node.id), msgspec.json.encode(discovery.state(entities)))

    def _drop(self, topic: str, known: dict[str, str], present: dict[str, str], told: discovery.Document) -> None:
        if known.keys() - present.keys():
            self._tell(topic, msgspec.json.encode(discovery.without(known, told)))

    def _withdraw(self, node: Node) -> None:
        """A village that is no longer in service is taken away."""
        if self._platforms.pop(self._topics.device(node.id), None) is not None:
            self._tell(self._topics.device(node.id), b"")
            self._tell(self._topics.state(node.id), b"")

    def _tell(self, topic: str, payload: bytes) -> None:
        if self._told.get(topic) != payload:
            self._outlet.publish(topic, payload)
            self._told[topic] = payload


def _platforms(payload: bytes) -> dict[str, str]:
    """The entities of a description that was found; none where it is not one of ours."""
    try:
        return {key: found.platform for key, found in msgspec.json.decode(payload, type=_Device).components.items()}
    except msgspec.MsgspecError:
        return {}


class _Component(msgspec.Struct):
    platform: str


class _Device(msgspec.Struct):
    components: dict[str, _Component] = {}
