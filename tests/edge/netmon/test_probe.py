"""The real probe and its fake answer alike of the same state of the world; all on loopback."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from contract.terms import Miss
from edge import access
from edge.netmon.config import Target
from edge.netmon.probe import Answer, CannotMeasure, Hub, NetworkProbe, Probe, ScriptedProbe
from simulator.internet import GATEWAY, Internet, State
from tests.edge.conftest import Authority, make_authority

Switch = Callable[[State], None]
Scene = tuple[Probe, Target, Target, Switch]
NO = Answer(None, "không trả lời (no answer)")
PORTAL = Answer(None, "bị chuyển tới trang chào của wifi (captive portal, HTTP 302)", Miss.CAPTIVE)


@pytest.fixture(params=["scripted", pytest.param("network", marks=pytest.mark.real)])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A probe, a resolver and a page to ask, and the means to switch the internet behind them."""
    if request.param == "scripted":
        fake = ScriptedProbe()

        def switch(state: State) -> None:
            fake.set("dns", NO if state == "down" else Answer(5.0))
            fake.set("internet", {"up": Answer(20.0), "down": NO, "captive": PORTAL}[state])

        yield fake, Target(id="dns", kind="dns"), Target(id="internet", kind="http204", address="http://x/"), switch
        return
    with Internet() as net:
        yield (
            NetworkProbe(timeout_s=0.3),
            Target(id="dns", kind="dns", address=net.resolver),
            Target(id="internet", kind="http204", address=net.page),
            net.switch,
        )


def test_up_means_an_answer_in_some_time(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("up")
    for target in (dns, page):
        answer = probe.ask(target)
        assert answer.detail == ""
        assert answer.rtt_ms is not None
        assert 0 < answer.rtt_ms < 300


def test_down_means_no_answer(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("down")
    assert probe.ask(dns) == NO
    assert probe.ask(page) == NO


def test_a_welcome_page_is_not_the_internet(scene: Scene) -> None:
    probe, dns, page, switch = scene
    switch("captive")
    assert probe.ask(page) == PORTAL
    assert probe.ask(dns).rtt_ms is not None


@pytest.mark.real
def test_this_machine_answers_its_own_ping() -> None:
    try:
        answer = NetworkProbe(timeout_s=1).ask(Target(id="gateway", kind="gateway", address=GATEWAY))
    except CannotMeasure:
        pytest.skip("this machine permits this user no ping")
    assert answer.rtt_ms is not None
    assert answer.detail == ""


@pytest.mark.parametrize(("kind", "says"), [("gateway", "no default gateway"), ("dns", "no resolver")])
def test_a_house_without_network_says_what_it_lacks(tmp_path: Path, kind: str, says: str) -> None:
    answer = NetworkProbe(root=tmp_path).ask(Target(id="a", kind=kind))
    assert answer.rtt_ms is None
    assert says in answer.detail


@pytest.mark.real
def test_auto_asks_the_resolver_that_the_network_gave(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("nameserver 127.0.0.77\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        try:
            server.bind(("127.0.0.77", 53))
        except OSError:
            pytest.skip("port 53 cannot be had here")
        NetworkProbe(timeout_s=0.1, root=tmp_path).ask(Target(id="dns", kind="dns", name="xa.vn"))
        assert "xa.vn." in dns.message.from_wire(server.recv(512)).to_text()


Reply = Callable[[bytes], bytes]


@contextmanager
def resolver(reply: Reply) -> Iterator[Target]:
    """A name server on loopback that answers each question in its own way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((GATEWAY, 0))
        server.settimeout(5)

        def serve() -> None:
            question, client = server.recvfrom(512)
            server.sendto(reply(question), client)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Target(id="dns", kind="dns", address=f"{GATEWAY}:{server.getsockname()[1]}")
        thread.join()


def refuse(question: bytes) -> bytes:
    answer = dns.message.make_response(dns.message.from_wire(question))
    answer.set_rcode(dns.rcode.SERVFAIL)
    return answer.to_wire()


def say_nothing_of_it(question: bytes) -> bytes:
    return dns.message.make_response(dns.message.from_wire(question)).to_wire()


def babble(question: bytes) -> bytes:
    return question[:2] + bytes(range(250))


def echo(question: bytes) -> bytes:
    return question


def answer_another(question: bytes) -> bytes:
    return refuse(bytes([question[0] ^ 1]) + question[1:])


@pytest.mark.real
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (refuse, Answer(None, "máy chủ tên miền báo lỗi (DNS error SERVFAIL)", Miss.WRONG)),
        (say_nothing_of_it, Answer(None, "máy chủ tên miền không có địa chỉ (no address)", Miss.WRONG)),
        (babble, NO),
        (echo, NO),
        (answer_another, NO),
    ],
)
def test_only_an_address_is_an_answer_of_a_resolver(reply: Reply, expected: Answer) -> None:
    with resolver(reply) as target:
        assert NetworkProbe(timeout_s=0.2).ask(target) == expected


@contextmanager
def page(*pieces: bytes, pause_s: float = 0.0) -> Iterator[Target]:
    """A web server on loopback that sends these bytes to whoever comes first."""
    with closing(socket.create_server((GATEWAY, 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(ConnectionError):
                connection.recv(4096)
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(pause_s)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Target(id="internet", kind="http204", address=f"http://{GATEWAY}:{server.getsockname()[1]}/?a=b")
        thread.join()


@pytest.mark.real
@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"HTTP/1.0 204\r\n\r\n", ""),
        (b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", "captive"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "captive"),
        (b"HTTP/1.1 511 Network Authentication Required\r\n\r\n", "captive"),
        (b"HTTP/1.1 503 Busy\r\n\r\n", "503"),
        (b"SSH-2.0-x\r\n", "not HTTP"),
        (b"HTTP/1.1 204 No\r\n" + b"X: " + b"x" * 70_000, "not HTTP"),
        (b"\x00\xff" * 100, "not HTTP"),
        (b"", "no answer"),
    ],
)
def test_only_204_is_the_internet(head: bytes, says: str) -> None:
    with page(head) as target:
        answer = NetworkProbe(timeout_s=1).ask(target)
    assert says in answer.detail
    assert (answer.rtt_ms is not None) == (says == "")
    silent = Miss.NONE if says in ("", "no answer") else Miss.WRONG
    assert answer.miss is (Miss.CAPTIVE if says == "captive" else silent)


@pytest.mark.real
def test_an_answer_that_takes_too_long_altogether_is_none() -> None:
    with page(*(bytes([byte]) for byte in b"HTTP/1.1 204 No\r\n\r\n"), pause_s=0.02) as target:
        assert NetworkProbe(timeout_s=0.2).ask(target) == NO


@pytest.mark.real
def test_a_page_that_takes_the_connection_and_stays_silent_does_not_hold_the_probe() -> None:
    with closing(socket.create_server((GATEWAY, 0))) as silent:
        target = Target(id="internet", kind="http204", address=f"http://{GATEWAY}:{silent.getsockname()[1]}/")
        assert NetworkProbe(timeout_s=0.2).ask(target) == NO


@pytest.mark.real
@pytest.mark.parametrize("piece", [b"HTTP/1.1 100 Continue\r\n\r\n", b"x"])
def test_a_page_that_never_comes_to_an_end_does_not_hold_the_probe(piece: bytes) -> None:
    with page(*[piece] * 100, pause_s=0.02) as target:
        began_s = time.monotonic()
        assert NetworkProbe(timeout_s=0.2).ask(target) == NO
        assert time.monotonic() - began_s < 1


@pytest.mark.real
def test_a_page_may_be_written_as_an_address_of_ipv6() -> None:
    try:
        server = socket.create_server(("::1", 80), family=socket.AF_INET6)
    except OSError:
        pytest.skip("port 80 cannot be had here")
    with closing(server):
        answer = NetworkProbe(timeout_s=0.2).ask(Target(id="internet", kind="http204", address="http://[::1]/"))
        assert answer == NO, "it took the connection, and stayed silent"


@pytest.mark.real
def test_a_port_where_nobody_listens_is_refused_at_once() -> None:
    with closing(socket.create_server((GATEWAY, 0))) as free:
        port = free.getsockname()[1]
    answer = NetworkProbe().ask(Target(id="internet", kind="http204", address=f"http://{GATEWAY}:{port}/"))
    assert answer == Answer(None, "từ chối kết nối (refused)", Miss.WRONG)


@pytest.mark.real
def test_a_name_that_nobody_knows_was_not_asked() -> None:
    answer = NetworkProbe().ask(Target(id="internet", kind="http204", address="http://khong-co.invalid/"))
    assert (answer.rtt_ms, answer.miss) == (None, Miss.UNNAMED)


@contextmanager
def hub(authority: Authority, trusted: Authority, reply: bytes | None = None) -> Iterator[Hub]:
    """A hub on loopback that greets one node by TLS, or, where it has a `reply`, with these bytes instead."""
    with closing(socket.create_server((GATEWAY, 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                with suppress(OSError):
                    if reply is None:
                        authority.server_tls().wrap_socket(connection, server_side=True).close()
                    elif connection.recv(4096):
                        connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Hub(GATEWAY, server.getsockname()[1], access.trust(trusted.ca_pem))
        thread.join()


HUB = Target(id="hub", kind="tls")


@pytest.mark.real
def test_the_hub_is_up_when_it_shows_the_certificate_this_node_was_joined_with(tmp_path: Path) -> None:
    ours = make_authority(tmp_path / "ours")
    with hub(ours, ours) as there:
        answer = NetworkProbe(timeout_s=2, hub=there).ask(HUB)
    assert answer.rtt_ms is not None
    assert 0 < answer.rtt_ms < 2000


@pytest.mark.real
def test_a_hub_at_another_address_is_asked_there(tmp_path: Path) -> None:
    ours = make_authority(tmp_path / "ours")
    with hub(ours, ours) as there:
        nowhere = Hub("khong-co.invalid", 1, there.tls)
        target = Target(id="hub", kind="tls", address=f"{there.host}:{there.port}")
        assert NetworkProbe(timeout_s=2, hub=nowhere).ask(target).rtt_ms is not None


@pytest.mark.real
def test_who_shows_another_certificate_is_not_the_hub(tmp_path: Path) -> None:
    ours, strangers = make_authority(tmp_path / "ours"), make_authority(tmp_path / "strangers")
    with hub(strangers, ours) as there:
        answer = NetworkProbe(timeout_s=2, hub=there).ask(HUB)
    assert answer.rtt_ms is None
    assert "wrong certificate" in answer.detail


@pytest.mark.real
@pytest.mark.parametrize(("reply", "says"), [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "not TLS"), (b"", "no answer")])
def test_what_speaks_no_tls_is_not_the_hub(tmp_path: Path, reply: bytes, says: str) -> None:
    ours = make_authority(tmp_path / "ours")
    with hub(ours, ours, reply) as there:
        answer = NetworkProbe(timeout_s=2, hub=there).ask(HUB)
    assert answer.rtt_ms is None
    assert says in answer.detail


def test_a_node_without_a_hub_says_nothing_of_it() -> None:
    with pytest.raises(CannotMeasure):
        NetworkProbe().ask(HUB)
