"""What is ordered, laid out by days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contract.limits import Limits
from contract.orders import Audio
from contract.rules import Span, is_quiet, refusal
from contract.terms import Priority, Reason
from hub.orders import timetable
from hub.orders.broadcasts import Broadcast, Stage
from hub.rules.rule import USUAL_SETS, Name
from hub.rules.wording import parse

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2026, 12, 28), date(2027, 1, 3)
START, END = datetime(2026, 12, 28, tzinfo=HANOI), datetime(2027, 1, 4, tzinfo=HANOI)


def order(title: str, nodes: tuple[str, ...] = ("a", "b"), rule: str = "", **changes: object) -> Broadcast:
    """Ten minutes, at 5:00 of the first day or by a rule."""
    usual = {
        "id": title,
        "title": title,
        "audio": (Audio(sha256="0" * 64, size=1, duration_s=600.0),),
        "nodes": nodes,
        "priority": Priority.ROUTINE,
        "starts_at": START + timedelta(hours=5),
        "stage": Stage.APPROVED,
        "author": "lan",
        "created_at": START - timedelta(days=9),
        "rule": parse(rule, FIRST) if rule else None,
    }
    return Broadcast(**(usual | changes))  # type: ignore[arg-type]


def lay(*found: Broadcast) -> list[timetable.Day]:
    laid = timetable.slots(found, START, END, USUAL_SETS)
    return timetable.days(laid, FIRST, LAST, HANOI, USUAL_SETS)


def test_each_day_has_its_airings_in_their_order() -> None:
    week = lay(order("sáng", rule="hằng ngày 5:00"), order("trưa", rule="thứ 2-6 11:00"), order("một lần"))
    assert [s.broadcast.title for s in week[0].slots] == ["một lần", "sáng", "trưa"]
    assert [s.broadcast.title for s in week[6].slots] == ["sáng"], "a Sunday"


def test_lunar_dates_and_holidays_are_those_of_the_day() -> None:
    week = lay()
    assert [(d.lunar.day, d.lunar.month) for d in week[:2]] == [(20, 11), (21, 11)]
    assert [d.names for d in week] == [(), (), (), (), (Name.HOLIDAY,), (), ()]


def test_minutes_are_counted_by_village_and_emergencies_are_not() -> None:
    storm = order("bão", ("b",), priority=Priority.EMERGENCY)
    (monday, *others) = lay(order("một", ("a",)), order("hai", ("a", "b")), storm)
    assert monday.minutes == {"a": 20, "b": 10}
    assert all(day.minutes == {} for day in others)


def test_what_is_cancelled_is_not_shown_and_what_waits_is() -> None:
    (monday, *_) = lay(order("bỏ", stage=Stage.CANCELLED), order("chờ", stage=Stage.DRAFT))
    assert [s.broadcast.title for s in monday.slots] == ["chờ"]


def test_a_lane_has_what_its_village_hears() -> None:
    laid = timetable.slots([order("một", ("a",)), order("hai", ("a", "b"))], START, END, USUAL_SETS)
    lanes = timetable.lanes(laid, ["a", "b", "c"])
    assert {node: len(lane) for node, lane in lanes.items()} == {"a": 2, "b": 1, "c": 0}


@given(st.dates(date(2025, 1, 1), date(2099, 12, 31)))
def test_a_month_is_shown_in_whole_weeks(day: date) -> None:
    first, last = timetable.month_span(day)
    assert first.weekday() == 0
    assert last.weekday() == 6
    assert first <= day.replace(day=1)
    assert (last - first).days + 1 in (28, 35, 42)
    assert (last + timedelta(days=1)).month != day.month or (last + timedelta(days=1)).year != day.year


def test_an_airing_that_goes_on_past_midnight_is_still_heard_the_next_day() -> None:
    night = order("đêm", starts_at=START - timedelta(minutes=5))
    laid = timetable.slots([night], START, END, USUAL_SETS)
    assert [len(lane) for lane in timetable.lanes(laid, ["a"]).values()] == [1]
    assert lay(night)[0].slots == (), "it is of the day on which it began"


def test_an_airing_after_midnight_in_vietnam_is_of_that_day() -> None:
    late = order("khuya", starts_at=datetime(2026, 12, 28, 17, 30, tzinfo=UTC))
    (monday, tuesday, *_) = lay(late)
    assert [len(monday.slots), len(tuesday.slots)] == [0, 1]


@given(st.integers(0, 1440), st.integers(0, 1440), st.integers(0, 23), st.integers(0, 1439))
def test_a_minute_is_drawn_as_quiet_where_a_node_would_be_silent(first: int, last: int, hour: int, minute: int) -> None:
    limits = Limits(quiet_from_min=first, quiet_until_min=last)
    start = START + timedelta(hours=hour)
    drawn = any(a <= minute < b for a, b in timetable.quiet(limits, start))
    sounding = Span(start + timedelta(minutes=minute), 60.0, Priority.ROUTINE)
    assert drawn is is_quiet(limits, sounding)


@given(st.lists(st.integers(0, 1400), min_size=1, max_size=8), st.integers(1, 6), st.integers(1, 90))
def test_a_quota_is_told_as_exceeded_where_a_node_would_refuse(minutes: list[int], sessions: int, most: int) -> None:
    limits = Limits(quiet_from_min=0, quiet_until_min=0, sessions_a_day=sessions, minutes_a_day=most)
    found = [order(f"b{n}", starts_at=START + timedelta(minutes=at)) for n, at in enumerate(minutes)]
    laid = timetable.slots(found, START, START + timedelta(days=1), USUAL_SETS)
    spans = [Span(s.at, s.minutes * 60, s.broadcast.priority) for s in laid]
    full = refusal(limits, spans[-1], spans[:-1]) in (Reason.QUOTA_SESSIONS, Reason.QUOTA_MINUTES)
    assert (timetable.load(laid, "a", limits).share > 1) is full


def test_an_emergency_takes_nothing_of_a_quota() -> None:
    siren = order("Bão", priority=Priority.EMERGENCY)
    laid = timetable.slots([siren], START, END, USUAL_SETS)
    assert timetable.load(laid, "a", Limits()).share == 0
