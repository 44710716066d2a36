"""Versions of a recording: cut, uploaded or spoken anew, the same work; what is approved keeps what was heard."""

import io
import threading
import time
import wave
from array import array
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from hub.media import voice
from hub.media.intake import Stored
from hub.media.waveform import COLUMNS, MARGIN_S, Waveform
from hub.orders.broadcasts import Recording, Stage
from hub.refusals import Refused
from hub.sounds import versions
from hub.store import broadcasts, recordings, texts
from hub.web.asking import Hub
from hub.web.intake_queue import MAX_WAITING
from tests.hub.web.board.test_board import text
from tests.hub.web.sounds.test_audio import follow
from tests.hub.web.world import Browser, World, tone

can_speak = pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
HTML = {"Accept": "text/html"}
FLAT = Waveform(peaks=b"\x40" * COLUMNS, means=b"\x20" * COLUMNS, begins_s=0.0, ends_s=90.0)


def with_silence(seconds: float, around_s: float) -> bytes:
    """A tone as a WAV file with silence before and after it."""
    with wave.open(io.BytesIO(tone(seconds))) as heard:
        samples = array("h", heard.readframes(heard.getnframes()))
    quiet = array("h", bytes(2 * int(16_000 * around_s)))
    memory = io.BytesIO()
    with wave.open(memory, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes((quiet + samples + quiet).tobytes())
    return memory.getvalue()


def add_version(world: World, of: Recording, mark: str = "2", duration_s: float = 90.0) -> Recording:
    """One more version, whose bytes are no real sound; for pages that only list it."""
    with world.shelf.draft() as draft:
        draft.write_bytes(mark.encode() * 100)
        sha256, size = world.shelf.add(draft)
    stored = Stored(
        sha256=sha256, size=size, duration_s=duration_s, loudness_lufs=-16.0, true_peak_dbtp=-1.0, waveform=FLAT
    )
    former = versions.former(world.desk, of.sha256, world.user("lan"))
    return versions.keep(world.desk, stored, former, world.user("lan"), "cut")


def ended(officer: Browser, place: str) -> Response:
    """Look at the page of what was queued, as a browser does by itself, until it is no longer under way."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        page = officer.get(place, headers=HTML)
        if "refresh" not in page.headers:
            return page
        assert page.status_code == 200
        time.sleep(0.05)
    raise AssertionError("the hub never finished")


def made(officer: Browser, queued: Response) -> str:
    """Where the page of a queued version leads in the end."""
    assert queued.status_code == 303
    return ended(officer, queued.headers["location"]).headers["location"]


def shown(world: World) -> list[str]:
    with world.database.read() as c:
        return [r.sha256 for r in recordings.recordings(c)]


@pytest.mark.real
def test_silence_at_the_ends_is_cut_into_a_new_version_and_the_old_one_stays(officer: Browser, world: World) -> None:
    old = follow(officer, officer.post("/audio?title=Bản tin", content=with_silence(3, 2)))["sha256"]
    officer.post(f"/audio/{old}/rename", data={"title": "Bản tin", "folder": "Tin"})
    before = world.shelf.path(old).read_bytes()
    assert "Cắt im lặng hai đầu: 1,7 giây trước, 1,7 giây sau" in text(officer, f"/audio/{old}")
    there = made(officer, officer.post(f"/audio/{old}/cut", data={"what": "silence"}))
    new = there.removeprefix("/audio/").removesuffix("?made=yes")
    assert shown(world) == [new]
    with world.database.read() as c:
        cut = recordings.recording(c, new)
    assert cut is not None
    assert (cut.title, cut.folder, cut.version) == ("Bản tin", "Tin", 2)
    assert cut.duration_s == pytest.approx(3 + 2 * MARGIN_S, abs=0.05)
    assert cut.loudness_lufs == pytest.approx(-16, abs=1)
    assert world.shelf.path(old).read_bytes() == before
    assert "2 phiên bản" in text(officer, "/audio")
    assert "Đã có phiên bản mới." in text(officer, there)
    assert "Hai đầu không có đoạn im lặng." in text(officer, there)


@pytest.mark.real
def test_a_stretch_is_kept_to_the_tenth_and_fades(officer: Browser, world: World) -> None:
    old = follow(officer, officer.post("/audio?title=Bản tin", content=tone(6)))["sha256"]
    form = {"start": "1.5", "end": "4.5", "fade_in": "1", "fade_out": "1"}
    made(officer, officer.post(f"/audio/{old}/cut", data=form))
    (new,) = shown(world)
    with world.database.read() as c:
        cut = recordings.recording(c, new)
    assert cut is not None
    assert cut.duration_s == pytest.approx(3.0, abs=0.01)
    page = officer.get(f"/audio/{new}").text
    assert page.count("Phiên bản 1") == 1


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"start": "5", "end": "5"}, "Chỗ bắt đầu phải trước chỗ kết thúc."),
        ({"start": "nan", "end": "5"}, "Chỗ bắt đầu phải trước chỗ kết thúc."),
        ({"start": "0", "end": "9999"}, "Không có gì để cắt."),
        ({"start": "500", "end": "600"}, "Không có gì để cắt."),
    ],
)
def test_a_cut_that_makes_no_sense_changes_nothing(
    officer: Browser, world: World, form: dict[str, str], why: str
) -> None:
    sound = world.add_sound("Bản tin", 125.0)
    answer = officer.post(f"/audio/{sound.sha256}/cut", data=form)
    assert answer.status_code in (409, 422)
    assert why in answer.text
    assert shown(world) == [sound.sha256]


def test_an_approved_order_keeps_what_was_approved_until_it_is_renewed(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    order = world.approve(world.order("Tin sáng", sound=old))
    new = add_version(world, old)
    with world.database.read() as c:
        assert broadcasts.broadcast(c, order.id) == order
    page = text(officer, f"/audio/{new.sha256}")
    assert "1 buổi phát đang dùng phiên bản khác phiên bản 2." in page
    officer.post(f"/audio/{new.sha256}/renew", data={"broadcast": order.id})
    with world.database.read() as c:
        renewed = broadcasts.broadcast(c, order.id)
    assert renewed is not None
    assert renewed.audio == (new.audio,)
    assert (renewed.stage, renewed.approval) == (Stage.SUBMITTED, "")
    assert "đang dùng phiên bản khác" not in text(officer, f"/audio/{new.sha256}")
    again = officer.post(f"/audio/{new.sha256}/renew", data={"broadcast": order.id})
    assert again.status_code == 409


def test_a_longer_version_that_does_not_fit_is_told_and_changes_nothing(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin", 60.0)
    order = world.approve(world.order("Tin sáng", minutes=30, sound=old))
    world.approve(world.order("Tin sau", minutes=35, sound=world.add_sound("Khác")))
    new = add_version(world, old, duration_s=600.0)
    answer = officer.post(f"/audio/{new.sha256}/renew", data={"broadcast": order.id})
    assert answer.status_code == 409
    assert "Tin sau" in answer.text
    with world.database.read() as c:
        assert broadcasts.broadcast(c, order.id) == order


def test_going_back_is_choosing_an_earlier_version(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    new = add_version(world, old)
    assert shown(world) == [new.sha256]
    assert "Buổi phát mới dùng phiên bản 2, không dùng bản này." in text(officer, f"/audio/{old.sha256}")
    officer.post(f"/audio/{old.sha256}/choose")
    assert shown(world) == [old.sha256]
    third = add_version(world, old, "3")
    assert (third.sha256, third.version) == (shown(world)[0], 1), "the number is the store's to give"
    with world.database.read() as c:
        assert [r.version for r in recordings.versions(c, old.sha256)] == [1, 2, 3]


def test_a_work_has_one_name_and_goes_to_the_bin_and_back_as_a_whole(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    new = add_version(world, old)
    officer.post(f"/audio/{new.sha256}/rename", data={"title": "Tin xã", "folder": "Tin"})
    assert "Tin xã" in text(officer, f"/audio/{old.sha256}")
    officer.post(f"/audio/{new.sha256}/remove")
    assert shown(world) == []
    assert officer.get("/audio/bin").text.count("<h3>") == 1
    assert officer.post(f"/audio/{old.sha256}/cut", data={"start": "1", "end": "2"}).status_code == 422
    officer.post(f"/audio/{old.sha256}/put-back")
    assert shown(world) == [new.sha256]


def test_a_work_stays_while_any_version_of_it_is_to_be_heard(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    world.approve(world.order("Tin sáng", sound=old))
    new = add_version(world, old)
    answer = officer.post(f"/audio/{new.sha256}/remove")
    assert answer.status_code == 409
    assert "“Tin sáng” còn dùng bản thu này" in answer.text
    ready = world.add_sound("Bão")
    officer.post(f"/audio/{ready.sha256}/keep", data={"is_kept": "yes"})
    newer = add_version(world, ready, "b")
    assert officer.post(f"/audio/{newer.sha256}/remove").status_code == 409
    assert "Các làng đang giữ sẵn phiên bản cũ" in text(officer, "/audio")


def test_what_is_held_ready_is_offered_in_an_emergency_whatever_came_after_it(leader: Browser, world: World) -> None:
    siren = world.add_sound("Còi báo động")
    leader.post(f"/audio/{siren.sha256}/keep", data={"is_kept": "yes"})
    newer = add_version(world, siren)
    page = leader.get("/emergency").text
    assert page.index(f'value="{siren.sha256}" checked') < page.index(f'value="{newer.sha256}"')
    assert "Phiên bản 1" in page


def test_an_order_form_keeps_the_version_it_was_opened_with(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    new = add_version(world, old)
    assert f'value="{old.sha256}"' not in officer.get("/broadcasts/new").text
    page = officer.get(f"/broadcasts/new?recording={old.sha256}").text
    assert f'value="{old.sha256}" data-title="Bản tin" selected' in page
    assert f'value="{new.sha256}" data-title="Bản tin" >' in page
    assert "Bản tin (Phiên bản 1, " in page


def test_a_sound_of_another_work_is_no_version_of_this_one(officer: Browser, world: World) -> None:
    one, other = world.add_sound("2"), world.add_sound("Khác")
    with pytest.raises(Refused, match="already"):
        add_version(world, other, mark="2")
    assert sorted(shown(world)) == sorted([one.sha256, other.sha256])


@pytest.mark.real
def test_a_newer_version_is_uploaded_with_a_plain_form(officer: Browser, world: World) -> None:
    old = world.add_sound("Bản tin")
    sent = officer.post("/audio", data={"of": old.sha256}, files={"file": ("tin.wav", tone(2))})
    followed = officer.get(sent.headers["location"]).json()
    while followed["step"] in ("waiting", "working"):
        followed = officer.get(sent.headers["location"]).json()
    assert shown(world) == [followed["sha256"]]
    with world.database.read() as c:
        assert [r.title for r in recordings.versions(c, old.sha256)] == ["Bản tin", "Bản tin"]


@can_speak
@pytest.mark.real
def test_what_was_typed_is_kept_corrected_and_spoken_again(officer: Browser, world: World) -> None:
    said = {"sentence": ["Mời bà con họp lúc bảy giờ."], "typed": "Mời bà con họp lúc 7h.", "title": "Mời họp"}
    officer.post("/speech", data={**said, "voice": "vi-vn-x-south", "speed": "120"})
    (old,) = shown(world)
    assert "Mời bà con họp lúc bảy giờ." in text(officer, f"/audio/{old}")
    page = officer.get(f"/speech?of={old}").text
    assert ">Mời bà con họp lúc bảy giờ.</textarea>" in page
    assert 'value="vi-vn-x-south" checked' in page
    assert f'name="of" value="{old}"' in page
    officer.post(
        "/speech", data={"sentence": ["Mời bà con họp lúc tám giờ."], "voice": "vi", "speed": "140", "of": old}
    )
    (new,) = shown(world)
    with world.database.read() as c:
        kept = texts.text(c, new)
        assert [r.title for r in recordings.versions(c, old)] == ["Mời họp", "Mời họp"]
    assert kept is not None
    assert kept.words == "Mời bà con họp lúc tám giờ."
    made(officer, officer.post(f"/audio/{new}/cut", data={"start": "0", "end": "1.5"}))
    assert "Mời bà con họp lúc tám giờ." in text(officer, f"/audio/{shown(world)[0]}"), "a cut keeps its text"
    assert officer.get(f"/speech?of={world.add_sound('Không gõ').sha256}").status_code == 404


def test_the_bytes_that_a_cut_reads_are_checked_like_an_upload(officer: Browser, world: World, tmp_path: Path) -> None:
    sound = world.add_sound("Không phải âm thanh", 100.0)
    begun = officer.post(f"/audio/{sound.sha256}/cut", data={"start": "1", "end": "5"})
    page = ended(officer, begun.headers["location"])
    assert "Đây không phải tệp âm thanh" in page.text
    assert f'href="/audio/{sound.sha256}"' in page.text
    assert [p.name for p in world.shelf.folder.iterdir()] == [sound.sha256]


@pytest.mark.real
def test_a_newer_version_that_was_uploaded_leads_to_the_page_of_the_recording(officer: Browser, world: World) -> None:
    old = follow(officer, officer.post("/audio?title=Bản tin", content=tone(3)))["sha256"]
    sent = officer.post("/audio", data={"of": old}, files={"file": ("moi.wav", tone(2), "audio/wav")})
    there = made(officer, sent)
    assert shown(world) == [there.removeprefix("/audio/").removesuffix("?made=yes")]
    assert "Đã có phiên bản mới." in text(officer, there)


def test_a_cut_waits_its_turn_and_a_full_queue_says_so(officer: Browser, site: TestClient, world: World) -> None:
    sound = world.add_sound("Bản tin", 100.0)
    form = {"start": "1", "end": "5"}
    other_is_done = threading.Event()
    keeper = ExitStack()
    keeper.callback(other_is_done.wait)
    hub: Hub = cast(FastAPI, site.app).state.hub
    hub.uploads.begin(world.shelf.path(sound.sha256), "Tệp dài", world.user("hung"), keeper)
    try:
        cuts = [officer.post(f"/audio/{sound.sha256}/cut", data=form) for _ in range(MAX_WAITING - 1)]
        place = cuts[0].headers["location"]
        for _ in ("looked at", "and again, as a reload does"):
            assert "Đã nhận. Đang chờ tới lượt" in officer.get(place, headers=HTML).text
        full = officer.post(f"/audio/{sound.sha256}/cut", data=form)
        assert full.status_code == 503
        assert "Máy chủ đang bận xử lý các tệp khác." in full.text
        assert "Cắt" in full.text, "the page of the recording, to try again"
    finally:
        other_is_done.set()
    assert "Đây không phải tệp âm thanh" in ended(officer, place).text


def test_a_cut_that_a_restarted_hub_forgot_leads_back_to_the_recording(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin")
    answer = officer.get(f"/audio/uploads/{'0' * 16}?of={sound.sha256}", headers=HTML)
    assert answer.status_code == 404
    assert "Nếu chưa thấy phiên bản mới, hãy làm lại." in answer.text
    assert f'href="/audio/{sound.sha256}"' in answer.text
