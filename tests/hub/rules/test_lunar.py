"""The lunar calendar: known New Years, where Vietnam and China part, leap months, and an almanac of its own."""

from datetime import date, timedelta

import pytest

from benchmarks._almanac import Almanac
from benchmarks.lunar import as_told
from hub.rules import lunar
from hub.rules.lunar import LunarDate, lunar_date, months_between, tet

CHINA_H = 8.0


@pytest.mark.parametrize(
    "day",
    ["1968-01-29", "1985-01-21", "2007-02-17", "2020-01-25", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
     "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2044-01-30", "2050-01-23", "2100-02-09"],
)  # fmt: skip
def test_tet_falls_on_the_day_the_almanacs_give(day: str) -> None:
    expected = date.fromisoformat(day)
    assert tet(expected.year) == expected
    assert lunar_date(expected) == LunarDate(expected.year, 1, 1)


@pytest.mark.parametrize(
    ("vietnam", "china"),
    [("2007-02-17", "2007-02-18"), ("2030-02-02", "2030-02-03"), ("1985-01-21", "1985-02-20"),
     ("1968-01-29", "1968-01-30"), ("2026-02-17", "2026-02-17")],
)  # fmt: skip
def test_an_hour_of_longitude_parts_the_two_calendars(vietnam: str, china: str) -> None:
    assert tet(int(vietnam[:4])).isoformat() == vietnam
    assert tet(int(china[:4]), CHINA_H).isoformat() == china


def test_leap_months_are_those_of_the_almanac() -> None:
    months = months_between(date(2024, 1, 1), date(2050, 12, 31))
    leap = [(m.year, m.number) for m in months if m.is_leap]
    assert leap == [
        (2025, 6), (2028, 5), (2031, 3), (2033, 11), (2036, 6), (2039, 5), (2042, 2), (2044, 7), (2047, 5), (2050, 3),
    ]  # fmt: skip


def test_feasts_people_know() -> None:
    assert lunar_date(date(2026, 4, 26)) == LunarDate(2026, 3, 10)
    assert lunar_date(date(2026, 9, 25)) == LunarDate(2026, 8, 15)
    assert lunar_date(date(2027, 1, 30)) == LunarDate(2026, 12, 23)
    assert lunar_date(date(2025, 8, 22)) == LunarDate(2025, 6, 29, is_leap=True)


def test_the_days_where_a_common_table_is_wrong() -> None:
    """Tables in use begin these months a day early or late; each new moon is within two minutes of midnight."""
    for day in (date(2054, 5, 8), date(2072, 12, 9), date(2077, 11, 15)):
        assert lunar_date(day).day == 1
        assert lunar_date(day - timedelta(days=1)).day >= 29


@pytest.mark.parametrize("year", [2024, 2033, 2053, 2072, 2077, 2099])
def test_every_day_of_a_year_agrees_with_an_ephemeris(year: int) -> None:
    almanac = Almanac(year, year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in days if as_told(d) != almanac(d)] == []


def test_days_follow_one_another_without_a_gap() -> None:
    day = date(2024, 1, 1)
    before = lunar_date(day)
    while day.year < 2100:
        day += timedelta(days=1)
        now = lunar_date(day)
        assert now.day == before.day + 1 or (now.day == 1 and before.day in (29, 30))
        before = now


def test_a_year_that_nobody_answers_for_is_refused() -> None:
    for year in (1500, 2400):
        with pytest.raises(ValueError, match="no lunar calendar"):
            lunar_date(date(year, 6, 1))


def test_a_month_has_no_thirtieth_day_where_it_is_short() -> None:
    short = next(m for m in months_between(date(2026, 1, 1), date(2026, 12, 31)) if m.length == 29)
    assert short.day(30) is None
    assert short.day(29) == short.first + timedelta(days=28)
    assert lunar.VIETNAM_H == 7.0
