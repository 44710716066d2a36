"""A sound sent in pieces by a program: what it sends goes on where it stopped, and is nobody else's (tus 1.0.0)."""

import base64
from pathlib import Path

import pytest
from httpx import Response

from hub.media import incoming
from tests.hub.api.conftest import PLACE, Program, Programs
from tests.hub.conftest import until
from tests.hub.web.world import Browser, World, tone

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def begin(program: Program, size: object, title: str = "Họp dân", **headers: str) -> Response:
    told = f"title {base64.b64encode(title.encode()).decode()},mark {base64.b64encode(b'hop.wav/7').decode()}"
    return program.post("/uploads", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": told, **headers})


def begun(program: Program, size: int) -> str:
    answer = begin(program, size)
    assert answer.status_code == 201, answer.text
    place: str = answer.headers["location"]
    assert place.startswith(f"{PLACE}/uploads/")
    return place.removeprefix(PLACE)


def send(program: Program, place: str, offset: int, piece: bytes, **headers: str) -> Response:
    return program.ask("PATCH", place, content=piece, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset(program: Program, place: str) -> str | None:
    told: str | None = program.ask("HEAD", place, headers=TUS).headers.get("upload-offset")
    return told


def test_what_is_no_base64_is_refused_whatever_letters_it_has(officer: Program) -> None:
    for told in ("title !!!", b"title l\xe0ng", "title /////w=="):
        headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": told}
        answer = officer.post("/uploads", headers=headers)
        assert answer.status_code == 400, answer.text


@pytest.mark.real
def test_pieces_become_a_recording_and_the_same_address_tells_when(officer: Program) -> None:
    sound = tone(1.5)
    place = begun(officer, len(sound))
    assert send(officer, place, 0, sound[:10_000]).headers["upload-offset"] == "10000"
    asked = officer.ask("HEAD", place, headers=TUS)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("10000", str(len(sound)))
    assert asked.headers["upload-expires"] == "Mon, 23 Nov 2026 21:30:00 GMT"
    assert asked.headers["tus-resumable"] == "1.0.0"
    last = send(officer, place, 10_000, sound[10_000:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(sound)))
    until(lambda: officer.get(place).json()["step"] in ("done", "rejected"))
    upload = officer.get(place).json()
    assert upload["step"] == "done", upload
    assert officer.get(f"/recordings/{upload['sha256']}").json()["title"] == "Họp dân"


def test_what_was_begun_by_a_program_is_continued_on_the_page_and_the_other_way_round(
    officer: Program, client: object, world: World
) -> None:
    place = begun(officer, 1000)
    send(officer, place, 0, b"x" * 400)
    (known,) = officer.get("/uploads").json()
    assert (known["mark"], known["offset"], known["size"]) == ("hop.wav/7", 400, 1000)
    browser = Browser(client)  # type: ignore[arg-type]
    browser.enter(world, "lan")
    assert [each["offset"] for each in browser.get("/uploads").json()] == [400]


def test_the_protocol_is_told(officer: Program) -> None:
    answer = officer.ask("OPTIONS", "/uploads")
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert answer.headers["tus-extension"] == "creation,termination,expiration"
    assert answer.headers["tus-max-size"] == "200000000"


def test_another_persons_upload_is_not_found_and_not_touched(officer: Program, leader: Program) -> None:
    place = begun(officer, 10)
    assert leader.get("/uploads").json() == []
    assert leader.ask("HEAD", place, headers=TUS).status_code == 404
    assert send(leader, place, 0, b"1234567890").status_code == 404
    assert leader.ask("DELETE", place, headers=TUS).status_code == 404
    assert offset(officer, place) == "0"


def test_who_may_not_order_sends_nothing(program: Programs, world: World) -> None:
    assert begin(program("tam"), 10).json()["type"] == "/api/v1/docs#not-allowed"
    assert list((world.folder / "uploads").iterdir()) == []


def test_it_is_given_up_and_a_day_later_it_is_gone_by_itself(officer: Program, world: World) -> None:
    place = begun(officer, 10)
    assert officer.ask("DELETE", place, headers=TUS).status_code == 204
    assert offset(officer, place) is None
    again = begun(officer, 10)
    world.clock.pass_(hours=24)
    gone = send(officer, again, 0, b"1")
    assert (gone.status_code, gone.json()["type"]) == (404, "/api/v1/docs#not-found")


@pytest.mark.parametrize(("at", "piece"), [(0, b"1"), (6, b"1"), (99, b"")])
def test_a_wrong_offset_is_told_the_right_one(officer: Program, at: int, piece: bytes) -> None:
    place = begun(officer, 10)
    send(officer, place, 0, b"12345")
    answer = send(officer, place, at, piece)
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "5")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.json()["type"] == "/api/v1/docs#out-of-step"
    assert answer.json()["detail"] == "Hãy hỏi máy chủ đã có bao nhiêu (HEAD), rồi gửi tiếp từ đó."


def test_more_bytes_than_promised_change_nothing(officer: Program) -> None:
    place = begun(officer, 10)
    send(officer, place, 0, b"12345")
    assert send(officer, place, 5, b"6789012").status_code == 413
    assert offset(officer, place) == "5"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "0x5"}, 400),
    ],
)
def test_who_speaks_another_protocol_is_told_which(officer: Program, headers: dict[str, str], status: int) -> None:
    place = begun(officer, 10)
    answer = send(officer, place, 0, b"1", **headers)
    assert (answer.status_code, answer.headers["tus-version"]) == (status, "1.0.0")
    assert answer.json()["type"] == "/api/v1/docs#not-tus"
    assert answer.json()["detail"] == f"{next(iter(headers))}?"
    assert offset(officer, place) == "0"


def test_a_file_that_cannot_be_taken_is_refused_before_it_is_sent(
    officer: Program, leader: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begin(officer, 10**9).status_code == 413
    assert begin(officer, "ten").status_code == 400
    assert (begin(officer, 0).status_code, begin(officer, 10, title=" ").status_code) == (409, 409)
    for _ in range(incoming.AT_ONCE):
        begun(officer, 10)
    many = begin(officer, 10)
    assert (many.status_code, "đang gửi dở 4 tệp" in many.json()["detail"]) == (409, True)
    monkeypatch.setattr(incoming, "ROOM_LEFT", 10**18)
    full = begin(leader, 10)
    assert (full.status_code, full.json()["type"]) == (507, "/api/v1/docs#no-room")
    assert "không đủ chỗ" in full.json()["detail"]


def test_a_disk_that_takes_nothing_is_said(officer: Program, world: World) -> None:
    place = begun(officer, 10)
    for path in Path(world.folder / "uploads").glob("*.bytes"):
        path.unlink()
    answer = send(officer, place, 0, b"1")
    assert (answer.status_code, answer.json()["type"]) == (507, "/api/v1/docs#no-room")


def test_pieces_are_large_and_nothing_beside_them(officer: Program) -> None:
    place, large = begun(officer, 100_000), b"x" * 70_000
    assert send(officer, place, 0, large).status_code == 204
    for method, path in (("POST", "/uploads"), ("DELETE", place), ("PATCH", "/uploads")):
        assert officer.ask(method, path, content=large, headers=TUS).status_code == 413
