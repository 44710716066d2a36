"""One server and no other, and nothing without bounds."""

import http.client
import socket
import ssl

import pytest

from edge.origin import Origin, Refused
from simulator.radio import WebServer, respond


def answer(path: str, wire: socket.socket) -> None:
    """Redirects to whatever stands behind `/to/`; `/icy` speaks as SHOUTcast did; else says hello."""
    if path.startswith("/to/"):
        respond(wire, b"", "text/plain", "302 Found", f"Location: {path[4:]}\r\n")
    elif path == "/icy":
        wire.sendall(b"ICY 200 OK\r\nicy-name: tinh\r\ncontent-type: audio/mpeg\r\n\r\nhello")
    elif path == "/missing":
        respond(wire, b"", "text/plain", "404 Not Found")
    elif path == "/head":
        wire.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(3000):
            wire.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
    elif path == "/line":
        wire.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            wire.sendall(b"x" * 65536)
    elif path == "/long":
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            wire.sendall(b"x" * 65536)
    else:
        respond(wire, b"hello", "audio/mpeg; rate=1")


def get(web: WebServer, path: str) -> bytes:
    address = web.url(path)
    body = Origin(address).get(address)
    try:
        return body.read_all(1000)
    finally:
        body.close()


def test_it_reads_what_the_server_says() -> None:
    with WebServer(answer) as web:
        body = Origin(web.url("/")).get(web.url("/"))
        assert body.kind == "audio/mpeg"
        assert body.read_all(5) == b"hello"
        body.close()


def test_a_redirect_within_the_server_is_followed() -> None:
    with WebServer(answer) as web:
        assert get(web, "/to//to//here") == b"hello"
        assert web.asked == ["/to//to//here", "/to//here", "/here"]


def test_an_old_shoutcast_is_understood() -> None:
    with WebServer(answer) as web:
        assert get(web, "/icy") == b"hello"


@pytest.mark.parametrize("target", ["http://localhost:{port}/", "//elsewhere.example/", "http://127.0.0.1:{other}/"])
def test_a_redirect_to_another_server_is_refused_without_asking_it(target: str) -> None:
    with WebServer(answer) as web, WebServer(answer) as other:
        with pytest.raises(Refused, match="another server"):
            get(web, "/to/" + target.format(port=web.port, other=other.port))
        assert len(web.asked) == 1
        assert other.asked == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:word@127.0.0.1:{port}/", "http://["]
)
def test_a_redirect_to_no_plain_address_of_the_web_is_refused(target: str) -> None:
    with WebServer(answer) as web, pytest.raises(Refused):
        get(web, "/to/" + target.format(port=web.port))


def test_from_http_to_https_of_the_same_host_it_may_lead_but_never_back() -> None:
    up = Origin("http://radio.example/a")
    assert up._judge("https://radio.example/a").scheme == "https"
    assert up._judge("https://RADIO.example:443/b").scheme == "https"
    for address in ("https://radio.example:8443/a", "https://radio.example.org/a", "http://radio.example:8080/a"):
        with pytest.raises(Refused):
            up._judge(address)
    with pytest.raises(Refused):
        Origin("https://radio.example/a")._judge("http://radio.example/a")


def test_a_circle_of_redirects_ends() -> None:
    with WebServer(answer) as web, pytest.raises(Refused, match="circles"):
        get(web, "/to//to//to//to//to//here")


def test_a_refusal_is_said() -> None:
    with WebServer(answer) as web, pytest.raises(Refused, match="404"):
        get(web, "/missing")


@pytest.mark.parametrize("path", ["/head", "/line"])
def test_a_head_without_end_is_cut_off(path: str) -> None:
    with WebServer(answer) as web, pytest.raises(http.client.HTTPException):
        get(web, path)


def test_a_body_without_end_is_cut_off() -> None:
    with WebServer(answer) as web, pytest.raises(Refused, match="more than"):
        get(web, "/long")


def test_certificates_are_verified() -> None:
    tls = Origin("https://radio.example/")._tls
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.check_hostname
