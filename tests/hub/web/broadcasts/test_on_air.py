"""While it is on air and after: what plays where, stopping some, airing it again for those that missed it."""

import re

import pytest

from contract.terms import Order, Outcome, Reason
from hub.orders.broadcasts import Broadcast
from hub.store import broadcasts, orders
from tests.hub.web.board.test_board import text
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


@pytest.fixture
def on_air(world: World) -> Broadcast:
    bulletin = world.approve(world.order())
    world.clock.pass_(minutes=31)
    for village in VILLAGES:
        world.beat(village, on_air=bulletin.id)
    return bulletin


@pytest.fixture
def aired(world: World) -> Broadcast:
    bulletin = world.approve(world.order())
    world.clock.pass_(minutes=40)
    world.report(EAST, bulletin)
    world.report(WEST, bulletin, Outcome.MISSED, Reason.SOUND_CARD)
    return bulletin


def stopped(world: World) -> list[tuple[str, str]]:
    with world.database.read() as c:
        return [(o.node, o.broadcast) for o in orders.open_orders(c, world.clock()) if o.order is Order.STOP]


def test_the_board_says_what_plays_where(officer: Browser, world: World, on_air: Broadcast) -> None:
    other = world.approve(world.order("Họp thôn", 5, villages=(MIDDLE,)))
    world.clock.pass_(minutes=6)
    world.beat(EAST, on_air=on_air.id)
    world.beat(WEST, on_air=on_air.id)
    world.beat(MIDDLE, on_air=other.id)
    board = text(officer)
    assert "Đang phát ở 3 làng" in board
    assert "Bản tin sáng Thôn Đoài, Thôn Đông" in board
    assert "Họp thôn Thôn Trung" in board
    assert board.count("Dừng buổi này") == 4, "each can be stopped alone, by its question and its button"


def test_some_villages_are_stopped_and_the_others_play_on(officer: Browser, world: World, on_air: Broadcast) -> None:
    path = f"/broadcasts/{on_air.id}"
    assert "Dừng ở một số làng" in text(officer, path)
    officer.post(f"{path}/stop", data={"some": "yes", "node": [EAST, MIDDLE]})
    assert set(stopped(world)) == {(EAST, on_air.id), (MIDDLE, on_air.id)}


@pytest.mark.parametrize("path", ["/stop", "/broadcasts/{id}/stop"])
def test_none_ticked_stops_none(officer: Browser, world: World, on_air: Broadcast, path: str) -> None:
    answer = officer.post(path.replace("{id}", on_air.id), data={"some": "yes"})
    assert (answer.status_code, "Hãy chọn ít nhất một làng." in answer.text) == (409, True)
    assert stopped(world) == []


def test_whatever_plays_in_some_villages_is_stopped_from_the_board(
    officer: Browser, world: World, on_air: Broadcast
) -> None:
    assert "Dừng ở một số làng" in text(officer)
    officer.post("/stop", data={"some": "yes", "node": [WEST]})
    assert stopped(world) == [(WEST, "")]


def test_after_air_the_page_counts_how_it_ended_and_offers_to_air_it_again(
    leader: Browser, world: World, aired: Broadcast
) -> None:
    page = text(leader, f"/broadcasts/{aired.id}")
    assert "Đã phát: 1 Không phát: 1 chưa có báo cáo: 1" in page
    assert "1 làng chưa nghe được Thôn Đoài" in page
    assert "Được duyệt luôn vì buổi trước đã được duyệt." in page
    answer = leader.get(f"/broadcasts/{aired.id}").text
    boxes = re.findall(r'name="node" value="([^"]+)" (checked)?', answer)
    assert boxes == [(WEST, "checked"), (MIDDLE, "")], "who has not reported may have heard it"


def test_one_press_airs_it_again_and_a_second_leads_to_the_same(
    leader: Browser, world: World, aired: Broadcast
) -> None:
    path, sent = f"/broadcasts/{aired.id}", {"node": WEST, "at": "", "when": "now"}
    first, second = leader.post(f"{path}/again", data=sent), leader.post(f"{path}/again", data=sent)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"] != path
    assert "Bản tin sáng (phát lại)" in text(leader, first.headers["location"])
    page = text(leader, path)
    assert "Đã đặt phát lại: 05:10" in page
    assert "chưa nghe được" not in page


def test_an_officer_is_told_that_the_leader_is_asked(officer: Browser, world: World, aired: Broadcast) -> None:
    assert "Lãnh đạo xã sẽ được nhờ duyệt." in text(officer, f"/broadcasts/{aired.id}")
    officer.post(f"/broadcasts/{aired.id}/again", data={"node": WEST, "when": "now"})
    with world.database.read() as c:
        assert [b.title for b in broadcasts.unapproved(c, MORNING)] == ["Bản tin sáng (phát lại)"]


def test_what_is_in_the_way_is_said_and_the_first_free_time_taken_with_the_other_button(
    leader: Browser, world: World, aired: Broadcast
) -> None:
    world.approve(world.order("Họp thôn", 1, villages=(WEST,)))
    path = f"/broadcasts/{aired.id}"
    answer = leader.post(f"{path}/again", data={"node": WEST, "when": "now"})
    assert (answer.status_code, "trùng giờ với “Họp thôn”" in answer.text) == (409, True)
    assert "Vào giờ trống đầu tiên" in answer.text
    later = leader.post(f"{path}/again", data={"node": WEST, "when": "free"})
    assert "05:14" in text(leader, later.headers["location"])


def test_what_somebody_stopped_is_not_called_missed(leader: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    for village in VILLAGES:
        world.report(village, bulletin, Outcome.CUT, Reason.STOPPED)
    world.clock.pass_(hours=1)
    assert "chưa nghe được" not in text(leader, f"/broadcasts/{bulletin.id}")


def test_each_airing_of_one_that_recurs_is_aired_again_for_itself(leader: Browser, world: World) -> None:
    daily = world.approve(world.order(rule="hằng ngày 5:00"))
    assert daily.starts_at is not None
    world.clock.pass_(minutes=40)
    world.report(EAST, daily, Outcome.MISSED, Reason.POWER, at=daily.starts_at)
    world.report(WEST, daily, at=daily.starts_at)
    world.report(MIDDLE, daily, at=daily.starts_at)
    path = f"/broadcasts/{daily.id}"
    assert "1 làng chưa nghe được Thôn Đông" in text(leader, path)
    sent = {"node": EAST, "at": daily.starts_at.isoformat(), "when": "now"}
    assert leader.post(f"{path}/again", data=sent).status_code == 303
    assert "Đã đặt phát lại" in text(leader, path)
    assert leader.post(f"{path}/again", data=sent | {"at": "x"}).status_code == 409


def test_nobody_without_the_right_is_offered_anything(browser: Browser, world: World, aired: Broadcast) -> None:
    browser.enter(world, "khach")
    page = text(browser, f"/broadcasts/{aired.id}")
    assert "Phát lại ngay" not in page
    assert browser.post(f"/broadcasts/{aired.id}/again", data={"node": WEST}).status_code == 403
