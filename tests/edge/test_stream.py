"""The link's side of a stream, with its real child: started, watched, killed, confined. Its time is virtual."""

import itertools
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from edge import wish
from edge.clock import SystemClock, VirtualClock
from edge.stream import STALL_S, START_S, Streams
from edge.wish import Wish
from simulator.icecast import encode
from simulator.radio import WebServer
from simulator.sounds import make_noise

T = TypeVar("T")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"
MEMORY_MAX_MB = 80


class Node:
    """A run folder with the speaker's door in it, and the link's part that pulls."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.clock = VirtualClock(SystemClock().now())
        self.clock.advance(100.0)
        self.streams = Streams(run, self.clock)
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(wish.door(run)))
        self.door.listen()
        self.door.settimeout(20)

    def ask(self, address: str, from_s: float = 0.0, until_s: float = 600.0) -> None:
        now_s = self.clock.monotonic()
        wish.ask(self.run, Wish(address, now_s + from_s, now_s + until_s))
        self.streams.step()

    def until(self, is_so: Callable[[], T | None], within_s: float = 20.0) -> T:
        until_s = time.monotonic() + within_s
        while (found := is_so()) is None or found is False:
            assert time.monotonic() < until_s, "waited in vain"
            time.sleep(0.05)
            self.streams.step()
        return found

    def trouble(self) -> str | None:
        return wish.trouble(self.run) or None

    @property
    def pid(self) -> int:
        pid = self.streams.child_pid
        assert pid is not None
        return pid

    def close(self) -> None:
        self.streams.close()
        self.door.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path)
    yield node
    node.close()


def play(_path: str, wire: socket.socket) -> None:
    """Endless MP3, faster than anyone hears it."""
    wire.sendall(HEAD)
    for piece in encode(make_noise(3.0, 1), "mp3"):
        wire.sendall(piece)


def drip(_path: str, wire: socket.socket) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while True:
        wire.sendall(b"x")
        time.sleep(0.05)


def flood(_path: str, wire: socket.socket) -> None:
    wire.sendall(HEAD)
    while True:
        wire.sendall(os.urandom(65536))


def memory_mb(pid: int) -> float:
    """The most it ever had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_there_is_no_child_without_a_wish(node: Node) -> None:
    assert node.streams.step() > 1
    assert node.streams.child_pid is None


def test_a_wish_waits_for_its_time(node: Node) -> None:
    node.ask("http://127.0.0.1:9/", from_s=30)
    assert node.streams.child_pid is None
    assert node.streams.step() == pytest.approx(30)


@pytest.mark.parametrize("text", ["", "{", '{"address":"file:///etc/passwd","from_s":0,"until_s":900}', "[]"])
def test_a_wish_that_cannot_be_understood_is_none(node: Node, text: str) -> None:
    (node.run / "stream.json").write_text(text)
    node.streams.step()
    assert node.streams.child_pid is None


@pytest.mark.real
def test_the_child_brings_sound_within_bounds_and_ends_with_the_wish(node: Node) -> None:
    with WebServer(play) as web:
        node.ask(web.url("/vov"))
        begun_s = time.monotonic()
        wire, _ = node.door.accept()
        with wire:
            got = 0
            while got < 96_000 * 7:
                got += len(wire.recv(65536))
            assert time.monotonic() - begun_s > 0.5, "samples come no faster than they are to be heard"
            assert memory_mb(node.pid) < MEMORY_MAX_MB
            environment = Path(f"/proc/{node.pid}/environ").read_bytes()
            assert b"LOA" not in environment
            assert b"CREDENTIALS" not in environment
            limits = Path(f"/proc/{node.pid}/limits").read_text()
            assert "Max file size             0" in limits
            if os.geteuid() == 0:
                assert "Uid:\t65534\t65534" in Path(f"/proc/{node.pid}/status").read_text()
            wish.withdraw(node.run)
            node.streams.step()
            assert node.streams.child_pid is None


@pytest.mark.real
def test_the_child_ends_where_the_speaker_does_and_another_comes(node: Node) -> None:
    with WebServer(play) as web:
        node.ask(web.url("/vov"))
        wire, _ = node.door.accept()
        first = node.pid
        wire.close()
        node.until(lambda: node.streams.child_pid != first)
        node.clock.advance(0.6)
        node.until(lambda: node.streams.child_pid is not None)
        node.door.accept()[0].close()


@pytest.mark.real
@pytest.mark.parametrize("server", [drip, flood])
def test_a_server_that_drips_or_floods_is_cut_off_in_bounds(
    node: Node, server: Callable[[str, socket.socket], None]
) -> None:
    with WebServer(server) as web:
        node.ask(web.url("/"))
        node.until(lambda: bool(web.asked))
        time.sleep(2.0)
        first = node.pid
        assert memory_mb(first) < MEMORY_MAX_MB
        if server is drip:
            node.clock.advance(START_S + 0.1)
            node.streams.step()
            assert node.streams.child_pid is None
            assert "no sound" in (node.trouble() or "")
            assert node.streams.step() == pytest.approx(0.5)
        else:
            node.until(node.trouble)


@pytest.mark.real
def test_a_child_that_hangs_is_killed(node: Node) -> None:
    with WebServer(play) as web:
        node.ask(web.url("/"))
        node.until(lambda: node.streams._child is not None and node.streams._child.has_spoken)
        os.kill(node.pid, signal.SIGSTOP)
        node.streams.step()
        node.clock.advance(STALL_S + 0.1)
        node.streams.step()
        assert node.streams.child_pid is None


@pytest.mark.real
def test_it_is_told_why_nothing_comes_and_tries_again(node: Node) -> None:
    times: list[float] = []

    def refuse(_path: str, wire: socket.socket) -> None:
        times.append(time.monotonic())
        wire.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\n")

    with WebServer(refuse) as web:
        node.ask(web.url("/"))
        assert "another server" in node.until(node.trouble)
        node.until(lambda: len(times) >= 4)
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert all(least <= wait < least + 1.0 for least, wait in zip((0.5, 1.0, 2.0), waits, strict=False)), waits
    assert threading.active_count() < 30
    assert json.loads((node.run / "stream.json").read_text())["address"] == web.url("/")
