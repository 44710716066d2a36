"""An officer types an announcement, reads how it is said, corrects it, hears it, and has a recording."""

import unicodedata

import pytest
from starlette.testclient import TestClient

from hub.media import voice
from hub.sounds import spoken
from hub.store import people, recordings
from hub.web.asking import Hub
from tests.hub.web.board.test_board import text
from tests.hub.web.world import Browser, World

can_speak = pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
TYPED = "Sáng 30/12, từ 8h15, UBND xã họp dân tại NVH thôn 2. Mời bà con đến dự!"


def test_what_is_typed_is_shown_in_words_a_sentence_a_line(officer: Browser) -> None:
    page = officer.post("/speech/words", data={"text": TYPED})
    assert page.status_code == 200
    first = "Sáng ngày ba mươi tháng mười hai, từ tám giờ mười lăm phút, Ủy ban nhân dân xã họp dân tại nhà văn hóa"
    assert f">{first} thôn hai.</textarea>" in page.text
    assert ">Mời bà con đến dự!</textarea>" in page.text


def test_a_script_is_filled_in_and_what_is_missing_stays_visible(officer: Browser) -> None:
    assert 'name="vaccine"' in officer.get("/speech?script=vaccination").text
    filled = {"script": "vaccination", "who": "Trạm y tế xã", "when": "7h30 ngày 5/12/2026", "where": "trạm"}
    page = officer.post("/speech/words", data=filled)
    assert "từ bảy giờ ba mươi phút ngày năm tháng mười hai năm hai nghìn không trăm hai mươi sáu" in page.text
    assert "tổ chức tiêm … cho …" in page.text
    assert 'value="Tiêm chủng"' in page.text, "the script gives the title"


@pytest.mark.parametrize(
    ("typed", "fault"), [("", "Hãy gõ nội dung cần đọc."), ("a" * (spoken.TYPED_MAX + 1), "Nội dung quá dài")]
)
def test_nothing_and_too_much_are_told_and_what_was_typed_stays(officer: Browser, typed: str, fault: str) -> None:
    answer = officer.post("/speech/words", data={"text": typed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert f">{typed}</textarea>" in answer.text


@can_speak
@pytest.mark.real
def test_corrected_words_are_spoken_into_the_library_and_on_to_the_order(officer: Browser, world: World) -> None:
    sentences = {"sentence": ["Mời bà con đến nhà văn hóa.", "", "Xin cảm ơn."], "title": "Mời họp", "then": "order"}
    answer = officer.post("/speech", data={**sentences, "voice": "vi-vn-x-south", "speed": "120"})
    with world.database.read() as c:
        (kept,) = recordings.recordings(c)
    assert (kept.title, kept.uploaded_by) == ("Mời họp", "lan")
    assert answer.headers["location"] == f"/broadcasts/new?recording={kept.sha256}"
    assert 1.5 < kept.duration_s < 8


@can_speak
@pytest.mark.real
def test_a_sentence_can_be_heard_before_anything_is_kept(officer: Browser, world: World) -> None:
    slow, fast = (
        officer.post("/speech/listen", data={"text": "Mời bà con đến nhà văn hóa.", "voice": "vi", "speed": speed})
        for speed in ("120", "165")
    )
    assert slow.headers["content-type"] == "audio/wav"
    assert slow.content[:4] == fast.content[:4] == b"RIFF"
    assert len(slow.content) > len(fast.content)
    with world.database.read() as c:
        assert recordings.recordings(c) == []


def test_nothing_to_hear_is_told(officer: Browser) -> None:
    answer = officer.post("/speech/listen", data={"text": " "})
    assert (answer.status_code, answer.text) == (422, "Hãy gõ nội dung cần đọc.")


def test_a_voice_that_there_is_not_is_refused(officer: Browser) -> None:
    answer = officer.post("/speech/listen", data={"text": "a", "voice": "../../etc", "speed": "120"})
    assert answer.status_code == 409
    assert "Không có giọng đọc này." in answer.text


def test_the_commune_teaches_an_abbreviation_and_can_undo_its_removal(officer: Browser, world: World) -> None:
    officer.post("/speech/abbreviations", data={"short": "HTXC", "said": "hợp tác xã chè"})
    assert "HTXC hợp tác xã chè" in text(officer, "/speech/abbreviations")
    assert "hợp tác xã chè họp" in officer.post("/speech/words", data={"text": "HTXC họp"}).text
    gone = officer.post("/speech/abbreviations", data={"short": "HTXC", "said": ""}).headers["location"]
    assert "Đã xoá HTXC." in officer.get(gone).text
    officer.post("/speech/abbreviations/put-back", data={"short": "HTXC"})
    assert "HTXC hợp tác xã chè" in text(officer, "/speech/abbreviations")
    with world.database.read() as c:
        assert people.notes(c)[0].detail == " → hợp tác xã chè"


def test_a_link_cannot_plant_a_reading(officer: Browser) -> None:
    assert "Đã xoá UBND." in officer.get("/speech/abbreviations?dropped=UBND&said=bậy").text
    assert officer.post("/speech/abbreviations/put-back", data={"short": "UBND", "said": "bậy"}).status_code == 409
    assert "bậy" not in officer.post("/speech/words", data={"text": "UBND họp"}).text


def test_an_abbreviation_from_any_keyboard_is_the_same(officer: Browser) -> None:
    officer.post("/speech/abbreviations", data={"short": unicodedata.normalize("NFD", "TỔHT"), "said": "tổ hợp tác"})
    assert "tổ hợp tác họp" in officer.post("/speech/words", data={"text": "TỔHT họp"}).text


@pytest.mark.parametrize(("short", "said"), [("", "a"), ("A" * 31, "a"), ("A", "a" * 121), ("!", "a")])
def test_an_abbreviation_that_makes_no_sense_is_refused_with_what_was_typed(
    officer: Browser, short: str, said: str
) -> None:
    answer = officer.post("/speech/abbreviations", data={"short": short, "said": said})
    assert answer.status_code == 422
    assert "Chữ viết tắt dài 1 đến" in answer.text
    assert f'value="{short}"' in answer.text


@can_speak
@pytest.mark.real
def test_one_hears_one_sentence_at_a_time_and_others_are_not_kept_from_it(
    site: TestClient, browser: Browser, world: World
) -> None:
    browser.enter(world, "lan")
    hub: Hub = site.app.state.hub  # type: ignore[attr-defined]
    asked = {"text": "Mời bà con.", "voice": "vi", "speed": "140"}
    hub.listening.add("lan")
    answer = browser.post("/speech/listen", data=asked)
    assert (answer.status_code, answer.text) == (429, "Máy đang đọc câu khác cho bạn. Xin chờ đọc xong.")
    browser.enter(world, "hung")
    for _ in range(2):
        assert browser.post("/speech/listen", data=asked).status_code == 200
    assert browser.post("/speech/listen", data={**asked, "text": ""}).status_code == 422
    assert hub.listening == {"lan"}
