"""An incident in the technician's hand, in real Chromium on a phone: seen on the board, taken over, noted, shown in a
photo, and kept from happening again."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from hub.incidents.incident import About, Incident, Member
from hub.store import incidents
from tests.hub.web.chromium import NEEDED, log_in, opened
from tests.hub.web.nodes.test_cameras_phone import fits
from tests.hub.web.world import VILLAGES, World, served

EAST, *_ = VILLAGES
pytestmark = NEEDED


def lose_sound(world: World) -> None:
    world.beat(EAST, sound_fault="Không thấy card âm thanh USB")
    lost = Member(node=EAST, subject="sound", value="fault", detail="", since_at=world.clock())
    with world.database.write() as c:
        found = Incident(id=1, about=About.SOUND, since_at=lost.since_at, opened_at=lost.since_at, members=[lost])
        incidents.put(c, [found])


def test_a_technician_takes_an_incident_over_and_shows_what_is_broken(
    chromium: Browser, world: World, tmp_path: Path
) -> None:
    lose_sound(world)
    photo = tmp_path / "phich-cam.jpg"
    Image.new("RGB", (4000, 3000), "#5a6b4c").save(photo)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.get_by_role("link", name="Sự cố", exact=True).click()
        fits(page)
        page.get_by_role("link", name="Thôn Đông: âm thanh").click()
        page.get_by_role("button", name="Đã biết").click()
        expect(page.get_by_text("Lê Minh Tâm đã biết")).to_be_visible()
        page.get_by_label("Người").select_option(label="Lê Minh Tâm")
        page.get_by_role("button", name="Giao việc").click()
        expect(page.get_by_text("Lê Minh Tâm đang lo việc này")).to_be_visible()
        page.get_by_role("textbox", name="Ghi chú").fill("Phích cắm bị lỏng")
        page.get_by_role("button", name="Ghi lại").click()
        expect(page.get_by_text("Phích cắm bị lỏng")).to_be_visible()
        page.get_by_label("Ảnh chụp chỗ hỏng").set_input_files(photo)
        page.get_by_role("button", name="Thêm ảnh").click()
        shown = page.get_by_role("img", name="Ảnh của Lê Minh Tâm")
        expect(shown).to_be_visible()
        expect(shown).to_have_js_property("naturalWidth", 1280)
        fits(page)
        page.get_by_role("link", name="Thôn Đông").first.click()
        page.get_by_text("Ghi lịch bảo trì").click()
        page.get_by_label("Lý do").fill("Siết lại phích cắm")
        page.get_by_label("Lặp lại").select_option(label="Mỗi tháng")
        fits(page)
        page.get_by_role("button", name="Báo bảo trì").click()
        expect(page.get_by_text("lần nữa, lần cuối")).to_be_visible()
        fits(page)
        assert complaints == []


def test_the_month_of_all_villages_fits_a_phone_and_a_sheet_of_paper(chromium: Browser, world: World) -> None:
    world.beat(EAST)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.get_by_role("link", name="Hoạt động theo tháng").click()
        expect(page.get_by_text("Thôn Đông").first).to_be_visible()
        fits(page)
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation").first).to_be_hidden()
        expect(page.get_by_text("Thôn Đông").first).to_be_visible()
        assert complaints == []
