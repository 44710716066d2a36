"""From a draft to an approved broadcast through the pages: submit, take back, return with a reason, approve."""

import re
from datetime import timedelta

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from hub.broadcasts import Broadcast, Stage
from hub.store import broadcasts
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, log_out, opened
from tests.hub.web.test_board import text
from tests.hub.web.test_broadcasts import approve, form, only
from tests.hub.web.world import MORNING, Browser, World, served


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


class TestOnAPhone:
    pytestmark = NEEDED

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
