"""The calendar in real Chromium, as an officer uses it on a phone and on a PC."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from hub.store import broadcasts
from tests.hub.ics.test_reading import GOOGLE
from tests.hub.web.chromium import NEEDED, PHONE, SMALL_TARGETS, TOUCH_PX, log_in, opened
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
