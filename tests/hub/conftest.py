"""What tests of the hub share: a migrated database, and the hub's real broker with clients that speak to it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract.topics import HUB_ID
from hub.nodes.broker import Broker, hash_password
from hub.ports import free_port
from hub.security import authority
from hub.security.authority import Certificates
from hub.store.database import Database

THON_1, THON_2 = "binhminh-thon-1", "binhminh-thon-2"
SECRETS = {THON_1: "secret-of-thon-1", THON_2: "secret-of-thon-2"}
PATIENCE_S = 10.0


def until(is_so: Callable[[], object], what: str = "it never happened") -> None:
    """Wait for real processes, not longer than needed."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.005)


class Peer:
    """A client of the broker: a node over TLS where `ca_pem` is given, the hub on loopback where not."""

    def __init__(self, port: int, user: str, secret: str, ca: Path | None = None, id: str = "") -> None:
        self.heard: list[MQTTMessage] = []
        self.answer: ReasonCode | None = None
        self.was_dropped = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, id or user, reconnect_on_failure=False)
        self._client.username_pw_set(user, secret)
        self._client.max_inflight_messages_set(1000)
        if ca is not None:
            self._client.tls_set(ca_certs=str(ca))
        self._client.on_connect = self._note_answer
        self._client.on_disconnect = lambda *_: self.was_dropped.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(message)
        self._client.connect("localhost" if ca else "127.0.0.1", port, keepalive=15)
        self._client.loop_start()
        until(lambda: self.answer is not None, f"{user}: no answer")

    @property
    def is_welcome(self) -> bool:
        return self.answer is not None and not self.answer.is_failure and not self.was_dropped.is_set()

    @property
    def topics(self) -> list[str]:
        return [message.topic for message in self.heard]

    def subscribe(self, *topics: str) -> None:
        granted = threading.Event()
        self._client.on_subscribe = lambda *_: granted.set()
        self._client.subscribe([(topic, 1) for topic in topics])
        assert granted.wait(PATIENCE_S)

    def say(self, topic: str, payload: bytes = b"hello", retain: bool = False) -> None:
        """Return once the broker has taken it, or thrown it away."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def throw(self, topic: str, payload: bytes) -> None:
        """Say something without waiting."""
        self._client.publish(topic, payload, qos=1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _note_answer(
        self, client: Client, data: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.answer = reason


class Village:
    """The hub's broker with its two nodes, and whoever a test lets speak to it."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self.node_port = free_port()
        self.ca = certificates.certificate.with_name("ca.pem")
        self.broker = Broker(folder, "127.0.0.1", self.node_port, certificates)
        self.credentials = [(node, hash_password(secret)) for node, secret in SECRETS.items()]
        self._peers: list[Peer] = []

    def node(self, id: str, secret: str | None = None, client_id: str = "") -> Peer:
        return self._keep(Peer(self.node_port, id, secret or SECRETS[id], self.ca, client_id))

    def hub(self) -> Peer:
        return self._keep(Peer(self.broker.hub_port, HUB_ID, self.broker.hub_password))

    def close(self) -> None:
        for peer in self._peers:
            peer.close()
        self.broker.stop()

    def _keep(self, peer: Peer) -> Peer:
        self._peers.append(peer)
        return peer


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    database.migrate()
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return authority.ensure(tmp_path_factory.mktemp("authority"), ["localhost", "127.0.0.1"])


@pytest.fixture
def village(tmp_path: Path, certificates: Certificates) -> Iterator[Village]:
    folder = tmp_path / "broker"
    folder.mkdir(mode=0o700)
    village = Village(folder, certificates)
    village.broker.start(village.credentials)
    yield village
    village.close()
