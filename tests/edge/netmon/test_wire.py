"""Bytes to a target and back, checked against independent implementations and against garbage."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.netmon import wire

TOKEN = b"0123456789abcdef"
ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t{wifi}\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t{wire}\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""


def in_kernel_order(address: str) -> str:
    return f"{int.from_bytes(bytes(int(part) for part in address.split('.')), sys.byteorder):08X}"


def test_an_echo_request_sums_to_nothing_as_rfc_1071_demands() -> None:
    request = wire.echo_request(TOKEN)
    words = [int.from_bytes(request[i : i + 2], "big") for i in range(0, len(request), 2)]
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


def test_only_the_reply_to_our_own_request_counts() -> None:
    request = wire.echo_request(TOKEN)
    reply = b"\0" + request[1:]
    assert wire.is_echo_reply(reply, TOKEN, has_ip_header=False)
    assert wire.is_echo_reply(b"\x45" + bytes(19) + reply, TOKEN, has_ip_header=True)
    assert not wire.is_echo_reply(request, TOKEN, has_ip_header=False)
    assert not wire.is_echo_reply(reply, b"another's", has_ip_header=False)


@given(st.binary(max_size=100), st.booleans())
def test_no_garbage_is_taken_for_an_echo(packet: bytes, has_ip_header: bool) -> None:
    assert not wire.is_echo_reply(packet, TOKEN, has_ip_header)


def test_a_question_for_a_name_is_the_one_of_rfc_1035() -> None:
    assert wire.dns_question(0xBEEF, "vnnic.vn").hex() == "beef0100000100000000000005766e6e696302766e0000010001"


def answer(question: bytes, flags: int = 0x8180, answers: int = 1) -> bytes:
    counts = (1).to_bytes(2, "big") + answers.to_bytes(2, "big") + bytes(4)
    return question[:2] + flags.to_bytes(2, "big") + counts + question[12:] + bytes(16)


def test_an_answer_with_an_address_is_good_and_errors_have_their_number() -> None:
    question = wire.dns_question(7, "vnnic.vn")
    assert wire.dns_verdict(question, answer(question)) == ""
    assert "2" in str(wire.dns_verdict(question, answer(question, flags=0x8182)))
    assert "no address" in str(wire.dns_verdict(question, answer(question, answers=0)))


def test_an_answer_to_another_question_is_not_ours() -> None:
    question = wire.dns_question(7, "vnnic.vn")
    assert wire.dns_verdict(question, answer(wire.dns_question(8, "vnnic.vn"))) is None
    assert wire.dns_verdict(question, answer(wire.dns_question(7, "vnnic.xx"))) is None
    assert wire.dns_verdict(question, question) is None


@given(st.binary(max_size=200))
def test_no_garbage_is_taken_for_an_answer(packet: bytes) -> None:
    assert wire.dns_verdict(wire.dns_question(7, "vnnic.vn"), packet) is None


def test_a_page_is_asked_for_by_its_path_and_its_host() -> None:
    lines = wire.http_request("http://nguoi:mat@x.vn:8080/a?b=c").split(b"\r\n")
    assert lines[:2] == [b"GET /a?b=c HTTP/1.1", b"Host: x.vn:8080"]
    assert lines[-2:] == [b"", b""]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"HTTP/1.1 204 No Content\r\n", ""),
        (b"HTTP/1.0 204\r\n", ""),
        (b"HTTP/1.1 302 Found\r\nLocation: http://x/", "captive"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "captive"),
        (b"HTTP/1.1 503 Busy\r\n", "503"),
        (b"SSH-2.0-x\r\n", "not HTTP"),
        (b"HTTP/1.1", "not HTTP"),
    ],
)
def test_only_204_is_the_internet(head: bytes, says: str) -> None:
    assert says in wire.http_verdict(head)
    assert bool(says) == bool(wire.http_verdict(head))


@given(st.binary(max_size=200).filter(lambda head: not head.startswith(b"HTTP/1.")))
def test_no_garbage_is_the_internet(head: bytes) -> None:
    assert wire.http_verdict(head)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1.1.1.1", ("1.1.1.1", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
    ],
)
def test_a_resolver_may_have_a_port_of_its_own(text: str, where: tuple[str, int]) -> None:
    assert wire.address_of_resolver(text) == where


def test_the_router_is_the_one_of_the_best_default_route() -> None:
    table = ROUTES.format(wifi=in_kernel_order("192.168.1.1"), wire=in_kernel_order("10.0.0.254"))
    assert wire.default_gateway(table) == "10.0.0.254"


def test_a_house_without_a_route_has_no_router() -> None:
    assert wire.default_gateway("") is None
    assert wire.default_gateway(ROUTES.splitlines()[0]) is None


def test_the_resolver_is_the_first_one_the_network_gave() -> None:
    assert wire.first_resolver("# by dhcp\nsearch lan\nnameserver 192.168.1.1\nnameserver 8.8.8.8\n") == "192.168.1.1"
    assert wire.first_resolver("options edns0\n") is None
