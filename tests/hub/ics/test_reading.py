"""Calendar files as Google Calendar, Outlook and Apple Calendar write them; and files that mean no good."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ics.lines import MAX_BYTES, MAX_EVENTS
from hub.ics.reading import Entry, Found, read
from hub.refusals import Refused
from hub.rules.wording import words

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""Wednesday, 08:00 here."""

GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:UBND xã Bình Minh
X-WR-TIMEZONE:Asia/Ho_Chi_Minh
BEGIN:VEVENT
DTSTART:20261201T070000Z
DTEND:20261201T083000Z
DTSTAMP:20261120T021500Z
UID:4kq1@google.com
CREATED:20261118T020000Z
DESCRIPTION:Mời các thôn\\, trưởng thôn
LAST-MODIFIED:20261118T020000Z
LOCATION:Hội trường UBND xã\\, thôn Đông
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Họp giao ban
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Asia/Ho_Chi_Minh:20250106T163000
DTEND;TZID=Asia/Ho_Chi_Minh:20250106T170000
RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20270131T165959Z;BYDAY=MO,WE,FR
EXDATE;TZID=Asia/Ho_Chi_Minh:20261204T163000
DTSTAMP:20261120T021500Z
UID:9ab2@google.com
SUMMARY:Dọn vệ sinh đường làng
STATUS:CONFIRMED
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Asia/Ho_Chi_Minh:20261208T160000
RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261207T163000
UID:9ab2@google.com
SUMMARY:Dọn vệ sinh đường làng (dời)
STATUS:CONFIRMED
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261222
DTEND;VALUE=DATE:20261223
UID:ngay22@google.com
SUMMARY:Ngày thành lập Quân đội
STATUS:CONFIRMED
END:VEVENT
BEGIN:VEVENT
DTSTART:20240101T070000Z
UID:cu@google.com
SUMMARY:Việc đã qua
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
BEGIN:VTIMEZONE
TZID:SE Asia Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:(UTC+07:00) Bangkok\\, Hanoi\\, Jakarta
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
DTEND;TZID="SE Asia Standard Time":20261203T093000
DTSTAMP:20261120T021500Z
DTSTART;TZID="SE Asia Standard Time":20261203T090000
PRIORITY:5
RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=TH;BYSETPOS=1
SUMMARY;LANGUAGE=vi:Tiếp dân thườ
 ng kỳ
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E008
X-ALT-DESC;FMTTYPE=text/html:<html><body>x</body></html>
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="(UTC+07:00) Bangkok\\, Hanoi\\, Jakarta":20261130T170000
RRULE:FREQ=DAILY;INTERVAL=2
SUMMARY:Nhắc nộp tiền nước
UID:u2
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 15.1//EN
VERSION:2.0
X-APPLE-CALENDAR-COLOR:#1BADF8
BEGIN:VTIMEZONE
TZID:Asia/Ho_Chi_Minh
BEGIN:STANDARD
DTSTART:19750613T000000
TZNAME:GMT+7
TZOFFSETFROM:+0800
TZOFFSETTO:+0700
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20261101T010101Z
DTEND;TZID=Asia/Ho_Chi_Minh:20261205T063000
DTSTAMP:20261101T010203Z
DTSTART;TZID=Asia/Ho_Chi_Minh:20261205T060000
LAST-MODIFIED:20261101T010101Z
LOCATION:Chợ xã\\nThôn Đoài
RRULE:FREQ=MONTHLY;BYMONTHDAY=5,20
SEQUENCE:1
SUMMARY:Chợ phiên
UID:6F1C-APPLE
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Asia/Ho_Chi_Minh:20261210T080000
STATUS:CANCELLED
SUMMARY:Đã huỷ
UID:huy
END:VEVENT
END:VCALENDAR
"""


def found(text: str) -> Found:
    return read(text.replace("\n", "\r\n").encode(), NOW, HERE)


def said(entry: Entry) -> tuple[str, str]:
    when = f"{entry.at.astimezone(HERE):%d/%m/%Y %H:%M}" if entry.rule is None else words(entry.rule)
    return entry.title, when


def event(*lines: str) -> str:
    return "\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Họp", *lines, "END:VEVENT", "END:VCALENDAR"))


def test_google_calendar_with_days_left_out_moved_and_over() -> None:
    told = found(GOOGLE)
    assert [said(e) for e in told.entries] == [
        ("Dọn vệ sinh đường làng", "thứ 2, thứ 4, thứ 6 16:30 đến 31/1/2027 trừ ngày 4/12/2026, 7/12/2026"),
        ("Họp giao ban", "01/12/2026 14:00"),
        ("Dọn vệ sinh đường làng (dời)", "08/12/2026 16:00"),
        ("Ngày thành lập Quân đội", "22/12/2026 05:00"),
    ]
    assert told.entries[1].place == "Hội trường UBND xã, thôn Đông"
    assert [e.is_all_day for e in told.entries] == [False, False, False, True]
    assert (told.past, told.faults) == (1, ())


def test_outlook_with_its_own_names_of_zones_and_the_first_thursday_of_a_month() -> None:
    told = found(OUTLOOK)
    assert [said(e) for e in told.entries] == [
        ("Nhắc nộp tiền nước", "2 ngày một lần 17:00 từ 30/11/2026"),
        ("Tiếp dân thường kỳ", "ngày 3/12/2026, 7/1/2027, 4/2/2027, 4/3/2027, 1/4/2027, 6/5/2027 9:00"),
    ]
    assert told.faults == ()


def test_apple_calendar_and_what_was_cancelled_there() -> None:
    told = found(APPLE)
    assert [said(e) for e in told.entries] == [("Chợ phiên", "hằng tháng ngày 5, ngày 20 6:00 từ 5/12/2026")]
    assert told.entries[0].place == "Chợ xã Thôn Đoài"
    assert told.cancelled == 1


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (("DTSTART:20261201T230000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU"), "thứ 4 6:00 từ 2/12/2026"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY;COUNT=3"), "hằng ngày 5:00 từ 1/12/2026 đến 3/12/2026"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY;UNTIL=20261203"), "hằng ngày 5:00 từ 1/12/2026 đến 3/12/2026"),
        (("DTSTART:20260101T050000", "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"), "thứ 2-6 5:00"),
        (("DTSTART:20260902T070000", "RRULE:FREQ=YEARLY"), "hằng năm ngày 2/9 7:00"),
        (("DTSTART:20261201T050000", "RDATE:20261203T050000,20261209T050000"),
         "ngày 1/12/2026, 3/12/2026, 9/12/2026 5:00"),
        (("DTSTART;TZID=/softwarestudio.org/Asia/Ho_Chi_Minh:20261201T050000",), "01/12/2026 05:00"),
        (("DTSTART;TZID=America/New_York:20261201T050000",), "01/12/2026 17:00"),
    ],
)  # fmt: skip
def test_the_many_ways_to_say_when(lines: tuple[str, ...], when: str) -> None:
    (entry,) = found(event(*lines)).entries
    assert said(entry)[1] == when


@pytest.mark.parametrize(
    ("lines", "number", "why"),
    [
        (("DTSTART:20261201T050000", "RRULE:FREQ=SECONDLY"), 5, "Không hiểu cách lặp lại “FREQ=SECONDLY”"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY;BYHOUR=5,17"), 5, "“BYHOUR”"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY;COUNT=999999999"), 5, "Không hiểu cách lặp lại"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), 5, "Không hiểu cách lặp lại"),
        (("DTSTART:20261201T050000", "RRULE:làm gì đó"), 5, "Không hiểu cách lặp lại"),
        (("DTSTART;TZID=America/New_York:20261201T050000", "RRULE:FREQ=DAILY"), 5, "quá nhiều ngày riêng lẻ"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=DAILY", "RDATE:20261203T120000"), 6, "lặp lại theo hai cách"),
        (("DTSTART:sáng mai",), 4, "Không hiểu ngày giờ"),
        (("DTSTART:99991231T050000Z",), 4, "Không hiểu ngày giờ"),
        (("DTSTART;TZID=../../etc/passwd:20261201T050000",), 4, "Không biết múi giờ “../../etc/passwd”"),
        (("UID:1",), 2, "Không hiểu ngày giờ"),
        (("DTSTART:20261201T050000", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE"), 5, "quá nhiều ngày riêng lẻ"),
    ],
)
def test_what_is_not_understood_is_told_by_its_line(lines: tuple[str, ...], number: int, why: str) -> None:
    told = found(event(*lines))
    assert told.entries == ()
    (fault,) = told.faults
    assert (fault.line, fault.title) == (number, "Họp")
    assert why in fault.message_vi


def test_a_pattern_without_an_end_is_cut_at_a_year_and_says_so() -> None:
    (entry,) = found(event("DTSTART:20261201T050000", "RRULE:FREQ=MONTHLY;BYDAY=1TU")).entries
    assert entry.is_cut
    assert words(entry.rule).count("/") == 24 if entry.rule else False  # twelve dates


def test_one_bad_event_spoils_no_other() -> None:
    told = found(GOOGLE.replace("DTSTART:20261201T070000Z", "DTSTART:?"))
    assert len(told.entries) == 3
    assert [f.title for f in told.faults] == ["Họp giao ban"]


BOMB = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 40_000
MANY = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261201T050000\nEND:VEVENT\n" * 301 + "END:VCALENDAR"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "không phải tệp lịch"),
        (b"MZ\x90\x00" * 20, "không phải tệp lịch"),
        (b"BEGIN:VCALENDAR\r\n\x00END:VCALENDAR", "không phải tệp lịch"),
        ("BEGIN:VCALENDAR\r\n".encode("utf-16"), "không phải tệp lịch"),
        (b"<html>BEGIN:VCALENDAR</html>", "không phải tệp lịch"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x", "bị cắt ngang"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "hỏng ở dòng 2"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n", "hỏng ở dòng 3"),
        (b"BEGIN:VCALENDAR\r\nX:" + b"a" * 30_000 + b"\r\nEND:VCALENDAR", "hỏng ở dòng 2"),
        (b"BEGIN:VCALENDAR\r\nX:a" + b"\r\n a" * 30_000 + b"\r\nEND:VCALENDAR", "hỏng ở dòng 2"),
        (BOMB.encode(), "hỏng ở dòng 6"),
        (MANY.encode(), f"có 301 việc, nhiều nhất được {MAX_EVENTS}"),
        (b"BEGIN:VCALENDAR\r\n" + b"X:a\r\n" * MAX_BYTES, "lớn quá 1 MB"),
    ],
    ids=range(13),
)
def test_a_hostile_file_is_refused_with_words(data: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data, NOW, HERE)
    assert why in refused.value.message_vi


def test_the_worst_file_that_is_taken_is_looked_through_in_seconds() -> None:
    lines = "SUMMARY:x\nDTSTART:20100101T050000\nRRULE:FREQ=DAILY;COUNT=1000;INTERVAL=1\nEND:VEVENT\n"
    endless = "SUMMARY:y\nDTSTART:20100101T050000\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,2\nEND:VEVENT\n"
    worst = "".join("BEGIN:VEVENT\n" + (lines if n % 2 else endless) for n in range(MAX_EVENTS))
    begun = time.process_time()
    read(f"BEGIN:VCALENDAR\n{worst}END:VCALENDAR".encode(), NOW, HERE)
    assert time.process_time() - begun < 10


SCRAPS = [
    "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "SUMMARY:Họp", "SUMMARY;X=\"a",
    "DTSTART:20261201T050000",
    "DTSTART;VALUE=DATE:20261201", "DTSTART;TZID=x:20261201T050000", "RRULE:FREQ=DAILY", "RRULE:FREQ=MONTHLY;BYDAY=1MO",
    "RRULE:FREQ=YEARLY;BYMONTH=13", "RRULE:FREQ=WEEKLY;BYDAY=XX", "RRULE:FREQ=MONTHLY;BYMONTHDAY=40;BYSETPOS=0",
    "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=DAILY;UNTIL=19000101", "EXDATE:20261202T050000,", "RDATE:20261202/P1D",
    "RECURRENCE-ID:20261201T050000", "UID:1", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "TZOFFSETTO:+9999",
    "STATUS:CANCELLED", " folded", ":", ";",
]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=30), max_size=14))
def test_any_file_is_read_or_refused(lines: list[str]) -> None:
    whole = ("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR")
    data = "\r\n".join(whole).encode("utf-8", "replace")
    try:
        told = read(data, NOW, HERE)
    except Refused:
        return
    assert all(entry.title and entry.at >= NOW - timedelta(days=1) for entry in told.entries)
    assert all(fault.message_vi and fault.line > 1 for fault in told.faults)
