"""Every page in real Chromium at three sizes: nothing too wide, nothing too small for a finger."""

import pytest
from playwright.sync_api import Browser, expect

from tests.hub.web.chromium import NEEDED, PC, PHONE, SMALL_TARGETS, TABLET, TOUCH_PX, log_in, opened
from tests.hub.web.morning import furnish
from tests.hub.web.world import VILLAGES, World, served

EAST, WEST, MIDDLE = VILLAGES
pytestmark = NEEDED


def test_text_twice_as_large_needs_no_scrolling_sideways_on_the_smallest_phone(chromium: Browser, world: World) -> None:
    pages = furnish(world)
    world.beat(MIDDLE, silent=("speaker",))
    with served(world) as (address, _), opened(chromium, address, (320, 640)) as (page, _complaints):
        for name, path in pages.items():
            if name == "board":
                log_in(page, "hung")
            page.goto(path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name} is too wide"
        page.goto("/")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.get_by_label("Tài khoản của bạn").click()
        menu = page.locator(".menu").bounding_box()
        assert menu is not None
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= 320
        page.get_by_role("button", name="Đăng xuất").click()
        expect(page.get_by_label("Mật khẩu")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, TABLET, PC], ids=["phone", "tablet", "pc"])
def test_every_page_fits_the_screen(chromium: Browser, world: World, size: tuple[int, int]) -> None:
    pages = furnish(world)
    with served(world) as (address, _), opened(chromium, address, size) as (page, complaints):
        for name, path in pages.items():
            if name == "board":
                log_in(page, "hung")
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is too wide"
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == [], f"{name}: too small for a finger"
        assert complaints == []
