"""The pages as an app: installed, read without the hub with their age told, and forgotten at the log-out."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright
from starlette.testclient import TestClient

from hub.store import people
from hub.web import offline
from hub.web.site import make_site
from hub.web.trust import installed
from tests.hub.web.chromium import CHROMIUM, NEEDED, log_in, log_out, opened
from tests.hub.web.morning import furnish
from tests.hub.web.world import Browser, World, served

KEPT = "caches.open('seen').then(c => c.keys()).then(k => k.map(r => new URL(r.url).pathname))"
ASK = """() => {
    const question = new Event('beforeinstallprompt', { cancelable: true });
    question.prompt = async () => { window.isAsked = true };
    dispatchEvent(question) }"""
IS_READY = "navigator.serviceWorker.ready.then(() => caches.keys())"


def test_the_manifest_names_icons_that_are_there_in_their_size(browser: Browser) -> None:
    answer = browser.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    for icon in manifest["icons"]:
        drawn = browser.get(icon["src"])
        assert drawn.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width = int.from_bytes(drawn.content[16:20], "big")
            assert icon["sizes"] == f"{width}x{width}"
    assert browser.get("/icons/apple").content[:8] == b"\x89PNG\r\n\x1a\n"
    assert browser.get("/icons/other").status_code == 404


def test_the_worker_is_another_whenever_a_file_is(browser: Browser) -> None:
    script = browser.get("/sw.js")
    assert script.headers["cache-control"] == "no-cache"
    named = json.loads(script.text.splitlines()[1].removeprefix("const SHELL = ").rstrip(";"))
    assert len(named) > 10
    assert all(browser.get(path).status_code == 200 for path in named)
    assert all(re.fullmatch(r"/static/[\w./-]+\?v=[0-9a-f]{12}", path) for path in named)


@pytest.mark.parametrize(
    ("path", "is_readable"),
    [
        *[(path, True) for path in ("/", "/calendar", "/broadcasts", "/broadcasts/b1")],
        *[(path, False) for path in ("/account", "/pin", "/emergency", "/broadcasts/new", "/broadcasts/b1/change")],
        *[(path, False) for path in ("/audio", "/login", "/trust/invite", "/nodes/n1", "/broadcasts/preview")],
    ],
)
def test_only_pages_without_forms_of_secrets_are_readable_offline(path: str, is_readable: bool) -> None:
    assert offline.is_readable(path) is is_readable


def test_each_log_in_has_a_mark_of_its_own(browser: Browser, world: World) -> None:
    marks = set()
    for name in ("lan", "hung", "lan"):
        browser.enter(world, name)
        marks.add(browser.get("/").headers[offline.PERSON])
        world.clock.pass_(minutes=1)
    assert len(marks) == 3
    assert offline.PERSON not in browser.get("/nothing").headers


def test_what_is_shown_without_the_hub_bears_no_name(browser: Browser, world: World) -> None:
    browser.enter(world, "lan")
    answer = browser.get("/offline")
    assert "Nguyễn Thị Lan" not in answer.text
    assert offline.PERSON not in answer.headers


@pytest.mark.real
@NEEDED[1]
class TestInChromium:
    def test_nothing_stands_in_the_way_of_installing(self, world: World, tmp_path: Path) -> None:
        with served(world) as (address, _), sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                tmp_path, executable_path=str(CHROMIUM), args=["--no-sandbox"], base_url=address, locale="vi-VN"
            )
            page = context.new_page()
            log_in(page, "lan")
            page.evaluate(IS_READY)
            devtools = context.new_cdp_session(page)
            manifest = devtools.send("Page.getAppManifest")
            assert manifest["errors"] == []
            assert manifest["url"].endswith("/manifest.webmanifest")
            assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
            context.close()

    def test_without_the_hub_the_board_shows_its_last_state_and_its_age(self, chromium: Chromium, world: World) -> None:
        pages = furnish(world)
        with served(world) as (address, _):
            port = urlsplit(address).port or 0
        with opened(chromium, address, has_worker=True) as (page, _complaints):
            with served(world, port):
                see(page, "hung", "/", pages["draft"])
            page.goto("/")
            bar = page.locator("#offline")
            expect(bar).to_contain_text("Đang ngoại tuyến. Trang này lưu lúc")
            expect(bar).to_contain_text("vừa xong")
            expect(page.get_by_text("Bản tin thời sự sáng").first).to_be_visible()
            page.goto(pages["draft"])
            approve = page.get_by_role("button", name="Duyệt")
            expect(approve.first).to_be_disabled()
            expect(approve.first).to_have_accessible_description(re.compile("Các nút tạm khoá"))
            page.goto("/account")
            expect(page.get_by_role("heading", name="Không tới được máy chủ")).to_be_visible()
            assert "hung" not in page.content()
            with served(world, port):
                expect(page.get_by_role("heading", name="Trần Văn Hùng")).to_be_visible()

    def test_three_hours_later_it_says_so(self, chromium: Chromium, world: World) -> None:
        with served(world) as (address, _):
            port = urlsplit(address).port or 0
        with opened(chromium, address, has_worker=True) as (page, _complaints):
            with served(world, port):
                see(page, "lan", "/")
            page.add_init_script("const now = Date.now.bind(Date); Date.now = () => now() + 3 * 3600e3 + 60e3;")
            page.goto("/")
            expect(page.locator("#offline")).to_contain_text("3 giờ trước")

    def test_after_the_log_out_nothing_is_kept(self, chromium: Chromium, world: World) -> None:
        pages = furnish(world)
        with served(world) as (address, _):
            port = urlsplit(address).port or 0
        with opened(chromium, address, has_worker=True) as (page, _complaints):
            with served(world, port):
                see(page, "hung", "/", pages["draft"])
                log_out(page)
                assert page.evaluate(KEPT) == []
            page.goto("/")
            expect(page.get_by_role("heading", name="Không tới được máy chủ")).to_be_visible()

    def test_who_logs_out_without_the_hub_is_forgotten_here_and_logged_out_there_later(
        self, chromium: Chromium, world: World
    ) -> None:
        with served(world) as (address, _):
            port = urlsplit(address).port or 0
        with opened(chromium, address, has_worker=True) as (page, _complaints):
            with served(world, port):
                see(page, "hung", "/")
            page.goto("/")
            page.get_by_label("Tài khoản của bạn").click()
            page.get_by_role("button", name="Đăng xuất").click()
            expect(page.get_by_role("heading", name="Không tới được máy chủ")).to_be_visible()
            page.goto("/")
            expect(page.get_by_role("heading", name="Không tới được máy chủ")).to_be_visible()
            with served(world, port):
                expect(page.get_by_label("Mật khẩu")).to_be_visible()
            with world.database.read() as c:
                assert people.sessions(c, "hung", world.clock()) == []

    def test_another_person_on_the_same_phone_finds_nothing_of_the_first(
        self, chromium: Chromium, world: World
    ) -> None:
        pages = furnish(world)
        with served(world) as (address, _), opened(chromium, address, has_worker=True) as (page, _complaints):
            see(page, "hung", "/", pages["draft"], "/calendar")
            assert set(page.evaluate(KEPT)) >= {"/", urlsplit(pages["draft"]).path, "/calendar"}
            page.context.add_cookies([{"name": "loa_session", "value": token_of(world, "khach"), "url": address}])
            page.goto("/broadcasts")
            page.wait_for_function(f"() => {KEPT}.then(paths => paths.includes('/broadcasts'))")
            assert set(page.evaluate(KEPT)) == {"/seen-by", "/broadcasts"}

    def test_it_offers_to_be_put_on_the_screen_until_told_later(self, chromium: Chromium, world: World) -> None:
        with served(world) as (address, _), opened(chromium, address, has_worker=True) as (page, _complaints):
            log_in(page, "lan")
            button = page.get_by_role("button", name="Cài lên màn hình chính")
            expect(button).to_be_hidden()
            page.evaluate(ASK)
            button.click()
            assert page.evaluate("window.isAsked")
            expect(button).to_be_hidden()
            page.evaluate(ASK)
            page.get_by_role("button", name="Để sau").click()
            page.reload()
            page.evaluate(ASK)
            expect(button).to_be_hidden()

    def test_an_iphone_is_told_how_to_do_it_by_hand(self, chromium: Chromium, world: World) -> None:
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            page.add_init_script("Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone Safari' })")
            log_in(page, "lan")
            expect(page.get_by_text("bấm Chia sẻ, rồi “Thêm vào MH chính”")).to_be_visible()
            expect(page.get_by_role("button", name="Cài lên màn hình chính")).to_be_hidden()

    def test_a_renewed_hub_replaces_the_worker_and_its_files(
        self, chromium: Chromium, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with served(world) as (address, _), opened(chromium, address, has_worker=True) as (page, complaints):
            see(page, "lan", "/")
            (before,) = (name for name in page.evaluate("caches.keys()") if name.startswith("shell-"))
            newer = installed.worker().replace(before.removeprefix("shell-").encode(), b"0123456789ab")
            monkeypatch.setattr(installed, "worker", lambda: newer)
            page.goto("/broadcasts")
            page.wait_for_function("() => caches.keys().then(names => names.includes('shell-0123456789ab'))")
            page.wait_for_function(f"() => caches.keys().then(names => !names.includes('{before}'))")
            page.goto("/")
            expect(page.get_by_role("heading", name="Thứ Hai")).to_be_visible()
            assert complaints == []


def token_of(world: World, name: str) -> str:
    """Of a log-in of this person that passed by no page of this browser."""
    with TestClient(make_site(world.desk, lambda: world.online_since)) as web:
        Browser(web).enter(world, name)
        return str(web.cookies["loa_session"])


def see(page: Page, name: str, *paths: str) -> None:
    """Log in and look at these pages until they are kept."""
    log_in(page, name)
    page.evaluate(IS_READY)
    page.goto("/")  # a page that was on its way while the worker began is no worker's until it is opened again
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    for path in paths:
        page.goto(path)
        page.wait_for_function(f"() => {KEPT}.then(paths => paths.includes('{urlsplit(path).path}'))")
