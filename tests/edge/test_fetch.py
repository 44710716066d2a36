"""Fetching sounds from a real HTTPS server that behaves, breaks off, or lies."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.orders import Audio
from edge import fetch
from edge.fetch import Fetcher, FetchThread, Held, surplus
from edge.spool import Spool, Wanted
from tests.edge.conftest import SECRET, Authority, make_access, make_authority, until

SOUND = bytes(range(256)) * 2000
GREETING = b"Xin chao ba con" * 100
MB = 1_000_000


def audio(content: bytes) -> Audio:
    return Audio(sha256=hashlib.sha256(content).hexdigest(), size=len(content), duration_s=1.0)


class Shelf(ThreadingHTTPServer):
    """The hub's media port. `mood` is how it treats the next requests."""

    daemon_threads = True

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.socket = authority.server_tls().wrap_socket(self.socket, server_side=True)
        self.sounds = {audio(content).sha256: content for content in (SOUND, GREETING)}
        self.mood = "honest"
        self.asked: list[tuple[str, str | None]] = []
        self.going_on = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A node that goes away in the middle is part of the story."""


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shelf

    def do_GET(self) -> None:
        sha = self.path.removeprefix("/media/")
        self.server.asked.append((sha, self.headers["Range"]))
        if self.headers["Authorization"] is None:
            self.send_error(401)
        elif sha not in self.server.sounds:
            self.send_error(404)
        else:
            getattr(self, self.server.mood)(self.server.sounds[sha])

    def honest(self, content: bytes) -> None:
        start = int((self.headers["Range"] or "bytes=0-")[6:-1])
        self.send_response(206 if self.headers["Range"] else 200)
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])

    def cut(self, content: bytes) -> None:
        """The connection breaks at the middle."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        self.close_connection = True

    def short(self, content: bytes) -> None:
        """Content-Length lies: it is less than the sound."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) // 2))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])

    def wrong(self, content: bytes) -> None:
        self.honest(bytes(len(content)))

    def whole(self, content: bytes) -> None:
        """No idea of ranges."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def elsewhere(self, content: bytes) -> None:
        """Answers another range than was asked for."""
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 7-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - 7))
        self.end_headers()
        self.wfile.write(content[7:])

    def endless(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    def halting(self, content: bytes) -> None:
        """Sends half, and the rest when told; other sounds at once."""
        if content is GREETING:
            return self.honest(content)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for start in range(0, len(content), 65536):
            if start >= len(content) // 2:
                self.server.going_on.wait(0.1)
            self.wfile.write(content[start : start + 65536])
        return None

    def broken(self, content: bytes) -> None:
        self.send_error(500)

    def locked(self, content: bytes) -> None:
        self.send_error(401)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf(authority: Authority) -> Iterator[Shelf]:
    shelf = Shelf(authority)
    thread = threading.Thread(target=shelf.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shelf
    shelf.shutdown()
    thread.join()
    shelf.server_close()


class House:
    """A node's spool, its fetcher, and how often the speaker was rung."""

    def __init__(self, folder: Path, authority: Authority, port: int, limit_bytes: int = 100 * MB) -> None:
        self.rings = 0
        self.spool = Spool(folder)
        self.fetcher = Fetcher(self.spool, make_access(authority, media_port=port), limit_bytes, self._ring)

    def _ring(self) -> None:
        self.rings += 1

    def want(self, *contents: bytes, firm: int = 0) -> None:
        self.spool.put_wanted(Wanted(audio=tuple(audio(content) for content in contents), firm=firm))

    def names(self) -> set[str]:
        return {path.name for path in self.spool.audio.iterdir()}

    def has(self, content: bytes) -> bool:
        path = self.spool.audio_path(audio(content).sha256)
        return path.exists() and path.read_bytes() == content


@pytest.fixture
def house(tmp_path: Path, authority: Authority, shelf: Shelf) -> House:
    return House(tmp_path / "spool", authority, shelf.server_port)


def test_what_is_wanted_comes_soonest_first_and_the_speaker_is_told(house: House, shelf: Shelf) -> None:
    house.want(GREETING, SOUND)
    assert house.fetcher.step(0.0)
    assert house.names() == {audio(GREETING).sha256}
    assert house.fetcher.step(0.0)
    assert house.has(GREETING)
    assert house.has(SOUND)
    assert house.rings == 2
    assert not house.fetcher.step(0.0)
    assert len(shelf.asked) == 2


def test_a_cut_connection_is_resumed_where_it_broke(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "cut"
    house.fetcher.step(0.0)
    assert house.names() == {audio(SOUND).sha256 + ".part"}
    assert house.fetcher.status
    shelf.mood = "honest"
    house.fetcher.step(fetch.RETRY_MIN_S)
    assert house.has(SOUND)
    assert house.fetcher.status == ""
    assert shelf.asked[-1][1] == f"bytes={len(SOUND) // 2}-"


def test_a_server_that_knows_no_ranges_is_read_from_the_start(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "cut"
    house.fetcher.step(0.0)
    shelf.mood = "whole"
    house.fetcher.step(5.0)
    assert house.has(SOUND)


def test_another_range_than_asked_for_is_not_pasted_in(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "cut"
    house.fetcher.step(0.0)
    shelf.mood = "elsewhere"
    house.fetcher.step(5.0)
    assert not house.has(SOUND)
    shelf.mood = "honest"
    house.fetcher.step(15.0)
    assert house.has(SOUND)


@pytest.mark.parametrize("mood", ["wrong", "endless", "elsewhere"])
def test_wrong_content_leaves_nothing_and_is_fetched_anew(house: House, shelf: Shelf, mood: str) -> None:
    house.want(SOUND)
    shelf.mood = mood
    house.fetcher.step(0.0)
    assert not house.has(SOUND)
    assert sum(path.stat().st_size for path in house.spool.audio.iterdir()) == 0
    assert house.rings == 0
    shelf.mood = "honest"
    house.fetcher.step(5.0)
    assert house.has(SOUND)


def test_a_lying_length_is_seen_through_and_resumed(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "short"
    house.fetcher.step(0.0)
    assert not house.has(SOUND)
    shelf.mood = "honest"
    house.fetcher.step(5.0)
    assert house.has(SOUND)


@pytest.mark.parametrize(("mood", "word"), [("locked", "mật khẩu"), ("broken", "500")])
def test_failures_are_told_in_words_and_tried_again_ever_more_slowly(
    house: House, shelf: Shelf, mood: str, word: str
) -> None:
    house.want(SOUND)
    shelf.mood = mood
    tried_s = [second for second in range(1000) if house.fetcher.step(float(second))]
    assert word in house.fetcher.status
    assert tried_s == [0, 5, 15, 35, 75, 155, 315, 615, 915]


def test_a_sound_the_hub_does_not_hold_does_not_keep_the_next_waiting(house: House, shelf: Shelf) -> None:
    house.want(b"nobody has this", SOUND)
    house.fetcher.step(0.0)
    assert "không có âm thanh này" in house.fetcher.status
    house.fetcher.step(1.0)
    assert house.has(SOUND)


def test_when_the_hub_is_back_nobody_waits_out_the_backoff(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "broken"
    house.fetcher.step(0.0)
    shelf.mood = "honest"
    assert not house.fetcher.step(1.0)
    house.fetcher.retry_now()
    assert house.fetcher.step(1.0)
    assert house.has(SOUND)


def test_a_file_of_the_wrong_length_is_replaced(house: House) -> None:
    house.spool.audio_path(audio(SOUND).sha256).write_bytes(SOUND[:-1])
    house.want(SOUND)
    house.fetcher.step(0.0)
    assert house.has(SOUND)


def test_a_stranger_with_another_ca_is_not_believed(tmp_path: Path, shelf: Shelf) -> None:
    house = House(tmp_path / "spool", make_authority(tmp_path / "other"), shelf.server_port)
    house.want(SOUND)
    house.fetcher.step(0.0)
    assert shelf.asked == []
    assert "chứng chỉ" in house.fetcher.status


def test_nobody_there_is_told_in_words(tmp_path: Path, authority: Authority) -> None:
    house = House(tmp_path / "spool", authority, 1)
    house.want(SOUND)
    house.fetcher.step(0.0)
    assert "từ chối kết nối" in house.fetcher.status
    assert SECRET not in house.fetcher.status


def test_an_urgent_sound_overtakes_one_that_is_on_its_way(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "halting"
    fetching = FetchThread(house.fetcher, lambda: 0.0)
    until(lambda: len(shelf.asked) or None)
    house.want(GREETING, SOUND)
    house.fetcher.look.set()
    until(lambda: house.has(GREETING) or None)
    assert not house.has(SOUND)
    shelf.going_on.set()
    shelf.mood = "honest"
    until(lambda: house.has(SOUND) or None)
    fetching.close()


def test_the_thread_ends_in_the_middle_of_a_download(house: House, shelf: Shelf) -> None:
    house.want(SOUND)
    shelf.mood = "halting"
    fetching = FetchThread(house.fetcher, lambda: 0.0)
    until(lambda: len(shelf.asked) or None)
    fetching.close()
    assert not fetching.is_alive
    assert not house.has(SOUND)


def test_the_limit_is_kept_by_forgetting_what_nobody_lists(tmp_path: Path, authority: Authority, shelf: Shelf) -> None:
    house = House(tmp_path / "spool", authority, shelf.server_port, limit_bytes=len(SOUND) + 10)
    house.spool.audio_path("0" * 64).write_bytes(b"old" * 100)
    house.want(SOUND)
    house.fetcher.step(0.0)
    assert house.names() == {audio(SOUND).sha256}


def test_where_only_firm_sounds_lie_the_card_is_said_to_be_full(
    tmp_path: Path, authority: Authority, shelf: Shelf
) -> None:
    house = House(tmp_path / "spool", authority, shelf.server_port, limit_bytes=len(SOUND) + 10)
    house.want(GREETING, SOUND, firm=1)
    house.fetcher.step(0.0)
    house.fetcher.step(0.0)
    assert house.has(GREETING)
    assert not house.has(SOUND)
    assert "không đủ chỗ" in house.fetcher.status
    assert shelf.asked == [(audio(GREETING).sha256, None)]


class TestSurplus:
    WANTED = Wanted(audio=tuple(audio(bytes([n]) * 10) for n in range(4)), firm=2)
    NAMES = tuple(a.sha256 for a in WANTED.audio)

    def test_unlisted_goes_first_and_oldest_first(self) -> None:
        held = [Held("b" * 64, 10, 2.0), Held("a" * 64, 10, 1.0), Held(self.NAMES[3], 10, 0.0)]
        assert surplus(held, self.WANTED, self.WANTED.audio[2], room=0) == ["a" * 64]
        assert surplus(held, self.WANTED, self.WANTED.audio[2], room=-15) == ["a" * 64, "b" * 64, self.NAMES[3]]

    def test_what_is_needed_sooner_stays(self) -> None:
        held = [Held(name, 10, 0.0) for name in self.NAMES[:3]]
        assert surplus(held, self.WANTED, self.WANTED.audio[3], room=0) is None

    def test_what_is_firm_stays_even_for_what_is_firm(self) -> None:
        held = [Held(self.NAMES[1], 10, 0.0)]
        assert surplus(held, self.WANTED, self.WANTED.audio[0], room=0) is None

    @given(
        place=st.integers(0, 3),
        sizes=st.lists(st.integers(1, 50), min_size=8, max_size=8),
        room=st.integers(-100, 100),
        firm=st.integers(0, 4),
    )
    def test_it_frees_enough_or_nothing_and_never_what_is_firm_or_sooner(
        self, place: int, sizes: list[int], room: int, firm: int
    ) -> None:
        names = [*self.NAMES, *(digit * 64 for digit in "abcd")]
        held = [Held(name, size, float(size)) for name, size in zip(names, sizes, strict=True)]
        wanted = Wanted(audio=self.WANTED.audio, firm=firm)
        gone = surplus(held, wanted, wanted.audio[place], room)
        if gone is not None:
            freed = sum(h.size for h in held if h.name in gone)
            assert room + freed >= wanted.audio[place].size
            assert not set(gone) & set(self.NAMES[: max(firm, place + 1)])
