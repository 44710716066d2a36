"""From heartbeat to page: what happens in a village shows on a phone by itself, in real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from tests.stories.conftest import Staff, reconfigured

CHROMIUM = Path("/usr/bin/chromium")
WIDTH, HEIGHT = 360, 740
PATIENCE_MS = 45_000

pytestmark = [
    pytest.mark.real,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here (Debian: apt install chromium)"),
]


@pytest.fixture
def phone(staff: Staff) -> Iterator[Page]:
    """The board on the officer's phone, marked so that a reload would show."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        size: ViewportSize = {"width": WIDTH, "height": HEIGHT}
        context = chromium.new_context(viewport=size, is_mobile=True, has_touch=True, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{staff.commune.address}/login")
        page.get_by_label("Tên đăng nhập").fill("canbo")
        page.get_by_label("Mật khẩu").fill(staff.passwords["canbo"])
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url(f"{staff.commune.address}/")
        page.evaluate("window.isTheSamePage = true")
        yield page
        assert page.evaluate("window.isTheSamePage"), "the page should never have been loaded again"
        context.close()
        chromium.close()


@pytest.fixture
def hasty_house(staff: Staff) -> Iterator[str]:
    """The first village, whose camera and network are looked at every second instead of every ten."""
    house = staff.commune.houses[0]
    former = {name: (house.etc / f"{name}.toml").read_text(encoding="utf-8") for name in ("camera", "netmon")}
    camera = former["camera"].replace("every_s = 10", "every_s = 1")
    netmon = former["netmon"].replace("[[targets]]", "[[targets]]\nevery_s = 1")
    with reconfigured(house, camera=camera, netmon=netmon):
        yield house.node


def test_what_happens_in_a_village_shows_by_itself(staff: Staff, phone: Page, hasty_house: str) -> None:
    card, other = card_of(phone, "Thôn 1"), card_of(phone, "Thôn 2")
    expect_soon(card, "Hoạt động", "camera 1/1", "mạng 3/3")

    staff.commune.cameras.show(hasty_house, "black")
    staff.commune.internet.switch("down")
    expect_soon(card, "Camera Cổng: màn hình đen", "Mất internet")
    staff.commune.cameras.show(hasty_house, "live")
    staff.commune.internet.switch("up")
    expect_soon(card, "Hoạt động", "camera 1/1", "mạng 3/3")
    expect(card).not_to_contain_text("màn hình đen")

    link = staff.house(hasty_house).processes["link"]
    link.kill()
    expect_soon(card, "Tín hiệu trễ")
    expect(other).to_contain_text("Hoạt động")
    link.start()
    expect_soon(card, "Hoạt động")
    assert phone.evaluate("document.documentElement.scrollWidth") <= WIDTH, "nothing may hang over the edge"


def card_of(page: Page, title: str) -> Locator:
    return page.locator("article.village", has_text=title)


def expect_soon(card: Locator, *texts: str) -> None:
    for text in texts:
        expect(card).to_contain_text(text, timeout=PATIENCE_MS)
