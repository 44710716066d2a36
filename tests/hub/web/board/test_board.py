"""The board as the officer, the leader and the technician see it."""

import re
from datetime import timedelta

from contract.orders import Counter
from contract.reports import CameraReport, PlanReport
from contract.terms import CameraFault, Order, Outcome, Priority, Reason
from hub.nodes import maintenance as maintenance_of
from hub.nodes.fleet import Flip, Node
from hub.nodes.positions import Position
from hub.store import nodes, orders, records
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


def text(browser: Browser, path: str = "/") -> str:
    """What stands on the page, without the marks."""
    page = browser.get(path)
    assert page.status_code == 200
    plain = re.sub(r"<[^>]+>", " ", page.text)
    return re.sub(r"\s+", " ", plain).replace(" :", ":").replace(" ,", ",")


def everyone_beats(world: World, counter: Counter | None = None) -> None:
    for village in VILLAGES:
        world.beat(village, plan=PlanReport(accepted=counter))


def test_an_empty_hub_says_so(officer: Browser) -> None:
    board = text(officer)
    assert "Thứ Hai ngày 23/11/2026" in board
    assert "Hôm nay không có buổi phát nào." in board
    assert board.count("Mới, chưa kết nối") == 3
    assert "0/3 làng phát được" in board


def test_villages_say_how_they_are(officer: Browser, world: World) -> None:
    everyone_beats(world)
    broken = CameraReport(id="cong", fault=CameraFault.FROZEN, since_at=MORNING - timedelta(minutes=15))
    world.beat(EAST, cameras=(broken,))
    board = text(officer)
    assert "3/3 làng phát được" in board
    assert "1 làng cần xem lại" in board
    assert "Camera cong: đứng hình từ 04:15" in board
    assert "51 °C" in board


def test_a_village_that_cannot_play_is_not_counted_and_says_why(officer: Browser, world: World) -> None:
    everyone_beats(world)
    world.beat(WEST, silent=("speaker",))
    board = text(officer)
    assert "2/3 làng phát được" in board
    assert "1 làng không phát được" in board
    assert "Thôn Đoài Không phát được Chương trình phát âm thanh trên nút không trả lời" in board
    assert "Không phát được" in text(officer, f"/nodes/{WEST}")
    form = text(officer, "/broadcasts/new")
    assert "Thôn Đoài Không phát được Chương trình phát âm thanh trên nút không trả lời" in form
    assert form.count("Không phát được") == 1


def test_a_dead_sound_process_has_its_time_its_advice_and_its_place_in_the_history(
    officer: Browser, world: World
) -> None:
    everyone_beats(world)
    world.beat(WEST, silent=("speaker",))
    fell = MORNING - timedelta(minutes=10)
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=WEST, subject="process:speaker", value="silent", at=fell)])
    said = "Chương trình phát âm thanh trên nút không trả lời"
    assert f"{said} từ 04:20 Nút sẽ tự chạy lại chương trình này." in text(officer)
    assert f"Những thay đổi 04:20 {said}" in text(officer, f"/nodes/{WEST}")


def test_a_village_that_fell_silent_is_down_since_then_and_says_nothing_else(officer: Browser, world: World) -> None:
    everyone_beats(world)
    world.clock.pass_(minutes=10)
    with world.database.write() as c:
        nodes.note_state(c, EAST, False, world.clock() - timedelta(minutes=4))
        fell = world.clock() - timedelta(minutes=3)
        records.add_flips(c, [Flip(node=EAST, subject="node", value="down", at=fell)])
    world.beat(WEST)
    world.beat(MIDDLE)
    board = text(officer)
    assert "1 làng mất liên lạc" in board
    assert "Thôn Đông Mất liên lạc từ 04:37" in board
    assert board.index("Thôn Đông") < board.index("Thôn Đoài"), "what needs a person stands first"


def test_while_the_hub_has_no_broker_nobody_is_judged(officer: Browser, world: World) -> None:
    everyone_beats(world)
    world.online_since = None
    assert text(officer).count("Chưa rõ") == 3


def test_before_air_the_page_says_how_many_are_ready_and_who_is_not(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    for village in VILLAGES:
        counter = world.issue(village, bulletin)
    everyone_beats(world, counter)
    assert "05:00 Bản tin sáng" in text(officer)
    assert "3/3 làng đã sẵn sàng" in text(officer)
    sha = bulletin.audio[0].sha256
    world.beat(WEST, plan=PlanReport(accepted=counter, missing=(sha,), missing_count=1))
    assert "2/3 làng đã sẵn sàng" in text(officer)
    assert "Thôn Đoài: đang tải bản thu về" in text(officer)


def test_after_air_the_page_says_when_it_was_heard_and_where_not(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    world.clock.pass_(minutes=33)
    for village in VILLAGES:
        world.report(village, bulletin, late_s=2)
    assert "Đã phát 05:00:02, 3/3" in text(officer)


def test_a_village_that_did_not_air_it_says_why(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    world.clock.pass_(minutes=33)
    world.report(EAST, bulletin)
    world.report(WEST, bulletin, Outcome.MISSED, Reason.NO_AUDIO)
    board = text(officer)
    assert "Đã phát 05:00:00, 1/3" in board
    assert "Thôn Đoài: Không phát: bản thu chưa về đến nút" in board
    assert "Thôn Trung: chưa có báo cáo" in board


def test_one_stop_adds_one_line(officer: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    world.clock.pass_(minutes=33)
    for village in VILLAGES:
        world.report(village, bulletin, Outcome.CUT, Reason.STOPPED)
    assert text(officer).count("có lệnh dừng") == 1
    assert "3 làng: Bị ngắt giữa chừng: có lệnh dừng" in text(officer)


def test_villages_in_trouble_are_named_above_the_broadcasts(officer: Browser, world: World) -> None:
    everyone_beats(world)
    world.beat(WEST, sound_fault="Không thấy card âm thanh")
    world.approve(world.order("Bản tin sáng", 30))
    board = text(officer)
    assert board.index("Thôn Đoài: Âm thanh không hoạt động") < board.index("Bản tin sáng")
    assert "Thôn Đông:" not in board
    world.clock.pass_(minutes=10)
    assert "Thôn Đông: Mất liên lạc từ 04:30" in text(officer)


def test_on_air_shows_where_and_offers_to_stop_to_those_who_may(browser: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    world.clock.pass_(minutes=31)
    everyone_beats(world)
    world.beat(EAST, on_air=f"{bulletin.id}.x")
    browser.enter(world, "tam")
    board = text(browser)
    assert "Đang phát ở 1/3 làng" in board
    assert "Đang phát: Bản tin sáng" in board
    assert "Dừng tất cả" in board
    assert browser.post("/stop").headers["location"] == "/"
    with world.database.read() as c:
        sent = orders.open_orders(c, world.clock())
    assert {(o.node, o.order) for o in sent} == {(v, Order.STOP) for v in VILLAGES}
    browser.enter(world, "khach")
    assert "Dừng tất cả" not in text(browser)


def test_the_leader_sees_what_waits_first(leader: Browser, world: World) -> None:
    world.approve(world.order("Bản tin sáng", 30))
    world.order("Cảnh báo bão", None, priority=Priority.EMERGENCY)
    board = text(leader)
    assert "1 buổi chờ duyệt" in board
    assert board.index("Cảnh báo bão") < board.index("Bản tin sáng")
    assert "Khẩn cấp" in board


def test_days_are_vietnamese_days(officer: Browser, world: World) -> None:
    world.approve(world.order("Tối nay", 60 * 13))
    world.approve(world.order("Sáng mai", 60 * 24 + 30))
    board = text(officer)
    today, later = board.index("Hôm nay"), board.index("Những ngày tới")
    assert today < board.index("Tối nay") < later < board.index("Sáng mai")
    world.clock.pass_(days=1)
    board = text(officer)
    assert "Tối nay" not in board
    assert "Những ngày tới" not in board


def test_a_title_cannot_bring_marks_onto_the_page(officer: Browser, world: World) -> None:
    world.order("<script>alert(1)</script>", 30)
    assert "<script>alert" not in officer.get("/").text


def test_a_revoked_village_is_off_the_board(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        nodes.revoke(c, MIDDLE)
    assert "Thôn Trung" not in text(officer)


def many(world: World, count: int) -> list[str]:
    """More villages than there are cards, all well."""
    names = [f"binhminh-xom-{n}" for n in range(count)]
    with world.database.write() as c:
        for n, name in enumerate(names):
            position = Position(21.0 + n / 1000, 105.8)
            nodes.add_node(c, Node(id=name, title=f"Xóm {n:03}", added_at=MORNING, position=position), "0" * 64, "h")
    for name in names:
        world.beat(name)
    return names


def test_one_line_says_from_afar_how_it_stands(officer: Browser, world: World) -> None:
    assert "Chưa thấy sự cố, 3 làng chưa rõ" in text(officer)
    everyone_beats(world)
    assert "Tất cả các làng đều ổn" in text(officer)
    world.beat(WEST, sound_fault="Không thấy card âm thanh")
    assert "1 làng có sự cố" in text(officer)
    maintenance_of.plan(
        world.desk, WEST, "", world.clock(), world.clock() + timedelta(hours=1), "thay card", world.user("tam")
    )
    world.clock.pass_(seconds=1)
    assert "Tất cả các làng đều ổn" in text(officer), "somebody is there already"


def test_villages_are_found_by_trouble_and_by_name(officer: Browser, world: World) -> None:
    everyone_beats(world)
    world.beat(WEST, sound_fault="Không thấy card âm thanh")
    world.beat(EAST, cameras=(CameraReport(id="cong", fault=CameraFault.FROZEN, since_at=MORNING),))
    board = text(officer)
    assert "3 Có sự cố 2 Loa 1 Camera 1" in board
    found = officer.get("/?trouble=camera").text
    assert (f'id="v-{EAST}"' in found, f'id="v-{WEST}"' in found) == (True, False)
    assert 'sse-connect="/live?trouble=camera"' in found, "what comes later is looked at in the same way"
    found = officer.get("/?q=thon+doai").text
    assert (f'id="v-{EAST}"' in found, f'id="v-{WEST}"' in found) == (False, True)
    assert "Không có làng nào như vậy." in text(officer, "/?q=xyz&trouble=camera")
    assert officer.get("/?trouble=weather").status_code == 422
    assert officer.get("/?box=1,2").status_code == 409


def test_of_many_villages_only_those_in_trouble_have_a_card(officer: Browser, world: World) -> None:
    names = many(world, 70)
    world.beat(names[7], sound_fault="Không thấy card âm thanh")
    page = officer.get("/").text
    assert re.findall(r'id="v-([\w-]+)"', page) == [names[7]]
    tiles = re.findall(r'<li><a href="/nodes/([\w-]+)"', page)
    assert len(tiles) == 73
    assert f'<a href="/nodes/{names[7]}" class="bad" title="Không phát được">Xóm 007</a>' in page
    assert f'<a href="/nodes/{names[8]}">Xóm 008</a>' in page
    assert re.findall(r'id="v-([\w-]+)"', officer.get("/?q=xom 02").text) == [names[2], *names[20:30]], (
        "few are cards again"
    )


def test_the_map_leads_to_the_villages_and_says_who_is_not_on_it(officer: Browser, world: World) -> None:
    assert 'class="sheet"' not in officer.get("/").text
    with world.database.write() as c:
        nodes.set_position(c, EAST, Position(21.0, 105.8))
        nodes.set_position(c, WEST, Position(21.05, 105.9))
    everyone_beats(world)
    page = officer.get("/").text
    assert f'<a href="/nodes/{EAST}" class="mark good">' in page
    assert "1 làng chưa có vị trí." in page


def test_who_may_set_positions_is_told_how(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    assert "Lấy vị trí điện thoại này" in text(browser)
    browser.enter(world, "khach")
    assert "Lấy vị trí điện thoại này" not in text(browser)
