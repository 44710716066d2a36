"""The library through the API: found, renamed, kept, removed and put back, heard; a new sound sent in one request."""

import time

import pytest
from httpx import Response

from hub.media import voice
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import World, tone

WAV = {"Content-Type": "audio/wav"}


def test_the_library_is_read_a_part_at_a_time_and_searched_without_accents(officer: Program, world: World) -> None:
    titles = ["Họp thôn", "Cúp điện", "Tiêm chủng", "Lịch cúp nước"]
    for title in titles:
        world.add_sound(title)
        world.clock.pass_(minutes=1)
    first = officer.get("/recordings?limit=3").json()
    rest = officer.get(f"/recordings?limit=3&after={first['next']}").json()
    assert [r["title"] for r in first["items"] + rest["items"]] == titles[::-1]
    assert rest["next"] is None
    assert [r["title"] for r in officer.get("/recordings?words=cup dien").json()["items"]] == ["Cúp điện"]
    gone = officer.get(f"/recordings?after={'0' * 64}")
    assert (gone.status_code, gone.json()["detail"]) == (409, "Danh sách vừa thay đổi. Hãy đọc lại từ đầu.")


def test_a_recording_is_renamed_removed_and_put_back(officer: Program, world: World) -> None:
    place = f"/recordings/{world.add_sound('Bản tin').sha256}"
    named = officer.put(f"{place}/name", json={"title": "Bản tin tối", "folder": "Thời sự"})
    assert (named.json()["title"], named.json()["folder"]) == ("Bản tin tối", "Thời sự")
    assert officer.get("/folders").json() == ["Thời sự"]
    assert officer.delete(place).status_code == 204
    assert officer.get("/recordings").json()["items"] == []
    assert [r["title"] for r in officer.get("/bin").json()["items"]] == ["Bản tin tối"]
    assert officer.post(f"{place}/put-back").json()["removed_at"] is None


def test_what_is_still_to_be_heard_is_not_removed(officer: Program, world: World) -> None:
    sound = world.add_sound("Bản tin")
    world.order(sound=sound)
    answer = officer.delete(f"/recordings/{sound.sha256}")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/v1/docs#refused")
    assert "còn dùng bản thu này" in answer.json()["detail"]


def test_the_sound_is_heard_by_whoever_may_look(program: Programs, world: World) -> None:
    sound = world.add_sound("Bản tin")
    answer = program("khach").get(f"/recordings/{sound.sha256}/sound", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.content)) == (206, 10)
    assert program("khach").get(f"/recordings/{'0' * 64}/sound").status_code == 404


def test_a_sound_is_sent_in_one_request_and_followed(officer: Program, program: Programs, world: World) -> None:
    sent = officer.post("/recordings?title=Kèn", content=tone(2), headers=WAV)
    assert sent.status_code == 202
    place = sent.headers["location"].removeprefix("/api/v1")
    assert program("hung").get(place).status_code == 404, "another person's upload"
    while (upload := officer.get(place).json())["step"] not in ("done", "rejected"):
        time.sleep(0.02)
    assert upload["step"] == "done", upload
    assert officer.get(f"/recordings/{upload['sha256']}").json()["title"] == "Kèn"


def kept(officer: Program, queued: Response) -> str:
    """The recording (SHA-256) that becomes of what was just queued."""
    assert queued.status_code == 202
    place = queued.headers["location"].removeprefix("/api/v1")
    while (upload := officer.get(place).json())["step"] != "done":
        assert upload["step"] != "rejected"
        time.sleep(0.02)
    return str(upload["sha256"])


def test_what_is_no_sound_and_what_is_too_much(officer: Program, world: World) -> None:
    assert officer.post("/recordings?title=Rỗng", content=b"").status_code == 409
    too_long = {"Content-Length": str(world.desk.limits.max_bytes + 1), **WAV}
    assert officer.post("/recordings?title=Dài", content=b"x", headers=too_long).status_code == 413
    place = officer.post("/recordings?title=Chữ", content=b"no sound", headers=WAV).json()["id"]
    while (upload := officer.get(f"/uploads/{place}").json())["step"] != "rejected":
        time.sleep(0.02)
    assert "không phải tệp âm thanh" in upload["message"]
    assert officer.get("/recordings").json()["items"] == []


def test_typed_words_are_read_before_they_are_spoken(officer: Program) -> None:
    words = officer.post("/speech/words", json={"text": "UBND họp lúc 8h15."}).json()["sentences"]
    assert words == ["Ủy ban nhân dân họp lúc tám giờ mười lăm phút."]
    officer.put("/speech/abbreviations", json={"short": "NVH", "said": "nhà văn hóa"})
    assert officer.post("/speech/words", json={"text": "Tại NVH."}).json()["sentences"] == ["Tại nhà văn hóa."]


@pytest.mark.real
@pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here")
def test_typed_words_become_a_recording(officer: Program) -> None:
    spoken = officer.post("/speech/recordings", json={"text": "Mời bà con đi họp.", "title": "Mời họp"})
    assert spoken.status_code == 201
    assert officer.get("/recordings").json()["items"][0]["title"] == "Mời họp"
    heard = officer.post("/speech/sound", json={"text": "Mời bà con.", "voice": "vi-vn-x-south"})
    assert heard.content[:4] == b"RIFF"
    assert officer.post("/speech/sound", json={"text": "x", "voice": "robot"}).status_code == 409


def test_a_version_is_cut_and_an_order_renewed_with_it(officer: Program) -> None:
    old = kept(officer, officer.post("/recordings?title=Kèn", content=tone(5), headers=WAV))
    place = f"/recordings/{old}"
    wish = {"title": "Kèn", "nodes": ["binhminh-thon-1"], "recording": old, "has_chime": False}
    order = officer.post("/broadcasts", json={**wish, "starts_at": "2026-11-23T05:00:00+07:00"}).json()
    new = kept(officer, officer.post(f"{place}/cut", json={"start_s": 1, "end_s": 3}))
    made = officer.get(f"/recordings/{new}").json()
    assert made["duration_s"] == pytest.approx(2, abs=0.1)
    told = officer.get(f"{place}/versions").json()
    assert {(v["version"], v["is_chosen"]) for v in told} == {(1, False), (2, True)}
    renewed = officer.post(f"/broadcasts/{order['id']}/renew", json={"recording": made["sha256"]}).json()
    assert renewed["sounds"][-1]["sha256"] == made["sha256"]
    assert renewed["digest"] != order["digest"]
    officer.post(f"{place}/choose")
    assert {(v["version"], v["is_chosen"]) for v in officer.get(f"{place}/versions").json()} == {(1, True), (2, False)}
    assert officer.post(f"{place}/cut", json={"start_s": 3, "end_s": 1}).status_code == 409
