"""The socket that reads and writes ahead: the same bytes, in the same order, and the messages set apart."""

import socket
from collections.abc import Iterator

import pytest

from hub.nodes.buffered import UNSENT_BYTES_MAX, BufferedSocket
from hub.nodes.sieve import Delivery

Pair = tuple[BufferedSocket, socket.socket]
PONG = b"\xd0\x00"
MESSAGE = b"\x32\x0a\x00\x01t\x00\x05hello"


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    yield BufferedSocket(near), far
    near.close()
    far.close()


def read(stream: BufferedSocket) -> bytes:
    """All that is there, byte by byte."""
    taken = b""
    while stream.has_read and (byte := stream.recv(1)):
        taken += byte
    return taken


def test_messages_are_set_apart_and_the_rest_is_read_as_it_came(pair: Pair) -> None:
    stream, far = pair
    far.sendall(PONG + MESSAGE + PONG + MESSAGE[:3])
    assert stream.fill() == [Delivery("t", b"hello", 5)]
    assert read(stream) == PONG + PONG
    far.sendall(MESSAGE[3:])
    assert stream.fill() == [Delivery("t", b"hello", 5)]
    assert not stream.has_read


def test_filling_again_keeps_what_was_not_asked_for(pair: Pair) -> None:
    stream, far = pair
    far.sendall(PONG)
    stream.fill()
    assert stream.recv(1) == PONG[:1]
    far.sendall(PONG)
    stream.fill()
    assert stream.recv(9) == PONG[1:] + PONG


def test_reading_with_nothing_there_does_not_block(pair: Pair) -> None:
    stream, _ = pair
    stream.setblocking(True)
    assert stream.fill() == []
    assert not stream.has_read
    with pytest.raises(BlockingIOError):
        stream.recv(1)


def test_the_end_of_the_stream_shows_after_its_last_bytes(pair: Pair) -> None:
    stream, far = pair
    far.sendall(PONG)
    far.close()
    stream.fill()
    assert stream.recv(2) == PONG
    stream.fill()
    assert stream.has_read
    assert stream.recv(1) == b""


def test_what_is_sent_leaves_at_the_flush(pair: Pair) -> None:
    stream, far = pair
    assert stream.send(b"one") == 3
    assert stream.send(b"two") == 3
    far.setblocking(False)
    with pytest.raises(BlockingIOError):
        far.recv(1)
    stream.flush()
    assert not stream.has_unsent
    assert far.recv(9) == b"onetwo"


def test_more_than_the_system_takes_waits_and_then_says_so(pair: Pair) -> None:
    stream, _ = pair
    stream.send(b"x" * (UNSENT_BYTES_MAX * 2))
    stream.flush()
    assert stream.has_unsent
    with pytest.raises(BlockingIOError):
        stream.send(b"x")


def test_closing_sends_the_last_words(pair: Pair) -> None:
    stream, far = pair
    far.sendall(b"an answer nobody waits for")
    far.shutdown(socket.SHUT_WR)
    stream.send(b"goodbye")
    stream.close()
    assert far.recv(99) == b"goodbye"


def test_closing_a_broken_connection_is_no_trouble(pair: Pair) -> None:
    stream, far = pair
    far.close()
    stream.send(b"anybody?")
    stream.flush()
    stream.send(b"hello?")
    stream.close()
