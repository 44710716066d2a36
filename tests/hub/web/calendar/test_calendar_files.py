"""The calendar as a file for other programs, and their files looked through to become orders."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from icalendar import Calendar, Event

from hub.rules.wording import words
from hub.store import broadcasts
from tests.hub.ics.test_reading import APPLE, GOOGLE
from tests.hub.web.board.test_board import text
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


def events(answer: httpx.Response) -> list[Event]:
    assert answer.headers["content-type"].startswith("text/calendar")
    return [e for e in Calendar.from_ical(answer.text).walk("VEVENT") if isinstance(e, Event)]


def bring(browser: Browser, data: bytes) -> httpx.Response:
    return browser.post("/calendar/import", files={"file": ("lich.ics", data, "text/calendar")})


def shown(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_whole_commune_or_one_village(officer: Browser, world: World) -> None:
    world.approve(world.order("Bản tin", rule="hằng ngày 5:00"))
    world.order("Họp thôn", 60, villages=(EAST,))
    answer = officer.get("/calendar.ics")
    assert answer.headers["content-disposition"] == 'attachment; filename="loa-lang.ics"'
    told = {str(e["summary"]): e for e in events(answer)}
    assert {title: str(e["location"]) for title, e in told.items()} == {
        "Bản tin": "Tất cả các làng",
        "Họp thôn": "Thôn Đông",
    }
    assert [str(e["status"]) for e in told.values()] == ["CONFIRMED", "TENTATIVE"]
    assert str(told["Bản tin"]["description"]) == "Thường; hằng ngày 5:00"
    west = officer.get(f"/calendar.ics?village={WEST}")
    assert [str(e["summary"]) for e in events(west)] == ["Bản tin"]
    assert f"loa-lang-{WEST}.ics" in west.headers["content-disposition"]
    assert officer.get("/calendar.ics?village=binhminh-nowhere").status_code == 404


def test_every_change_raises_the_sequence_and_keeps_the_name(officer: Browser, world: World) -> None:
    order = world.order("Bản tin", rule="hằng ngày 5:00")

    def told() -> tuple[str, int, str]:
        (event,) = events(officer.get("/calendar.ics"))
        return str(event["uid"]), int(str(event["sequence"])), str(event["status"])

    assert told() == (f"{order.id}-0500@loalang", 0, "TENTATIVE")
    world.approve(order)
    assert told() == (f"{order.id}-0500@loalang", 1, "CONFIRMED")
    world.desk.drop(order.id, MORNING + timedelta(minutes=30), world.user("lan"))
    assert told()[1] == 2
    world.desk.cancel(order.id, world.user("lan"))
    assert told() == (f"{order.id}-0500@loalang", 3, "CANCELLED")


def test_a_file_is_shown_in_words_and_nothing_is_saved(officer: Browser, world: World) -> None:
    page = shown(bring(officer, (GOOGLE.replace("DTSTART:20261201T070000Z", "DTSTART:mai")).encode()))
    assert "Hiểu được 3 việc" in page
    assert "thứ 2, thứ 4, thứ 6 16:30 đến 31/1/2027 trừ ngày 4/12/2026, 7/12/2026" in page
    assert "Lịch gốc ghi cả ngày; 05:00 chỉ là giờ gợi ý." in page
    assert "Dòng 9 “Họp giao ban”: Không hiểu ngày giờ của việc này." in page
    assert "Bỏ qua: 1 việc đã qua, 0 việc đã huỷ." in page
    with world.database.read() as c:
        assert broadcasts.unapproved(c, world.clock()) == []


def test_an_event_fills_the_form_in(officer: Browser, world: World) -> None:
    page = bring(officer, APPLE.encode()).text
    (link,) = re.findall(r'href="(/broadcasts/new\?title[^"]+)"', page)
    form = officer.get(unescape(link)).text
    assert 'value="Chợ phiên"' in form
    assert 'value="hằng tháng ngày 5, ngày 20 6:00 từ 5/12/2026"' in form
    assert 'value="repeat" checked' in form


def test_ticked_events_become_drafts_with_one_recording_and_each_says_how_it_went(
    officer: Browser, world: World
) -> None:
    sound = world.add_sound("Nhắc việc")
    world.order("Đã có", rule="hằng tháng ngày 5 6:00")
    told = bring(officer, (GOOGLE + APPLE).encode()).text
    chosen = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', told) for name in ("titles", "moments", "rules")
    }  # as the browser sends them back
    answer = officer.post(
        "/calendar/import/drafts",
        data={**chosen, "chosen": ["1", "2"], "recording": sound.sha256, "villages": [EAST, WEST]},
    )
    page = shown(answer)
    assert "Họp giao ban Đã tạo bản nháp" in page
    assert "Chợ phiên Trùng giờ, hoặc trái giới hạn của làng." in page
    with world.database.read() as c:
        made = {b.title: b for b in broadcasts.unapproved(c, world.clock())}
    assert set(made) == {"Đã có", "Họp giao ban"}
    assert made["Họp giao ban"].nodes == (EAST, WEST)
    assert made["Họp giao ban"].audio == (sound.audio,)
    again = officer.post(
        "/calendar/import/drafts",
        data={**chosen, "chosen": ["0"], "recording": sound.sha256, "villages": [MIDDLE]},
    )
    assert "Đã tạo bản nháp" in again.text
    with world.database.read() as c:
        rule = next(b.rule for b in broadcasts.unapproved(c, world.clock()) if b.title == "Dọn vệ sinh đường làng")
    assert rule is not None
    assert words(rule) == "thứ 2, thứ 4, thứ 6 16:30 đến 31/1/2027 trừ ngày 4/12/2026, 7/12/2026"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Đây không phải tệp lịch (.ics)."),
        (b"\x89PNG\r\n" * 100, "Đây không phải tệp lịch (.ics)."),
        (b"BEGIN:VCALENDAR\r\n" + b"X:a\r\n" * 220_000, "Tệp lịch lớn quá 1 MB."),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "Tệp lịch bị cắt ngang"),
    ],
)
def test_a_file_that_is_none_is_refused_with_words(officer: Browser, data: bytes, said: str) -> None:
    answer = bring(officer, data)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_file_beyond_all_measure_is_not_even_received(officer: Browser) -> None:
    assert bring(officer, b"x" * 2_000_000).status_code == 413


def test_nonsense_sent_back_makes_nothing(officer: Browser, world: World) -> None:
    sound = world.add_sound("Nhắc việc")
    rows = {"titles": ["", "Họp", "Họp"], "moments": ["2026-12-01T05:00", "mai", "x"], "rules": ["", "", "lung tung"]}
    sent = {**rows, "chosen": ["0", "1", "2", "9"], "recording": sound.sha256, "villages": [EAST]}
    page = shown(officer.post("/calendar/import/drafts", data=sent))
    assert "Hãy đặt tên." in page
    assert "Hãy chọn ngày và giờ phát." in page
    assert "Không hiểu" in page or "Chưa rõ" in page
    with world.database.read() as c:
        assert broadcasts.unapproved(c, world.clock()) == []
    assert officer.post("/calendar/import/drafts", data={}).status_code == 409


def test_the_calendar_offers_its_files(officer: Browser, leader: Browser, world: World) -> None:
    page = text(officer, "/calendar")
    assert "Tải lịch về" in page
    assert "Nhập lịch từ tệp" in page
