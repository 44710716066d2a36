"""A line that falls silent tells nobody, and carries on with new connections once it is mended."""

import socket
import threading

import pytest

from simulator.wire import Wire


def echo() -> socket.socket:
    """A server that says back what it is told, one line a connection after the other."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    def answer(caller: socket.socket) -> None:
        with caller:
            while piece := caller.recv(1024):
                caller.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    return door


def is_hung_up(caller: socket.socket) -> bool:
    caller.settimeout(5)
    try:
        return caller.recv(10) == b""
    except ConnectionResetError:
        return True


def test_it_carries_falls_silent_and_carries_again() -> None:
    with echo() as door, Wire(door.getsockname()[1]) as wire:
        first = socket.create_connection(("127.0.0.1", wire.port), 5)
        first.sendall(b"one")
        assert first.recv(10) == b"one"
        wire.cut()
        first.settimeout(0.3)
        first.sendall(b"two")
        with pytest.raises(TimeoutError):
            first.recv(10)
        wire.mend()
        assert is_hung_up(first)
        second = socket.create_connection(("127.0.0.1", wire.port), 5)
        second.sendall(b"three")
        assert second.recv(10) == b"three"


def test_where_nobody_listens_behind_it_the_caller_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with Wire(port) as wire, socket.create_connection(("127.0.0.1", wire.port), 5) as caller:
        assert caller.recv(10) == b""
