"""Real Chromium at phone size: the player and the waveform above it are one."""

from playwright.sync_api import Browser, Locator, expect

from hub.broadcasts import Recording
from tests.hub.web.chromium import NEEDED, log_in, opened
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
