"""The technician's board in real Chromium on a phone: from the line that is read from afar to the village, by filter,
by search and by the map; and where a village lies, taken from the phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.nodes.fleet import Node
from hub.nodes.positions import Position
from hub.store import nodes
from tests.hub.web.axe import hindrances
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import MORNING, VILLAGES, World, served

EAST, WEST, MIDDLE = VILLAGES
PLACES = {EAST: (21.0300, 105.80), WEST: (21.0450, 105.83), MIDDLE: (21.0301, 105.80)}
PIN_PX = 24
"""What a finger hits (WCAG 2.5.8)."""
NOON_AT_HOANG_MAI = {"latitude": 20.98, "longitude": 105.86, "accuracy": 8.4}
pytestmark = NEEDED


def settle(world: World) -> None:
    """All well but for one camera; two of the villages lie beside each other."""
    with world.database.write() as c:
        for village, place in PLACES.items():
            nodes.set_position(c, village, Position(*place))
    for village in VILLAGES:
        world.beat(village)
    world.beat(WEST, cameras=(CameraReport(id="cong", fault=CameraFault.COVERED, since_at=MORNING),))


def add_many(world: World, count: int) -> None:
    with world.database.write() as c:
        for n in range(count):
            position = Position(21.0 + n % 15 / 150, 105.7 + n // 15 / 150)
            node = Node(id=f"binhminh-xom-{n}", title=f"Xóm {n:03}", added_at=MORNING, position=position)
            nodes.add_node(c, node, "0" * 64, "h")
    for n in range(count):
        world.beat(f"binhminh-xom-{n}")


@contextmanager
def on_the_board(chromium: Browser, world: World, **more: object) -> Iterator[Page]:
    with served(world) as (address, _), opened(chromium, address, **more) as (page, complaints):  # type: ignore[arg-type]
        log_in(page, "tam")
        yield page
        assert complaints == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
    assert hindrances(page) == []


def cards(page: Page) -> list[str]:
    return page.locator(".village h3").all_inner_texts()


def test_from_the_one_line_to_the_village(chromium: Browser, world: World) -> None:
    settle(world)
    with on_the_board(chromium, world) as page:
        fits(page)
        page.get_by_role("link", name="1 làng có sự cố").click()
        expect(page).to_have_url(re.compile(r"/\?trouble=any#villages-title$"))
        assert cards(page) == ["Thôn Đoài"]
        page.get_by_role("link", name="Tất cả các làng 3").click()
        page.get_by_role("link", name="Camera 1").click()
        expect(page).to_have_url(re.compile(r"trouble=camera#villages-title$"))
        world.beat(WEST)
        world.news.tell("fleet")
        expect(page.get_by_text("Không có làng nào như vậy.")).to_be_visible()
        expect(page.get_by_text("Tất cả các làng đều ổn", exact=True)).to_be_visible()


def test_a_village_is_found_by_its_name_without_accents(chromium: Browser, world: World) -> None:
    settle(world)
    with on_the_board(chromium, world) as page:
        page.get_by_label("Tìm làng").fill("thon dong")
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_text("Tìm thấy với “thon dong”: 1")).to_be_visible()
        assert cards(page) == ["Thôn Đông"]
        page.reload()
        assert cards(page) == ["Thôn Đông"], "the address remembers it"
        page.get_by_role("link", name="Xem tất cả").click()
        expect(page.locator(".village")).to_have_count(3)


def test_what_was_asked_for_is_on_the_screen_at_once(chromium: Browser, world: World) -> None:
    settle(world)
    for minutes in range(10, 60, 5):
        world.order(f"Bản tin {minutes}", minutes)
    with on_the_board(chromium, world) as page:
        found, title = page.locator(".village").first, page.get_by_role("heading", name="Các làng", exact=True)
        expect(found).not_to_be_in_viewport()
        page.get_by_role("link", name="1 làng có sự cố").click()
        expect(page.get_by_role("link", name="Có sự cố 1")).to_have_attribute("aria-current", "true")
        expect(title).to_be_in_viewport(ratio=1)
        expect(found).to_be_in_viewport()
        box, top = title.bounding_box(), page.locator(".top").bounding_box()
        assert box is not None
        assert top is not None
        assert box["y"] >= top["y"] + top["height"], "no header lies on it"
        page.get_by_role("link", name="Tất cả các làng 3").click()
        page.get_by_label("Tìm làng").fill("dong")
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_text("Tìm thấy với “dong”: 1")).to_be_in_viewport()
        expect(title).to_be_in_viewport(ratio=1)


def test_a_tap_on_the_map_leads_to_the_village(chromium: Browser, world: World) -> None:
    settle(world)
    with on_the_board(chromium, world) as page:
        pins = page.locator(".sheet .mark")
        expect(pins).to_have_count(2)
        sizes = [box for pin in pins.all() if (box := pin.locator("use").bounding_box())]
        assert all(min(box["width"], box["height"]) >= PIN_PX for box in sizes)
        fields = [box for pin in pins.all() if (box := pin.locator(".reach").bounding_box())]
        assert [min(box["width"], box["height"]) >= TOUCH_PX for box in fields] == [True, True], "none is beside them"
        page.locator(".mark.warn").click()
        expect(page.get_by_role("heading", name="Thôn Đoài")).to_be_visible()
        page.go_back()
        page.locator(".mark.good").click()
        expect(page.get_by_text("2 làng ở phần bản đồ này")).to_be_visible()
        assert cards(page) == ["Thôn Trung", "Thôn Đông"]


def test_many_villages_fit_and_one_that_breaks_is_seen_at_once(chromium: Browser, world: World) -> None:
    settle(world)
    add_many(world, 147)
    with on_the_board(chromium, world) as page:
        expect(page.locator(".tiles a")).to_have_count(150)
        assert cards(page) == ["Thôn Đoài"]
        world.beat("binhminh-xom-77", sound_fault="Không thấy card âm thanh USB")
        world.news.tell("fleet")
        expect(page.get_by_role("link", name="2 làng có sự cố")).to_be_visible()
        expect(page.get_by_role("link", name="Xóm 077"), "sentence, card, pin and tile").to_have_count(4)
        expect(page.locator(".tiles .bad")).to_have_text("Xóm 077")
        fits(page)


def test_the_phone_says_where_the_village_lies(chromium: Browser, world: World) -> None:
    told = {"permissions": ["geolocation"], "geolocation": NOON_AT_HOANG_MAI}
    with on_the_board(chromium, world, **told) as page:
        page.goto(f"/nodes/{EAST}")
        panel = page.get_by_role("region", name="Vị trí trên bản đồ")
        panel.get_by_text("Ghi vị trí").click()
        panel.get_by_role("button", name="Lấy vị trí điện thoại này").click()
        expect(panel.get_by_text("sai khoảng 9 m")).to_be_visible()
        fits(page)
        panel.get_by_role("button", name="Lưu vị trí").click()
        expect(panel.get_by_text("20.980000, 105.860000")).to_be_visible()
        expect(panel.get_by_text("Sửa vị trí")).to_be_visible()
        page.goto("/")
        expect(page.locator(".sheet .mark")).to_have_count(1)
        expect(page.get_by_text("2 làng chưa có vị trí.")).to_be_visible()
