"""What the stories of the link stand on: a hub's CA, a real Mosquitto behind it, and somebody who is the hub."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from contract import codec
from contract.bundle import Bundle
from contract.bundle import encode as encode_bundle
from contract.events import Change, Event, Key
from contract.limits import Limits
from contract.orders import Command, Counter, Plan, Receipt
from contract.reports import ClockReport, State
from contract.signing import sign
from contract.terms import Order, Trust
from contract.topics import HUB_STATE, Address
from edge import summary
from edge.access import Access
from edge.clock import VirtualClock
from edge.config import Paths, load
from edge.identity import NodeSettings
from edge.join import join
from edge.link import Link
from edge.outbox import Outbox
from edge.spool import Doorbell, Spool
from edge.summary import SpeakerSummary

NODE = "binhminh-thon-1"
SECRET = "quen-mat-khau-la-xong-roi"
PATIENCE_S = 10.0

T = TypeVar("T")
AT = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
SUMMARY = SpeakerSummary(at=AT, limits=Limits(minutes_a_day=45), clock=ClockReport(trust=Trust.TRUSTED))


@dataclass(frozen=True)
class Authority:
    """A hub's CA, and the certificate of its server: good for localhost and 127.0.0.1."""

    ca_pem: str
    chain: Path
    key: Path

    def server_tls(self) -> ssl.SSLContext:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.chain, self.key)
        return tls


def make_authority(folder: Path) -> Authority:
    ca_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    ca = _certificate("Loa Làng", "Loa Làng", ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    leaf = _certificate("hub", "Loa Làng", key, ca_key, names)
    folder.mkdir(parents=True)
    (folder / "chain.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Authority(ca.public_bytes(Encoding.PEM).decode(), folder / "chain.pem", folder / "key.pem")


def _certificate(
    subject: str,
    issuer: str,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    """Valid from 2020 for 20 years, as the hub's are: a node may wake up far behind."""
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=7300))
        .add_extension(extension, critical=False)
        .sign(signer, SHA256())
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def until(look: Callable[[], T | None], what: str = "it never came") -> T:
    """Ask again and again until there is an answer."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if (found := look()) is not None:
            return found
        time.sleep(0.01)
    raise AssertionError(what)


class Broker:
    """A real Mosquitto: TLS for nodes, and a plain port for the hub beside it."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.tls_port, self.hub_port = free_port(), free_port()
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for user in (NODE, "hub"):
            subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, SECRET], check=True, capture_output=True)
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"user root\nallow_anonymous false\npassword_file {passwords}\npersistence false\n"
            f"listener {self.tls_port} 127.0.0.1\ncertfile {authority.chain}\nkeyfile {authority.key}\n"
            f"listener {self.hub_port} 127.0.0.1\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["/usr/sbin/mosquitto", "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, "Mosquitto did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool | None:
        try:
            socket.create_connection(("127.0.0.1", self.hub_port)).close()
        except ConnectionRefusedError:
            return None
        return True


class Hub:
    """Whoever is the hub on the broker: hears all, and says what a test wants it to say."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[MQTTMessage] = []
        self._node = Address.of_node(NODE)
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, "hub")
        self._client.username_pw_set("hub", SECRET)
        self._client.on_message = lambda _client, _data, message: self.heard.append(message)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect("127.0.0.1", broker.hub_port)
        self._client.loop_start()
        self._client.subscribe("loa/v1/binhminh/#", qos=1)
        assert self._subscribed.wait(PATIENCE_S)

    def announce(self, is_online: bool) -> None:
        self.say_of_itself(codec.encode(State(is_online=is_online)))

    def say_of_itself(self, payload: bytes) -> None:
        self._client.publish(HUB_STATE, payload, qos=1, retain=True)

    def publish(self, kind: str, payload: bytes, retain: bool = False) -> None:
        topic = f"loa/v1/{self._node.commune}/{self._node.node}/{kind}"
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def receipt(self, *keys: Key) -> None:
        self.publish("receipt", codec.encode(Receipt(stream=keys[0].stream, seqs=tuple(key.seq for key in keys))))

    def payloads(self, kind: str) -> list[bytes]:
        """What the node has said so far on one of its topics."""
        return [bytes(m.payload) for m in list(self.heard) if m.topic.endswith(f"/{kind}")]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def plan(n: int) -> bytes:
    body = Plan(node=NODE, counter=Counter(0, n), issued_at=AT, valid_until=AT + timedelta(days=45))
    return codec.encode(sign(body, KEY))


def command(n: int) -> bytes:
    return codec.encode(sign(Command(node=NODE, counter=Counter(0, n), nonce="9f", ttl_s=60.0, order=Order.STOP), KEY))


class House:
    """A joined node of which only the link runs; the test plays the other processes."""

    def __init__(self, root: Path, authority: Authority, broker: Broker, secret: str = SECRET) -> None:
        self.paths = Paths(root)
        bundle = Bundle(
            node=NODE,
            hub_host="localhost",
            mqtt_port=broker.tls_port,
            media_port=1,
            secret=secret,
            daily_key="ab" * 32,
            recovery_key="cd" * 32,
            ca_pem=authority.ca_pem,
        )
        join(encode_bundle(bundle), self.paths, {}, force=True)
        self.clock = VirtualClock(AT)
        self.spool = Spool(self.paths.spool)
        self.speaker_bell = Doorbell(self.paths.run / "speaker.bell")
        self.bell = Doorbell(self.paths.run / "link.bell")
        self.outbox = Outbox(self.paths.state / "speaker.db")
        self.say()
        self.start()

    def start(self) -> None:
        self.link = Link(self.paths, load(self.paths.etc / "node.toml", NodeSettings), self.clock)

    def say(self) -> None:
        """Be the speaker, who still lives."""
        summary.post(self.paths.run, "speaker", replace(SUMMARY, at=self.clock.now()))

    def until(self, look: Callable[[], T | None]) -> T:
        """Let the link run until there is an answer."""

        def step_and_look() -> T | None:
            self.link.step()
            self.bell.wait(0.01)
            return look()

        return until(step_and_look)

    def settle(self) -> None:
        """Let everything that is on its way arrive."""
        for _ in range(20):
            self.link.step()
            self.bell.wait(0.01)

    def connect(self) -> None:
        self.until(lambda: self.link.is_connected or None)

    def record(self) -> Event:
        return self.outbox.append(lambda key: Change(key=key, at=self.clock.now(), subject="sound", value="ok"))

    def close(self) -> None:
        self.link.close()
        self.outbox.close()
        self.bell.close()
        self.speaker_bell.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority") / "hub")


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Broker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder, authority)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hub(broker: Broker) -> Iterator[Hub]:
    hub = Hub(broker)
    yield hub
    hub.close()


def make_access(authority: Authority, mqtt_port: int = 1, media_port: int = 1) -> Access:
    return Access(NODE, "127.0.0.1", mqtt_port, media_port, SECRET, authority.ca_pem)


@pytest.fixture
def house(tmp_path: Path, authority: Authority, broker: Broker) -> Iterator[House]:
    house = House(tmp_path / "node", authority, broker)
    yield house
    house.close()
