"""The pages in real Chromium, as people use them on an old phone."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from contract.reports import CameraReport, PlanReport
from contract.terms import CameraFault
from hub.alarms import alarm
from hub.media import voice
from hub.store import nodes
from tests.hub.web.chromium import LENGTH_S, NEEDED, PC, PHONE, SMALL_TARGETS, TOUCH_PX, log_in, log_out, opened
from tests.hub.web.morning import furnish
from tests.hub.web.world import MORNING, VILLAGES, World, served, tone

EAST, WEST, MIDDLE = VILLAGES
pytestmark = NEEDED

IS_ABOVE = """names => {
    const [upper, lower] = names.map(name => document.querySelector(name).getBoundingClientRect());
    return upper.bottom <= lower.top }"""


def test_from_a_file_on_the_phone_to_an_approved_broadcast(chromium: Browser, world: World, tmp_path: Path) -> None:
    world.desk.ensure_chime()
    file = tmp_path / "thong_bao-tiem_phong.wav"
    file.write_bytes(tone(3))
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.get_by_role("link", name="Bản thu").click()
        page.get_by_label("Tệp âm thanh").set_input_files(file)
        expect(page.get_by_label("Tên bản thu")).to_have_value("thong bao tiem phong")
        page.get_by_label("Tên bản thu").fill("Thông báo tiêm phòng")
        page.get_by_role("button", name="Tải lên").click()
        fresh = page.locator(".recording.fresh")
        expect(fresh).to_contain_text("Thông báo tiêm phòng")
        fresh.get_by_role("link", name="Tạo buổi phát").click()

        expect(page.get_by_label("Tên buổi phát")).to_have_value("Thông báo tiêm phòng")
        page.get_by_role("button", name="Bỏ chọn tất cả").click()
        page.get_by_role("button", name="Trình duyệt").click()
        expect(page.get_by_role("alert")).to_have_text("Hãy chọn ít nhất một làng.")
        page.get_by_role("button", name="Chọn tất cả").click()
        page.get_by_label("Phát ngay").check()
        expect(page.get_by_label("Ngày", exact=True)).to_be_hidden()
        page.get_by_label("Hẹn giờ").check()
        page.get_by_label("Giờ", exact=True).fill("05:15")
        page.get_by_role("button", name="Trình duyệt").click()
        expect(page.get_by_text("Đang chờ lãnh đạo xã duyệt.")).to_be_visible()
        expect(page.get_by_role("button", name="Duyệt phát")).to_have_count(0)
        log_out(page)

        log_in(page, "hung")
        page.locator(".waiting").get_by_role("link", name="Thông báo tiêm phòng").click()
        page.get_by_role("button", name="Duyệt phát").click()
        expect(page.get_by_text("0/3 làng đã sẵn sàng")).to_be_visible()
        expect(page.locator(".sounds audio")).to_have_count(2)
        assert page.locator(".sounds audio").last.evaluate(LENGTH_S) == pytest.approx(3, abs=0.2), (
            "it can be listened to before it is approved"
        )
        assert complaints == []


@pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
def test_what_is_typed_is_read_corrected_heard_and_ordered(chromium: Browser, world: World) -> None:
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.get_by_role("link", name="Bản thu").click()
        page.get_by_role("link", name="Gõ thông báo để máy đọc").click()
        page.get_by_label("Nội dung cần đọc").fill("Sáng 30/12, từ 8h15, UBND xã họp dân. Xin mời bà con!")
        page.get_by_role("button", name="Xem cách đọc").click()
        first = page.get_by_label("Câu 1", exact=True)
        expect(first).to_have_value(
            "Sáng ngày ba mươi tháng mười hai, từ tám giờ mười lăm phút, Ủy ban nhân dân xã họp dân."
        )
        first.fill("Sáng mai, Ủy ban nhân dân xã họp dân.")
        page.get_by_role("button", name="Nghe câu 1").click()
        player = page.locator("audio")
        expect(player).to_be_visible()
        sentence_s = player.evaluate(LENGTH_S)
        page.get_by_role("button", name="Nghe cả bài").click()
        expect(page.get_by_role("button", name="Nghe cả bài")).to_be_enabled()
        assert player.evaluate(LENGTH_S) > sentence_s
        page.get_by_label("Chậm").check()
        page.get_by_label("Tên bản thu").fill("Họp dân")
        page.get_by_role("button", name="Lưu và đặt buổi phát").click()
        expect(page.get_by_label("Tên buổi phát")).to_have_value("Họp dân")
        assert complaints == []


def test_a_rule_is_typed_and_its_airings_appear_while_typing(chromium: Browser, world: World) -> None:
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    world.add_sound("Bản tin")
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.goto("/broadcasts/new")
        page.locator("select[name=recording]").select_option(index=1)
        rule = page.get_by_label("Phát ngày nào, lúc mấy giờ")
        expect(rule).to_be_hidden()
        page.get_by_label("Lặp lại").check()
        expect(page.get_by_label("Giờ", exact=True)).to_be_hidden()
        rule.press_sequentially("thu 2 5h abc")
        expect(page.locator("#rule-answer")).to_contain_text("Không hiểu “abc”")
        page.get_by_role("button", name="rằm và mùng một 6:00").click()
        expect(page.locator("#rule-answer li")).to_have_count(5)
        expect(page.locator("#rule-answer")).to_contain_text("Thứ Tư, ngày 09/12/2026 1/11 âm lịch")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        page.get_by_text("Tùy chọn thêm").click()
        page.get_by_label("Khi bị ngắt giữa chừng").select_option(label="Phát tiếp từ chỗ bị ngắt")
        page.get_by_role("button", name="Trình duyệt").click()
        expect(page.get_by_text("Các lượt phát sắp tới")).to_be_visible()
        expect(page.get_by_text("Phát tiếp từ chỗ bị ngắt")).to_be_visible()
        page.get_by_text("Bỏ lượt này").first.click()
        page.get_by_role("button", name="Bỏ lượt này").first.click()
        expect(page.get_by_text("23/11/2026")).to_have_count(0)
        assert complaints == []


def test_the_form_asks_only_for_what_the_order_needs(chromium: Browser, world: World) -> None:
    world.add_sound("Bản tin")
    with world.database.write() as c:
        nodes.set_language(c, WEST, "Tày")
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.goto("/broadcasts/new")
        expect(page.get_by_label("Ở làng nói tiếng Tày")).to_be_visible()
        expect(page.get_by_label("Nếu trùng giờ bài thường")).to_be_hidden()
        page.locator("input[name=priority][value=priority]").check()
        page.get_by_label("Nếu trùng giờ bài thường").select_option("5")
        page.get_by_text("Tiếp âm").check()
        expect(page.get_by_label("Ở làng nói tiếng Tày")).to_be_hidden()
        page.get_by_label("Địa chỉ đài").fill("https://dai.example.vn/" + "vov1" * 20)
        page.get_by_label("Tên buổi phát").fill("Thời sự")
        page.get_by_label("Phát nhạc hiệu trước").uncheck()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        page.get_by_role("button", name="Trình duyệt").click()
        expect(page.get_by_text("Tiếp âm https://dai.example.vn/")).to_be_visible()
        expect(page.get_by_text("nhưng không quá 5 phút")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert complaints == []


def test_a_file_that_is_no_sound_is_told_on_the_page(chromium: Browser, world: World, tmp_path: Path) -> None:
    file = tmp_path / "thu.mp3"
    file.write_text("#EXTM3U\nhttp://192.0.2.1/x\n")
    with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
        log_in(page, "lan")
        page.goto("/audio")
        page.get_by_label("Tệp âm thanh").set_input_files(file)
        page.get_by_role("button", name="Tải lên").click()
        expect(page.get_by_role("alert")).to_contain_text("Đây không phải tệp âm thanh")
        expect(page.get_by_role("button", name="Tải lên")).to_be_enabled()


def test_what_a_village_says_appears_by_itself(chromium: Browser, world: World) -> None:
    for village in VILLAGES:
        world.beat(village)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        expect(page.locator("#connection")).to_contain_text("Trực tiếp")
        page.evaluate("window.isSamePage = true")
        broken = CameraReport(id="cong", fault=CameraFault.OFFLINE, since_at=MORNING)
        world.beat(EAST, cameras=(broken,))
        world.news.tell("fleet")
        expect(page.get_by_text("Camera cong: không trả lời")).to_be_visible()
        world.beat(EAST)
        world.news.tell("fleet")
        expect(page.get_by_text("Camera cong: không trả lời")).to_have_count(0)

        bulletin = world.approve(world.order("Bản tin sáng", 0.5))
        expect(page.get_by_text("0/3 làng đã sẵn sàng")).to_be_visible()
        for village in VILLAGES:
            counter = world.issue(village, bulletin)
            world.beat(village, plan=PlanReport(accepted=counter))
        world.news.tell("fleet")
        expect(page.get_by_text("3/3 làng đã sẵn sàng")).to_be_visible()
        world.clock.pass_(minutes=3)
        for village in VILLAGES:
            world.beat(village)
            world.report(village, bulletin)
        world.news.tell("records")
        expect(page.get_by_text("Đã phát 04:30:30, 3/3")).to_be_visible()
        assert page.evaluate("window.isSamePage")
        assert complaints == []


def test_a_question_stays_open_while_its_piece_of_the_page_is_renewed(chromium: Browser, world: World) -> None:
    daily = world.approve(world.order("Bản tin sáng", rule="hằng ngày 5:00"))
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        page.goto(f"/broadcasts/{daily.id}")
        expect(page.locator("#connection")).to_contain_text("Trực tiếp")
        airings = page.locator(".occurrences li")
        expect(airings).to_have_count(5)
        second = airings.nth(1)
        airing = second.locator("input[name=at]").get_attribute("value")
        second.get_by_text("Bỏ lượt này").first.click()
        answer = page.locator(f"details:has([value='{airing}'])").get_by_role("button", name="Bỏ lượt này")
        answer.focus()
        world.clock.pass_(hours=1)
        world.news.tell("fleet")
        expect(page.get_by_text("Các lượt phát vừa qua")).to_be_visible()
        expect(answer).to_be_visible()
        expect(answer).to_be_focused()
        assert complaints == []


@pytest.mark.parametrize("size", [PHONE, PC], ids=["phone", "pc"])
def test_what_is_wrong_stands_above_the_broadcasts(chromium: Browser, world: World, size: tuple[int, int]) -> None:
    furnish(world)
    with served(world) as (address, _), opened(chromium, address, size) as (page, _complaints):
        log_in(page, "lan")
        named = page.locator(".troubled").get_by_role("link", name="Thôn Đoài")
        expect(named.first).to_be_visible()
        assert page.evaluate(IS_ABOVE, [".troubled", ".airings"])


def test_what_is_about_to_sound_counts_down(chromium: Browser, world: World) -> None:
    bulletin = world.approve(world.order("Tin gấp", None))
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        for path in ("/", f"/broadcasts/{bulletin.id}"):
            page.goto(path)
            expect(page.get_by_text("Sẽ phát lúc 04:30:15")).to_be_visible()
            expect(page.locator(".soon b")).to_have_text(re.compile(r"còn 1[0-4] giây"))
        assert complaints == []


def test_a_lost_hub_is_told_and_found_again(chromium: Browser, world: World) -> None:
    with served(world) as (address, _):
        port = urlsplit(address).port or 0
    with opened(chromium, address) as (page, _complaints):
        with served(world, port):
            log_in(page, "khach")
            expect(page.locator("#connection")).to_contain_text("Trực tiếp, cập nhật lúc 04:30:00")
        expect(page.locator("#connection")).to_contain_text("Mất kết nối với máy chủ")
        expect(page.locator("#connection")).to_contain_text("của lúc 04:30:00")
        world.clock.pass_(minutes=2)
        with served(world, port):
            expect(page.locator("#connection")).to_contain_text("Trực tiếp, cập nhật lúc 04:32:00")


def test_the_red_button_from_the_board_to_the_horns_and_back(chromium: Browser, world: World) -> None:
    siren = world.add_sound("Còi báo động vỡ đê", 20.0)
    alarm.keep(world.desk, siren.sha256, True, world.user("lan"))
    clear = world.add_sound("Báo yên", 8.0)
    alarm.keep(world.desk, clear.sha256, True, world.user("lan"))
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    for village in VILLAGES:
        world.beat(village)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        page.get_by_role("link", name="Khẩn cấp").click()
        page.get_by_label("Còi báo động vỡ đê").check()
        page.get_by_role("button", name="Tiếp: nghe lại và xác nhận").click()
        page.get_by_label("Mã PIN khẩn cấp của bạn").fill("260713")
        page.get_by_role("button", name="Phát khẩn cấp ngay").click()
        expect(page.get_by_role("alert")).to_have_text("Mã PIN không đúng. Chưa phát gì cả.")
        page.get_by_label("Mã PIN khẩn cấp của bạn").fill("260714")
        page.get_by_role("button", name="Phát khẩn cấp ngay").click()
        expect(page.locator("[data-reach=waiting]")).to_have_count(3)
        page.evaluate("window.isSamePage = true")

        id = page.url.rpartition("/")[2]
        world.beat(EAST, on_air=id)
        world.news.tell("fleet")
        expect(page.locator("[data-reach=on_air]")).to_have_count(1)
        world.clock.pass_(seconds=11)
        world.news.tell("fleet")
        expect(page.get_by_role("alert")).to_contain_text("2 làng chưa trả lời")
        assert page.evaluate("window.isSamePage")

        page.get_by_text("Lời khác").click()
        page.get_by_label("Báo yên").check()
        page.get_by_role("button", name="Huỷ báo động").click()
        expect(page.get_by_text("Đã huỷ lúc 04:30:11")).to_be_visible()
        assert complaints == []
