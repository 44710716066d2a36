"""Real Chromium at phone size: the player and the waveform above it are one."""

from playwright.sync_api import Browser, Locator, expect

from hub.orders.broadcasts import Recording
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import World, served, tone

pytestmark = NEEDED


def add_tone(world: World, seconds: float, title: str = "Bản tin") -> Recording:
    """A recording that really sounds."""
    path = world.folder / "tone.wav"
    path.write_bytes(tone(seconds))
    return world.desk.add_recording(path, title, world.user("lan"))


def position_s(wave: Locator) -> float:
    at = wave.evaluate("wave => wave.parentElement.querySelector('audio').currentTime")
    assert isinstance(at, int | float)
    return at


def test_the_waveform_is_clicked_and_moved_by_keys_and_goes_with_the_sound(chromium: Browser, world: World) -> None:
    sound = add_tone(world, 20)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.get_by_role("link", name="Bản thu").click()
        page.get_by_role("link", name="Bản tin").click()
        page.wait_for_url(f"**/audio/{sound.sha256}")
        wave = page.get_by_role("slider", name="Vị trí đang nghe")
        box = wave.bounding_box()
        assert box is not None
        wave.click(position={"x": box["width"] / 2, "y": 10})
        assert abs(position_s(wave) - 10) < 0.2
        expect(wave).to_have_attribute("aria-valuetext", "0:10 / 0:20")
        wave.press("ArrowRight")
        assert abs(position_s(wave) - 11) < 0.2
        wave.press("Home")
        assert position_s(wave) == 0
        wave.press(" ")
        expect(wave).not_to_have_attribute("aria-valuetext", "0:00 / 0:20")
        wave.press(" ")
        assert wave.evaluate("wave => wave.parentElement.querySelector('audio').paused")
        assert complaints == []


def test_a_stretch_is_marked_while_listening_and_becomes_a_new_version(chromium: Browser, world: World) -> None:
    sound = add_tone(world, 20)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        page.goto(f"/audio/{sound.sha256}")
        wave = page.get_by_role("slider", name="Vị trí đang nghe")
        wave.focus()
        for _ in range(5):
            wave.press("ArrowRight")
        page.get_by_role("button", name="Lấy chỗ đang nghe").click()
        expect(page.get_by_label("Từ giây")).to_have_value("5.0")
        for _ in range(7):
            wave.press("ArrowRight")
        page.get_by_role("button", name="Lấy đến chỗ đang nghe").click()
        expect(page.get_by_label("Đến giây")).to_have_value("12.0")
        page.get_by_label("Nhỏ dần lúc cuối").select_option("1")
        page.get_by_role("button", name="Tạo phiên bản mới").click()
        expect(page.get_by_text("Đã có phiên bản mới.")).to_be_visible()
        expect(page.get_by_text("7 giây").first).to_be_visible()
        page.get_by_role("link", name="Phiên bản 1").click()
        page.get_by_role("button", name="Dùng lại phiên bản này").click()
        expect(page.get_by_text("Phiên bản 1/2")).to_be_visible()
        expect(page.get_by_role("button", name="Dùng lại phiên bản này")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        assert complaints == []
