"""Instants and spans as people in Vietnam write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.wording import words
from hub.web.wording.times import Times, day_span, read_local

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VI, EN = (Times(ZONE, words.load()[language]) for language in ("vi", "en"))
AT = datetime(2026, 11, 22, 22, 0, 2, tzinfo=UTC)


def test_an_instant_is_shown_in_vietnam() -> None:
    assert VI.second(AT) == "05:00:02"
    assert VI.minute(AT) == "05:00"
    assert VI.day(AT) == "ngày 23/11/2026"
    assert VI.weekday(AT) == "Thứ Hai"
    assert (EN.day(AT), EN.weekday(AT)) == ("23/11/2026", "Monday")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (AT + timedelta(hours=18), "05:00"),
        (AT + timedelta(hours=19), "05:00 ngày 23/11"),
        (AT + timedelta(days=60), "05:00 ngày 23/11/2026"),
    ],
)
def test_a_moment_says_no_more_than_needed(now: datetime, said: str) -> None:
    assert VI.moment(AT, now) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 giây"), (59.4, "59 giây"), (59.6, "1 phút 00 giây"), (125, "2 phút 05 giây"), (3660, "1 giờ 01 phút")],
)
def test_a_length_is_said_in_words(seconds: float, said: str) -> None:
    assert VI.duration(seconds) == said


def test_figures_have_the_mark_of_the_language() -> None:
    assert (VI.number(-16.13, 1), EN.number(-16.13, 1)) == ("−16,1", "−16.1")
    assert (VI.number(455_746.25, 1), EN.number(455_746.25, 1)) == ("455.746,2", "455,746.2")


def test_a_day_is_the_local_one() -> None:
    start, end = day_span(AT, ZONE)
    assert start == datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert end - start == timedelta(days=1)


def test_fields_of_a_form_become_an_instant_or_nothing() -> None:
    assert read_local("2026-11-23", "05:00", ZONE) == AT - timedelta(seconds=2)
    for day, time in (("", "05:00"), ("2026-11-23", ""), ("2026-02-30", "05:00"), ("x", "y")):
        assert read_local(day, time, ZONE) is None


@given(st.text(max_size=12), st.text(max_size=8))
def test_no_text_in_a_field_breaks_the_form(day: str, time: str) -> None:
    at = read_local(day, time, ZONE)
    assert at is None or at.tzinfo is not None
