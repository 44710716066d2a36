"""What is ordered, as other programs read it: instants, places, what waits, what was taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event, vRecur

from contract.orders import Audio
from contract.terms import Priority
from hub.ics.lines import MAX_EVENTS
from hub.ics.reading import read
from hub.ics.writing import SINGLES, Listed, write
from hub.orders import broadcasts
from hub.orders.broadcasts import Broadcast, Stage
from hub.rules import calendar
from hub.rules.rule import USUAL_SETS, Days, Exemption, Kind, Rule
from hub.rules.wording import parse

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
ORDER = Broadcast(
    id="b1",
    title="Bản tin; sáng, trưa",
    audio=(Audio(sha256="a" * 64, size=10, duration_s=90.4),),
    nodes=("xa-dong",),
    priority=Priority.ROUTINE,
    starts_at=NOW + timedelta(hours=4),
    stage=Stage.DRAFT,
    author="lan",
    created_at=NOW,
)


def recurring(rule: Rule | str) -> Broadcast:
    rule = parse(rule, TODAY) if isinstance(rule, str) else rule
    first = calendar.next_occurrence(rule, NOW)
    return replace(ORDER, rule=rule, starts_at=None if first is None else first.at)


def file(*orders: Broadcast) -> bytes:
    listed = [Listed(order=order, place="Thôn Đông, Thôn Đoài", sequence=3) for order in orders]
    return write("Loa xã Bình Minh", listed, NOW, USUAL_SETS, HERE)


def events(*orders: Broadcast) -> list[Event]:
    return [e for e in Calendar.from_ical(file(*orders)).walk("VEVENT") if isinstance(e, Event)]


def recurrence_of(event: Event) -> str:
    recur = event["RRULE"]
    assert isinstance(recur, vRecur)
    return bytes(recur.to_ical()).decode()  # type: ignore[no-untyped-call]


def told_by(event: Event, until: datetime) -> set[datetime]:
    """Its instants as any program would expand them."""
    start = event.decoded("dtstart")
    if "RRULE" not in event:
        return {start}
    left_out = event.get("EXDATE", [])
    out = {each.dt for one in (left_out if isinstance(left_out, list) else [left_out]) for each in one.dts}
    return set(rrulestr(recurrence_of(event), dtstart=start).between(start, until, inc=True)) - out


def test_an_order_is_an_event_with_its_place_its_length_and_how_far_it_is() -> None:
    (event,) = events(ORDER)
    assert str(event["summary"]) == "Bản tin; sáng, trưa"
    assert str(event["location"]) == "Thôn Đông, Thôn Đoài"
    assert event.decoded("dtstart") == ORDER.starts_at
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(seconds=91)
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == ("b1@loalang", 3, "TENTATIVE")
    assert b"DTSTART;TZID=Asia/Ho_Chi_Minh:20261125T120000" in file(ORDER)
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh" in file(ORDER)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (ORDER, "TENTATIVE"),
        (broadcasts.approve(replace(ORDER, stage=Stage.SUBMITTED), "hung", NOW), "CONFIRMED"),
        (replace(ORDER, stage=Stage.CANCELLED), "CANCELLED"),
    ],
)
def test_what_waits_what_is_approved_and_what_was_cancelled_can_be_told_apart(order: Broadcast, status: str) -> None:
    assert [str(e["status"]) for e in events(order)] == [status]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("hằng ngày 5:00", ["FREQ=DAILY"]),
        ("thứ 2-6 16:45", ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;WKST=MO"]),
        ("2 tuần một lần thứ bảy 7:30 từ 1/12/2026", ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;WKST=MO"]),
        ("hằng tháng ngày cuối tháng 5:00", ["FREQ=MONTHLY;BYMONTHDAY=-1"]),
        ("2/9 hằng năm 7:00", ["FREQ=YEARLY;BYMONTHDAY=2;BYMONTH=9"]),
        ("hằng ngày 5:00, 17:30 đến 31/12/2026",
         ["FREQ=DAILY;UNTIL=20261230T220000Z", "FREQ=DAILY;UNTIL=20261231T103000Z"]),
    ],
)  # fmt: skip
def test_a_rule_of_the_solar_calendar_is_one_event_a_time(words: str, told: list[str]) -> None:
    assert [recurrence_of(e) for e in events(recurring(words))] == told


def test_a_lunar_rule_is_told_by_its_airings_of_ninety_days() -> None:
    starts = [e.decoded("dtstart").astimezone(HERE) for e in events(recurring("rằm và mùng một 6:00"))]
    assert [f"{at:%d/%m %H:%M}" for at in starts] == [
        "09/12 06:00", "23/12 06:00", "08/01 06:00", "22/01 06:00", "06/02 06:00", "20/02 06:00",
    ]  # fmt: skip
    assert len({str(e["uid"]) for e in events(recurring("rằm và mùng một 6:00"))}) == 6


def test_days_left_out_and_airings_taken_back_are_left_out_there_too() -> None:
    order = recurring("hằng ngày 5:00 trừ ngày lễ")
    order = replace(order, dropped=(datetime(2026, 11, 29, 22, 0, tzinfo=UTC),))
    (event,) = events(order)
    instants = {f"{at.astimezone(HERE):%d/%m}" for at in told_by(event, NOW + timedelta(days=60))}
    assert "29/11" in instants
    assert not instants & {"30/11", "01/01"}


DATES = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=120))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s)))
MONTH_DAYS = st.sets(st.integers(-1, 31).filter(bool), min_size=1, max_size=4).map(lambda s: tuple(sorted(s)))
LUNAR_DAYS = st.sets(st.integers(1, 30), min_size=1, max_size=2).map(lambda s: tuple(sorted(s)))
EVERY = st.integers(1, 4)
FEW_DATES = st.sets(DATES, min_size=1, max_size=5).map(lambda s: tuple(sorted(s)))
PATTERNS = st.one_of(
    st.builds(Days, kind=st.just(Kind.DAILY), every=EVERY),
    st.builds(Days, kind=st.just(Kind.WEEKLY), weekdays=WEEKDAYS, every=EVERY),
    st.builds(Days, kind=st.just(Kind.MONTHLY), days=MONTH_DAYS, every=EVERY),
    st.builds(Days, kind=st.just(Kind.YEARLY), days=st.just((12,)), month=st.integers(1, 12)),
    st.builds(Days, kind=st.just(Kind.LUNAR_MONTHLY), days=LUNAR_DAYS),
    st.builds(Days, kind=st.just(Kind.DATES), dates=FEW_DATES),
)  # fmt: skip


@st.composite
def orders(draw: st.DrawFn) -> Broadcast:
    days = draw(PATTERNS)
    first, last = sorted((draw(DATES), draw(DATES)))
    spans = [(first, last), (first, None), *([] if days.every > 1 else [(None, last), (None, None)])]
    first_day, last_day = (None, None) if days.kind is Kind.DATES else draw(st.sampled_from(spans))
    repeats = draw(st.integers(1, 2))
    spared = draw(st.sets(DATES, max_size=4))
    rule = Rule(
        days=days,
        times=tuple(sorted(draw(st.sets(st.integers(0, 1439), min_size=1, max_size=2)))),
        first=first_day,
        last=last_day,
        repeats=repeats,
        gap_min=draw(st.integers(1, 600)) if repeats > 1 else 0,
        exemptions=(Exemption(days=(Days(kind=Kind.DATES, dates=tuple(sorted(spared))),)),) if spared else (),
    )
    order = recurring(rule)
    ahead = broadcasts.airings(order, NOW, NOW + SINGLES)
    dropped = draw(st.sets(st.sampled_from([o.at for o in ahead]), max_size=2)) if ahead else ()
    return replace(order, dropped=tuple(sorted(dropped)))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(orders())
def test_what_was_written_is_read_again_with_the_same_instants(order: Broadcast) -> None:
    aired = {o.at for o in broadcasts.airings(order, NOW, NOW + SINGLES)}
    assume(len(aired) <= MAX_EVENTS)  # what has no RRULE is written one by one, and a longer file is not taken
    found = read(file(order), NOW, HERE)
    assert found.faults == ()
    told: set[datetime] = set()
    for entry in found.entries:
        rule = entry.rule
        told |= {entry.at} if rule is None else {o.at for o in calendar.occurrences(rule, NOW, NOW + SINGLES)}
    assert {at for at in told if NOW <= at < NOW + SINGLES} == aired
    others = {at for event in events(order) for at in told_by(event, NOW + SINGLES)}
    assert {at.astimezone(UTC) for at in others if NOW <= at < NOW + SINGLES} == aired
