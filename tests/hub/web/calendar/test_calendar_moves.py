"""Moving in the calendar by its forms: what is said, what stands in the way with the ways out, and the undo."""

import re
from datetime import timedelta

import pytest

from contract.limits import Limits
from hub.orders.broadcasts import Broadcast
from hub.orders.desk import find
from tests.hub.web.board.test_board import text
from tests.hub.web.calendar.test_calendar_files import shown
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, *_ = VILLAGES
FIVE = MORNING + timedelta(minutes=30)


def fields(order: Broadcast, **changes: str) -> dict[str, str]:
    assert order.starts_at is not None
    return {"was": order.starts_at.isoformat(), "view": "week", "day": "2026-11-24", "time": "06:10", **changes}


def start_of(world: World, order: Broadcast) -> str:
    with world.database.read() as c:
        at = find(c, order.id).starts_at
    assert at is not None
    return f"{at + timedelta(hours=7):%d/%m %H:%M}"


def test_a_move_is_said_and_undone_with_one_press(officer: Browser, world: World) -> None:
    order = world.approve(world.order())
    answer = officer.post(f"/calendar/move/{order.id}", data=fields(order))
    assert answer.status_code == 303
    page = text(officer, answer.headers["location"])
    assert "Đã dời “Bản tin sáng” từ 05:00 sang 06:10 ngày 24/11. Đang chờ lãnh đạo xã duyệt lại." in page
    assert start_of(world, order) == "24/11 06:10"
    back = officer.post(f"/calendar/move/{order.id}/undo", data={"was": FIVE.isoformat(), "view": "week"})
    page = text(officer, back.headers["location"])
    assert "“Bản tin sáng” đã trở lại lúc 05:00. Vẫn còn hiệu lực duyệt." in page
    assert start_of(world, order) == "23/11 05:00"


def test_a_drop_says_where_it_is_to_be(officer: Browser, world: World) -> None:
    order = world.order()
    officer.post(f"/calendar/move/{order.id}", data=fields(order, to="2026-11-25T17:35"))
    assert start_of(world, order) == "25/11 17:35"


def test_what_is_in_the_way_is_said_with_the_ways_out(officer: Browser, world: World) -> None:
    order, other = world.order(), world.order("Họp thôn", 90)
    answer = officer.post(f"/calendar/move/{order.id}", data=fields(order, to="2026-11-23T06:00"))
    page = shown(answer)
    assert answer.status_code == 409
    assert f"trùng giờ với “{other.title}” lúc 06:00" in page
    assert "Đặt ngay trước, lúc 05:57" in page
    assert "Đặt ngay sau đó, lúc 06:03" in page
    assert "Giữ “Bản tin sáng” lúc 05:00" in page
    assert start_of(world, order) == "23/11 05:00"
    after = re.findall(r'form="move-free" name="to" value="([^"]+)"', answer.text)
    assert after == ["2026-11-23T05:57", "2026-11-23T06:03"]
    officer.post(f"/calendar/move/{order.id}", data=fields(order, to=after[1]))
    assert start_of(world, order) == "23/11 06:03"


def test_a_villages_quiet_hours_and_a_time_that_has_passed_are_said(officer: Browser, world: World) -> None:
    order = world.order()
    world.be_born(EAST, Limits(quiet_from_min=21 * 60, quiet_until_min=270))
    late = officer.post(f"/calendar/move/{order.id}", data=fields(order, time="22:00"))
    assert (late.status_code, "rơi vào giờ yên lặng" in late.text) == (409, True)
    past = officer.post(f"/calendar/move/{order.id}", data=fields(order, to="2026-11-23T04:00"))
    assert (past.status_code, "Giờ phát đã qua." in past.text) == (409, True)
    assert start_of(world, order) == "23/11 05:00"


def test_what_recurs_has_begun_or_was_cancelled_is_not_offered_to_be_moved(officer: Browser, world: World) -> None:
    rule = world.order("Lặp lại", rule="hằng ngày 17:00")
    begun = world.approve(world.order("Đã phát", 1))
    ahead = world.order("Sắp tới", 60)
    world.clock.pass_(minutes=2)
    for view in ("week", "day", "next"):
        page = officer.get(f"/calendar?view={view}").text
        assert set(re.findall(r'data-move="([^"]+)"', page)) == {ahead.id}, view
    for order in (rule, begun):
        assert officer.post(f"/calendar/move/{order.id}", data=fields(order)).status_code == 409
    assert f'id="move-{ahead.id}"' not in officer.get("/calendar?view=month").text


def test_a_page_that_is_old_moves_nothing(officer: Browser, world: World) -> None:
    order = world.order()
    world.desk.move(order.id, FIVE + timedelta(hours=2), world.user("hung"))
    answer = officer.post(f"/calendar/move/{order.id}", data=fields(order))
    assert (answer.status_code, "Buổi phát vừa thay đổi" in answer.text) == (409, True)
    assert start_of(world, order) == "23/11 07:00"


@pytest.mark.parametrize("sent", [{"to": "sáng mai"}, {"day": ""}, {"to": "T"}, {"view": "x"}])
def test_nonsense_moves_nothing(officer: Browser, world: World, sent: dict[str, str]) -> None:
    order = world.order()
    assert officer.post(f"/calendar/move/{order.id}", data=fields(order, **sent)).status_code in (303, 409, 422)
    assert start_of(world, order) in ("23/11 05:00", "24/11 06:10")
    assert officer.post(f"/calendar/move/{order.id}/undo", data={"was": "hôm qua"}).status_code == 409


def test_who_may_only_look_is_offered_nothing_to_move(browser: Browser, world: World) -> None:
    world.order()
    browser.enter(world, "khach")
    page = browser.get("/calendar").text
    assert "data-move" not in page
    assert "calendar.js" not in page


def test_the_next_24_hours_begin_with_this_one_and_show_quiet_hours_and_quotas(officer: Browser, world: World) -> None:
    world.order("Nửa đêm", 60 * 20, villages=(EAST,))
    world.be_born(EAST, Limits(minutes_a_day=45, sessions_a_day=3))
    world.order("Dài", 60, world.add_sound("Dài", 40 * 60.0), villages=(EAST,))
    page = officer.get("/calendar?view=next")
    assert 'data-start="2026-11-23T04:00"' in page.text
    assert '<rect class="quiet" x="0" y="0" width="30"' in page.text, "until half past four"
    assert '<rect class="quiet" x="1020" y="0" width="420"' in page.text, "and from nine in the evening"
    told = shown(page)
    assert "Thôn Đông 40 trên 45 phút, 1 trên 3 phiên" in told
    assert "00:30 Nửa đêm" in told
