"""The calendar in real Chromium, as an officer uses it on a phone and on a PC."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from hub.orders.broadcasts import Broadcast
from hub.orders.desk import find
from hub.store import broadcasts
from tests.hub.ics.test_reading import GOOGLE
from tests.hub.web.chromium import NEEDED, PC, PHONE, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import VILLAGES, World, served

EAST, WEST, MIDDLE = VILLAGES
pytestmark = NEEDED


def test_the_communes_calendar_is_brought_in_and_ours_taken_out(
    chromium: Browser, world: World, tmp_path: Path
) -> None:
    world.add_sound("Nhắc việc")
    file = tmp_path / "lich-cong-tac.ics"
    file.write_text(GOOGLE, encoding="utf-8")
    with served(world) as (address, _), opened(chromium, address, PHONE) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar")
        page.get_by_text("Tệp lịch").click()
        page.get_by_role("link", name="Nhập lịch từ tệp").click()
        page.get_by_label("Tệp lịch (.ics)").set_input_files(file)
        page.get_by_role("button", name="Xem trong tệp có gì").click()
        expect(page.get_by_role("heading", name="Hiểu được 4 việc")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        page.get_by_role("checkbox", name="Họp giao ban").check()
        page.get_by_role("checkbox", name="Dọn vệ sinh đường làng").first.check()
        page.locator("select[name=recording]").select_option(label="Nhắc việc (2 phút 05 giây)")
        page.get_by_role("button", name="Tạo bản nháp").click()
        expect(page.get_by_text("Đã tạo bản nháp")).to_have_count(2)
        page.get_by_role("link", name="Xem", exact=True).first.click()
        expect(page.get_by_text("thứ 2, thứ 4, thứ 6 16:30")).to_be_visible()
        page.goto("/calendar")
        page.get_by_text("Tệp lịch").click()
        page.locator("select[name=village]").select_option(EAST)
        with page.expect_download() as download:
            page.get_by_role("button", name="Tải lịch về").click()
        ours = Path(download.value.path()).read_text(encoding="utf-8")
        assert "SUMMARY:Họp giao ban" in ours
        assert "LOCATION:Thôn Đông" in ours
        assert complaints == []
    with world.database.read() as c:
        assert {b.title for b in broadcasts.unapproved(c, world.clock())} == {"Họp giao ban", "Dọn vệ sinh đường làng"}


def bar(page: Page, order: Broadcast) -> Locator:
    """Its bar in the first lane."""
    return page.locator(f'.lane [data-move="{order.id}"] rect').first


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def start_of(world: World, order: Broadcast) -> str:
    with world.database.read() as c:
        at = find(c, order.id).starts_at
    assert at is not None
    return f"{at + timedelta(hours=7):%d/%m %H:%M}"


class Finger:
    """One finger on the glass, as the device itself reports it."""

    def __init__(self, page: Page) -> None:
        self._glass = page.context.new_cdp_session(page)

    def _tell(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        self._glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def press(self, x: float, y: float) -> None:
        self._tell("touchStart", (x, y))

    def go(self, x: float, y: float) -> None:
        self._tell("touchMove", (x, y))

    def lift(self) -> None:
        self._tell("touchEnd")


def test_on_a_phone_a_held_bar_is_carried_along_its_lane_and_the_move_undone(chromium: Browser, world: World) -> None:
    order = world.approve(world.order("Bản tin sáng", 45))
    with served(world) as (address, _), opened(chromium, address, PHONE) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar?view=next")
        x, y = middle(bar(page, order))
        minute_px = page.locator(".lane svg").first.evaluate("svg => svg.getBoundingClientRect().width / 1440")
        finger = Finger(page)
        finger.press(x, y)
        label = page.locator("#drag-label")
        expect(label).to_be_visible()
        finger.go(x + 21 * minute_px, y)
        expect(label).to_have_text("05:35 · T2 23/11 · Phải duyệt lại")
        finger.lift()
        expect(page.get_by_text("Đã dời “Bản tin sáng” từ 05:15 sang 05:35.")).to_be_visible()
        expect(bar(page, order)).to_be_in_viewport()
        assert start_of(world, order) == "23/11 05:35"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.get_by_role("button", name="Hoàn tác").click()
        expect(page.get_by_text("đã trở lại lúc 05:15. Vẫn còn hiệu lực duyệt.")).to_be_visible()
        assert start_of(world, order) == "23/11 05:15"
        assert complaints == []
    with world.database.read() as c:
        assert find(c, order.id).is_approved


def test_a_finger_that_does_not_wait_scrolls_and_moves_nothing(chromium: Browser, world: World) -> None:
    order = world.order("Bản tin sáng", 90)
    with served(world) as (address, _), opened(chromium, address, PHONE) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar?view=next")
        x, y = middle(bar(page, order))
        before = page.locator(".lanes-scroll").evaluate("lanes => lanes.scrollLeft")
        finger = Finger(page)
        finger.press(x, y)
        for step in range(1, 9):
            finger.go(x - 12 * step, y)
        finger.lift()
        page.wait_for_function(f"() => document.querySelector('.lanes-scroll').scrollLeft > {before}")
        expect(page.locator("#drag-label")).to_be_hidden()
        assert start_of(world, order) == "23/11 06:00"
        assert complaints == []


def test_by_mouse_to_another_day_and_hour_of_the_week(chromium: Browser, world: World) -> None:
    order = world.order("Chợ phiên", 90)
    with served(world) as (address, _), opened(chromium, address, PC) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar")
        x, y = middle(page.locator(f'a.slot[data-move="{order.id}"]'))
        thursday, _y = middle(page.locator('section[data-day="2026-11-26"]'))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=4)
        page.mouse.move(thursday, y + 12 + 37, steps=8)
        expect(page.locator("#drag-label")).to_have_text("06:35 · T5 26/11")
        expect(page.locator('section[data-day="2026-11-26"]')).to_have_class("panel target")
        page.mouse.up()
        expect(page.get_by_text("Đã dời “Chợ phiên” từ 06:00 sang 06:35 ngày 26/11.")).to_be_visible()
        assert start_of(world, order) == "26/11 06:35"
        assert complaints == []


def test_a_drop_into_another_broadcast_says_so_with_the_ways_out_and_escape_lets_go(
    chromium: Browser, world: World
) -> None:
    order, other = world.order("Chợ phiên", 90), world.order("Họp thôn", 150)
    with served(world) as (address, _), opened(chromium, address, PC) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar?view=day")
        (x, y), (over, _y) = middle(bar(page, order)), middle(bar(page, other))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(over, y, steps=6)
        page.keyboard.press("Escape")
        expect(page.locator("#drag-label")).to_be_hidden()
        page.mouse.up()
        assert page.url.endswith("/calendar?view=day"), "a click that ends a drag opens nothing"
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(over, y, steps=6)
        page.mouse.up()
        expect(page.get_by_role("alert")).to_contain_text("trùng giờ với “Họp thôn” lúc 07:00")
        assert start_of(world, order) == "23/11 06:00"
        page.get_by_role("button", name="Đặt ngay sau đó, lúc 07:03").click()
        expect(page.get_by_text("Đã dời “Chợ phiên” từ 06:00 sang 07:03.")).to_be_visible()
        assert start_of(world, order) == "23/11 07:03"
        assert complaints == []


def test_without_dragging_the_fields_of_each_broadcast_move_it(chromium: Browser, world: World) -> None:
    order = world.order("Chợ phiên", 90)
    with served(world) as (address, _), opened(chromium, address, PHONE) as (page, complaints):
        log_in(page, "lan")
        page.goto("/calendar")
        page.get_by_label("Dời “Chợ phiên”").press("Enter")
        page.get_by_label("Giờ", exact=True).fill("07:25")
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        page.get_by_role("button", name="Dời", exact=True).press("Enter")
        expect(page.get_by_text("Đã dời “Chợ phiên” từ 06:00 sang 07:25.")).to_be_visible()
        assert start_of(world, order) == "23/11 07:25"
        assert complaints == []
