"""When a rule airs: golden dates, midnight, repeats, exemptions, leap months."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rules import lunar
from hub.rules.calendar import Occurrence, days_between, next_occurrence, occurrences, on_days, recurrence
from hub.rules.rule import USUAL_SETS, Days, DaySets, Exemption, Kind, Leap, Name, Rule
from hub.rules.wording import parse

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 12, 1)
SHA = "a" * 64


def days_of(words: str, first: str, last: str) -> list[str]:
    found = on_days(parse(words, TODAY), date.fromisoformat(first), date.fromisoformat(last))
    return [o.day.isoformat() for o in found]


def local(o: Occurrence) -> str:
    return f"{o.at.astimezone(HERE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "first", "last", "expected"),
    [
        ("thứ 2-6 16:45", "2026-12-04", "2026-12-08", ["2026-12-04", "2026-12-07", "2026-12-08"]),
        ("2 tuần một lần thứ bảy 7:30 từ 1/12/2026", "2026-12-01", "2027-01-10",
         ["2026-12-05", "2026-12-19", "2027-01-02"]),
        ("2 tuần một lần thứ bảy 7:30 từ 6/12/2026", "2026-12-01", "2027-01-10",
         ["2026-12-19", "2027-01-02"]),
        ("2 ngày một lần 5:00 từ 1/12/2026", "2026-12-04", "2026-12-08", ["2026-12-05", "2026-12-07"]),
        ("hằng tháng ngày 31 5:00", "2026-12-01", "2027-03-31", ["2026-12-31", "2027-01-31", "2027-03-31"]),
        ("hằng tháng ngày cuối tháng 5:00", "2027-02-01", "2027-04-30", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ("29/2 hằng năm 5:00", "2027-01-01", "2032-12-31", ["2028-02-29", "2032-02-29"]),
        ("rằm và mùng một 6:00", "2026-12-01", "2027-01-31",
         ["2026-12-09", "2026-12-23", "2027-01-08", "2027-01-22"]),
        ("giỗ Tổ 7:00", "2026-01-01", "2029-12-31", ["2026-04-26", "2027-04-16", "2028-04-04", "2029-04-23"]),
        ("3 ngày trước Tết 18:00", "2026-01-01", "2028-12-31", ["2026-02-14", "2027-02-03", "2028-01-23"]),
        ("giao thừa 18:00", "2027-01-01", "2030-12-31", ["2027-02-05", "2028-01-25", "2029-02-12", "2030-02-01"]),
        ("ngày 15/12/2026, 20/12/2026 17:00", "2026-12-16", "2026-12-31", ["2026-12-20"]),
        ("hằng ngày 5:00 từ 3/12/2026 đến 4/12/2026", "2026-12-01", "2026-12-31", ["2026-12-03", "2026-12-04"]),
        ("hằng ngày 5:00 trừ 2/9, 31/8", "2027-08-30", "2027-09-03", ["2027-08-30", "2027-09-01", "2027-09-03"]),
        ("hằng ngày 5:00 trừ từ 2/12/2026 đến 9/12/2026", "2026-12-01", "2026-12-10", ["2026-12-01", "2026-12-10"]),
        ("hằng ngày 5:00 trừ Tết", "2027-02-05", "2027-02-09", ["2027-02-05", "2027-02-09"]),
        ("hằng ngày 5:00 trừ ngày lễ", "2027-04-28", "2027-05-02", ["2027-04-28", "2027-04-29", "2027-05-02"]),
        ("thứ 7 5:00 trừ rằm", "2026-12-01", "2026-12-31", ["2026-12-05", "2026-12-12", "2026-12-19", "2026-12-26"]),
    ],
)  # fmt: skip
def test_the_days_are_those_of_a_paper_calendar(words: str, first: str, last: str, expected: list[str]) -> None:
    assert days_of(words, first, last) == expected


def test_a_leap_month_counts_as_one_chooses() -> None:
    """2025 doubles the sixth month: it begins on 25 June, its leap half on 25 July."""
    span = ("2025-06-20", "2025-08-20")
    assert days_of("rằm 6:00", *span) == ["2025-07-09", "2025-08-08"]
    assert days_of("rằm 6:00 không tính tháng nhuận", *span) == ["2025-07-09"]
    assert days_of("rằm 6:00 chỉ tháng nhuận", *span) == ["2025-08-08"]
    assert days_of("rằm tháng 6 6:00", *span) == ["2025-07-09"]
    assert days_of("rằm tháng 6 6:00 tính cả tháng nhuận", *span) == ["2025-07-09", "2025-08-08"]
    assert days_of("rằm tháng 6 6:00 chỉ tháng nhuận", *span) == ["2025-08-08"]
    assert days_of("rằm tháng 6 6:00 chỉ tháng nhuận", "2026-06-01", "2026-08-31") == ["2026-07-28"]
    short = days_of("rằm tháng 6 6:00 chỉ tháng nhuận", "2025-07-01", "2025-07-20")
    assert short == [], "the leap half lies beyond the days asked for, and is known all the same"


def test_what_crosses_midnight_belongs_to_the_day_it_was_written_for() -> None:
    rule = parse("thứ 2 23:50 3 lần cách 20 phút trừ 8/12/2026", TODAY)
    found = on_days(rule, date(2026, 12, 7), date(2026, 12, 7))
    assert [local(o) for o in found] == ["2026-12-07 23:50", "2026-12-08 00:10", "2026-12-08 00:30"]
    tuesday = datetime(2026, 12, 8, tzinfo=HERE)
    assert [local(o) for o in occurrences(rule, tuesday, tuesday + timedelta(days=1))] == [
        "2026-12-08 00:10",
        "2026-12-08 00:30",
    ]
    early = parse("thứ 3 0:10", TODAY)
    assert [local(o) for o in on_days(early, date(2026, 12, 7), date(2026, 12, 8))] == ["2026-12-08 00:10"]


def test_an_exemption_silences_or_replaces() -> None:
    rule = parse(f"hằng ngày 5:00 trừ 2/12/2026 trừ 3/12/2026 thay bằng {SHA}", TODAY)
    found = on_days(rule, date(2026, 12, 1), date(2026, 12, 3))
    assert [(o.day.day, o.replacement) for o in found] == [(1, ""), (3, SHA)]


def test_named_days_are_those_the_commune_keeps() -> None:
    rule = parse("hằng ngày 5:00 trừ quốc tang, ngày thi", TODAY)
    span = (date(2026, 12, 1), date(2026, 12, 5))
    assert len(on_days(rule, *span)) == 5
    sets = DaySets(mourning=(Days(kind=Kind.SPAN, dates=(date(2026, 12, 2), date(2026, 12, 3))),))
    assert [o.day.day for o in on_days(rule, *span, sets)] == [1, 4, 5]
    assert USUAL_SETS.of(Name.MOURNING) == ()


def test_the_zone_is_the_rules_own() -> None:
    rule = parse("hằng ngày 5:00", TODAY, zone="Asia/Tokyo")
    assert next_occurrence(rule, datetime(2026, 12, 1, tzinfo=UTC)) == Occurrence(
        datetime(2026, 12, 1, 20, 0, tzinfo=UTC), date(2026, 12, 2)
    )


def test_the_next_airing_may_be_years_away_or_never() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    leap_day = next_occurrence(parse("29/2 hằng năm 5:00", TODAY), now)
    assert leap_day is not None
    assert leap_day.day == date(2028, 2, 29)
    assert next_occurrence(parse("ngày 1/1/2026 5:00", TODAY), now) is None


def test_solar_days_are_rfc_5545_rules() -> None:
    days = Days(kind=Kind.WEEKLY, weekdays=(5,), every=2)
    assert "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA" in str(recurrence(days, date(2026, 12, 1)))
    with pytest.raises(ValueError, match="solar"):
        recurrence(Days(kind=Kind.BEFORE_TET, before=1), TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": Kind.WEEKLY},
        {"kind": Kind.WEEKLY, "weekdays": (7,)},
        {"kind": Kind.WEEKLY, "weekdays": (2, 1)},
        {"kind": Kind.MONTHLY, "days": (32,)},
        {"kind": Kind.LUNAR_MONTHLY, "days": (31,)},
        {"kind": Kind.LUNAR_YEARLY, "days": (1,), "month": 13},
        {"kind": Kind.DAILY, "every": 0},
        {"kind": Kind.DAILY, "leap": Leap.LEAP},
        {"kind": Kind.NAMED},
        {"kind": Kind.BEFORE_TET, "before": 0},
        {"kind": Kind.SPAN, "dates": (TODAY,)},
    ],
)
def test_days_that_make_no_sense_cannot_be_built(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=":"):
        Days(**wrong)  # type: ignore[arg-type]


def test_a_rule_is_valid_by_construction() -> None:
    daily = Days(kind=Kind.DAILY)
    for wrong in (
        {"times": ()},
        {"times": (1440,)},
        {"times": (300,), "repeats": 2},
        {"times": (300,), "gap_min": 5},
        {"times": (300,), "first": date(2027, 1, 2), "last": date(2027, 1, 1)},
    ):
        with pytest.raises(ValueError, match=":"):
            Rule(days=daily, **wrong)
    with pytest.raises(ValueError, match="every"):
        Rule(days=Days(kind=Kind.DAILY, every=2), times=(300,))
    with pytest.raises(ValueError, match="exemption"):
        Exemption(days=())


@given(st.dates(date(2024, 1, 1), date(2099, 12, 1)), st.integers(0, 40), st.sampled_from(list(Leap)))
def test_any_window_shows_the_same_lunar_days(first: date, length: int, leap: Leap) -> None:
    """What a rule airs on a day does not depend on the days asked for around it."""
    last = first + timedelta(days=length)
    days = Days(kind=Kind.LUNAR_MONTHLY, days=(1, 15, 30), leap=leap)
    wide = days_between(days, first - timedelta(days=70), last + timedelta(days=70))
    assert days_between(days, first, last) == {d for d in wide if first <= d <= last}
    assert all(lunar.lunar_date(d).day in (1, 15, 30) for d in wide)
