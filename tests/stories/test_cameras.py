"""What befalls a camera, from its stream to the technician's phone: the node sees it over real RTSP, and the camera's
page at the hub, in real Chromium, says it by itself, with what to do and what to bring, until it is over.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from edge.config import Paths
from simulator.camera import Feed
from simulator.house import House
from tests.hub.web.chromium import CHROMIUM, NEEDED, give_password, opened
from tests.stories.conftest import HANOI, Staff, eventually, reconfigured, restart

pytestmark = [*NEEDED, pytest.mark.timeout(240)]

CAMERA = "san"
SETTINGS = """\
[[cameras]]
id = "san"
title = "Sân nhà văn hóa"
url = "{url}"
every_s = 0.1
"""
FAULTS: dict[Feed, tuple[str, str, str]] = {
    "covered": ("ống kính bị che", "Gỡ vật che ống kính", "chổi cán dài quét mạng nhện"),
    "blurred": ("hình mờ, mất nét", "vặn vòng chỉnh nét cho rõ", "khăn mềm và nước lau kính"),
    "moved": ("bị xoay sang chỗ khác", "Xoay camera về hướng cũ", "tua vít và lục giác"),
    "noise": ("hình nhiễu hoặc có sọc", "xem đầu nối có bị nước vào không", "bộ nguồn dự phòng cùng điện áp"),
    "black": ("màn hình đen", "Xem đèn hoặc đèn hồng ngoại có sáng không", "bóng đèn dự phòng"),
    "bright": ("hình trắng xoá", "Xem có đèn hay nắng chiếu thẳng vào ống kính không", "tua vít và lục giác"),
    "frozen": ("đứng hình", "Rút điện camera 10 giây", "tên và mật khẩu của camera"),
    "silent": ("không gửi hình", "kiểm tra tên và mật khẩu camera", "camera cùng loại để thay"),
    "off": ("không trả lời", "dây mạng có cắm chặt cả hai đầu không", "máy thử dây mạng"),
}
"""By what the camera shows: the fault as the page calls it, what to do, and something to bring."""
GONE = ("silent", "off")
KNOWN = 3
"""Pictures of how it should look."""
PATIENCE_MS = 60_000
ONE_LOOK = timedelta(seconds=10)
ARE_SEEN = "() => [...document.querySelectorAll('.shots img')].every(i => i.complete && i.naturalWidth > 0)"


@dataclass
class Story:
    """A camera that does as it is told, and its page in the technician's hand."""

    house: House
    show: Callable[[Feed], None]
    page: Page

    @property
    def state(self) -> Locator:
        return self.page.locator("[sse-swap=state]")

    @property
    def pictures(self) -> Locator:
        return self.page.get_by_role("region", name="Hình")

    @property
    def incidents(self) -> Locator:
        return self.page.locator(".incidents tbody tr")

    def come(self) -> bool:
        """Open the page; False while the hub has not heard of the camera."""
        answer = self.page.goto(f"/nodes/{self.house.node}/cameras/{CAMERA}")
        return answer is not None and answer.ok

    def says(self, *texts: str | re.Pattern[str]) -> None:
        says(self.state, *texts)

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Nobody loads the page anew, and it fits the screen."""
        self.page.evaluate("window.isTheSamePage = true")
        yield
        assert self.page.evaluate("window.isTheSamePage"), "the page should not have been loaded again"
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    def ask_for_pictures(self, fault: str) -> list[str]:
        """Wait for those of this fault; which of the three there are."""
        self.pictures.get_by_role("button", name="Xin hình").click()
        says(self.pictures.locator("figure").last, "Khi lỗi bắt đầu", fault)
        self.page.wait_for_function(ARE_SEEN)
        return re.findall(r"/pictures/(\w+)\?", self.pictures.inner_html())

    def get_to_know(self) -> None:
        """Let the node see how the camera should look; one that is started anew takes nothing more on trust."""
        album = Paths(self.house.root).state / "camera" / CAMERA
        eventually(lambda: len(list(album.glob("*.jpg"))) >= KNOWN)
        restart(self.house.processes["camera"])


@pytest.fixture(scope="module")
def story(lasting_staff: Staff) -> Iterator[Story]:
    """The first village has a new camera, which is looked at without a pause and known by now."""
    lasting_staff.mend()
    commune = lasting_staff.commune
    house, cameras = commune.houses[0], commune.cameras
    password = commune.add_user("tam", "technician", "Lê Minh Tâm")
    with reconfigured(house, camera=SETTINGS.format(url=cameras.url(house.node))), phone(commune.address) as page:
        give_password(page, "tam", password)
        page.wait_for_url("/")
        story = Story(house, lambda feed: cameras.show(house.node, feed), page)
        story.get_to_know()
        eventually(story.come)
        yield story
        story.show("live")


@contextmanager
def phone(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        with opened(chromium, address, is_mobile=True) as (page, complaints):
            yield page
            assert complaints == []
        chromium.close()


def says(place: Locator, *texts: str | re.Pattern[str]) -> None:
    for text in texts:
        expect(place).to_contain_text(text, timeout=PATIENCE_MS)


def since(at: datetime) -> re.Pattern[str]:
    """What the page says of something that has begun about then: with the look that was under way, or the next."""
    moments = {f"{each:%H:%M}" for each in (at - ONE_LOOK, at, datetime.now(HANOI))}
    return re.compile(f"từ ({'|'.join(sorted(moments))})")


@pytest.mark.parametrize("feed", FAULTS)
def test_a_fault_shows_by_itself_with_what_to_do_and_is_over_by_itself(story: Story, feed: Feed) -> None:
    fault, advice, thing = FAULTS[feed]
    past = story.incidents.count()
    with story.untouched():
        began = datetime.now(HANOI)
        story.show(feed)
        story.says(fault, advice, thing)
        story.says(since(began))
    assert story.ask_for_pictures(fault) == (["before"] if feed in GONE else ["now", "before", "after"])
    with story.untouched():
        ended = datetime.now(HANOI)
        story.show("live")
        story.says("có hình", "Không phải làm gì.")
        story.says(since(ended))
        expect(story.incidents).to_have_count(past + 1, timeout=PATIENCE_MS)
        says(story.incidents.first, fault)
        expect(story.incidents.first).not_to_contain_text("vẫn còn", timeout=PATIENCE_MS)


def test_a_camera_that_was_turned_on_purpose_is_right_once_somebody_says_so(story: Story) -> None:
    story.show("moved")
    story.says("bị xoay sang chỗ khác")
    right = story.page.get_by_role("region", name="Góc nhìn đúng")
    right.locator("summary", has_text="Góc nhìn này đúng").click()
    right.get_by_role("button", name="Góc nhìn này đúng").click()
    says(right, "Lê Minh Tâm xác nhận góc nhìn đúng", "Nút đã nhận")
    story.says("có hình")
    story.get_to_know()
    story.show("live")
    story.says("bị xoay sang chỗ khác")
