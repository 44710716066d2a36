"""The technician on foot, in real Chromium on a phone: from the board to the camera, its pictures, and back to work."""

from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from contract.reports import CameraReport
from contract.terms import CameraFault
from tests.hub.web.axe import hindrances
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import MORNING, VILLAGES, World, served

EAST, *_ = VILLAGES
pytestmark = NEEDED
ARE_SEEN = "() => [...document.querySelectorAll('.shots img')].every(i => i.complete && i.naturalWidth > 0)"

LINES = """() => [...document.querySelectorAll('.incidents td:nth-child(2)')].map(cell => {
    const range = document.createRange(); range.selectNodeContents(cell); return range.getClientRects().length })"""


def covered(world: World, fault: CameraFault = CameraFault.COVERED) -> None:
    report = CameraReport(id="cong", title="Cổng", fault=fault, since_at=world.clock(), evidence={"still": 0.63})
    world.beat(EAST, cameras=(report,))
    world.news.tell("fleet")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
    assert hindrances(page) == []


def test_a_covered_camera_is_found_looked_at_mended_and_told_to_be_right(chromium: Browser, world: World) -> None:
    world.change(EAST, "camera:cong", "ok", MORNING - timedelta(days=9))
    world.change(EAST, "camera:cong", "covered", MORNING)
    covered(world)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.get_by_role("link", name="Camera Cổng: ống kính bị che").click()
        expect(page.get_by_role("heading", name="Cổng")).to_be_visible()
        expect(page.get_by_text("Gỡ vật che ống kính")).to_be_visible()
        expect(page.get_by_text("chổi cán dài quét mạng nhện")).to_be_visible()
        fits(page)

        page.get_by_role("button", name="Xin hình").click()
        expect(page.get_by_text("Đã ghi yêu cầu")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        fits(page)
        (order,) = world.take_up(EAST)
        world.news.tell("orders")
        expect(page.get_by_text("Nút đã nhận và đang lấy hình")).to_be_visible()
        assert world.send_pictures(EAST, order)
        expect(page.get_by_alt_text("Hình của camera lúc 04:30")).to_be_visible()
        page.wait_for_function(ARE_SEEN)
        expect(page.get_by_text("Hình sẽ bị xoá lúc 04:30 ngày 24/11.")).to_be_visible()
        fits(page)

        covered(world, CameraFault.NONE)
        expect(page.get_by_text("Không phải làm gì.")).to_be_visible()
        right = page.get_by_role("region", name="Góc nhìn đúng")
        right.locator("summary", has_text="Góc nhìn này đúng").click()
        expect(right.get_by_text("nếu đang xoay sai, kính bẩn hay bị che")).to_be_visible()
        fits(page)
        right.get_by_role("button", name="Góc nhìn này đúng").click()
        expect(right.get_by_text("Lê Minh Tâm xác nhận góc nhìn đúng lúc 04:30.")).to_be_visible()
        (order,) = world.take_up(EAST)
        assert order.counter is not None
        world.change(EAST, "view:cong", "ok", MORNING, f"{order.counter.epoch}.{order.counter.n}")
        world.news.tell("records")
        expect(right.get_by_text("Nút đã nhận")).to_be_visible()
        assert complaints == []


def test_what_is_being_filled_in_survives_while_the_page_changes(chromium: Browser, world: World) -> None:
    covered(world)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.goto(f"/nodes/{EAST}")
        page.get_by_role("link", name="Cổng", exact=True).click()
        page.get_by_text("Ghi lịch bảo trì").click()
        page.get_by_label("Lý do").fill("thay dây mạng")
        covered(world, CameraFault.NONE)
        expect(page.get_by_text("Không phải làm gì.")).to_be_visible()
        fits(page)
        expect(page.get_by_label("Lý do")).to_have_value("thay dây mạng")
        page.get_by_role("button", name="Báo bảo trì").click()
        expect(page.get_by_text("Đang bảo trì đến 06:30: thay dây mạng")).to_be_visible()
        page.get_by_text("Kết thúc bảo trì").first.click()
        page.get_by_role("button", name="Kết thúc bảo trì").click()
        expect(page.get_by_text("Không có lịch bảo trì.")).to_be_visible()
        assert complaints == []


def test_in_the_table_of_faults_no_time_is_broken_in_two(chromium: Browser, world: World) -> None:
    world.change(EAST, "camera:cong", "ok", MORNING - timedelta(days=9))
    world.change(EAST, "camera:cong", "noisy", MORNING)
    covered(world, CameraFault.NOISY)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.goto(f"/nodes/{EAST}/cameras/cong")
        expect(page.locator(".incidents")).to_contain_text("hình nhiễu hoặc có sọc")
        assert page.evaluate(LINES) == [1]
        fits(page)
        assert complaints == []
