"""An officer speaks into the phone, trims, saves and orders: real Chromium with a microphone that hears a file."""

import io
import itertools
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hub.media import voice
from hub.media.job import IntakeLimits
from hub.store import recordings
from hub.web.sounds.record import longest_s
from tests.hub.web.chromium import CHROMIUM, NEEDED, PHONE, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.sounds.test_sending import thin, watch
from tests.hub.web.world import World, served

pytestmark = NEEDED

RATE = 24_000
SPOKEN = "Kính mời bà con đến nhà văn hóa họp lúc bảy giờ tối nay."
FAKE_UI = "--use-fake-ui-for-media-stream"
"""Says yes when a page asks for the microphone."""
KEEP_MICROPHONE = """const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (open) navigator.mediaDevices.getUserMedia = async (wanted) => (window.microphone = await open(wanted));"""
"""Lets the test reach the microphone that the page opened."""
Sound = np.ndarray[Any, np.dtype[np.float64]]


@contextmanager
def with_microphone(hears: Path | None, *arguments: str) -> Iterator[Browser]:
    """A browser whose microphone hears a WAV file once; None: it has none."""
    device = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={hears}%noloop"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", *(device if hears else []), *arguments]
        )
        expect.set_options(timeout=20_000)
        yield browser
        browser.close()


@contextmanager
def an_officer(
    world: World, hears: Path | None, *arguments: str, size: tuple[int, int] = PHONE
) -> Iterator[tuple[Page, list[str]]]:
    """The officer, logged in where the microphone hears this; the browser may use it unless `arguments` say else."""
    with (
        with_microphone(hears, *(arguments or (FAKE_UI,))) as chromium,
        served(world) as (address, _),
        opened(chromium, address, size) as (page, complaints),
    ):
        log_in(page, "lan")
        yield page, complaints


def write(path: Path, sound: Sound, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    return path


def read(wav: io.BytesIO | Path) -> tuple[Sound, int]:
    with wave.open(wav if isinstance(wav, io.BytesIO) else str(wav)) as opened_:
        assert (opened_.getnchannels(), opened_.getsampwidth()) == (1, 2)
        samples = np.frombuffer(opened_.readframes(opened_.getnframes()), "<i2")
        return samples.astype(np.float64) / 32768, opened_.getframerate()


@pytest.fixture
def speech(tmp_path: Path) -> tuple[Path, float]:
    """What the microphone hears: a second of silence, speech, then silence for long; and how long the speech is."""
    if not voice.is_here():
        pytest.skip("no espeak-ng here (Debian: apt install espeak-ng)")
    voice.speak(SPOKEN, tmp_path / "speech.wav")
    spoken, rate = read(tmp_path / "speech.wav")
    is_sound = np.abs(spoken) > 0.01
    spoken = spoken[is_sound.argmax() : len(spoken) - is_sound[::-1].argmax()]
    heard = np.concatenate([np.zeros(rate), spoken * 0.5 / np.abs(spoken).max(), np.zeros(20 * rate)])
    return write(tmp_path / "heard.wav", heard, rate), len(spoken) / rate


def tone_file(tmp_path: Path, level: float) -> Path:
    return write(tmp_path / "tone.wav", level * np.sin(np.arange(20 * RATE) * 2 * np.pi * 440 / RATE))


def begin(page: Page) -> None:
    page.goto("/audio/record")
    page.get_by_role("button", name="Bắt đầu thu").click()
    expect(page.get_by_role("button", name="Tạm dừng")).to_be_visible()


def wait_for_seconds(page: Page, least: int) -> None:
    said = "least => Number(document.querySelector('.elapsed').textContent.split(':')[1]) >= least"
    page.wait_for_function(said, arg=least)


def finish(page: Page) -> None:
    page.get_by_role("button", name="Xong").click()
    expect(page.get_by_role("heading", name="Nghe lại và cắt")).to_be_visible()


def kept(page: Page) -> tuple[float, float]:
    """How much is kept, of how much, in seconds."""
    words = page.locator(".kept-length").inner_text().replace(",", ".").split()
    return float(words[2]), float(words[5])


def bands(sound: Sound, rate: int) -> Sound:
    """The energy of a sound in 24 bands up to 8 kHz, in decibel."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    edges = np.linspace(80, 8000, 25) * len(sound) / rate
    return np.array([10 * np.log10(spectrum[int(a) : int(b)].sum()) for a, b in itertools.pairwise(edges)])


def test_what_was_spoken_is_trimmed_saved_and_ordered_by_keyboard_alone(
    world: World, speech: tuple[Path, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, spoken_s = speech
    sent: list[bytes] = []
    add = world.desk.add_recording

    def listen_in(path: Path, *more: Any) -> object:
        sent.append(path.read_bytes())
        return add(path, *more)

    monkeypatch.setattr(world.desk, "add_recording", listen_in)
    with an_officer(world, heard) as (page, complaints):
        page.goto("/audio")
        page.get_by_role("link", name="Thu âm bằng micrô").press("Enter")
        page.get_by_role("button", name="Bắt đầu thu").press("Enter")
        expect(page.get_by_text("Đang thu", exact=True)).to_be_visible()
        wait_for_seconds(page, 3)
        expect(page.get_by_text("tốt", exact=True)).to_be_visible()
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        wait_for_seconds(page, int(spoken_s) + 3)
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Xong")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Nghe lại")).to_be_focused()
        whole_s = kept(page)[1]
        assert whole_s > spoken_s + 1.5

        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Dừng nghe")).to_be_focused()
        assert page.locator("#recorder audio").evaluate("player => !player.paused")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Nghe lại")).to_be_focused()
        assert page.locator("#recorder audio").evaluate("player => player.paused")

        page.get_by_role("button", name="Cắt khoảng lặng ở hai đầu").press("Enter")
        cut_s = kept(page)[0]
        assert cut_s == pytest.approx(spoken_s + 0.5, abs=0.15), "a quarter of a second of margin on both sides"
        end = page.get_by_label("Chỗ kết thúc")
        at = float(end.input_value())
        for _ in range(3):
            end.press("ArrowLeft")
        assert float(end.input_value()) == pytest.approx(at - 0.3, abs=0.06)
        assert end.get_attribute("aria-valuetext") == f"giữ đến {end.input_value().replace('.', ',')} giây"
        assert kept(page)[0] == pytest.approx(cut_s - 0.3, abs=0.11)
        for _ in range(3):
            page.get_by_role("button", name="Hoàn tác cắt").press("Enter")
        assert kept(page)[0] == cut_s
        assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []

        form = page.locator("form.save")
        form.get_by_label("Tên bản thu").fill("Mời họp tối nay")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Tên buổi phát")).to_have_value("Mời họp tối nay")
        assert complaints == []
        page.goto("/audio/record")
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_visible()
        assert page.get_by_text("Có bản ghi chưa lưu").count() == 0

    (wav,) = sent
    got, rate = read(io.BytesIO(wav))
    source, source_rate = read(heard)
    source = source[source_rate : int(source_rate * (1 + spoken_s))]
    assert rate == RATE
    assert len(got) / rate == pytest.approx(cut_s, abs=0.06)
    is_sound = np.abs(got) > 0.005
    assert is_sound.argmax() / rate == pytest.approx(0.25, abs=0.06)
    got = got[is_sound.argmax() : len(got) - is_sound[::-1].argmax()]
    assert len(got) / rate == pytest.approx(spoken_s, abs=0.1)
    level_db = 20 * np.log10(np.std(got) / np.std(source))
    assert level_db == pytest.approx(0, abs=0.5), "nothing turned it up or down"
    assert np.corrcoef(bands(got, rate), bands(source, source_rate))[0, 1] > 0.98
    with world.database.read() as c:
        (stored,) = recordings.recordings(c)
    assert stored.duration_s == pytest.approx(cut_s, abs=0.1)
    assert stored.loudness_lufs == pytest.approx(-16, abs=1)


def test_what_is_said_in_a_pause_is_not_recorded(world: World, tmp_path: Path) -> None:
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, complaints):
        begin(page)
        wait_for_seconds(page, 1)
        page.get_by_role("button", name="Tạm dừng").click()
        expect(page.get_by_text("Đang tạm dừng")).to_be_visible()
        stood = page.locator(".elapsed").inner_text()
        with page.expect_request(lambda request: "/uploads" in request.url):
            page.evaluate("new Promise(done => setTimeout(done, 1500)).then(() => fetch('/uploads'))")
        assert page.locator(".elapsed").inner_text() == stood
        page.get_by_role("button", name="Thu tiếp").click()
        expect(page.get_by_role("button", name="Tạm dừng")).to_be_visible()
        wait_for_seconds(page, 2)
        finish(page)
        assert 2 <= kept(page)[1] < 3.2
        assert complaints == []


def test_a_tab_that_crashes_loses_nothing_and_what_is_thrown_away_is_gone(world: World, tmp_path: Path) -> None:
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, _complaints):
        begin(page)
        wait_for_seconds(page, 3)
        page.close(run_before_unload=False)

        page = page.context.new_page()
        page.goto("/audio/record")
        left = page.locator(".left-behind")
        expect(left).to_contain_text("Có bản ghi chưa lưu lúc")
        left.get_by_role("button", name="Mở lại").click()
        expect(page.get_by_role("heading", name="Nghe lại và cắt")).to_be_visible()
        assert kept(page)[1] >= 2
        other = page.context.new_page()
        other.goto("/audio/record")
        expect(other.get_by_role("button", name="Bắt đầu thu")).to_be_visible()
        assert other.locator(".left-behind").count() == 0, "this page works on it"
        other.close()

        page.get_by_text("Thu lại từ đầu").click()
        page.get_by_role("button", name="Bỏ bản này và thu lại").click()
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_focused()
        page.reload()
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_visible()
        assert page.locator(".left-behind").count() == 0


def test_a_recording_whose_sending_was_cut_off_is_opened_again_and_goes_on(world: World, tmp_path: Path) -> None:
    with served(world) as (address, _):
        port = urlsplit(address).port or 0
    with with_microphone(tone_file(tmp_path, 0.3), FAKE_UI) as chromium, opened(chromium, address) as (page, _said):
        with served(world, port):
            log_in(page, "lan")
            begin(page)
            wait_for_seconds(page, 4)
            finish(page)
            page.get_by_label("Chỗ bắt đầu giữ").press("ArrowRight")
            page.locator("form.save").get_by_label("Tên bản thu").fill("Họp dân")
            thin(page, 20_000)
            page.get_by_role("button", name="Lưu và đặt buổi phát").click()
            page.wait_for_function("least => document.querySelector('#recorder progress').value >= least", arg=30)
        expect(page.get_by_text("Mất kết nối với máy chủ. Có mạng lại sẽ tự gửi tiếp")).to_be_visible()
        page.close(run_before_unload=False)

        with served(world, port):
            page = page.context.new_page()
            offsets = watch(page)
            page.goto("/audio")
            expect(page.locator(".unfinished")).to_contain_text("Họp dân thu bằng micrô, mới gửi được")
            page.get_by_role("link", name="Mở trang thu âm để gửi tiếp.").click()
            page.get_by_role("button", name="Mở lại").click()
            assert kept(page)[0] == pytest.approx(kept(page)[1] - 0.1, abs=0.06), "trimmed as before"
            page.get_by_role("button", name="Lưu và đặt buổi phát").click()
            expect(page.get_by_label("Tên buổi phát")).to_have_value("Họp dân")
    assert len(offsets) == 1
    assert offsets[0] > 0


def test_another_person_at_the_same_computer_is_not_offered_it(world: World, tmp_path: Path) -> None:
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, _complaints):
        begin(page)
        wait_for_seconds(page, 2)
        page.close(run_before_unload=False)
        page = page.context.new_page()
        page.context.clear_cookies()
        log_in(page, "hung")
        page.goto("/audio/record")
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_visible()
        assert page.locator(".left-behind").count() == 0


def test_a_page_with_something_unsaved_is_not_left_by_a_slip(world: World, tmp_path: Path) -> None:
    asked: list[str] = []
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, _complaints):
        begin(page)
        wait_for_seconds(page, 1)
        finish(page)

        def stay(dialog: Any) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        with page.expect_event("dialog"):
            page.get_by_role("link", name="Tình hình").click(no_wait_after=True)
        expect(page.get_by_role("heading", name="Nghe lại và cắt")).to_be_visible()
        assert asked == ["beforeunload"]


@pytest.mark.parametrize(("level", "words"), [(0.003, "quá nhỏ: hãy lại gần hơn"), (1.0, "quá to, vỡ tiếng")])
def test_the_level_is_told_in_words(world: World, tmp_path: Path, level: float, words: str) -> None:
    with an_officer(world, tone_file(tmp_path, level)) as (page, _complaints):
        begin(page)
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_text("tốt", exact=True)).to_be_hidden()


def test_it_stops_by_itself_at_the_limit(world: World, tmp_path: Path) -> None:
    world.desk.limits = IntakeLimits(max_duration_s=3)
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, _complaints):
        begin(page)
        expect(page.get_by_role("alert")).to_have_text(
            "Đã đến độ dài tối đa. Hãy lưu bản này rồi thu tiếp phần còn lại."
        )
        assert 2 <= kept(page)[1] < 3


def test_the_microphone_that_was_chosen_is_the_one_that_hears_and_one_that_is_gone_is_forgotten(
    world: World, tmp_path: Path
) -> None:
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, complaints):
        page.add_init_script(KEEP_MICROPHONE)
        begin(page)
        page.get_by_role("button", name="Tạm dừng").click()
        page.get_by_role("combobox", name="Micrô").select_option(label="Fake Audio Input 2")
        page.get_by_role("button", name="Thu tiếp").click()
        expect(page.get_by_role("button", name="Tạm dừng")).to_be_visible()
        assert page.evaluate("microphone.getAudioTracks()[0].label") == "Fake Audio Input 2"
        page.close(run_before_unload=False)

        page = page.context.new_page()
        page.goto("/audio/record")
        expect(page.get_by_role("combobox", name="Micrô").locator("option:checked")).to_have_text("Fake Audio Input 2")
        page.evaluate("localStorage.setItem('loa-microphone', 'a headset that is at home today')")
        begin(page)
        assert complaints == []


def test_a_microphone_that_is_pulled_out_leaves_what_was_recorded(world: World, tmp_path: Path) -> None:
    with an_officer(world, tone_file(tmp_path, 0.3)) as (page, complaints):
        page.add_init_script(KEEP_MICROPHONE)
        begin(page)
        wait_for_seconds(page, 1)
        page.evaluate("microphone.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
        expect(page.get_by_role("alert")).to_contain_text("Micrô vừa bị rút ra hoặc bị tắt. Phần đã thu vẫn còn")
        page.get_by_role("button", name="Thu tiếp").click()
        expect(page.get_by_role("button", name="Tạm dừng")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        wait_for_seconds(page, 2)
        finish(page)
        assert kept(page)[1] >= 2
        assert complaints == []


@pytest.mark.parametrize(
    ("has_one", "words"),
    [
        (True, "Trình duyệt chưa được phép dùng micrô. Hãy bấm vào biểu tượng trước địa chỉ trang"),
        (False, "Máy này không có micrô. Hãy cắm micrô hoặc tai nghe có micrô"),
    ],
)
def test_what_stands_in_the_way_of_a_microphone_is_told_with_what_to_do(
    world: World, tmp_path: Path, has_one: bool, words: str
) -> None:
    hears = tone_file(tmp_path, 0.3) if has_one else None
    with an_officer(world, hears, "--deny-permission-prompts") as (page, _complaints):
        page.goto("/audio/record")
        page.get_by_role("button", name="Bắt đầu thu").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_visible()


def test_without_a_padlock_the_page_says_so_and_offers_the_phones_own_recorder(world: World, tmp_path: Path) -> None:
    with (
        with_microphone(None, "--host-resolver-rules=MAP hub.lan 127.0.0.1") as chromium,
        served(world) as (address, _),
        opened(chromium, address.replace("127.0.0.1", "hub.lan")) as (page, complaints),
    ):
        log_in(page, "lan")
        page.goto("/audio/record")
        expect(page.get_by_text("Trình duyệt chỉ cho trang có ổ khoá (https) dùng micrô")).to_be_visible()
        expect(page.get_by_role("link", name="Cách để máy này có ổ khoá")).to_have_attribute("href", "/trust")
        expect(page.get_by_role("button", name="Bắt đầu thu")).to_be_hidden()
        chooser = page.get_by_label("Tệp âm thanh")
        assert chooser.get_attribute("capture") is not None
        chooser.set_input_files(tone_file(tmp_path, 0.3))
        page.locator("#upload").get_by_label("Tên bản thu").fill("Ghi bằng điện thoại")
        page.get_by_role("button", name="Tải lên").click()
        expect(page.get_by_label("Tên buổi phát")).to_have_value("Ghi bằng điện thoại")
        assert [said for said in complaints if "untrustworthy" not in said] == []


def test_text_twice_as_large_fits_the_smallest_phone(world: World, tmp_path: Path) -> None:
    with an_officer(world, tone_file(tmp_path, 1.0), size=(320, 640)) as (page, _complaints):
        page.goto("/audio/record")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.get_by_role("button", name="Bắt đầu thu").click()
        expect(page.get_by_text("quá to, vỡ tiếng")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        finish(page)
        page.get_by_text("Thu lại từ đầu").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


TAKE = """async ([pieces, from, to]) => {
    const { Take } = await import('/static/take.js');
    const take = new Take(100);
    for (const piece of pieces) take.add(Int16Array.from(piece));
    const bytes = new Uint8Array(await take.wav(from, to).arrayBuffer());
    return { bytes: Array.from(bytes), peaks: Array.from(take.peaks(4)), sounding: take.sounding() };
}"""


@pytest.fixture
def take_page(chromium: Browser, world: World) -> Iterator[Page]:
    with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
        page.goto("/login")
        yield page


def test_a_wav_file_holds_the_samples_between_the_handles_wherever_the_pieces_end(take_page: Page) -> None:
    random = np.random.default_rng(7)
    for _ in range(20):
        pieces = [random.integers(-32768, 32768, random.integers(0, 50)).tolist() for _ in range(6)]
        whole = [sample for piece in pieces for sample in piece]
        start, end = sorted(random.integers(0, len(whole) + 1, 2).tolist())
        found = take_page.evaluate(TAKE, [pieces, start / 100, end / 100])
        samples, rate = read(io.BytesIO(bytes(found["bytes"])))
        assert rate == 100
        assert (samples * 32768).tolist() == whole[start:end]
        assert max(found["peaks"], default=0) == pytest.approx(max(map(abs, whole), default=0) / 32768)


def test_silence_is_cut_below_a_hum_as_well_and_never_all_of_it(take_page: Page) -> None:
    def sounding(*parts: tuple[int, int]) -> list[float]:
        piece = [level * (-1) ** i for seconds, level in parts for i in range(seconds * 100)]
        found: list[float] = take_page.evaluate(TAKE, [[piece], 0, 1])["sounding"]
        return found

    assert sounding((2, 0), (3, 9000), (4, 0)) == pytest.approx([1.75, 5.25], abs=0.05)
    assert sounding((2, 200), (3, 9000), (4, 200)) == pytest.approx([1.75, 5.25], abs=0.05)
    assert sounding((2, 9000)) == [0, 2]
    assert sounding((2, 0)) == [0, 2]


def test_what_may_be_recorded_is_taken_by_the_hub_whatever_the_rate() -> None:
    assert longest_s(IntakeLimits()) == 1800
    assert longest_s(IntakeLimits(max_bytes=9_600_000)) == 100
    assert longest_s(IntakeLimits(max_duration_s=60)) == 59
