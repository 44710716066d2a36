"""From a draft to an approved broadcast through the pages: submit, take back, return with a reason, approve."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.wish import Wish
from hub.store import broadcasts
from tests.hub.web.board.test_board import text
from tests.hub.web.broadcasts.test_broadcasts import approve, form, only
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, log_out, opened
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, served, tone


def stored(world: World, id: str) -> Broadcast:
    with world.database.read() as c:
        found = broadcasts.broadcast(c, id)
    assert found is not None
    return found


def test_a_draft_is_seen_as_one_and_no_leader_is_asked_to_approve_it(browser: Browser, world: World) -> None:
    browser.enter(world, "lan")
    browser.post("/broadcasts", data=form(world, save="draft"))
    draft = only(world)
    path = f"/broadcasts/{draft.id}"
    assert draft.stage is Stage.DRAFT
    for page in (path, "/broadcasts"):
        assert "Bản nháp" in text(browser, page)
    assert "Bản nháp, chưa trình duyệt" in text(browser)
    browser.enter(world, "hung")
    assert "Chờ duyệt" not in text(browser)
    assert "Duyệt phát" not in text(browser, path)
    assert browser.post(f"{path}/submit").headers["location"] == path
    assert "Chờ duyệt" in text(browser)
    browser.enter(world, "khach")
    assert "Trình duyệt" not in text(browser, path)


def test_what_the_leader_returned_says_why_on_the_board_and_on_its_page(browser: Browser, world: World) -> None:
    waiting = world.order("Họp thôn")
    path = f"/broadcasts/{waiting.id}"
    browser.enter(world, "hung")
    assert browser.post(f"{path}/return", data={"reason": ""}).status_code == 409
    assert browser.post(f"{path}/return", data={"reason": "Sai giờ họp, 19 giờ mới đúng"}).headers["location"] == path
    browser.enter(world, "lan")
    for page in ("/", path):
        assert "Trả lại" in text(browser, page)
        assert "Sai giờ họp, 19 giờ mới đúng" in text(browser, page)
    assert "Trần Văn Hùng trả lại:" in text(browser, path)
    browser.post(f"{path}/submit")
    assert "Sai giờ họp" not in text(browser, path)


def test_the_officer_takes_back_what_waits(officer: Browser, world: World) -> None:
    waiting = world.order()
    path = f"/broadcasts/{waiting.id}"
    assert "Rút lại để sửa" in text(officer, path)
    assert officer.post(f"{path}/withdraw").headers["location"] == path
    assert stored(world, waiting.id).stage is Stage.DRAFT
    assert officer.post(f"{path}/withdraw").status_code == 409


def test_a_page_that_is_no_longer_true_approves_nothing_and_is_shown_anew(leader: Browser, world: World) -> None:
    waiting = world.order("Họp thôn")
    path = f"/broadcasts/{waiting.id}"
    old = re.search(r'name="seen" value="(\w+)"', leader.get(path).text)
    assert old is not None
    world.desk.move(waiting.id, MORNING + timedelta(hours=1), world.user("lan"))
    answer = leader.post(f"{path}/approve", data={"seen": old.group(1)})
    assert answer.status_code == 409
    assert "vừa được sửa. Hãy xem và nghe lại" in answer.text
    assert "05:30" in answer.text
    assert not stored(world, waiting.id).is_approved
    approve(leader, path)
    assert stored(world, waiting.id).is_approved


def test_what_begins_soon_stands_above_all_for_those_who_can_do_something(browser: Browser, world: World) -> None:
    world.order("Bản tin trưa", 90)
    world.order("Tin gấp", 40)
    world.order("Tuần sau", 60 * 24 * 7)
    world.order("Bản nháp", 20, is_submitted=False)
    for name in ("hung", "lan"):
        browser.enter(world, name)
        board = browser.get("/").text
        urgent = re.findall(r'<li class="(bad|warn)">.*?<a class="cover"[^>]*>([^<]+)</a>', board, re.DOTALL)
        assert urgent == [("bad", "Tin gấp"), ("warn", "Bản tin trưa")]
        assert 'data-until="2026-11-22T22:10:00+00:00"' in board
        assert text(browser).index("chưa được duyệt, phát lúc 05:10") < text(browser).index("làng phát được")
    browser.enter(world, "khach")
    assert 'class="deadlines"' not in browser.get("/").text


def test_what_was_not_approved_in_time_is_told_and_can_be_ordered_again(officer: Browser, world: World) -> None:
    late = world.order("Tin gấp", 40)
    world.clock.pass_(minutes=41)
    assert "quá hạn lúc 05:10, không phát" in text(officer)
    assert f'href="/broadcasts/new?like={late.id}"' in officer.get("/").text
    assert "Quá hạn, không phát" in text(officer, f"/broadcasts/{late.id}")
    assert f'href="/broadcasts/new?like={late.id}"' in officer.get(f"/broadcasts/{late.id}").text
    world.clock.pass_(hours=24)
    assert "quá hạn" not in text(officer)


def test_the_leader_reads_in_one_sentence_what_is_to_be_approved(leader: Browser, world: World) -> None:
    soon = world.order("Họp thôn", 60 * 24, villages=("binhminh-thon-1", "binhminh-thon-2"))
    said = "Phát lúc 04:30 ngày mai, ở Thôn Đông, Thôn Đoài, dài 2 phút 05 giây. Người đặt: Nguyễn Thị Lan."
    assert said in text(leader, f"/broadcasts/{soon.id}")
    daily = world.order("Bản tin", rule="hằng ngày 17:00")
    assert "Phát hằng ngày 17:00, lượt đầu lúc 17:00, ở" in text(leader, f"/broadcasts/{daily.id}")
    storm = world.order("Bão", None)
    assert "Phát ngay khi được duyệt, ở" in text(leader, f"/broadcasts/{storm.id}")


class TestOnAPhone:
    pytestmark = NEEDED

    def test_one_look_and_one_listen_and_it_is_approved(self, chromium: Chromium, world: World, tmp_path: Path) -> None:
        world.desk.ensure_chime()
        (tmp_path / "hop.wav").write_bytes(tone(1))
        sound = world.desk.add_recording(tmp_path / "hop.wav", "Họp thôn", world.user("lan"))
        at = MORNING + timedelta(minutes=40)
        wish = Wish(title="Họp thôn", recording=sound.sha256, nodes=tuple(VILLAGES), starts_at=at, has_chime=True)
        waiting = world.desk.order(wish, world.user("lan"))
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "hung")
            reminder = page.locator(".deadlines li.bad")
            expect(reminder).to_contain_text("Họp thôn: chưa được duyệt, phát lúc 05:10")
            expect(reminder.locator("b")).to_have_text(re.compile(r"còn (40|39) phút"))
            reminder.get_by_role("link").click()
            expect(page.get_by_text("Phát lúc 05:10 hôm nay")).to_be_visible()
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            page.get_by_role("button", name="Nghe toàn bộ").click()
            expect(page.get_by_text("1/2: Nhạc hiệu")).to_be_visible()
            expect(page.get_by_text("2/2: Họp thôn")).to_be_visible()
            expect(page.get_by_text("Đã nghe hết.")).to_be_visible()
            page.get_by_role("button", name="Duyệt phát").click()
            expect(page.get_by_text("làng đã sẵn sàng")).to_be_visible()
            assert complaints == []
        assert stored(world, waiting.id).is_approved

    def test_the_officer_sees_the_time_run_out(self, chromium: Chromium, world: World) -> None:
        world.order("Tin gấp", 5)
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "lan")
            expect(page.locator(".deadlines b")).to_have_text(re.compile(r"còn 4:\d\d"))
            world.clock.pass_(minutes=6)
            world.news.tell("broadcasts")
            expect(page.locator(".deadlines li.muted")).to_contain_text("quá hạn lúc 04:35, không phát")
            page.locator(".deadlines").get_by_role("link", name="Dùng lại").click()
            expect(page.get_by_label("Tên buổi phát")).to_have_value("Tin gấp")
            assert complaints == []

    def test_from_a_draft_over_a_return_to_the_approval(self, chromium: Chromium, world: World) -> None:
        world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
        sound = world.add_sound("Họp thôn tối nay")
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "lan")
            page.goto("/broadcasts/new")
            page.locator("select[name=recording]").select_option(sound.sha256)
            page.get_by_label("Giờ", exact=True).fill("05:15")
            page.get_by_role("button", name="Lưu nháp").click()
            expect(page.get_by_text("Mới là bản nháp: chưa trình ai duyệt.")).to_be_visible()
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
            path = page.url
            page.get_by_role("button", name="Trình duyệt").click()
            expect(page.get_by_text("Đang chờ lãnh đạo xã duyệt.")).to_be_visible()
            log_out(page)

            log_in(page, "hung")
            page.goto(path)
            page.get_by_text("Trả lại, kèm lý do").click()
            page.get_by_label("Cần sửa gì").fill("Chưa nói họp ở đâu")
            page.get_by_role("button", name="Trả lại cho cán bộ").click()
            expect(page.get_by_role("button", name="Duyệt phát")).to_have_count(0)
            log_out(page)

            log_in(page, "lan")
            page.get_by_role("link", name="Họp thôn tối nay").click()
            expect(page.get_by_text("Chưa nói họp ở đâu")).to_be_visible()
            page.get_by_role("button", name="Trình duyệt").click()
            log_out(page)

            log_in(page, "hung")
            page.goto(path)
            page.get_by_role("button", name="Duyệt phát").click()
            expect(page.get_by_text("Đã duyệt").or_(page.get_by_text("làng đã sẵn sàng"))).to_be_visible()
            assert complaints == []

    def test_a_change_behind_an_open_page_is_told_and_not_slipped_in(self, chromium: Chromium, world: World) -> None:
        waiting = world.order("Họp thôn")
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "hung")
            page.goto(f"/broadcasts/{waiting.id}")
            expect(page.locator("#connection")).to_contain_text("Trực tiếp")
            world.desk.move(waiting.id, MORNING + timedelta(hours=1), world.user("lan"))
            expect(page.get_by_text("vừa được sửa trong lúc bạn đang xem")).to_be_visible()
            expect(page.get_by_role("button", name="Duyệt phát")).to_have_count(0)
            page.get_by_role("link", name="Xem bản vừa sửa").click()
            expect(page.get_by_role("button", name="Duyệt phát")).to_be_visible()
            assert complaints == []
