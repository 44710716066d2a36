"""When maintenance counts, and which wish for it makes no sense."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.nodes.windows import LONGEST, Window, fault

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
