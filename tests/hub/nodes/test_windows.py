"""When maintenance counts, and which wish for it makes no sense."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.nodes.windows import LONGEST, Every, Next, Repeat, Window, fault, next_of_each, repeat_fault, repeated

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(
    id="m1", node="xa-dong", starts_at=NOW, ends_at=NOW + 2 * HOUR, reason="thay cáp", made_by="tam", made_at=NOW
)


def test_it_counts_from_its_beginning_to_before_its_end() -> None:
    at = [NOW - HOUR, NOW, NOW + HOUR, NOW + 2 * HOUR]
    assert [WINDOW.is_at(each) for each in at] == [False, True, True, False]
    ended = replace(WINDOW, ended_at=NOW + HOUR)
    assert [ended.is_at(each) for each in at] == [False, True, False, False]
    assert replace(WINDOW, ended_at=NOW + 9 * HOUR).until_at == WINDOW.ends_at


def test_what_is_dropped_before_it_began_never_counts() -> None:
    dropped = replace(WINDOW, starts_at=NOW + HOUR, ended_at=NOW)
    assert not any(dropped.is_at(NOW + n * HOUR / 4) for n in range(12))


def test_that_of_a_node_is_about_all_its_cameras_and_that_of_a_camera_about_no_other() -> None:
    assert WINDOW.is_about("gate")
    assert WINDOW.is_about("")
    of_gate = replace(WINDOW, camera="gate")
    assert [of_gate.is_about(each) for each in ("gate", "yard", "")] == [True, False, False]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "reason", "is_right"),
    [
        (NOW, NOW + HOUR, "thay cáp", True),
        (NOW - HOUR, NOW + HOUR, "thay cáp", True),
        (NOW - HOUR, NOW, "thay cáp", False),
        (NOW + HOUR, NOW + HOUR, "thay cáp", False),
        (NOW, NOW + LONGEST, "thay cáp", True),
        (NOW, NOW + LONGEST + HOUR, "thay cáp", False),
        (NOW, NOW + HOUR, "", False),
        (NOW, NOW + HOUR, "a\x00b", False),
    ],
)
def test_a_wish_for_it_is_judged(starts_at: datetime, ends_at: datetime, reason: str, is_right: bool) -> None:
    assert (fault(starts_at, ends_at, reason, NOW) is None) is is_right


def test_what_begins_in_two_years_is_refused_for_that() -> None:
    far = NOW + timedelta(days=700)
    wrong = fault(far, far + HOUR, "thay cáp", NOW)
    assert wrong is not None
    assert "một năm" in wrong[0]


HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LATE = datetime(2026, 11, 30, 23, 30, tzinfo=HANOI)
"""Half an hour before midnight, on a Monday."""
AT_NIGHT = replace(WINDOW, starts_at=LATE, ends_at=LATE + HOUR)


def begins(repeat: Repeat, first: Window = AT_NIGHT) -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M}" for each in repeated(first, repeat)]


def test_it_happens_again_at_the_same_time_of_the_same_local_day_and_lasts_as_long() -> None:
    assert begins(Repeat(Every.WEEK, date(2026, 12, 21), HANOI)) == [
        "11-30 23:30", "12-07 23:30", "12-14 23:30", "12-21 23:30",
    ]  # fmt: skip
    assert begins(Repeat(Every.DAY, date(2026, 12, 2), HANOI)) == ["11-30 23:30", "12-01 23:30", "12-02 23:30"]
    assert {w.ends_at - w.starts_at for w in repeated(AT_NIGHT, Repeat(Every.WEEK, date(2027, 11, 1), HANOI))} == {HOUR}


def test_a_month_that_has_no_such_day_is_left_out() -> None:
    end_of_january = replace(AT_NIGHT, starts_at=datetime(2027, 1, 31, 8, tzinfo=HANOI))
    assert begins(Repeat(Every.MONTH, date(2027, 5, 31), HANOI), end_of_january) == [
        "01-31 08:00", "03-31 08:00", "05-31 08:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("repeat", "length", "is_right"),
    [
        (Repeat(Every.DAY, date(2026, 12, 1), HANOI), HOUR, True),
        (Repeat(Every.DAY, date(2026, 11, 30), HANOI), HOUR, False),
        (Repeat(Every.DAY, date(2028, 1, 1), HANOI), HOUR, False),
        (Repeat(Every.DAY, date(2026, 12, 9), HANOI), 24 * HOUR, False),
        (Repeat(Every.WEEK, date(2026, 12, 9), HANOI), 24 * HOUR, True),
    ],
)
def test_a_wish_to_repeat_is_judged(repeat: Repeat, length: timedelta, is_right: bool) -> None:
    assert (repeat_fault(LATE, LATE + length, repeat, NOW) is None) is is_right


def test_within_a_year_is_meant_by_the_local_day() -> None:
    after_midnight = datetime(2026, 11, 24, 0, 10, tzinfo=HANOI).astimezone(UTC)
    begin = after_midnight + HOUR
    last = Repeat(Every.WEEK, date(2027, 11, 24), HANOI)
    assert repeat_fault(begin, begin + HOUR, last, after_midnight) is None
    assert repeat_fault(begin, begin + HOUR, replace(last, until=date(2027, 11, 25)), after_midnight) is not None


def test_of_a_series_the_next_is_shown_with_how_many_follow() -> None:
    one, two, three = (replace(WINDOW, id=f"m{n}", series="m1", starts_at=NOW + n * HOUR) for n in (1, 2, 3))
    alone = replace(WINDOW, id="m9", starts_at=NOW + 2 * HOUR)
    assert next_of_each([one, alone, two, three]) == [Next(one, 2, three.starts_at), Next(alone)]
