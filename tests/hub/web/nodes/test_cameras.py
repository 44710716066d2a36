"""A camera's page: what the technician reads before going there, the pictures asked for, and maintenance."""

import re
from datetime import timedelta

import pytest

from contract.reports import CameraReport
from contract.terms import CameraFault, Order
from hub.nodes.fleet import Flip
from hub.store import nodes, orders, people, records, thumbnails
from tests.hub.web.board.test_board import text
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, grey

EAST, WEST, _ = VILLAGES
NODE, PATH = f"/nodes/{EAST}", f"/nodes/{EAST}/cameras/cong"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_FIVE = {"from_day": "2026-11-23", "from_time": "05:00", "until_day": "2026-11-23", "until_time": "07:00"}


@pytest.fixture
def technician(browser: Browser, world: World) -> Browser:
    browser.enter(world, "tam")
    return browser


def camera(id: str = "cong", fault: CameraFault = CameraFault.COVERED, **more: object) -> CameraReport:
    return CameraReport(id=id, fault=fault, since_at=MORNING - HOUR, **more)  # type: ignore[arg-type]


def acts(world: World) -> list[tuple[str, str, str]]:
    with world.database.read() as c:
        return [(n.who, n.act, n.subject) for n in people.notes(c)]


def test_a_fault_is_told_with_its_time_its_figures_what_to_do_and_what_to_bring(officer: Browser, world: World) -> None:
    covered = camera(
        title="Cổng nhà văn hóa",
        detail="hình bị che khoảng 63 % (covered)",
        evidence={"still": 0.63, "gain": 1.4},
        clean_in_days=15.0,
        clock_ahead_s=600.0,
        about="Example C1, 1.2.3",
        restarted_at=MORNING - DAY,
    )
    world.beat(EAST, cameras=(covered,))
    page = text(officer, PATH)
    for said in (
        "Cổng nhà văn hóa Camera cong",
        "ống kính bị che từ 03:30",
        "Gỡ vật che ống kính: lá cây, mạng nhện",
        "có vật đứng yên che 63 % khung hình",
        "Cần mang theo thang chổi cán dài quét mạng nhện",
        "Nên lau kính trong khoảng 2 tuần nữa",
        "Đồng hồ camera nhanh 10 phút 00 giây: hình ghi lại không dùng làm bằng chứng được",
        "Example C1, 1.2.3",
        "04:30 ngày 22/11",
    ):
        assert said in page
    assert "gain" not in page
    officer.post("/language", data={"language": "en"})
    assert "Take away what covers the lens" in text(officer, PATH)


def test_a_healthy_camera_needs_nothing(officer: Browser, world: World) -> None:
    world.beat(EAST)
    page = text(officer, PATH)
    assert "có hình từ 04:30 Không phải làm gì." in page
    assert "Cần mang theo" not in page
    assert "Camera chưa cho biết gì về mình" in page
    assert "Các lỗi trong thời gian này Không có." in page


def test_while_the_node_is_off_it_is_unknown_and_the_last_word_has_its_age(officer: Browser, world: World) -> None:
    world.beat(EAST, cameras=(camera(),))
    world.clock.pass_(hours=3)
    page = text(officer, PATH)
    assert "Chưa biết Nút mất liên lạc nên chưa biết camera này ra sao." in page
    assert "Lần báo cuối, cách đây 3 giờ 00 phút: ống kính bị che" in page
    assert "Cần mang theo" not in page
    assert "lần cuối biết: ống kính bị che" in text(officer, NODE)


def test_a_silent_camera_process_makes_it_unknown_too(officer: Browser, world: World) -> None:
    world.change(EAST, "camera:cong", "ok", MORNING - DAY)
    world.beat(EAST, cameras=(), silent=("camera",))
    assert "Chương trình camera trên nút không trả lời nên chưa biết" in text(officer, PATH)
    world.beat(EAST, cameras=())
    assert "Nút không báo về camera này" in text(officer, PATH)


def test_a_camera_nobody_heard_of_is_not_found(technician: Browser, world: World) -> None:
    world.beat(EAST)
    for path in (f"{NODE}/cameras/san", "/nodes/xa-la/cameras/cong"):
        assert technician.get(path).status_code == 404
        assert technician.get(f"{path}/live").status_code == 404
    assert technician.post(f"{NODE}/cameras/san/show").status_code == 404
    assert technician.get(f"{PATH}/pictures/now").status_code == 404
    assert acts(world) == []


def test_the_strip_and_the_table_tell_of_90_days(officer: Browser, world: World) -> None:
    for days, value in ((60, "ok"), (30.2, "dark"), (30.1, "ok"), (2, "frozen"), (1.5, "ok")):
        world.change(EAST, "camera:cong", value, MORNING - days * DAY)
    with world.database.write() as c:
        for days, value in ((20, "down"), (17, "up")):
            records.add_flips(c, [Flip(node=EAST, subject="node", value=value, at=MORNING - days * DAY)])
    world.beat(EAST)
    html = officer.get(PATH).text
    strip = re.findall(r'<i class="(\w+)"[^>]*title', html)
    assert len(strip) == 90
    assert [strip.count(each) for each in ("fault", "unknown", "none")] == [3, 3, 29]
    assert re.search(r'role="img" aria-label="Số ngày: 55 tốt, 3 có lỗi, 3 không rõ', html)
    page = text(officer, PATH)
    assert "đứng hình 04:30 ngày 21/11 12 giờ 00 phút màn hình đen" in page
    assert "theo dõi được 95,0 % thời gian" in page
    assert "có lỗi: 3 ngày" in page


def test_three_lost_at_once_are_one_line_on_board_and_page(officer: Browser, world: World) -> None:
    gone = [camera(id, CameraFault.OFFLINE) for id in ("cong", "san", "kho")]
    world.beat(EAST, cameras=(*gone, camera("duong", CameraFault.DARK)))
    said = "3 camera mất cùng lúc từ 03:30 Kiểm tra nguồn và bộ chia mạng (switch)."
    board = text(officer)
    assert said in board
    assert "Camera san: không trả lời" not in board
    assert "Camera duong: màn hình đen" in board
    node = text(officer, NODE)
    assert node.count("3 camera mất cùng lúc") == 2, "as a fault, and above the cameras it is about"
    page = text(officer, PATH)
    assert said in page
    assert "bộ chia mạng (switch) dự phòng" in page


def test_board_and_node_page_lead_to_the_camera(officer: Browser, world: World) -> None:
    world.beat(EAST, cameras=(camera(),))
    for path in ("/", NODE):
        assert f'href="{PATH}"' in officer.get(path).text
    assert officer.get(PATH).status_code == 200


def test_pictures_are_asked_for_followed_looked_at_and_written_down(technician: Browser, world: World) -> None:
    world.beat(EAST)
    assert "Hình nằm lại ở nút." in text(technician, PATH)
    assert technician.post(f"{PATH}/show").headers["location"] == f"{PATH}#pictures"
    assert "Đã ghi yêu cầu, đang chờ liên lạc được với nút…" in text(technician, PATH)
    assert technician.post(f"{PATH}/show").status_code == 303
    with world.database.read() as c:
        (order,) = orders.open_orders(c, world.clock())
    assert (order.order, order.camera, order.asked_by) == (Order.SHOW, "cong", "tam")
    assert order.until_at == world.clock() + timedelta(minutes=2)
    (order,) = world.take_up(EAST)
    assert "Nút đã nhận và đang lấy hình…" in text(technician, PATH)
    assert world.send_pictures(EAST, order, after=b"")
    world.clock.pass_(minutes=5)
    page = text(technician, PATH)
    assert "Chụp cách đây 5 phút 00 giây." in page
    assert "Hình sẽ bị xoá lúc 04:30 ngày 24/11." in page
    assert "Không có hình" in page
    pictures = re.findall(r'<img src="([^"]+)"', technician.get(PATH).text)
    shots = [path for path in pictures if "/pictures/" in path]
    assert len(shots) == 2
    for path in shots:
        answer = technician.get(path)
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert technician.get(shots[0]).content == grey(90)
    looks = [act for act in acts(world) if act[1] == "camera-look"]
    assert looks == [("tam", "camera-look", f"{EAST}/cong")], "one look at the page is one"
    world.clock.pass_(minutes=2)
    technician.get(shots[0])
    assert len([act for act in acts(world) if act[1] == "camera-look"]) == 2
    assert acts(world)[-1] == ("tam", "camera-show", f"{EAST}/cong")
    world.clock.pass_(hours=24)
    assert technician.get(shots[0]).status_code == 404
    world.beat(EAST)
    assert "Hình nằm lại ở nút." in text(technician, PATH)


def test_the_record_names_the_camera_and_its_village(browser: Browser, technician: Browser, world: World) -> None:
    world.beat(EAST)
    technician.post(f"{PATH}/show")
    technician.post(f"{PATH}/right")
    technician.post(f"{NODE}/maintenance", data={"camera": "cong", "reason": "thay dây mạng", **AT_FIVE})
    browser.enter(world, "hung")
    record = text(browser, "/audit")
    assert "Lê Minh Tâm xin hình của camera cong (Thôn Đông)" in record
    assert "Lê Minh Tâm xác nhận góc nhìn của camera cong (Thôn Đông) là đúng" in record
    assert "Lê Minh Tâm báo bảo trì camera cong (Thôn Đông) thay dây mạng" in record
    assert "xin hình" in text(browser, "/audit?kind=cameras")
    assert "báo bảo trì" not in text(browser, "/audit?kind=cameras")


def test_pictures_that_do_not_come_are_said_to_be_lost(technician: Browser, world: World) -> None:
    world.beat(EAST)
    technician.post(f"{PATH}/show")
    world.clock.pass_(minutes=3)
    world.beat(EAST)
    page = text(technician, PATH)
    assert "Chưa có hình về. Xem nút có đang liên lạc không rồi xin lại." in page
    assert "Xin hình" in page
    world.clock.pass_(minutes=10)
    world.beat(EAST)
    assert "Chưa có hình về" not in text(technician, PATH)


@pytest.mark.parametrize("name", ["lan", "hung", "khach"])
def test_who_does_not_tend_the_villages_sees_the_state_and_no_picture(
    browser: Browser, world: World, name: str
) -> None:
    browser.enter(world, "tam")
    world.beat(EAST, cameras=(camera(),))
    browser.post(f"{PATH}/show")
    assert world.send_pictures(EAST, *world.take_up(EAST))
    browser.enter(world, name)
    html = browser.get(PATH).text
    assert "Gỡ vật che ống kính" in html
    assert "/pictures/" not in html
    assert "Xin hình" not in html
    assert "Ghi lịch bảo trì" not in html
    for path in (f"{PATH}/show", f"{PATH}/right", f"{NODE}/maintenance"):
        assert browser.post(path).status_code == 403
    assert browser.get(f"{PATH}/pictures/now").status_code == 403


def test_a_technician_of_other_villages_sees_no_picture(technician: Browser, world: World) -> None:
    world.beat(EAST)
    technician.post(f"{PATH}/show")
    assert world.send_pictures(EAST, *world.take_up(EAST))
    world.bind("tam", WEST)
    assert "/pictures/" not in technician.get(PATH).text
    assert technician.get(f"{PATH}/pictures/now").status_code == 403
    assert technician.post(f"{PATH}/show").status_code == 403


def test_the_view_is_said_to_be_right_in_two_steps_with_who_and_when(technician: Browser, world: World) -> None:
    world.beat(EAST)
    html = technician.get(PATH).text
    assert "Chưa có ai xác nhận góc nhìn." in html
    assert re.search(r'<details class="confirm">.*?Từ nay nút lấy hình lúc này.*?Góc nhìn này đúng', html, re.DOTALL)
    technician.post(f"{PATH}/right")
    page = text(technician, PATH)
    assert "Lê Minh Tâm xác nhận góc nhìn đúng lúc 04:30." in page
    assert "Đang gửi tới nút…" in page
    (order,) = world.take_up(EAST)
    assert order.counter is not None
    assert "Đang gửi tới nút…" in text(technician, PATH), "the speaker has it, the camera process has not"
    world.change(EAST, "view:cong", "ok", MORNING, f"{order.counter.epoch}.{order.counter.n}")
    world.beat(EAST, cameras=(camera(fault=CameraFault.NONE, right_at=MORNING),))
    page = text(technician, PATH)
    assert "Nút đã nhận" in page
    assert "Nút đang so với góc nhìn lúc 04:30." in page
    assert "Camera cong: đã nhận góc nhìn mới làm góc đúng" in text(technician, NODE)


def test_a_view_that_the_node_did_not_take_is_told(technician: Browser, world: World) -> None:
    world.beat(EAST)
    technician.post(f"{PATH}/right")
    world.clock.pass_(minutes=3)
    world.beat(EAST)
    assert "Nút chưa nhận." in text(technician, PATH)


def test_a_camera_under_maintenance_is_no_fault_anywhere(technician: Browser, world: World) -> None:
    world.beat(EAST, cameras=(camera(title="Cổng"),))
    assert "1 làng cần xem lại" in text(technician)
    planned = technician.post(f"{NODE}/maintenance", data={"camera": "cong", "reason": " thay  dây mạng ", **AT_FIVE})
    assert planned.headers["location"] == f"{PATH}#maintenance"
    page = text(technician, PATH)
    assert "Sắp tới từ 05:00 đến 07:00" in page
    assert "ống kính bị che từ 03:30" in page, "not yet"
    world.clock.pass_(minutes=31)
    world.beat(EAST, cameras=(camera(title="Cổng"),))
    page = text(technician, PATH)
    assert "Đang bảo trì đến 07:00: thay dây mạng" in page
    assert "Hiện giờ: ống kính bị che" in page, "the hub watches on"
    board = text(technician)
    assert "Camera Cổng: đang bảo trì" in board
    assert "cần xem lại" not in board
    window = re.search(r"maintenance/(m\w+)/end", technician.get(PATH).text)
    assert window is not None
    ended = technician.post(f"{NODE}/maintenance/{window[1]}/end")
    assert ended.headers["location"] == f"{PATH}#maintenance"
    assert "ống kính bị che từ 03:30" in text(technician, PATH)
    assert technician.post(f"{NODE}/maintenance/{window[1]}/end").status_code == 409


def test_a_node_under_maintenance_may_fall_silent(technician: Browser, world: World) -> None:
    for village in VILLAGES:
        world.beat(village)
    technician.post(f"{NODE}/maintenance", data={"reason": "thay máy Pi", **AT_FIVE})
    world.clock.pass_(minutes=35)
    world.beat(WEST)
    with world.database.write() as c:
        nodes.note_state(c, EAST, False, world.clock() - timedelta(minutes=4))
    board = text(technician)
    assert "1 làng đang bảo trì" in board
    assert "Thôn Đông Đang bảo trì đến 07:00: thay máy Pi Mất liên lạc" in board
    assert "Thôn Đông:" not in board, "not among those that need a person"
    assert board.index("Thôn Trung") < board.index("Thôn Đông")
    assert "Đang bảo trì đến 07:00: thay máy Pi" in text(technician, NODE)
    assert "Đang bảo trì đến 07:00: thay máy Pi" in text(technician, PATH)
    world.clock.pass_(hours=2)
    assert "Thôn Đông: Mất liên lạc" in text(technician)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "  "}, "Hãy ghi lý do bảo trì."),
        ({"reason": "x" * 201}, "Lý do dài nhất 200 ký tự."),
        ({"until_time": "04:00"}, "Giờ xong phải sau giờ bắt đầu"),
        ({"until_day": "2027-03-01"}, "Một lần bảo trì dài nhất 31 ngày."),
        ({"from_day": ""}, "Hãy ghi ngày giờ bắt đầu"),
        ({"until_day": "2026-02-31"}, "Hãy ghi ngày giờ bắt đầu"),
        ({"every": "week"}, "Hãy ghi ngày lặp cuối cùng."),
        ({"every": "week", "last_day": "2026-11-23"}, "Ngày lặp cuối phải sau ngày đầu"),
        ({"every": "year", "last_day": "2027-11-01"}, "Hãy chọn cách lặp lại."),
        ({"every": "day", "last_day": "2026-12-01", "until_day": "2026-11-24"}, "trước khi lần sau bắt đầu"),
    ],
)
def test_maintenance_that_makes_no_sense_is_refused_in_words(
    technician: Browser, world: World, changes: dict[str, str], said: str
) -> None:
    world.beat(EAST)
    answer = technician.post(f"{NODE}/maintenance", data={"reason": "thay dây", **AT_FIVE, **changes})
    assert answer.status_code == 409
    assert said in answer.text
    assert acts(world) == []


@pytest.mark.parametrize("who", ["", "cong"])
def test_after_a_refusal_the_page_is_there_again_with_all_that_was_typed(
    technician: Browser, world: World, who: str
) -> None:
    world.beat(EAST)
    typed = {"reason": 'thay "dây"', **AT_FIVE, "until_time": "04:00", "every": "week", "last_day": "2026-12-21"}
    answer = technician.post(f"{NODE}/maintenance", data={**typed, "camera": who})
    page = answer.text
    assert 'class="places"' in page, "the way to the other pages"
    form = page[page.index(f'action="{NODE}/maintenance"') - 120 :].partition("</form>")[0]
    assert '<details class="more" open>' in form
    assert "Giờ xong phải sau giờ bắt đầu" in form
    for kept in ('value="thay &#34;dây&#34;"', 'value="04:00"', 'value="2026-12-21"', 'value="week" selected'):
        assert kept in form
    assert (f'name="camera" value="{who}"' in form) is bool(who)
    assert technician.get(f"{NODE}/maintenance").headers["location"] == NODE, "its address may be asked for again"


def test_maintenance_every_week_is_one_line_and_counts_each_time(technician: Browser, world: World) -> None:
    world.beat(EAST)
    asked = {"reason": "lau ống kính", **AT_FIVE, "every": "week", "last_day": "2026-12-21"}
    technician.post(f"{NODE}/maintenance", data=asked)
    shown = text(technician, NODE)
    assert shown.count("lau ống kính") == 1
    assert "và 4 lần nữa" in shown
    world.clock.pass_(days=7, hours=1)
    technician.enter(world, "tam")
    world.beat(EAST)
    assert "Đang bảo trì đến 07:00: lau ống kính" in text(technician, NODE)
    whole = re.search(r"maintenance/(m\w+)/end\?series=yes", technician.get(NODE).text)
    assert whole is not None
    assert "Bỏ những lần chưa tới" in text(technician, NODE)
    technician.post(f"{NODE}/maintenance/{whole[1]}/end?series=yes")
    assert "Đang bảo trì đến 07:00: lau ống kính" in text(technician, NODE), "what lasts has an end of its own"
    assert "lần nữa" not in text(technician, NODE)
    world.clock.pass_(days=7)
    technician.enter(world, "tam")
    world.beat(EAST)
    assert "Đang bảo trì" not in text(technician, NODE)


def test_a_series_that_has_not_begun_is_dropped_whole(technician: Browser, world: World) -> None:
    world.beat(EAST)
    asked = {"reason": "lau ống kính", **AT_FIVE, "every": "week", "last_day": "2026-12-21"}
    technician.post(f"{NODE}/maintenance", data=asked)
    technician.post(f"{NODE}/maintenance", data={**asked, "every": "", "from_time": "04:45"})
    whole = re.search(r"maintenance/(m\w+)/end\?series=yes", technician.get(NODE).text)
    assert whole is not None
    assert "Bỏ tất cả các lần" in text(technician, NODE)
    technician.post(f"{NODE}/maintenance/{whole[1]}/end?series=yes")
    shown = text(technician, NODE)
    assert shown.count("lau ống kính") == 1, "what was planned apart stays"
    alone = re.search(r"maintenance/(m\w+)/end", technician.get(NODE).text)
    assert alone is not None
    technician.post(f"{NODE}/maintenance/{alone[1]}/end?series=yes")
    assert "Không có lịch bảo trì." in text(technician, NODE)


@pytest.mark.parametrize("begins", ["04:00", "05:00"])
@pytest.mark.parametrize("again", [{}, {"every": "week", "last_day": "2026-12-21"}])
def test_maintenance_that_is_planned_already_is_refused(
    technician: Browser, world: World, begins: str, again: dict[str, str]
) -> None:
    world.beat(EAST)
    asked = {"reason": "lau ống kính", **AT_FIVE, "from_time": begins, **again}
    assert technician.post(f"{NODE}/maintenance", data=asked).status_code == 303
    world.clock.pass_(seconds=20)
    twice = technician.post(f"{NODE}/maintenance", data={**asked, "reason": "lau kính"})
    assert twice.status_code == 409
    assert "đã có lịch bảo trì đúng những giờ này" in twice.text
    for other in ({"camera": "cong"}, {"until_time": "07:30"}, {"every": "week", "last_day": "2026-12-28"}):
        assert technician.post(f"{NODE}/maintenance", data={**asked, **other}).status_code == 303


def test_maintenance_of_what_is_not_there_is_refused(technician: Browser, world: World) -> None:
    world.beat(EAST)
    asked = {"reason": "thay dây", **AT_FIVE}
    assert technician.post("/nodes/xa-la/maintenance", data=asked).status_code == 404
    assert technician.post(f"{NODE}/maintenance", data={**asked, "camera": "san"}).status_code == 404
    assert technician.post(f"{NODE}/maintenance/m0/end").status_code == 404
    assert acts(world) == []


def test_what_was_is_not_made_good_afterwards(technician: Browser, world: World) -> None:
    world.beat(EAST, cameras=(camera(),))
    technician.post(f"{NODE}/maintenance", data={"reason": "thay dây", **AT_FIVE, "from_day": "2026-11-20"})
    assert "từ 04:30 đến 07:00" in text(technician, PATH)
    world.change(EAST, "camera:cong", "covered", MORNING - HOUR)
    assert "ống kính bị che 03:30" in text(technician, PATH), "and no word of maintenance beside it"


def test_pictures_are_in_the_database_no_longer_than_they_may(technician: Browser, world: World) -> None:
    world.beat(EAST)
    technician.post(f"{PATH}/show")
    assert world.send_pictures(EAST, *world.take_up(EAST))
    with world.database.write() as c:
        assert thumbnails.forget_expired(c, world.clock() + timedelta(hours=23)) == 0
        assert thumbnails.forget_expired(c, world.clock() + timedelta(hours=24)) == 1
