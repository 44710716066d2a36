"""Pages that change by themselves: what is sent, when, and when it ends. Over a real socket where it matters."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from contract.reports import Vitals
from hub.nodes.fleet import Node
from hub.store import nodes, people
from hub.web import live
from hub.web.live import Fragments, Frame
from hub.web.site import say_goodbye
from tests.hub.web.world import PASSWORD, VILLAGES, World, served

EAST, WEST, _ = VILLAGES


def test_a_page_that_shows_nothing_yet_gets_everything_once() -> None:
    seen = Fragments({"a": "1", "b": "2"}, {"frame": Frame("12", ("a", "b"))})
    assert seen.since(None) == {"frame": "12"}, "the frame holds its pieces"
    assert Fragments({"a": "1"}).since(None) == {"a": "1"}
    assert seen.since(seen) == {}


def test_only_the_piece_that_changed_is_sent() -> None:
    before = Fragments({"a": "1", "b": "2", "c": "3"}, {"frame": Frame("12", ("a", "b"))})
    after = Fragments({"a": "1", "b": "changed", "c": "3"}, {"frame": Frame("1changed", ("a", "b"))})
    assert after.since(before) == {"b": "changed"}


def test_another_order_sends_the_frame_and_not_its_pieces_again() -> None:
    before = Fragments({"a": "1", "b": "2", "c": "3"}, {"frame": Frame("12", ("a", "b"))})
    after = Fragments({"a": "new", "b": "2", "c": "4"}, {"frame": Frame("2new", ("b", "a"))})
    assert after.since(before) == {"frame": "2new", "c": "4"}


@contextmanager
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=20) as browser:
        assert browser.post("/login", data={"name": "lan", "password": PASSWORD}).status_code == 303
        yield browser


def events(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """Name and data of each server-sent event."""
    name, data = "", []
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data.append(line[6:])
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []


def until(stream: Iterator[tuple[str, str]], wanted: str) -> tuple[str, dict[str, str]]:
    """Read on to the next event of this name; also what came before it."""
    seen: dict[str, str] = {}
    for name, data in stream:
        if name == wanted:
            return data, seen
        seen[name] = data
    raise AssertionError(f"the stream ended without {wanted}")


@pytest.mark.real
def test_what_a_village_says_is_on_the_page_at_once_and_alone(world: World) -> None:
    for village in VILLAGES:
        world.beat(village)
    with served(world) as (address, _), client(address) as browser, browser.stream("GET", "/live") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = events(answer)
        _, seen = until(stream, "pulse")
        around = {"map", "filters", "summary", "broadcasts", "deadlines", "unreached"}
        assert seen.keys() == {"troubled", "villages", "wall", *around}
        world.beat(WEST, sound_fault="không có card")
        world.news.tell("fleet")
        _, seen = until(stream, "pulse")
        assert seen.keys() == {"troubled", "villages", "summary", "filters"}, "its card moved up, from one to the other"
        assert "1 làng không phát được" in seen["summary"]
        world.beat(WEST, sound_fault="không có card", silent=("camera",))
        world.news.tell("fleet")
        _, seen = until(stream, "pulse")
        assert seen.keys() == {f"village-{WEST}", "filters"}


@pytest.mark.real
def test_a_log_out_ends_the_stream(world: World) -> None:
    with served(world) as (address, _), client(address) as browser, browser.stream("GET", "/live") as answer:
        stream = events(answer)
        until(stream, "pulse")
        with world.database.write() as c:
            people.set_password(c, "lan", "another")
        world.news.tell("fleet")
        assert [name for name, _ in stream if name != "pulse"] == []


@pytest.mark.real
def test_open_pages_do_not_keep_the_hub_from_stopping(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with served(world) as (address, app), client(address) as browser, browser.stream("GET", "/live") as answer:
        stream = events(answer)
        until(stream, "pulse")
        say_goodbye(app)
        assert [name for name, _ in stream if name != "pulse"] == []
    assert caplog.text == ""


@pytest.mark.real
def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    with served(world) as (address, _), client(address) as browser:
        host, port = address.removeprefix("http://").split(":")
        cookies = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        head = (
            f"POST /audio?title=x HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {address}\r\n"
            f"Cookie: {cookies}\r\nContent-Length: 100000\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as line:
            line.sendall(head.encode() + b"x" * 5000)
            _eventually(lambda: any(world.shelf.folder.iterdir()))
        _eventually(lambda: not any(world.shelf.folder.iterdir()))


def _eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came about")


@pytest.mark.real
def test_where_there_are_many_villages_only_what_changed_is_sent(world: World) -> None:
    names = [f"binhminh-xom-{n}" for n in range(150)]
    with world.database.write() as c:
        for n, name in enumerate(names):
            nodes.add_node(c, Node(id=name, title=f"Xóm {n:03}", added_at=world.clock()), "0" * 64, "h")
    for name in [*names, *VILLAGES]:
        world.beat(name)
    with served(world) as (address, _), client(address) as browser, browser.stream("GET", "/live") as answer:
        stream = events(answer)
        _, seen = until(stream, "pulse")
        assert {"wall", "villages", "summary", "filters"} <= seen.keys()
        world.beat(names[60], vitals=Vitals(uptime_s=5.0, temperature_c=50.0))
        world.news.tell("fleet")
        _, seen = until(stream, "pulse")
        assert seen == {}, "a heartbeat that changes no tile sends nothing"
        world.beat(names[60], sound_fault="không có card")
        world.news.tell("fleet")
        _, seen = until(stream, "pulse")
        assert seen.keys() == {"troubled", "summary", "filters", "tiles-1"}, "its card, and one block of tiles of three"


@pytest.mark.real
def test_where_a_look_takes_long_the_next_one_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SHARE", 1e-9)  # as if every look took minutes
    with served(world) as (address, _), client(address) as browser, browser.stream("GET", "/live") as answer:
        stream = events(answer)
        until(stream, "pulse")
        began_s = time.monotonic()
        world.beat(WEST)
        world.news.tell("fleet")
        until(stream, "villages")
        assert live.LOOK_AGAIN_S - 0.5 < time.monotonic() - began_s < live.LOOK_AGAIN_S + 5
