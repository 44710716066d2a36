"""Telling messages from other packets: none is lost, none changed, whatever pieces they come in."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from hub.nodes.sieve import Delivery, acknowledgement, sift


def packet(head: int, body: bytes) -> bytes:
    size, length = len(body), b""
    while True:
        size, low = size >> 7, size & 127
        length += bytes([low | (128 if size else 0)])
        if not size:
            return bytes([head]) + length + body


def publish(topic: str, payload: bytes, number: int, head: int = 0x32) -> bytes:
    name = topic.encode()
    return packet(head, struct.pack("!H", len(name)) + name + struct.pack("!H", number) + payload)


PINGRESP, SUBACK = b"\xd0\x00", packet(0x90, b"\x00\x01\x01")
QOS_0, QOS_2 = packet(0x30, b"\x00\x01thello"), publish("t", b"twice", 7, head=0x34)

messages = st.builds(Delivery, st.text(max_size=30), st.binary(max_size=20_000), st.integers(1, 65535)).map(
    lambda d: (publish(*d), d)
)
others = st.sampled_from([PINGRESP, SUBACK, QOS_0, QOS_2]).map(lambda raw: (raw, None))


@given(st.lists(messages | others, max_size=8), st.lists(st.integers(1, 9000), min_size=1, max_size=4))
def test_messages_and_others_come_out_in_order_however_the_stream_is_cut(
    parts: list[tuple[bytes, Delivery | None]], sizes: list[int]
) -> None:
    stream = b"".join(raw for raw, _ in parts)
    deliveries: list[Delivery] = []
    rest = passed = b""
    for turn in range(len(stream)):
        if not stream:
            break
        size = sizes[turn % len(sizes)]
        sifted = sift(rest + stream[:size])
        stream = stream[size:]
        deliveries += sifted.deliveries
        passed += sifted.others
        rest = sifted.rest
    assert deliveries == [d for _, d in parts if d is not None]
    assert passed == b"".join(raw for raw, d in parts if d is None)
    assert rest == b""


@given(st.binary(max_size=400))
def test_any_bytes_whatever_are_cut_without_trouble(data: bytes) -> None:
    sifted = sift(data)
    assert len(sifted.others) + len(sifted.rest) <= len(data)
    assert data.endswith(sifted.rest)


def test_marks_of_repetition_and_of_keeping_change_nothing() -> None:
    for head in (0x32, 0x33, 0x3A, 0x3B):
        assert sift(publish("t", b"x", 5, head)).deliveries == [Delivery("t", b"x", 5)]


def test_an_empty_message_is_one() -> None:
    assert sift(publish("t", b"", 5)).deliveries == [Delivery("t", b"", 5)]


def test_a_message_that_contradicts_itself_is_left_to_be_complained_of() -> None:
    too_long_a_topic = packet(0x32, b"\x00\xfftopic")
    assert sift(too_long_a_topic).others == too_long_a_topic
    assert sift(packet(0x32, b"")).others == packet(0x32, b"")


def test_an_impossible_length_is_left_to_be_complained_of() -> None:
    assert sift(b"\x32\xff\xff\xff\xff\x01rest").others == b"\x32\xff\xff\xff\xff\x01rest"


def test_a_topic_that_is_no_text_becomes_no_topic_of_anyone() -> None:
    raw = packet(0x32, b"\x00\x02\xff\xfe\x00\x01x")
    assert "\ufffd" in sift(raw).deliveries[0].topic


def test_an_acknowledgement_names_its_message() -> None:
    assert acknowledgement(0x1234) == b"\x40\x02\x12\x34"
