"""The ways out of a conflict, through the order form: before, after, or in place of what is in the way."""

import re
from datetime import timedelta

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from hub.orders.broadcasts import Broadcast, Stage
from hub.store import broadcasts, people
from tests.hub.web.broadcasts.test_broadcasts import form
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import MORNING, Browser, World, served

FIVE = MORNING + timedelta(minutes=30)


def stored(world: World, path: str) -> Broadcast:
    with world.database.read() as c:
        found = broadcasts.broadcast(c, path.rpartition("/")[2])
    assert found is not None
    return found


def offered(page: str) -> str:
    found = re.search(r'name="replacing" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_it_is_put_right_before_and_stays_the_draft_that_was_meant(officer: Browser, world: World) -> None:
    world.approve(world.order("Bản tin", 30))
    asked = form(world, save="draft")
    page = officer.post("/broadcasts", data=asked).text
    assert "Đặt ngay trước, lúc 04:57" in page
    assert "Đặt ngay sau đó, lúc 05:03" in page
    assert 'name="was" value="draft"' in page
    saved = officer.post("/broadcasts", data=asked | {"save": "", "was": "draft", "move": "2026-11-23T04:57"})
    made = stored(world, saved.headers["location"])
    assert (made.stage, made.starts_at) == (Stage.DRAFT, FIVE - timedelta(minutes=3))


def test_it_takes_the_place_of_what_is_in_the_way_and_both_or_nothing_happens(officer: Browser, world: World) -> None:
    standing = world.approve(world.order("Bản tin cũ", 30))
    asked = form(world, title="Bản tin mới")
    page = officer.post("/broadcasts", data=asked).text
    assert "Sẽ huỷ ngay" in page
    assert "“Bản tin cũ” (05:00, 3 làng)" in page
    assert offered(page) == standing.id
    refused = officer.post("/broadcasts", data=asked | {"replacing": standing.id, "title": ""})
    assert refused.status_code == 422
    assert stored(world, standing.id) == standing
    saved = officer.post("/broadcasts", data=asked | {"replacing": offered(page)})
    made = stored(world, saved.headers["location"])
    assert (made.title, made.starts_at) == ("Bản tin mới", FIVE)
    assert stored(world, standing.id).stage is Stage.CANCELLED
    with world.database.read() as c:
        assert ("lan", "cancel", standing.id, made.id) in [(n.who, n.act, n.subject, n.detail) for n in people.notes(c)]


def test_of_one_that_recurs_only_that_airing_goes(officer: Browser, world: World) -> None:
    daily = world.approve(world.order("Bản tin", rule="hằng ngày 5:00"))
    asked = form(world, title="Họp thôn")
    page = officer.post("/broadcasts", data=asked).text
    assert "“Bản tin” (chỉ lượt 05:00)" in page
    assert officer.post("/broadcasts", data=asked | {"replacing": offered(page)}).is_redirect
    after = stored(world, daily.id)
    assert (after.dropped, after.is_approved) == ((FIVE,), True)


def test_an_old_page_takes_back_nothing_that_has_begun_or_is_not_there(officer: Browser, world: World) -> None:
    standing = world.approve(world.order("Bản tin cũ", 30))
    asked = form(world, time="05:01")
    world.clock.pass_(minutes=30, seconds=10)
    for replaced, said in (
        (standing.id, "đã bắt đầu"),
        ("b0", "Không có buổi phát này"),
        (f"{standing.id}@mai", "Hãy chọn lượt phát"),
        (f"{standing.id}@2026-11-24T00:00:00+00:00", "Không có lượt phát nào"),
    ):
        answer = officer.post("/broadcasts", data=asked | {"replacing": replaced})
        assert (answer.status_code, said in answer.text) == (422, True)
    assert stored(world, standing.id) == standing


class TestOnAPhone:
    pytestmark = NEEDED

    def test_what_is_in_the_way_is_replaced_with_two_presses(self, chromium: Chromium, world: World) -> None:
        world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
        standing = world.approve(world.order("Bản tin cũ", 30))
        sound = world.add_sound("Họp thôn khẩn")
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "lan")
            page.goto(f"/broadcasts/new?recording={sound.sha256}")
            page.get_by_role("button", name="Trình duyệt").click()
            expect(page.get_by_role("button", name="Đặt ngay sau đó, lúc 05:03")).to_be_visible()
            page.get_by_text("Thay buổi đang vướng").click()
            expect(page.get_by_text("“Bản tin cũ” (05:00, 3 làng)")).to_be_visible()
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            page.get_by_role("button", name="Huỷ buổi đó và lưu buổi này").click()
            expect(page.get_by_text("Phát lúc 05:00 hôm nay")).to_be_visible()
            assert complaints == []
        assert stored(world, standing.id).stage is Stage.CANCELLED
