"""A file that comes in piece by piece, as the tus protocol has it; what does not follow it changes nothing."""

import base64
import time
from datetime import timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.testclient import TestClient

from hub.media import incoming
from hub.media.job import IntakeLimits
from hub.store import recordings
from hub.web.site import SWEEP_EVERY_S, make_site
from tests.hub.web.board.test_board import text
from tests.hub.web.sounds.test_audio import follow
from tests.hub.web.world import ORIGIN, Browser, World, tone

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def described(**told: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


def begin(browser: Browser, size: int, title: str = "Họp dân", **headers: str) -> httpx.Response:
    told = described(title=title, filename="hop.wav", mark=f"hop.wav/{size}")
    return browser.post("/uploads", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": told, **headers})


def begun(browser: Browser, size: int) -> str:
    answer = begin(browser, size)
    assert answer.status_code == 201
    return answer.headers["location"]


def send(browser: Browser, place: str, offset: int, piece: bytes, **headers: str) -> httpx.Response:
    return browser.ask("PATCH", place, content=piece, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset(browser: Browser, place: str) -> str | None:
    told: str | None = browser.ask("HEAD", place, headers=TUS).headers.get("upload-offset")
    return told


@pytest.mark.real
def test_pieces_become_a_recording(officer: Browser, world: World) -> None:
    sound = tone(1.5)
    place = begun(officer, len(sound))
    assert send(officer, place, 0, sound[:10_000]).headers["upload-offset"] == "10000"
    asked = officer.ask("HEAD", place, headers=TUS)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("10000", str(len(sound)))
    assert asked.headers["cache-control"] == "no-store"
    assert asked.headers["upload-expires"] == "Mon, 23 Nov 2026 21:30:00 GMT"
    last = send(officer, place, 10_000, sound[10_000:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(sound)))
    upload = follow(officer, place.rpartition("/")[2])
    assert upload["step"] == "done"
    with world.database.read() as c:
        (kept,) = recordings.recordings(c)
    assert (kept.title, kept.uploaded_by) == ("Họp dân", "lan")
    assert list((world.folder / "uploads").iterdir()) == [], "the file that came in is gone"


@pytest.mark.real
def test_what_was_whole_when_the_hub_stopped_is_taken_up_by_the_next(world: World) -> None:
    sound = tone(1.0)
    store = incoming.Incoming(world.folder / "uploads", world.clock)
    for user in ("lan", "gone"):
        arrival = store.begin(user, "Họp dân", "", "", len(sound), len(sound))
        store.write(arrival, store.claim(arrival)[0], 0, sound)
    with TestClient(make_site(world.desk, lambda: None), base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        browser = Browser(client)
        browser.enter(world, "lan")
        mine = next(a for a in [*store.whole(), arrival] if a.user == "lan")
        assert follow(browser, mine.id)["step"] == "done"
    assert list(store.folder.iterdir()) == []


def test_what_nobody_went_on_sending_is_gone_a_day_later_though_nothing_else_comes_in(world: World) -> None:
    async def sleep(seconds: float) -> None:
        """Until the world's clock is that much further."""
        until = world.clock() + timedelta(seconds=seconds)
        while world.clock() < until:
            await anyio.sleep(0.001)

    def left() -> set[str]:
        return {path.suffix for path in (world.folder / "uploads").iterdir()}

    app = make_site(world.desk, lambda: None, sleep=sleep)
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        browser = Browser(client)
        browser.enter(world, "lan")
        send(browser, begun(browser, 100), 0, b"half of it")
        world.clock.pass_(seconds=SWEEP_EVERY_S)
        assert left() == {".json", ".bytes"}
        world.clock.pass_(hours=24)
        for _ in range(1000):
            if not left():
                break
            world.clock.pass_(seconds=SWEEP_EVERY_S)
            time.sleep(0.01)
        assert left() == set()


def test_what_can_be_continued_is_shown_and_can_be_cancelled(officer: Browser, world: World) -> None:
    place = begun(officer, 1000)
    send(officer, place, 0, b"x" * 450)
    (known,) = officer.get("/uploads").json()
    assert (known["mark"], known["offset"], known["size"]) == ("hop.wav/1000", 450, 1000)
    assert "Họp dân mới gửi được 45 %. Hãy chọn lại tệp hop.wav" in text(officer, "/audio")
    assert officer.post(f"{place}/cancel").headers["location"] == "/audio"
    assert "mới gửi được" not in text(officer, "/audio")
    again = begun(officer, 1000)
    assert officer.ask("DELETE", again, headers=TUS).status_code == 204
    assert offset(officer, again) is None
    assert list((world.folder / "uploads").iterdir()) == []


def test_another_persons_upload_is_not_found(officer: Browser, world: World) -> None:
    place = begun(officer, 10)
    officer.enter(world, "hung")
    assert officer.get("/uploads").json() == []
    assert officer.ask("HEAD", place, headers=TUS).status_code == 404
    assert send(officer, place, 0, b"1234567890").status_code == 404
    assert officer.ask("DELETE", place, headers=TUS).status_code == 404
    officer.post(f"{place}/cancel")
    world.clock.pass_(seconds=1)
    officer.enter(world, "lan")
    assert offset(officer, place) == "0"


@pytest.mark.parametrize(("at", "piece"), [(0, b"1"), (6, b"1"), (99, b"")])
def test_a_wrong_offset_is_told_the_right_one(officer: Browser, at: int, piece: bytes) -> None:
    place = begun(officer, 10)
    send(officer, place, 0, b"12345")
    answer = send(officer, place, at, piece)
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "5")
    assert offset(officer, place) == "5"


@pytest.mark.parametrize("is_declared", [True, False])
def test_more_bytes_than_promised_change_nothing(officer: Browser, world: World, is_declared: bool) -> None:
    place = begun(officer, 10)
    send(officer, place, 0, b"12345")
    pieces = [b"6789", b"0X"]
    body = b"".join(pieces) if is_declared else iter(pieces)
    answer = officer.ask("PATCH", place, content=body, headers={**PIECE, "Upload-Offset": "5"})
    assert (answer.status_code, offset(officer, place)) == (413, "5")
    assert next((world.folder / "uploads").glob("*.bytes")).read_bytes() == b"12345"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "0x5"}, 400),
        ({"Upload-Offset": "9" * 40}, 400),
    ],
)
def test_a_piece_with_wrong_headers_is_refused(officer: Browser, headers: dict[str, str], status: int) -> None:
    place = begun(officer, 10)
    answer = officer.ask("PATCH", place, content=b"1", headers={**PIECE, "Upload-Offset": "0", **headers})
    assert (answer.status_code, answer.headers["tus-version"]) == (status, "1.0.0")
    assert offset(officer, place) == "0"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "ten"}, 400),
        ({"Upload-Length": "", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Metadata": "title $$$"}, 400),
        ({"Upload-Metadata": "title /w=="}, 400),
        ({"Upload-Metadata": "a " * 3000}, 400),
        ({"Upload-Metadata": ""}, 422),
        ({"Upload-Metadata": described(title="x" * 121)}, 422),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": "200000001"}, 413),
    ],
)
def test_a_wish_that_makes_no_sense_begins_nothing(officer: Browser, headers: dict[str, str], status: int) -> None:
    answer = begin(officer, 10, **headers)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert officer.get("/uploads").json() == []


def test_limits_are_told_in_words(officer: Browser, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.desk.limits = IntakeLimits(max_bytes=100_000)
    assert begin(officer, 100_001).json()["message"] == "Tệp lớn quá mức cho phép (0,1 MB)."
    for _ in range(incoming.AT_ONCE):
        begun(officer, 10)
    answer = begin(officer, 10)
    assert answer.status_code == 429
    assert answer.json()["message"].startswith("Bạn đang gửi dở 4 tệp;")
    officer.enter(world, "hung")
    monkeypatch.setattr(incoming, "ROOM_LEFT", 10**18)
    answer = begin(officer, 10)
    assert answer.status_code == 507
    assert "không đủ chỗ" in answer.json()["message"]


def test_the_protocol_is_told(officer: Browser) -> None:
    headers = officer.ask("OPTIONS", "/uploads").headers
    assert (headers["tus-version"], headers["tus-max-size"]) == ("1.0.0", "200000000")
    assert headers["tus-extension"] == "creation,termination,expiration"


def test_after_a_day_it_is_gone(officer: Browser, world: World) -> None:
    place = begun(officer, 10)
    world.clock.pass_(hours=24)
    officer.enter(world, "lan")
    assert offset(officer, place) is None
    begun(officer, 20)
    assert len(list((world.folder / "uploads").glob("*.bytes"))) == 1


def test_a_whole_file_is_not_cancelled_under_the_hands_that_work_on_it(officer: Browser) -> None:
    place = begun(officer, 3)
    send(officer, place, 0, b"123")
    assert officer.ask("DELETE", place, headers=TUS).status_code == 404
    assert follow(officer, place.rpartition("/")[2])["step"] == "rejected"


def test_a_disk_that_takes_nothing_is_said(officer: Browser, world: World) -> None:
    place = begun(officer, 10)
    for path in Path(world.folder / "uploads").glob("*.bytes"):
        path.unlink()
    answer = send(officer, place, 0, b"1")
    assert answer.status_code == 507
    assert "xin báo kỹ thuật viên" in answer.json()["message"]


@pytest.mark.real
def test_without_javascript_a_plain_form_sends_the_file_and_a_page_follows_it(officer: Browser) -> None:
    answer = officer.post(
        "/audio", data={"title": "Họp dân"}, files={"file": ("hop.wav", tone(1.5))}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 303
    place = answer.headers["location"]
    page = officer.get(place, headers={"Accept": "text/html"})
    while page.status_code == 200:
        assert page.headers["refresh"] == "2"
        page = officer.get(place, headers={"Accept": "text/html"})
    assert page.headers["location"].startswith("/audio?new=")
    assert "Họp dân" in officer.get(page.headers["location"]).text


def test_without_javascript_what_is_wrong_is_a_page_too(officer: Browser, world: World) -> None:
    form = {"data": {"title": "Họp"}, "headers": {"Accept": "text/html"}}
    empty = officer.post("/audio", files={"file": ("", b"")}, **form)
    assert (empty.status_code, "Hãy chọn một tệp âm thanh." in empty.text) == (422, True)
    garbled = {"Accept": "text/html", "Content-Type": f"multipart/form-data; boundary={'x' * 400}"}
    assert officer.post("/audio", content=b"--x", headers=garbled).status_code == 422
    world.desk.limits = IntakeLimits(max_bytes=100)
    large = officer.post("/audio", files={"file": ("a.wav", b"x" * 100_000)}, **form)
    assert (large.status_code, "Tệp lớn quá mức" in large.text) == (413, True)
    assert officer.get("/audio/uploads/none", headers={"Accept": "text/html"}).status_code == 404
    assert list(world.shelf.folder.iterdir()) == []


def test_pieces_are_the_only_large_bodies_besides_files(officer: Browser) -> None:
    large = b"x" * 70_000
    place = begun(officer, 100_000)
    assert send(officer, place, 0, large).status_code == 204
    for method, path in (("POST", "/uploads"), ("PATCH", "/audio"), ("DELETE", place), ("POST", f"{place}/cancel")):
        assert officer.ask(method, path, content=large, headers=TUS).status_code == 413
    assert send(officer, place, 70_000, b"1", Origin="https://evil.example").status_code == 403
