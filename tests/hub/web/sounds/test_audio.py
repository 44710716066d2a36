"""The library: what is in it, how a file comes in, and what is said of one that cannot."""

import time

import httpx
import pytest

from hub.media.job import IntakeLimits
from hub.store import recordings
from tests.hub.web.board.test_board import text
from tests.hub.web.world import Browser, World, tone


def follow(browser: Browser, sent: httpx.Response | str) -> dict[str, str]:
    """Ask as the page does until the hub is done with the file, named by its id or by the answer to it."""
    assert isinstance(sent, str) or sent.status_code == 202
    id = sent if isinstance(sent, str) else sent.json()["id"]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        upload: dict[str, str] = browser.get(f"/audio/uploads/{id}").json()
        if upload["step"] in ("done", "rejected"):
            return upload
        time.sleep(0.05)
    raise AssertionError("the hub never finished")


def test_the_library_shows_length_and_loudness_and_plays(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin sáng", 125.0)
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    page = text(officer, "/audio")
    assert "Bản tin sáng 2 phút 05 giây độ lớn −16,1 LUFS đỉnh −1,2 dB" in page
    answer = officer.get(f"/audio/{sound.sha256}/sound", headers={"Range": "bytes=0-9"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("audio/ogg")
    assert len(answer.content) == 10


def test_who_may_not_order_has_no_upload_form(browser: Browser, world: World) -> None:
    browser.enter(world, "khach")
    assert "Tải lên" not in text(browser, "/audio")


@pytest.mark.real
def test_a_file_is_sent_worked_on_and_in_the_library(officer: Browser, world: World) -> None:
    upload = follow(officer, officer.post("/audio?title=Tiếng thử", content=tone(1.5)))
    assert upload["step"] == "done"
    page = officer.get(f"/audio?new={upload['sha256']}").text
    assert "Tiếng thử" in page
    assert "Vừa thêm" in page
    assert officer.get(f"/audio/{upload['sha256']}/sound").content[:4] == b"OggS"
    assert [p.name for p in world.shelf.folder.iterdir()] == [upload["sha256"]], "the file that came in is gone"


@pytest.mark.real
@pytest.mark.parametrize("body", [b"#EXTM3U\nhttp://192.0.2.1/evil\n", b"", b"\0" * 5000])
def test_what_is_no_sound_gets_one_sentence_and_leaves_nothing(officer: Browser, world: World, body: bytes) -> None:
    upload = follow(officer, officer.post("/audio?title=Thư", content=body))
    assert upload["step"] == "rejected"
    assert upload["message"].endswith(".")
    officer.post("/language", data={"language": "en"})
    english = officer.get(f"/audio/uploads/{upload['id']}").json()["message"]
    assert english.isascii()
    assert list(world.shelf.folder.iterdir()) == []
    with world.database.read() as c:
        assert recordings.recordings(c) == []


@pytest.mark.parametrize("is_declared", [True, False])
def test_too_much_is_refused_while_it_comes(officer: Browser, world: World, is_declared: bool) -> None:
    world.desk.limits = IntakeLimits(max_bytes=100_000)
    pieces = [b"x" * 10_000] * 50
    answer = officer.post("/audio?title=To", content=b"".join(pieces) if is_declared else iter(pieces))
    assert answer.status_code == 413
    assert answer.json()["message"] == "Tệp lớn quá mức cho phép (0,1 MB)."
    assert list(world.shelf.folder.iterdir()) == []


@pytest.mark.real
def test_an_upload_without_a_title_is_refused(officer: Browser) -> None:
    upload = follow(officer, officer.post("/audio?title=%20", content=tone(1.0)))
    assert upload["message"] == "Hãy đặt tên."


def test_a_disk_that_takes_nothing_is_said(officer: Browser, world: World) -> None:
    world.shelf.folder.rmdir()
    answer = officer.post("/audio?title=x", content=b"x")
    assert answer.status_code == 507
    assert "xin báo kỹ thuật viên" in answer.json()["message"]


def test_one_does_not_see_the_uploads_of_others(browser: Browser, world: World) -> None:
    browser.enter(world, "lan")
    id = browser.post("/audio?title=Thư", content=b"nothing").json()["id"]
    assert browser.get(f"/audio/uploads/{id}").status_code == 200
    browser.enter(world, "hung")
    assert browser.get(f"/audio/uploads/{id}").status_code == 404


def test_a_recording_is_marked_to_be_held_ready_and_unmarked(officer: Browser, world: World) -> None:
    sound = world.add_sound("Còi báo động")
    assert "Giữ sẵn ở các làng cho khẩn cấp" in officer.get("/audio").text
    officer.post(f"/audio/{sound.sha256}/keep", data={"is_kept": "yes"})
    page = officer.get("/audio").text
    assert "Đang giữ sẵn ở các làng cho khẩn cấp" in page
    assert "0/3 làng đã có sẵn" in page
    officer.post(f"/audio/{sound.sha256}/keep", data={"is_kept": ""})
    assert "0/3 làng đã có sẵn" not in officer.get("/audio").text
    assert officer.post(f"/audio/{'f' * 64}/keep", data={"is_kept": "yes"}).status_code == 409
