"""Ordering, approving, cancelling and stopping through the pages."""

import re
from datetime import timedelta

import httpx
import pytest

from contract.limits import Limits
from contract.reports import PlanReport
from contract.terms import Order, Outcome, Priority, Reason
from hub.orders.broadcasts import Broadcast, Stage
from hub.store import broadcasts, nodes, orders, people
from tests.hub.web.board.test_board import text
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


def form(world: World, **changes: object) -> dict[str, object]:
    """The order form, filled in for 05:00 today."""
    return {
        "title": "Bản tin sáng",
        "recording": world.add_sound("Bản tin").sha256,
        "nodes": list(VILLAGES),
        "when": "later",
        "day": "2026-11-23",
        "time": "05:00",
        "priority": "routine",
        **changes,
    }


def approve(browser: Browser, path: str, **more: str) -> httpx.Response:
    """Press the button on the page as it shows itself now; where there is none, as an old page would."""
    found = re.search(r'name="seen" value="(\w+)"', browser.get(path).text)
    return browser.post(f"{path}/approve", data={"seen": found.group(1) if found else "", **more})


def only(world: World) -> Broadcast:
    with world.database.read() as c:
        (broadcast,) = broadcasts.between(c, MORNING - timedelta(days=9), MORNING + timedelta(days=9))
    return broadcast


def test_the_form_proposes_the_next_usual_hour_and_all_villages(officer: Browser, world: World) -> None:
    page = officer.get("/broadcasts/new").text
    assert 'value="2026-11-23"' in page
    assert 'value="05:00"' in page
    assert page.count("checked") >= 3 + 2
    world.clock.pass_(minutes=25)
    assert 'value="17:00"' in officer.get("/broadcasts/new").text


def test_an_order_waits_for_approval_for_the_instant_meant(officer: Browser, world: World) -> None:
    answer = officer.post("/broadcasts", data=form(world))
    draft = only(world)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/broadcasts/{draft.id}")
    assert draft.starts_at == MORNING + timedelta(minutes=30)
    assert (draft.stage, draft.priority, draft.nodes) == (Stage.SUBMITTED, Priority.ROUTINE, tuple(sorted(VILLAGES)))
    assert "Đang chờ lãnh đạo xã duyệt." in text(officer, f"/broadcasts/{draft.id}")


def test_now_needs_no_date_and_the_chime_is_the_officers_choice(officer: Browser, world: World) -> None:
    chime = world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    officer.post("/broadcasts", data=form(world, when="now", day="", time="", chime="yes", priority="emergency"))
    draft = only(world)
    assert draft.starts_at is None
    assert draft.audio[0].sha256 == chime.sha256


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Hãy đặt tên."),
        ({"recording": "0" * 64}, "Hãy chọn một bản thu trong thư viện."),
        ({"recording": "../../etc/passwd"}, "Hãy chọn một bản thu trong thư viện."),
        ({"nodes": []}, "Hãy chọn ít nhất một làng."),
        ({"nodes": ["xa-la"]}, "Có làng không còn trong danh sách. Hãy chọn lại."),
        ({"day": ""}, "Hãy chọn ngày và giờ phát."),
        ({"time": "25:99"}, "Hãy chọn ngày và giờ phát."),
        ({"time": "04:00"}, "Giờ phát đã qua. Hãy chọn giờ khác."),
        ({"day": "2099-01-01"}, "Ngày phát quá xa, hơn một năm nữa."),
        ({"day": "9999-12-31", "time": "23:59"}, "Ngày phát quá xa, hơn một năm nữa."),
        ({"day": "0001-01-01"}, "Giờ phát đã qua. Hãy chọn giờ khác."),
        ({"priority": "loud"}, "Hãy chọn loại buổi phát."),
    ],
)
def test_a_form_that_is_wrong_comes_back_as_it_was_with_one_sentence(
    officer: Browser, world: World, wrong: dict[str, object], said: str
) -> None:
    answer = officer.post("/broadcasts", data=form(world, **({"title": "Giữ nguyên"} | wrong)))
    assert answer.status_code == 422
    assert said in answer.text
    if "title" not in wrong:
        assert 'value="Giữ nguyên"' in answer.text
    with world.database.read() as c:
        assert broadcasts.unapproved(c, MORNING) == []


def test_a_conflict_is_shown_village_by_village_and_nothing_is_saved(officer: Browser, world: World) -> None:
    world.order("Họp thôn", 30, villages=(WEST,))
    answer = officer.post("/broadcasts", data=form(world, time="05:01"))
    assert answer.status_code == 409
    assert "Thôn Đoài</b>:" in answer.text
    assert "trùng giờ với “Họp thôn” lúc 05:00" in answer.text
    assert only(world).title == "Họp thôn"


def test_a_conflict_offers_the_time_right_after_and_saves_it_with_one_press(officer: Browser, world: World) -> None:
    world.approve(world.order("Bản tin", 0.5))
    world.clock.pass_(minutes=2)
    asked = form(world, when="now", day="", time="", nodes=[EAST, WEST], title="Tin gấp")
    answer = officer.post("/broadcasts", data=asked)
    assert answer.status_code == 409
    assert 'name="move" value="2026-11-23T04:34"' in answer.text
    assert "Đặt ngay sau đó, lúc 04:34" in answer.text
    assert "Đặt ngay trước" not in answer.text, "now has no before"
    assert 'name="replacing"' not in answer.text, "it is on air"

    saved = officer.post("/broadcasts", data=asked | {"move": "2026-11-23T04:34"})
    assert saved.is_redirect
    with world.database.read() as c:
        made = broadcasts.broadcast(c, saved.headers["location"].rpartition("/")[2])
    assert made is not None
    assert (made.title, made.nodes, made.starts_at) == ("Tin gấp", (EAST, WEST), MORNING + timedelta(minutes=4))


def test_where_only_a_rule_forbids_it_no_later_time_is_offered(officer: Browser, world: World) -> None:
    world.be_born(EAST, Limits(quiet_until_min=6 * 60))
    assert 'name="move"' not in officer.post("/broadcasts", data=form(world)).text


def test_quiet_hours_of_a_village_are_said_when_saving(officer: Browser, world: World) -> None:
    world.be_born(EAST, Limits(quiet_until_min=6 * 60))
    answer = officer.post("/broadcasts", data=form(world))
    assert answer.status_code == 409
    assert "rơi vào giờ yên lặng" in answer.text


def test_the_leader_approves_with_one_button_and_only_the_leader_has_it(browser: Browser, world: World) -> None:
    draft = world.order()
    path = f"/broadcasts/{draft.id}"
    browser.enter(world, "lan")
    assert "Duyệt phát" not in text(browser, path)
    browser.enter(world, "hung")
    assert "Duyệt phát" in text(browser, path)
    assert approve(browser, path).headers["location"] == path
    assert only(world).is_approved
    assert "Trần Văn Hùng, 04:30" in text(browser, path)
    assert "Duyệt phát" not in text(browser, path)


def test_who_ordered_it_approves_it_alone_only_with_a_reason_that_is_written_down(
    leader: Browser, world: World
) -> None:
    draft = world.order(author="hung")
    path = f"/broadcasts/{draft.id}"
    assert "cần người khác duyệt" in text(leader, path)
    assert approve(leader, path).status_code == 409
    assert not only(world).is_approved
    assert approve(leader, path, waiver="Chủ tịch đi họp tỉnh").headers["location"] == path
    assert only(world).is_approved
    with world.database.read() as c:
        written = [(n.act, n.who, n.detail) for n in people.notes(c)]
    assert ("approve-own", "hung", "Chủ tịch đi họp tỉnh") in written


def test_what_is_approved_for_now_says_to_the_second_when_it_sounds(leader: Browser, world: World) -> None:
    draft = world.order("Tin gấp", None)
    approve(leader, f"/broadcasts/{draft.id}")
    for path in ("/", f"/broadcasts/{draft.id}"):
        assert "Sẽ phát lúc 04:30:15" in text(leader, path)
    world.clock.pass_(seconds=20)
    assert "Sẽ phát lúc" not in text(leader)


def test_approving_twice_is_said_and_changes_nothing(leader: Browser, world: World) -> None:
    draft = world.order()
    approve(leader, f"/broadcasts/{draft.id}")
    answer = approve(leader, f"/broadcasts/{draft.id}")
    assert answer.status_code == 409
    assert "không còn chờ duyệt" in answer.text


def test_a_conflict_that_came_in_between_is_shown_at_approval(leader: Browser, world: World) -> None:
    draft = world.order("Ngay", None)
    world.order("Họp thôn", 0.5)
    answer = approve(leader, f"/broadcasts/{draft.id}")
    assert answer.status_code == 409
    assert "trùng giờ với “Họp thôn”" in answer.text
    assert "Giờ trống đầu tiên là 04:33." in answer.text


def test_an_emergency_for_now_goes_out_as_live_commands(leader: Browser, world: World) -> None:
    draft = world.order("Bão", None, priority=Priority.EMERGENCY)
    approve(leader, f"/broadcasts/{draft.id}")
    with world.database.read() as c:
        sent = orders.of_broadcast(c, draft.id)
    assert {(o.node, o.order) for o in sent} == {(v, Order.PLAY) for v in VILLAGES}
    assert "Đang gửi lệnh tới các làng" in text(leader, f"/broadcasts/{draft.id}")


def test_before_air_each_village_says_ready_or_why_not(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    counter = world.issue(EAST, bulletin)
    world.beat(EAST, plan=PlanReport(accepted=counter))
    page = text(officer, f"/broadcasts/{bulletin.id}")
    assert "1/3 làng đã sẵn sàng" in page
    assert "Thôn Đông Sẵn sàng" in page
    assert "nút chưa từng báo cáo" in page


def test_a_village_with_a_dead_sound_process_says_so_once_and_nothing_of_the_plan(
    officer: Browser, world: World
) -> None:
    bulletin = world.approve(world.order())
    world.issue(EAST, bulletin)
    world.beat(EAST, silent=("speaker",))
    page = text(officer, f"/broadcasts/{bulletin.id}")
    assert "Thôn Đông Chương trình phát âm thanh trên nút không trả lời" in page
    assert "nút chưa nhận lịch phát" not in page
    world.clock.pass_(hours=1)
    world.beat(EAST, silent=("speaker",))
    assert "Thôn Đông Không phát được chưa có báo cáo" in text(officer, f"/broadcasts/{bulletin.id}")


def test_after_air_each_village_says_when_and_how_loud_or_why_not(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    world.clock.pass_(minutes=40)
    world.report(EAST, bulletin, late_s=0.002)
    world.report(WEST, bulletin, Outcome.CUT, Reason.POWER)
    page = text(officer, f"/broadcasts/{bulletin.id}")
    assert "Thôn Đông Đã phát tiếng đầu 05:00:00 tiếng cuối 05:02:05 mức âm −18,4 dB" in page
    assert "Thôn Đoài Bị ngắt giữa chừng" in page
    assert "mất điện trong lúc đang phát" in page
    assert "Thôn Trung Mới, chưa kết nối chưa có báo cáo" in page


def test_what_was_stopped_everywhere_is_said_to_have_aired_in_part(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin"))
    for village in VILLAGES:
        world.report(village, bulletin, Outcome.CUT, Reason.STOPPED)
    world.clock.pass_(hours=1)
    for path in ("/", "/broadcasts", f"/broadcasts/{bulletin.id}"):
        page = text(officer, path)
        assert "Phát dở 05:00:00, 3/3" in page
        assert "Không phát được" not in page


def test_a_broadcast_on_air_is_stopped_everywhere_or_in_one_village(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    path = f"/broadcasts/{bulletin.id}"
    assert officer.post(f"{path}/stop").status_code == 409, "not begun"
    world.clock.pass_(minutes=31)
    world.beat(EAST, on_air=bulletin.id)
    assert "Dừng ở đây" in text(officer, path)
    officer.post(f"{path}/stop", data={"node": EAST})
    with world.database.read() as c:
        assert [o.node for o in orders.of_broadcast(c, bulletin.id)] == [EAST]
    officer.post(f"{path}/stop")
    with world.database.read() as c:
        assert len(orders.of_broadcast(c, bulletin.id)) == 4


def test_a_cancelled_broadcast_is_off_the_plan_and_says_so(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    assert officer.post(f"/broadcasts/{bulletin.id}/cancel").status_code == 303
    assert only(world).stage is Stage.CANCELLED
    assert "Đã huỷ" in text(officer, f"/broadcasts/{bulletin.id}")
    assert officer.post(f"/broadcasts/{bulletin.id}/cancel").status_code == 409


def test_the_list_has_what_comes_and_the_last_two_weeks(officer: Browser, world: World) -> None:
    old = world.order("Tuần trước", 10)
    world.clock.pass_(days=5)
    world.order("Ngày mai", 60 * 24)
    page = text(officer, "/broadcasts")
    assert page.index("Ngày mai") < page.index("Hai tuần qua") < page.index(old.title)
    world.clock.pass_(days=10)
    officer.enter(world, "lan")
    assert "Tuần trước" not in text(officer, "/broadcasts")


def test_a_broadcast_for_a_village_that_was_revoked_still_shows(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    with world.database.write() as c:
        nodes.revoke(c, MIDDLE)
    assert "Thôn Trung" in text(officer, f"/broadcasts/{bulletin.id}")
