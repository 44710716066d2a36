"""On air and after in real Chromium, on a phone: some villages are stopped, those that missed it hear it again."""

from playwright.sync_api import Browser, expect

from contract.terms import Order, Outcome, Reason
from hub.store import orders
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import VILLAGES, World, served

EAST, WEST, MIDDLE = VILLAGES
pytestmark = NEEDED


def test_some_are_stopped_while_the_page_changes_and_the_others_hear_it_again(chromium: Browser, world: World) -> None:
    bulletin = world.approve(world.order())
    world.clock.pass_(minutes=31)
    for village in VILLAGES:
        world.beat(village, on_air=bulletin.id)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        expect(page.locator(".playing")).to_contain_text("Bản tin sáng")
        page.locator(".playing").get_by_role("link", name="Bản tin sáng").click()
        page.get_by_text("Dừng ở một số làng").click()
        page.get_by_label("Thôn Đông").check()
        world.report(WEST, bulletin, Outcome.MISSED, Reason.SOUND_CARD)
        world.news.tell("fleet")
        expect(page.locator("#stop-some")).not_to_contain_text("Thôn Đoài")
        expect(page.get_by_label("Thôn Đông")).to_be_checked()
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        page.get_by_role("button", name="Dừng ở các làng đã đánh dấu").click()
        expect(page.get_by_text("Dừng ở một số làng")).to_be_visible()
        with world.database.read() as c:
            assert [o.node for o in orders.open_orders(c, world.clock()) if o.order is Order.STOP] == [EAST]

        world.report(EAST, bulletin, Outcome.CUT, Reason.STOPPED)
        world.report(MIDDLE, bulletin)
        world.news.tell("fleet")
        again = page.get_by_role("region", name="Phát lại")
        expect(again).to_contain_text("1 làng chưa nghe được")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        again.get_by_role("button", name="Phát lại ngay").click()
        expect(page.get_by_role("heading", name="Bản tin sáng (phát lại)")).to_be_visible()
        expect(page.get_by_text("Sẽ phát lúc 05:01:15")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("region", name="Phát lại")).to_contain_text("Đã đặt phát lại: 05:01")
        assert complaints == []
