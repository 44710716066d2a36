"""The pictures of docs/pictures: every page once, and the steps of the guides, taken by one run (`make pictures`)."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from contract.terms import Outcome, Reason
from hub.alarms import alarm
from hub.media import voice
from hub.people import second_factor
from hub.store import nodes
from tests.hub.web import camera as cameras
from tests.hub.web.camera import MAX_BYTES, PICTURES, camera
from tests.hub.web.chromium import NEEDED, PC, give_password
from tests.hub.web.morning import SECRET, crowd, furnish, second_steps, settle
from tests.hub.web.world import VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
DOCS = PICTURES.parent
MAX_BYTES_TOGETHER = 3_000_000
LARGE = ("board", "week", "month", "day", "next")
"""The pages that are pictured on a PC as well."""
SEEN_BY = {
    **dict.fromkeys(("node", "alerts", "alert-form", "alert-place", "alert-record"), "tam"),
    "login": "",
    "known": "",
    "camera": "tam",
    "invite": "tam",
    "people": "quantri",
    "person": "quantri",
}
"""Whose page it is, where that is not the leader's."""
TAKE = """async (user) => {
    const kept = await import("/static/kept-takes.js");
    const rate = 24000;
    const loud = (s) => (s < 1 || s > 8 ? 0.004 : 0.5 * Math.abs(Math.sin(2.2 * s)) * (0.6 + 0.4 * Math.sin(31 * s)));
    const samples = Int16Array.from({ length: 9 * rate }, (_, n) => 32767 * loud(n / rate) * Math.sin(n / 9));
    await kept.put({ id: "take", user, rate, begunAt: Date.now(), title: "Mời họp thôn", trim: null });
    await kept.add("take", 0, samples);
}"""
"""What a crashed tab leaves behind: nine seconds, the same every time."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return cameras.folder(tmp_path)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with cameras.vietnamese() as chromium:
        yield chromium


@pytest.mark.real
@NEEDED[1]
class TestInChromium:
    def test_every_page(self, chromium: Browser, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pages = furnish(world)
        monkeypatch.setattr(second_factor, "fresh_secret", lambda: SECRET)  # what is drawn by lot is drawn alike
        for person in ("", "hung", "tam", "quantri"):
            with camera(chromium, world, folder, person) as phone:
                if person == "tam":
                    phone.page.goto("/trust?device=android")
                    phone.take("trust-android")
                for name in [name for name in pages if SEEN_BY.get(name, "hung") == person]:
                    answer = phone.page.goto(pages.pop(name))
                    assert answer is not None
                    assert (answer.status == 200) is (name != "error"), name
                    phone.take(name)
        assert pages == {}

    def test_the_second_steps_of_a_log_in(self, chromium: Browser, world: World, folder: Path) -> None:
        steps = second_steps(world)
        with camera(chromium, world, folder) as phone:
            for (name, password, heading), picture in zip(steps, ("code", "first-password"), strict=True):
                give_password(phone.page, name, password)
                expect(phone.page.get_by_role("heading", name=heading)).to_be_visible()
                phone.take(picture)

    def test_what_is_looked_at_on_a_pc(self, chromium: Browser, world: World, folder: Path) -> None:
        pages = furnish(world)
        with camera(chromium, world, folder, "hung", PC) as screen:
            for name in LARGE:
                screen.page.goto(pages[name])
                screen.take(f"{name}-pc", tallest_px=1000)

    def test_a_board_of_many(self, chromium: Browser, world: World, folder: Path) -> None:
        crowd(world)
        with camera(chromium, world, folder, "tam", PC) as screen:
            screen.take("many-pc", tallest_px=1000)
        with camera(chromium, world, folder, "tam") as phone:
            phone.take("many", around=phone.page.locator(".sheet"))

    def test_an_ordinary_morning(self, chromium: Browser, world: World, folder: Path) -> None:
        settle(world)
        with camera(chromium, world, folder, "lan", PC) as screen:
            screen.take("morning-pc", tallest_px=1000)
        with camera(chromium, world, folder, "lan") as phone:
            phone.take("morning")

    @pytest.mark.parametrize(
        ("name", "period", "figure"), [("charts", "24h", "rtt_ms"), ("charts-90", "90d", "loss_pct")]
    )
    def test_the_charts_of_a_node(
        self, chromium: Browser, world: World, folder: Path, name: str, period: str, figure: str
    ) -> None:
        pages = furnish(world)
        with camera(chromium, world, folder, "tam") as phone:
            page = phone.page
            page.goto(pages["node"])
            page.locator(f"[data-period='{period}']").click()
            for each in ("temperature_c", "loss_pct", "rtt_ms"):
                page.locator(f"[data-figure={each}]").scroll_into_view_if_needed()
                expect(page.locator(f"[data-figure={each}][data-shown='{period}'] canvas")).to_be_visible()
            phone.take(name, around=page.locator(f"[data-figure={figure}]"))

    @pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
    def test_the_officer_types_and_orders(self, chromium: Browser, world: World, folder: Path) -> None:
        settle(world)
        meeting = world.add_sound("Mời họp thôn", 95.0)
        with camera(chromium, world, folder, "lan") as phone:
            page = phone.page
            page.goto("/speech")
            typed = page.get_by_label("Nội dung cần đọc")
            typed.fill("UBND xã kính mời bà con họp thôn lúc 19h30 ngày 25/11 tại nhà văn hóa. Xin cảm ơn bà con!")
            phone.take("typed")
            page.get_by_role("button", name="Xem cách đọc").click()
            expect(page.get_by_label("Câu 1", exact=True)).to_be_visible()
            page.get_by_label("Tên bản thu").fill("Mời họp thôn")
            phone.take("words")

            page.goto(f"/broadcasts/new?recording={meeting.sha256}")
            page.get_by_label("Giờ", exact=True).fill("05:30")
            phone.take("order")
            page.get_by_role("button", name="Trình duyệt").click()
            expect(page.get_by_role("alert")).to_be_visible()
            phone.take("conflict", tallest_px=900)
            page.get_by_label("Giờ", exact=True).fill("19:00")
            page.locator("#order").get_by_role("button", name="Trình duyệt").click()
            expect(page.get_by_text("Đang chờ lãnh đạo xã duyệt.")).to_be_visible()
            phone.take("submitted")

    def test_the_officer_records(self, chromium: Browser, world: World, folder: Path) -> None:
        with camera(chromium, world, folder, "lan") as phone:
            page = phone.page
            page.goto("/audio/record")
            page.evaluate(TAKE, "lan")
            page.reload()
            page.get_by_role("button", name="Mở lại").click()
            page.get_by_role("button", name="Cắt khoảng lặng ở hai đầu").click()
            phone.take("take")

    def test_before_on_and_after_air(self, chromium: Browser, world: World, folder: Path) -> None:
        _, ahead, _ = settle(world)
        with camera(chromium, world, folder, "lan") as phone:
            page = phone.page
            page.goto("/calendar?view=day")
            page.get_by_label("Dời “Nhắc nộp thuỷ lợi phí”").click()
            phone.take("move")
            world.clock.pass_(minutes=40, seconds=20)
            for village in VILLAGES:
                world.beat(village, on_air=ahead.id)
            page.goto("/")
            page.get_by_text("Dừng ở một số làng").click()
            phone.take("on-air", tallest_px=900)
            world.clock.pass_(minutes=5)
            world.report(EAST, ahead, late_s=0.1)
            world.report(WEST, ahead, Outcome.MISSED, Reason.POWER)
            world.report(MIDDLE, ahead, late_s=0.2)
            for village in VILLAGES:
                world.beat(village)
            page.goto(f"/broadcasts/{ahead.id}")
            phone.take("missed", tallest_px=1000)

    def test_the_leader_approves(self, chromium: Browser, world: World, folder: Path) -> None:
        _, _, waiting = settle(world)
        with camera(chromium, world, folder, "hung") as phone:
            page = phone.page
            phone.take("to-approve", tallest_px=900)
            page.goto(f"/broadcasts/{waiting.id}")
            phone.take("approve", tallest_px=1000)
            page.get_by_text("Trả lại, kèm lý do").click()
            page.get_by_label("Cần sửa gì").fill("Giờ tiêm là 8 giờ, không phải 7 giờ")
            phone.take("return", around=page.get_by_label("Cần sửa gì"))

    def test_the_red_button(self, chromium: Browser, world: World, folder: Path) -> None:
        settle(world)
        siren = world.add_sound("Còi báo động vỡ đê", 20.0)
        alarm.keep(world.desk, siren.sha256, True, world.user("lan"))
        alarm.set_pin(world.desk, "hung", "260714", "hung")
        with world.database.write() as c:
            nodes.set_phone(c, MIDDLE, "0912 345 678")
        with camera(chromium, world, folder, "hung") as phone:
            page = phone.page
            page.get_by_role("link", name="Khẩn cấp").click()
            page.get_by_label("Còi báo động vỡ đê").check()
            phone.take("red-button")
            page.get_by_role("button", name="Tiếp: nghe lại và xác nhận").click()
            page.get_by_label("Mã PIN khẩn cấp của bạn").fill("260714")
            phone.take("red-confirm")
            page.get_by_role("button", name="Phát khẩn cấp ngay").click()
            expect(page.get_by_text("Huỷ báo động").first).to_be_visible()
            world.clock.pass_(seconds=15)
            storm = page.url.rsplit("/", 1)[1]
            for village in (EAST, WEST):
                world.beat(village, on_air=storm)
            page.reload()
            phone.take("red-villages")
            page.get_by_text("Huỷ báo động").first.click()
            phone.take("red-cancel", tallest_px=1000)


def test_a_picture_is_kept_where_only_the_edges_of_letters_differ() -> None:
    def picture(time: str, right_px: float) -> bytes:
        sheet = np.full((60, 200, 3), 255, np.uint8)
        cv2.putText(sheet, time, (10, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 40), 2, cv2.LINE_AA)
        moved = cv2.warpAffine(
            sheet, np.array([[1.0, 0.0, right_px], [0.0, 1.0, 0.0]]), (200, 60), borderValue=(255, 255, 255)
        )
        return bytes(cv2.imencode(".png", moved)[1])

    assert cameras.is_alike(picture("05:30", 0), picture("05:30", 0.3))
    assert not cameras.is_alike(picture("05:30", 0), picture("05:36", 0))


def test_every_page_has_its_picture(world: World) -> None:
    missing = {name for name in furnish(world) if not (PICTURES / f"{name}.webp").exists()}
    assert missing == set(), "make pictures"


def test_a_picture_is_of_a_page_or_in_a_text_and_all_of_them_are_small(world: World) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (*DOCS.rglob("*.md"), DOCS.parent / "README.md"))
    pages = furnish(world).keys() | {f"{name}-pc" for name in LARGE}
    pictures = list(PICTURES.iterdir())
    assert {each.name for each in pictures if each.stem not in pages and f"pictures/{each.name}" not in texts} == set()
    assert max(each.stat().st_size for each in pictures) <= MAX_BYTES
    assert sum(each.stat().st_size for each in pictures) <= MAX_BYTES_TOGETHER
