"""By keyboard alone: the focus is always seen, is not lost when the page renews itself, and leads to every act."""

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.reports import PlanReport
from hub.alarms import alarm
from hub.store import people
from tests.hub.web.chromium import NEEDED, PC, PHONE, opened
from tests.hub.web.keyboard import IS_SEEN, follow, go_to, press
from tests.hub.web.morning import furnish
from tests.hub.web.world import PASSWORD, VILLAGES, World, served

EAST, WEST, MIDDLE = VILLAGES
SIZES = pytest.mark.parametrize("size", [PHONE, PC], ids=["phone", "pc"])
pytestmark = NEEDED


def log_in_by_keyboard(page: Page, name: str) -> None:
    page.goto("/login")
    page.keyboard.type(name)
    go_to(page, "Mật khẩu")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thứ Hai")).to_be_visible()


def test_the_first_key_leads_past_the_menu(chromium: Browser, world: World) -> None:
    with served(world) as (address, _), opened(chromium, address, PC) as (page, _complaints):
        log_in_by_keyboard(page, "hung")
        press(page, "Tới nội dung chính")
        page.keyboard.press("Tab")
        assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


@SIZES
def test_every_place_on_a_busy_page_can_be_reached_and_seen(
    chromium: Browser, world: World, size: tuple[int, int]
) -> None:
    pages = furnish(world)
    with served(world) as (address, _), opened(chromium, address, size) as (page, _complaints):
        log_in_by_keyboard(page, "hung")
        for name in ("board", "draft", "week", "form", "audio", "alarm", "account"):
            page.goto(pages[name])
            for _ in range(
                page.evaluate("document.querySelectorAll('a, button, input, select, textarea, summary').length")
            ):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement === document.body"):
                    break
                go_on = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
                assert page.evaluate(IS_SEEN), f"{name}: the focus cannot be seen on {go_on}"


def test_an_order_and_its_approval(chromium: Browser, world: World) -> None:
    for village in VILLAGES:
        world.beat(village)
    world.add_sound("Bản tin sáng")
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in_by_keyboard(page, "lan")
        follow(page, "Tạo mới")
        go_to(page, "Bản thu", "Bản tin sáng")
        page.keyboard.press("ArrowDown")
        go_to(page, "Thôn Đông")
        page.keyboard.press("Space")
        follow(page, "Trình duyệt")
        expect(page.get_by_role("heading", name="Bản tin sáng")).to_be_visible()
        assert complaints == []
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in_by_keyboard(page, "hung")
        follow(page, "Bản tin sáng")
        press(page, "Duyệt")
        expect(page.get_by_text("Người duyệt")).to_be_visible()
        assert complaints == []


def test_all_horns_are_stopped(chromium: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Bản tin sáng", 0.5))
    world.clock.pass_(minutes=1)
    world.beat(EAST, on_air=bulletin.id)
    with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
        log_in_by_keyboard(page, "tam")
        press(page, "Dừng tất cả")
        follow(page, "Dừng tất cả")
        with world.database.read() as c:
            noted = [each.act for each in people.notes(c)]
        assert "stop" in noted


def test_the_red_button(chromium: Browser, world: World) -> None:
    siren = world.add_sound("Còi báo động vỡ đê", 20.0)
    alarm.keep(world.desk, siren.sha256, True, world.user("lan"))
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    for village in VILLAGES:
        world.beat(village)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in_by_keyboard(page, "hung")
        follow(page, "Khẩn cấp")
        go_to(page, "Còi báo động vỡ đê")
        page.keyboard.press("Space")
        follow(page, "Tiếp")
        go_to(page, "Mã PIN")
        page.keyboard.type("260714")
        follow(page, "Phát khẩn cấp ngay")
        expect(page.locator("[data-reach=waiting]")).to_have_count(3)
        assert complaints == []


def test_the_focus_stays_while_the_page_renews_itself_and_what_changed_is_told_once(
    chromium: Browser, world: World
) -> None:
    for village in VILLAGES:
        world.beat(village)
    bulletin = world.approve(world.order("Bản tin sáng", 30))
    with served(world) as (address, _), opened(chromium, address, PC) as (page, _complaints):
        log_in_by_keyboard(page, "hung")
        expect(page.locator("#connection")).to_contain_text("Trực tiếp")
        told = page.locator("#connection [role=status]")
        expect(told).to_be_empty()
        page.evaluate(
            "window.said = []; new MutationObserver(() => said.push(document.querySelector("
            "'#connection [role=status]').textContent)).observe(document.querySelector('#connection [role=status]'),"
            "{ childList: true, characterData: true, subtree: true })"
        )
        go_to(page, "Bản tin sáng")
        counter = world.issue(EAST, bulletin)
        world.beat(EAST, plan=PlanReport(accepted=counter))
        world.news.tell("fleet")
        expect(page.get_by_text("1/3 làng đã sẵn sàng")).to_be_visible()
        expect(page.get_by_role("link", name="Bản tin sáng")).to_be_focused()
        world.beat(WEST, sound_fault="Không thấy card âm thanh USB")
        world.news.tell("fleet")
        expect(told).to_contain_text("2/3 làng phát được")
        expect(page.get_by_role("link", name="Bản tin sáng")).to_be_focused()
        for _ in range(2):
            world.clock.pass_(seconds=5)
            world.news.tell("fleet")
            expect(page.locator("#connection .text")).to_contain_text(world.clock().astimezone().strftime(":%S"))
        assert len(page.evaluate("said")) == 1
