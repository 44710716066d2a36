"""The calendar: a month, a week and a day, what waits and what is approved, and what it says to nonsense."""

import pytest

from contract.terms import Priority
from tests.hub.web.board.test_board import text
from tests.hub.web.world import VILLAGES, Browser, World

EAST, *_ = VILLAGES


def test_a_week_shows_what_waits_and_what_is_approved_under_solar_and_lunar_dates(
    officer: Browser, world: World
) -> None:
    world.approve(world.order("Bản tin sáng", rule="hằng ngày 5:00"))
    world.order("Chợ phiên", 60 * 24)
    page = text(officer, "/calendar")
    assert "23/11 Thứ Hai 15/10 âm lịch" in page
    assert page.count("05:00 Bản tin sáng") == 7
    assert "04:30 Chợ phiên chờ duyệt" in page


def test_a_day_has_a_lane_for_each_village_and_says_how_full_it_is(officer: Browser, world: World) -> None:
    world.be_born(EAST)
    world.approve(world.order("Bản tin", 30, world.add_sound("Dài", 1200.0), villages=(EAST,)))
    answer = officer.get("/calendar?view=day").text
    for title in VILLAGES.values():
        assert f"<span>{title}</span>" in answer
    assert '<rect class="routine" x="300" y="6" width="20' in answer
    assert "20 trên 180 phút" in answer


def test_a_month_marks_holidays_and_leads_on(officer: Browser, world: World) -> None:
    page = officer.get("/calendar?view=month&day=2027-02-10").text
    assert page.count("Ngày lễ") == 5, "the eve of Tết and four days of it"
    assert 'href="/calendar?view=month&day=2027-01-01"' in page
    assert 'href="/calendar?view=month&day=2027-03-05"' in page


def test_an_emergency_has_its_colour(officer: Browser, world: World) -> None:
    world.order("Bão", 60, priority=Priority.EMERGENCY)
    assert 'class="slot emergency waiting"' in officer.get("/calendar").text


@pytest.mark.parametrize(
    ("query", "status"), [("day=2026-02-30", 409), ("day=x", 409), ("day=1999-01-01", 409), ("view=decade", 422)]
)
def test_a_day_that_there_is_not_is_said_to_be_none(officer: Browser, query: str, status: int) -> None:
    assert officer.get(f"/calendar?{query}").status_code == status


def test_from_a_day_one_orders_for_that_day(officer: Browser) -> None:
    assert 'href="/broadcasts/new?day=2026-12-05"' in officer.get("/calendar?view=day&day=2026-12-05").text
    assert 'name="day" value="2026-12-05"' in officer.get("/broadcasts/new?day=2026-12-05").text
