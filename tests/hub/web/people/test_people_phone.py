"""People, two steps and the record of deeds in real Chromium, on a phone."""

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, log_out, opened
from tests.hub.web.world import PASSWORD, World, served

pytestmark = NEEDED
FRESH = "con trâu đi trước cái cày theo sau"


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []


def test_an_administrator_adds_the_head_of_a_village_who_then_orders_there(chromium: Browser, world: World) -> None:
    world.add_sound("Mời họp thôn")
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "quantri")
        page.get_by_label("Tài khoản của bạn").click()
        page.get_by_role("link", name="Người dùng").click()
        page.get_by_text("Thêm người").click()
        page.get_by_label("Họ tên").fill("Vũ Văn Hoa")
        page.get_by_label("Tên đăng nhập").fill("hoa")
        page.get_by_label("Cán bộ truyền thanh").check()
        page.get_by_label("Một số làng").check()
        page.get_by_label("Thôn Đông").check()
        fits(page)
        page.get_by_role("button", name="Thêm và hiện mật khẩu").click()
        handed = page.locator(".given code").inner_text()
        fits(page)
        log_out(page)

        page.get_by_label("Tên đăng nhập").fill("hoa")
        page.get_by_label("Mật khẩu").fill(handed)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", name="Chọn mật khẩu của bạn")).to_be_visible()
        page.locator("input[name=fresh]").fill(FRESH)
        page.locator("input[name=again]").fill(FRESH)
        page.get_by_role("button", name="Đổi mật khẩu").click()
        page.goto("/broadcasts/new")
        expect(page.locator("input[name=nodes]")).to_have_count(1)
        assert complaints == []


def test_two_steps_are_turned_on_with_an_app_and_asked_for(chromium: Browser, world: World) -> None:
    def code() -> str:
        return pyotp.TOTP(secret).at(world.clock())

    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        page.goto("/account")
        page.get_by_role("link", name="Bật hai bước").click()
        expect(page.locator(".qr-frame svg")).to_be_visible()
        secret = page.locator("input[name=secret]").input_value()
        page.get_by_label("Mã xác thực").fill(code())
        page.get_by_label("Mật khẩu của bạn").fill(PASSWORD)
        fits(page)
        page.get_by_role("button", name="Bật", exact=True).click()
        expect(page.locator(".codes li")).to_have_count(10)
        paper = page.locator(".codes code").first.inner_text()
        page.get_by_role("link", name="Tôi đã chép xong").click()
        log_out(page)

        for given in (code, lambda: paper):
            world.clock.pass_(minutes=1)
            page.get_by_label("Tên đăng nhập").fill("hung")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.get_by_label("Mã xác thực").fill(given())
            fits(page)
            page.get_by_role("button", name="Đăng nhập").click()
            expect(page.get_by_role("heading", name="Thứ Hai")).to_be_visible()
            log_out(page)
        assert complaints == []


def test_a_leader_reads_who_did_what(chromium: Browser, world: World) -> None:
    world.approve(world.order("Bản tin sáng"))
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        page.get_by_label("Tài khoản của bạn").click()
        page.get_by_role("link", name="Nhật ký thao tác").click()
        expect(page.get_by_text("Nguyễn Thị Lan đặt buổi phát “Bản tin sáng”")).to_be_visible()
        page.locator("select[name=who]").select_option(label="Trần Văn Hùng")
        page.locator("select[name=kind]").select_option(label="Buổi phát")
        page.get_by_role("button", name="Xem", exact=True).click()
        expect(page.locator(".deeds li")).to_have_count(1)
        expect(page.locator(".deeds li")).to_contain_text("duyệt buổi phát")
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải bảng").click()
        assert download.value.suggested_filename.endswith(".csv")
        assert complaints == []
