"""A large file on a thin line, in real Chromium on a phone: it survives a hub that goes away, a reload, a pause."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from hub.store import recordings
from tests.hub.web.chromium import LENGTH_S, NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import PASSWORD, World, served, tone

pytestmark = NEEDED

LENGTH = 40
THIN = 150_000
"""Bytes a second that go up: some 9 s for the file."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "hop-dan.wav"
    file.write_bytes(tone(LENGTH))
    return file


def thin(page: Page, bytes_a_second: int = THIN) -> None:
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def watch(page: Page) -> list[int]:
    """Where each piece that is sent begins."""
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return offsets


def choose(page: Page, file: Path) -> None:
    page.goto("/audio")
    page.get_by_label("Tệp âm thanh").set_input_files(file)


def send(page: Page) -> None:
    page.get_by_role("button", name="Tải lên").click()


def wait_for_percent(page: Page, least: int) -> None:
    page.wait_for_function("least => document.querySelector('#upload progress').value >= least", arg=least)


def require_whole(page: Page, world: World) -> None:
    expect(page.locator(".recording.fresh")).to_contain_text("hop dan")
    assert page.locator(".recording.fresh audio").evaluate(LENGTH_S) == pytest.approx(LENGTH, abs=0.2)
    with world.database.read() as c:
        assert len(recordings.recordings(c)) == 1
    assert list((world.folder / "uploads").iterdir()) == []


def test_a_hub_that_is_restarted_midway_is_waited_for_and_the_upload_ends_whole(
    chromium: Browser, world: World, file: Path
) -> None:
    with served(world) as (address, _):
        port = urlsplit(address).port or 0
    with opened(chromium, address) as (page, _complaints):
        with served(world, port):
            log_in(page, "lan")
            choose(page, file)
            thin(page)
            offsets = watch(page)
            send(page)
            wait_for_percent(page, 30)
            expect(page.locator("#upload .numbers")).to_have_text(
                re.compile(r"^\d+ % của 1,3 MB · còn khoảng \d+ giây$")
            )
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
        expect(page.get_by_text("Mất kết nối với máy chủ. Có mạng lại sẽ tự gửi tiếp")).to_be_visible()
        with served(world, port):
            require_whole(page, world)
    assert offsets[0] == 0
    assert len(offsets) > 1
    assert all(offset > 0 for offset in offsets[1:]), "what had come stayed"


def test_after_a_reload_the_same_file_goes_on_where_it_was(chromium: Browser, world: World, file: Path) -> None:
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        choose(page, file)
        thin(page)
        send(page)
        wait_for_percent(page, 30)
        page.reload()
        expect(page.locator(".unfinished")).to_contain_text("hop dan mới gửi được")
        offsets = watch(page)
        choose(page, file)
        expect(page.locator(".known")).to_have_text(re.compile(r"^Máy chủ đã có \d+ % tệp này"))
        send(page)
        require_whole(page, world)
        assert len(offsets) == 1
        assert offsets[0] > 0
        assert complaints == []


def test_it_can_be_paused_gone_on_with_and_given_up(chromium: Browser, world: World, file: Path) -> None:
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "lan")
        choose(page, file)
        thin(page)
        send(page)
        wait_for_percent(page, 10)
        page.get_by_role("button", name="Tạm dừng").press("Enter")
        expect(page.get_by_text("Đang tạm dừng. Phần đã gửi vẫn còn.")).to_be_visible()
        expect(page.get_by_role("button", name="Tiếp tục")).to_be_focused()
        (known,) = page.evaluate("fetch('/uploads').then(answer => answer.json())")
        assert 0 < known["offset"] < known["size"]
        page.keyboard.press("Enter")
        wait_for_percent(page, 30)
        page.get_by_role("button", name="Không gửi nữa").click()
        expect(page.locator(".sending")).to_be_hidden()
        assert page.evaluate("fetch('/uploads').then(answer => answer.json())") == []
        assert list((world.folder / "uploads").iterdir()) == []
        send(page)
        require_whole(page, world)
        assert complaints == []


def test_without_javascript_the_form_sends_it_and_the_page_follows(chromium: Browser, world: World, file: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    with served(world) as (address, _):
        page.goto(f"{address}/login?next=/audio")
        page.get_by_label("Tên đăng nhập").fill("lan")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_label("Tệp âm thanh").set_input_files(file)
        page.get_by_label("Tên bản thu").fill("hop dan")
        send(page)
        expect(page.get_by_text("Trang này tự xem lại sau vài giây.")).to_be_visible()
        expect(page.locator(".recording.fresh")).to_contain_text("hop dan")
    context.close()


def test_a_log_in_that_ran_out_is_told_and_nothing_is_lost(chromium: Browser, world: World, file: Path) -> None:
    with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
        log_in(page, "lan")
        choose(page, file)
        thin(page)
        send(page)
        wait_for_percent(page, 10)
        page.get_by_role("button", name="Tạm dừng").click()
        page.context.clear_cookies()
        page.get_by_role("button", name="Tiếp tục").click()
        expect(page.get_by_role("alert")).to_have_text("Xin đăng nhập lại.")
        log_in(page, "lan")
        choose(page, file)
        expect(page.locator(".known")).to_contain_text("Máy chủ đã có")
