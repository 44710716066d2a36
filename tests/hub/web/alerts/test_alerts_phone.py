"""Being told, in real Chromium on a phone: a webhook is added and tested, a village goes silent, the link is opened and
pressed; real apprise, a real server at the other end."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from hub.alerts.delivery import Delivery
from hub.alerts.reporter import Reporter
from hub.alerts.sending import Sending
from hub.incidents.keeper import Keeper
from hub.nodes.fleet import Flip
from hub.store import records
from hub.web.wording import words
from hub.web.wording.alert_words import AlertWords
from tests.hub.alerts.webhook import Webhook, webhook
from tests.hub.web.chromium import NEEDED, log_in, opened
from tests.hub.web.nodes.test_cameras_phone import fits
from tests.hub.web.world import VILLAGES, World, served

EAST, *_ = VILLAGES
pytestmark = NEEDED


@pytest.fixture
def server() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


class Night:
    """The threads of a hub that keep incidents and send alerts, let go step by step."""

    def __init__(self, world: World, page: str) -> None:
        self.world = world
        zone = ZoneInfo("Asia/Ho_Chi_Minh")
        reporter = Reporter(zone, AlertWords(words.load(), zone))
        self.keeper = Keeper(world.database, world.clock, world.news.tell, reporter)
        self.delivery = Delivery(world.database, world.news, world.clock, lambda: page, Sending())
        self.keeper.look()
        world.clock.pass_(minutes=3)

    def lose(self, village: str) -> None:
        with self.world.database.write() as c:
            records.add_flips(c, [Flip(node=village, subject="node", value="down", at=self.world.clock())])
        self.keeper.look()
        self.delivery.look()
        self.delivery.settle()


def test_a_webhook_is_added_and_tested_and_its_link_says_who_knows(
    chromium: Browser, world: World, server: Webhook
) -> None:
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        night = Night(world, address)
        log_in(page, "quantri")
        page.get_by_label("Tài khoản của bạn").click()
        page.get_by_role("link", name="Báo tin").click()
        expect(page.get_by_text("Chưa báo cho ai cả")).to_be_visible()
        fits(page)
        page.get_by_role("link", name="Webhook").click()
        page.get_by_label("Tên người hoặc nhóm nhận").fill("Nhóm kỹ thuật")
        page.get_by_label("Địa chỉ nhận tài liệu JSON").fill(server.address)
        page.get_by_text("Giờ yên tĩnh, tóm tắt").click()
        fits(page)
        page.get_by_role("button", name="Lưu, rồi gửi thử").click()
        expect(page.get_by_text("Đã gửi đi.")).to_be_visible()
        assert [got["kind"] for got in server.got] == ["test"]
        fits(page)
        server.status = 403
        world.clock.pass_(seconds=1)
        page.get_by_role("button", name="Gửi thử").click()
        expect(page.get_by_role("alert")).to_contain_text("bên nhận từ chối")
        server.status = 200

        night.lose(EAST)
        link = server.got[-1]["incidents"][0]["url"]
        assert link in server.got[-1]["message"]
        page.goto("/alerts/record")
        expect(page.get_by_text("Thôn Đông mất liên lạc")).to_be_visible()
        fits(page)
        with opened(chromium, address) as (phone, more):
            phone.goto(link)
            expect(phone.get_by_text("Thôn Đông mất liên lạc")).to_be_visible()
            fits(phone)
            phone.get_by_role("button", name="Tôi đã biết").click()
            expect(phone.get_by_role("status")).to_contain_text("Nhóm kỹ thuật đã biết")
            fits(phone)
            assert more == []
        page.goto("/incidents")
        expect(page.get_by_text("Nhóm kỹ thuật đã biết")).to_be_visible()
        assert complaints == []
