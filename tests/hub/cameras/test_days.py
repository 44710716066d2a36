"""What a camera's last 90 days say: the worst of each day, and nothing of what nobody could know."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.cameras import days
from hub.cameras.days import DAYS, History, Standing
from hub.nodes.fleet import Flip
from hub.nodes.windows import Window

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Noon there."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def flip(subject: str, value: str, at: datetime, detail: str = "") -> Flip:
    return Flip(node="xa-dong", subject=subject, value=value, at=at, detail=detail)


def sees(at: datetime, value: str = "ok") -> Flip:
    return flip("camera:gate", value, at)


def window(starts_at: datetime, ends_at: datetime, camera: str = "", ended_at: datetime | None = None) -> Window:
    return Window(
        id="m1",
        node="xa-dong",
        camera=camera,
        starts_at=starts_at,
        ends_at=ends_at,
        reason="thay cáp",
        made_by="tam",
        made_at=starts_at,
        ended_at=ended_at,
    )


def tell(*flips: Flip, windows: tuple[Window, ...] = (), report: CameraReport | None = None) -> History:
    return days.tell("gate", sorted(flips, key=lambda f: f.at), windows, report, NOW, ZONE)


def last(history: History, back: int = 0) -> tuple[Standing, CameraFault]:
    day = history.days[-1 - back]
    return day.standing, day.fault


def test_before_anything_is_known_nothing_is_said() -> None:
    history = tell()
    assert [day.standing for day in history.days] == [Standing.NONE] * DAYS
    assert (history.watched, history.seeing, history.incidents) == (None, None, ())
    assert history.days[-1].date.isoformat() == "2026-11-23"


def test_a_healthy_camera_is_good_from_its_first_day_on() -> None:
    history = tell(sees(NOW - 3 * DAY))
    assert [day.standing for day in history.days[-5:]] == [Standing.NONE, *[Standing.GOOD] * 4]
    assert (history.watched, history.seeing) == (1.0, 1.0)
    assert history.counts[Standing.GOOD] == 4


def test_the_worst_of_a_day_is_the_fault_that_lasted_longest() -> None:
    begun = MIDNIGHT - DAY
    history = tell(
        sees(NOW - 9 * DAY),
        sees(begun + HOUR, "covered"),
        sees(begun + 2 * HOUR),
        sees(begun + 3 * HOUR, "dark"),
        sees(begun + 9 * HOUR),
    )
    assert last(history, 1) == (Standing.FAULT, CameraFault.DARK)
    assert history.days[-2].lasted == 7 * HOUR
    assert last(history) == (Standing.GOOD, CameraFault.NONE)
    assert [i.fault for i in history.incidents] == [CameraFault.DARK, CameraFault.COVERED]
    assert history.incidents[0].ends_at == begun + 9 * HOUR


def test_a_fault_that_lasts_over_midnight_is_in_both_days_and_once_in_the_list() -> None:
    history = tell(sees(NOW - 9 * DAY), sees(MIDNIGHT - HOUR, "frozen"))
    assert last(history) == last(history, 1) == (Standing.FAULT, CameraFault.FROZEN)
    (incident,) = history.incidents
    assert (incident.starts_at, incident.ends_at) == (MIDNIGHT - HOUR, None)


@pytest.mark.parametrize(("subject", "gone", "back"), [("node", "down", "up"), ("process:camera", "silent", "ok")])
def test_while_nobody_looked_it_is_unknown_and_no_fault(subject: str, gone: str, back: str) -> None:
    off = MIDNIGHT - 3 * DAY
    history = tell(
        sees(NOW - 9 * DAY), sees(off - HOUR, "dark"), flip(subject, gone, off), flip(subject, back, off + 2 * DAY),
        sees(off + 2 * DAY),
    )  # fmt: skip
    assert [last(history, back)[0] for back in (4, 3, 2, 1)] == [
        Standing.FAULT,
        Standing.UNKNOWN,
        Standing.UNKNOWN,
        Standing.GOOD,
    ]
    assert history.watched is not None
    assert history.watched < 1


def test_a_node_that_started_anew_makes_no_day_unknown() -> None:
    off = MIDNIGHT - 12 * HOUR
    history = tell(sees(NOW - 9 * DAY), flip("node", "down", off), flip("node", "up", off + HOUR))
    assert last(history, 1)[0] is Standing.GOOD
    assert history.days[-2].lasted == HOUR, "and yet it is told"


def test_what_happens_during_maintenance_is_no_fault() -> None:
    begun = MIDNIGHT - 12 * HOUR
    changes = (sees(NOW - 9 * DAY), sees(begun + HOUR, "offline"), sees(begun + 2 * HOUR))
    assert last(tell(*changes), 1)[0] is Standing.FAULT
    history = tell(*changes, windows=(window(begun, begun + 3 * HOUR, "gate"),))
    assert last(history, 1)[0] is Standing.MAINTENANCE
    assert history.incidents[0].is_maintained
    assert history.seeing == 1.0
    assert last(tell(*changes, windows=(window(begun, begun + 3 * HOUR, "yard"),)), 1)[0] is Standing.FAULT
    ended = window(begun, begun + 3 * HOUR, ended_at=begun + HOUR / 2)
    assert last(tell(*changes, windows=(ended,)), 1)[0] is Standing.FAULT, "ended before"


def test_its_last_word_counts_before_its_change_has_come() -> None:
    report = CameraReport(id="gate", fault=CameraFault.COVERED, since_at=NOW - HOUR, detail="80 %")
    history = tell(sees(NOW - 9 * DAY), report=report)
    assert last(history) == (Standing.FAULT, CameraFault.COVERED)
    assert history.incidents[0].detail == "80 %"
    assert tell(sees(NOW - HOUR, "covered"), report=report).incidents[0].detail == ""
    assert len(tell(report=report).incidents) == 1, "no change ever came"


def test_a_fault_of_a_later_version_is_a_fault() -> None:
    assert last(tell(sees(NOW - HOUR, "eaten"))) == (Standing.FAULT, CameraFault.NO_SIGNAL)


VALUES = {
    "camera:gate": ["ok", "dark", "offline"],
    "node": ["up", "down", "late"],
    "process:camera": ["ok", "silent"],
}
CHANGES = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(
        lambda s: st.builds(
            lambda value, hours: flip(s, value, NOW - hours * HOUR), st.sampled_from(VALUES[s]), st.integers(0, 2400)
        )
    ),
    max_size=30,
)
WINDOWS = st.lists(
    st.builds(
        lambda begun, hours, camera: window(NOW - begun * HOUR, NOW + (hours - begun) * HOUR, camera),
        st.integers(0, 2400),
        st.integers(1, 100),
        st.sampled_from(["", "gate", "yard"]),
    ),
    max_size=4,
)


@given(CHANGES, WINDOWS)
def test_the_time_is_told_without_gaps_and_every_day_once(flips: list[Flip], windows: list[Window]) -> None:
    flips.sort(key=lambda f: f.at)
    start = days.first_day(NOW, ZONE)
    changes = [f for f in flips if f.subject == "camera:gate"]
    spans = list(days.course("gate", changes, flips, windows, start, NOW))
    assert spans[0].starts_at == start
    assert spans[-1].ends_at == NOW
    assert all(a.ends_at == b.starts_at for a, b in pairwise(spans))
    assert all((s.fault is not CameraFault.NONE) is (s.standing is Standing.FAULT) for s in spans)
    history = tell(*flips, windows=tuple(windows))
    assert len(history.days) == DAYS == sum(history.counts.values())
    assert history.watched is None or 0 <= history.watched <= 1
    assert history.seeing is None or 0 <= history.seeing <= 1
