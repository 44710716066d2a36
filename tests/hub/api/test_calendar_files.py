"""Calendars of other programs: what is ordered is told to them, and their events become drafts."""

import pytest
from icalendar import Calendar

from hub.people.accounts import Scope
from hub.store import broadcasts
from tests.hub.api.conftest import Program, Programs
from tests.hub.ics.test_reading import APPLE, GOOGLE
from tests.hub.web.world import VILLAGES, World

EAST, WEST, _ = VILLAGES
ICS = {"Content-Type": "text/calendar"}


def drafts(world: World) -> dict[str, str]:
    with world.database.read() as c:
        return {b.title: b.id for b in broadcasts.unapproved(c, world.clock())}


def test_the_whole_commune_or_one_village_is_told_to_other_calendars(program: Programs, world: World) -> None:
    reader = program("khach", Scope.READ)
    world.approve(world.order("Bản tin", rule="hằng ngày 5:00"))
    world.order("Họp thôn", 60, villages=(EAST,))
    answer = reader.get("/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    told = {str(e["summary"]): str(e["location"]) for e in Calendar.from_ical(answer.text).walk("VEVENT")}
    assert told == {"Bản tin": "Tất cả các làng", "Họp thôn": "Thôn Đông"}
    west = reader.get(f"/calendar.ics?node={WEST}", headers={"Accept-Language": "en"})
    (event,) = Calendar.from_ical(west.text).walk("VEVENT")
    assert str(event["description"]) == "Routine; hằng ngày 5:00"
    assert west.headers["content-disposition"] == f'attachment; filename="loa-lang-{WEST}.ics"'
    assert reader.get("/calendar.ics?node=binhminh-khong").status_code == 404


def test_a_file_is_looked_through_and_nothing_is_saved(program: Programs, world: World) -> None:
    data = GOOGLE.replace("DTSTART:20261201T070000Z", "DTSTART:mai").encode()
    answer = program("lan", Scope.READ).post("/calendar/import", content=data, headers=ICS)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["events"]) == 3
    rules = [e["rule"] for e in found["events"] if e["rule"]]
    assert "thứ 2, thứ 4, thứ 6 16:30 đến 31/1/2027 trừ ngày 4/12/2026, 7/12/2026" in rules
    assert [e["is_all_day"] for e in found["events"]].count(True) == 1
    (fault,) = found["faults"]
    assert fault == {"line": 9, "title": "Họp giao ban", "detail": "Không hiểu ngày giờ của việc này."}
    assert (found["past"], found["cancelled"]) == (1, 0)
    assert drafts(world) == {}


def test_events_become_drafts_and_each_says_how_it_went(officer: Program, world: World) -> None:
    sound = world.add_sound("Nhắc việc")
    world.order("Đã có", rule="hằng tháng ngày 5 6:00")
    events = officer.post("/calendar/import", content=(GOOGLE + APPLE).encode(), headers=ICS).json()["events"]
    wanted = [{name: e[name] for name in ("title", "starts_at", "rule")} for e in events]
    sent = {"events": wanted, "nodes": [EAST, WEST], "recording": sound.sha256, "has_chime": False}
    answer = officer.post("/calendar/import/drafts", json=sent)
    assert answer.status_code == 200, answer.text
    made = {each["title"]: each for each in answer.json()}
    assert made["Họp giao ban"]["broadcast"] == drafts(world)["Họp giao ban"]
    assert made["Chợ phiên"]["broadcast"] is None
    assert "Trùng giờ, hoặc trái giới hạn của làng" in made["Chợ phiên"]["detail"]
    assert {c["broadcast"] for c in made["Chợ phiên"]["conflicts"]} == {drafts(world)["Đã có"]}
    told = officer.get(f"/broadcasts/{made['Dọn vệ sinh đường làng']['broadcast']}").json()["order"]
    assert (told["stage"], told["nodes"]) == ("draft", [EAST, WEST])
    assert told["rule"] == "thứ 2, thứ 4, thứ 6 16:30 đến 31/1/2027 trừ ngày 4/12/2026, 7/12/2026"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"title": "Họp"}, "Hãy chọn ngày và giờ phát."),
        ({"title": " ", "starts_at": "2026-12-01T05:00:00+07:00"}, "Hãy đặt tên."),
        ({"title": "Họp", "starts_at": "2026-11-01T05:00:00+07:00"}, "Giờ phát đã qua."),
        ({"title": "Họp", "rule": "lúc nào cũng được"}, "lúc nào"),
    ],
)
def test_an_event_that_cannot_be_one_says_why(officer: Program, world: World, event: dict[str, str], said: str) -> None:
    sent = {"events": [event], "nodes": [EAST], "recording": world.add_sound("x").sha256, "has_chime": False}
    (made,) = officer.post("/calendar/import/drafts", json=sent).json()
    assert (made["broadcast"], said in made["detail"]) == (None, True), made
    assert drafts(world) == {}


def test_nobody_makes_drafts_for_other_villages(officer: Program, world: World) -> None:
    world.bind("lan", EAST)
    event = {"title": "Họp", "starts_at": "2026-12-01T05:00:00+07:00"}
    sent = {"events": [event], "nodes": [WEST], "recording": world.add_sound("x").sha256, "has_chime": False}
    assert officer.post("/calendar/import/drafts", json=sent).status_code == 403
    assert drafts(world) == {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Đây không phải tệp lịch (.ics)."),
        (b"\x89PNG\r\n" * 100, "Đây không phải tệp lịch (.ics)."),
        (b"BEGIN:VCALENDAR\r\n" + b"X:a\r\n" * 220_000, "Tệp lịch lớn quá 1 MB."),
    ],
)
def test_a_file_that_is_none_is_refused_with_words(officer: Program, data: bytes, said: str) -> None:
    answer = officer.post("/calendar/import", content=data, headers=ICS)
    assert (answer.status_code, said in answer.json()["detail"]) == (409, True)


def test_a_file_beyond_all_measure_is_not_even_received(officer: Program) -> None:
    assert officer.post("/calendar/import", content=b"x" * 2_000_000, headers=ICS).status_code == 413


def test_no_more_events_at_once_than_the_page_takes(officer: Program, world: World) -> None:
    events = [{"title": "Họp"}] * 101
    sent = {"events": events, "nodes": [EAST], "recording": world.add_sound("x").sha256}
    assert officer.post("/calendar/import/drafts", json=sent).status_code == 422
