"""The simulated internet behaves like one to ordinary clients."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from contract.settings import parse
from edge.netmon.config import NetmonSettings
from simulator.internet import Internet

pytestmark = pytest.mark.real


def get(net: Internet) -> int:
    parts = urlsplit(net.page)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_page_answers_204_a_portal_redirects_and_down_hangs_up() -> None:
    with Internet() as net:
        assert get(net) == 204
        net.switch("captive")
        assert get(net) == 302
        net.switch("down")
        with pytest.raises(ConnectionError):
            get(net)
        net.switch("up")
        assert get(net) == 204


def test_the_resolver_names_this_machine_and_is_silent_while_down() -> None:
    query = bytes.fromhex("beef01000001000000000000") + b"\x05vnnic\x02vn\0" + b"\0\x01\0\x01"
    with Internet() as net, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        host, _, port = net.resolver.partition(":")
        client.connect((host, int(port)))
        client.settimeout(0.3)
        client.send(query)
        answer = client.recv(512)
        assert answer[:2] == query[:2]
        assert answer.endswith(bytes([127, 0, 0, 1]))
        net.switch("down")
        client.send(query)
        with pytest.raises(TimeoutError):
            client.recv(512)


def test_its_settings_are_a_netmon_file() -> None:
    with Internet() as net:
        settings = parse(net.settings(), NetmonSettings)
    assert [t.kind for t in settings.targets] == ["gateway", "dns", "http204"]
