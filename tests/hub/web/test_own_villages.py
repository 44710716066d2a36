"""Who answers for some villages sees the whole commune, and is offered what can be done in their own."""

import re

from contract.terms import Outcome, Reason
from hub.alarms import alarm
from hub.orders.broadcasts import Stage
from hub.store import broadcasts, orders
from tests.hub.web.board.test_board import text
from tests.hub.web.world import VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


def stopped(page: str) -> list[str]:
    """The villages that are offered to be stopped, one by one or some of them."""
    return list(dict.fromkeys(re.findall(r'name="node" value="([^"]+)"', page)))


def offered(page: str) -> list[str]:
    return re.findall(r'name="nodes" value="([^"]+)"', page)


def test_the_order_form_offers_and_chooses_ones_own_villages(officer: Browser, world: World) -> None:
    world.bind("lan", EAST, MIDDLE)
    page = officer.get("/broadcasts/new").text
    assert sorted(offered(page)) == [EAST, MIDDLE]
    assert page.count("checked>\n        <span><b>Thôn") == 2


def test_an_order_for_others_too_is_refused_in_words_and_nothing_is_kept(officer: Browser, world: World) -> None:
    world.bind("lan", EAST)
    sound = world.add_sound("Tin")
    form = {"title": "Tin", "recording": sound.sha256, "nodes": list(VILLAGES), "day": "2026-11-23", "time": "06:00"}
    answer = officer.post("/broadcasts", data=form)
    assert answer.status_code == 422
    assert "chỉ phụ trách một số làng" in answer.text
    assert "Tin</a>" not in officer.get("/broadcasts").text


def test_a_broadcast_for_others_too_is_seen_and_not_offered_to_be_changed(officer: Browser, world: World) -> None:
    planned = world.approve(world.order())
    assert "Huỷ buổi phát" in text(officer, f"/broadcasts/{planned.id}")
    world.bind("lan", EAST)
    assert "Huỷ buổi phát" not in text(officer, f"/broadcasts/{planned.id}")
    refused = officer.post(f"/broadcasts/{planned.id}/cancel")
    assert refused.status_code == 403
    assert "chỉ phụ trách một số làng" in refused.text


def test_a_leader_of_one_village_does_not_approve_for_all(leader: Browser, world: World) -> None:
    world.bind("hung", EAST)
    own, all_of_them = world.order("Riêng", villages=(EAST,)), world.order("Chung", 60)
    assert "Duyệt phát" in text(leader, f"/broadcasts/{own.id}")
    page = text(leader, f"/broadcasts/{all_of_them.id}")
    assert "Duyệt phát" not in page
    assert "làng bạn không phụ trách, nên cần người khác duyệt" in page


def test_what_is_on_air_is_stopped_in_ones_own_villages(officer: Browser, world: World) -> None:
    world.bind("lan", EAST)
    on_air = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=2)
    for village in VILLAGES:
        world.beat(village, on_air=on_air.id)
    page = officer.get(f"/broadcasts/{on_air.id}").text
    assert "Dừng ở làng của tôi" in page
    assert stopped(page) == [EAST]
    assert "Dừng ở các làng của tôi" in text(officer)


def test_some_of_ones_own_villages_are_stopped_and_no_others_are_offered(officer: Browser, world: World) -> None:
    world.bind("lan", EAST, MIDDLE)
    on_air = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=2)
    for village in VILLAGES:
        world.beat(village, on_air=on_air.id)
    for page in (officer.get("/").text, officer.get(f"/broadcasts/{on_air.id}").text):
        assert "Dừng ở một số làng" in page
        assert set(stopped(page)) == {EAST, MIDDLE}
    answer = officer.post(f"/broadcasts/{on_air.id}/stop", data={"some": "yes", "node": [MIDDLE]})
    assert answer.status_code == 303
    with world.database.read() as c:
        assert [o.node for o in orders.open_orders(c, world.clock())] == [MIDDLE]


def test_of_two_on_air_each_is_stopped_in_ones_own_villages_and_what_is_elsewhere_is_not_offered(
    officer: Browser, world: World
) -> None:
    world.bind("lan", EAST)
    own = world.approve(world.order("Tin thôn Đông", 1, villages=(EAST,)))
    others = world.approve(world.order("Tin thôn Trung", 1, villages=(MIDDLE,)))
    world.clock.pass_(minutes=2)
    world.beat(MIDDLE, on_air=others.id)
    assert 'action="/stop"' not in officer.get("/").text
    world.beat(EAST, on_air=own.id)
    page = officer.get("/").text
    assert f'action="/broadcasts/{own.id}/stop"' in page
    assert f'action="/broadcasts/{others.id}/stop"' not in page


def test_what_was_missed_is_aired_again_in_ones_own_villages(browser: Browser, world: World) -> None:
    aired = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=20)
    world.report(EAST, aired, Outcome.MISSED, Reason.POWER)
    world.report(WEST, aired, Outcome.MISSED, Reason.POWER)
    world.report(MIDDLE, aired)
    for name, ends in (("lan", Stage.SUBMITTED), ("hung", Stage.APPROVED)):
        mine = EAST if name == "lan" else WEST
        world.bind(name, mine, MIDDLE)
        browser.enter(world, name)
        page = browser.get(f"/broadcasts/{aired.id}").text
        assert "1 làng của bạn chưa nghe được" in page
        assert re.findall(r'name="node" value="([^"]+)" checked', page) == [mine]
        assert ("Lãnh đạo xã sẽ được nhờ duyệt." in page) is (name == "lan")
        answer = browser.post(f"/broadcasts/{aired.id}/again", data={"node": [mine], "at": aired.starts_at})
        with world.database.read() as c:
            anew = broadcasts.broadcast(c, answer.headers["location"].rpartition("/")[2])
        assert anew is not None
        assert (anew.nodes, anew.stage) == ((mine,), ends)


def test_where_ones_own_villages_heard_it_nothing_is_offered_again(officer: Browser, world: World) -> None:
    world.bind("lan", MIDDLE)
    aired = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=20)
    world.report(EAST, aired, Outcome.MISSED, Reason.POWER)
    world.report(MIDDLE, aired)
    assert f"/broadcasts/{aired.id}/again" not in officer.get(f"/broadcasts/{aired.id}").text


def test_only_what_concerns_ones_own_villages_is_offered_to_be_replaced(officer: Browser, world: World) -> None:
    world.bind("lan", EAST)
    own, everywhere = world.approve(world.order("Riêng", 30, villages=(EAST,))), world.approve(world.order("Chung", 60))
    sound = world.add_sound("Tin")
    form = {"title": "Tin", "recording": sound.sha256, "nodes": [EAST], "day": "2026-11-23"}
    mine = officer.post("/broadcasts", data=form | {"time": "05:00"})
    assert mine.status_code == 409
    assert f'name="replacing" value="{own.id}"' in mine.text
    theirs = officer.post("/broadcasts", data=form | {"time": "05:30"})
    assert theirs.status_code == 409
    assert "“Chung”" in theirs.text
    assert 'name="replacing"' not in theirs.text
    assert "Đặt ngay sau đó" in theirs.text
    refused = officer.post("/broadcasts", data=form | {"time": "05:30", "replacing": everywhere.id})
    assert refused.status_code == 422


def test_an_alarm_for_all_is_stopped_in_ones_own_villages_and_cancelled_by_others(
    officer: Browser, world: World
) -> None:
    world.bind("lan", EAST)
    storm = alarm.send(
        world.desk,
        world.user("hung"),
        id=alarm.fresh_id(),
        recording=world.add_sound("Còi").sha256,
        villages=None,
        repeat_for_s=1800,
    )
    page = text(officer, f"/emergency/{storm.id}")
    assert "Hủy báo động và" not in page
    assert "Dừng ở làng của tôi" in page
    assert officer.post(f"/broadcasts/{storm.id}/stop").status_code == 303


def test_the_red_button_offers_ones_own_villages(leader: Browser, world: World) -> None:
    world.bind("hung", WEST)
    siren = world.add_sound("Còi")
    assert offered(leader.get("/emergency").text) == [WEST]
    confirm = text(leader, f"/emergency/confirm?recording={siren.sha256}&nodes=&repeat_s=0")
    assert " 1/3 " in confirm


def test_a_technician_tends_ones_own_villages(browser: Browser, world: World) -> None:
    world.bind("tam", WEST)
    browser.enter(world, "tam")
    assert "Lưu số" in text(browser, f"/nodes/{WEST}")
    assert "Lưu số" not in text(browser, f"/nodes/{EAST}")
    assert browser.post(f"/nodes/{WEST}/phone", data={"phone": "0912 345 678"}).status_code == 303
    assert browser.post(f"/nodes/{EAST}/phone", data={"phone": "0912 345 678"}).status_code == 403


def test_in_the_library_one_changes_what_one_added(officer: Browser, world: World) -> None:
    world.add_sound("Của tôi")
    world.bind("lan", EAST)
    page = text(officer, "/audio")
    assert "Việc khác" in page
    assert "Giữ sẵn ở các làng" not in page
