"""The link to Home Assistant's broker, over a real one."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.homeassistant.address import BrokerAddress
from hub.homeassistant.link import HomeLink
from hub.nodes.broker import hash_password
from hub.ports import free_port
from tests.hub.conftest import Peer, until

from .house import TOPICS

DEVICE = TOPICS.device("binhminh-thon-1")


class Broker:
    """Mosquitto as a household runs it: a name and a password, no rights."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        passwords = folder / "passwords"
        passwords.write_text(f"nha:{hash_password('bí mật')}\n")
        passwords.chmod(0o600)
        self._file.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(self._file)], stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def link(self, password: str = "b%C3%AD%20m%E1%BA%ADt") -> HomeLink:
        return HomeLink(BrokerAddress.parse(f"mqtt://nha:{password}@127.0.0.1:{self.port}"), TOPICS)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def home(broker: Broker) -> Iterator[Peer]:
    """Home Assistant itself, listening."""
    deadline = time.monotonic() + 10
    while True:
        try:
            peer = Peer(broker.port, "nha", "bí mật", id="home-assistant")
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield peer
    peer.close()


def test_it_says_that_it_is_there_and_that_it_goes(broker: Broker, home: Peer) -> None:
    home.subscribe(TOPICS.availability, DEVICE)
    link = broker.link()
    link.start()
    until(lambda: link.connection == 1)
    link.publish(DEVICE, b"{}")
    until(lambda: home.topics == [TOPICS.availability, DEVICE])
    link.stop()
    until(lambda: [m.payload for m in home.heard] == [b"online", b"{}", b"offline"])


def test_it_reads_what_it_left_there_itself(broker: Broker, home: Peer) -> None:
    home.say(DEVICE, b"left", retain=True)
    link = broker.link()
    link.start()
    found: dict[str, bytes] = {}
    until(lambda: found.update(link.take_found()) or found)
    assert found == {DEVICE: b"left"}
    assert link.take_found() == {}
    link.stop()


def test_a_broker_that_is_not_there_yet_is_found_when_it_comes(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    link = broker.link()
    link.start()
    assert link.connection == 0
    broker.start()
    until(lambda: link.connection == 1)
    link.stop()
    broker.stop()


def test_a_connection_that_breaks_as_the_hub_stops_keeps_it_from_nothing(broker: Broker) -> None:
    link = broker.link()
    link._connection = 1  # paho has not told yet that it is gone
    link.stop()


def test_a_wrong_password_is_no_connection(broker: Broker, home: Peer, caplog: pytest.LogCaptureFixture) -> None:
    link = broker.link("wrong")
    link.start()
    until(lambda: "refuses" in caplog.text)
    assert link.connection == 0
    link.stop()
