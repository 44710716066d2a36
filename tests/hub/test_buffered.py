"""The socket that reads and writes ahead: the same bytes, in the same order, whatever pieces they come in."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.buffered import UNSENT_BYTES_MAX, BufferedSocket

Pair = tuple[BufferedSocket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    yield BufferedSocket(near), far
    near.close()
    far.close()


def take_all(stream: BufferedSocket, sizes: Iterator[int]) -> bytes:
    taken = b""
    while stream.has_read:
        taken += stream.recv(next(sizes))
    return taken


def repeat(sizes: list[int]) -> Iterator[int]:
    while True:
        yield from sizes


@given(st.lists(st.binary(min_size=1, max_size=500), max_size=8), st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_bytes_come_out_as_they_went_in_whatever_is_asked_for(pieces: list[bytes], sizes: list[int]) -> None:
    near, far = socket.socketpair()
    stream, asked, taken = BufferedSocket(near), repeat(sizes), b""
    for piece in pieces:
        far.sendall(piece)
        stream.fill()
        taken += take_all(stream, asked)
    near.close()
    far.close()
    assert taken == b"".join(pieces)


def test_filling_again_keeps_what_was_not_asked_for(pair: Pair) -> None:
    stream, far = pair
    far.sendall(b"abc")
    stream.fill()
    assert stream.recv(1) == b"a"
    far.sendall(b"def")
    stream.fill()
    assert stream.recv(9) == b"bcdef"


def test_reading_with_nothing_there_does_not_block(pair: Pair) -> None:
    stream, _ = pair
    stream.setblocking(True)
    stream.fill()
    assert not stream.has_read
    with pytest.raises(BlockingIOError):
        stream.recv(1)


def test_the_end_of_the_stream_shows_after_its_last_bytes(pair: Pair) -> None:
    stream, far = pair
    far.sendall(b"bye")
    far.close()
    stream.fill()
    assert stream.recv(3) == b"bye"
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
