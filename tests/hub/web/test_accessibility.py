"""Every page, for every role, in light and dark, on phone and PC, full, empty and faulty: axe-core finds nothing."""

import re

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from hub.security import page_authority
from hub.web.doors import Doors
from hub.web.trust.steps import Device
from tests.hub.web.axe import hindrances
from tests.hub.web.chromium import NEEDED, PC, PHONE, SCHEMES, give_password, log_in, opened
from tests.hub.web.morning import furnish, second_steps
from tests.hub.web.test_routes import routes
from tests.hub.web.world import MORNING, PEOPLE, World, served

NO_PAGES = {
    *("/live", "/broadcasts/{id}/live", "/emergency/{id}/live", "/nodes/{id}/live", "/incidents/live"),
    *("/nodes/{id}/cameras/{camera}/live", "/nodes/{id}/cameras/{camera}/pictures/{which}"),
    *("/uploads", "/audio/uploads/{id}", "/audio/{sha256}/sound", "/broadcasts/preview", "/calendar.ics"),
    *("/broadcasts/recordings", "/emergency/recordings", "/audit.csv", "/uptime.csv"),
    *(f"/nodes/{{id}}/{form}" for form in ("phone", "language", "position", "maintenance")),
    *("/incidents/{id}/note", "/metrics"),
    *("/nodes/{id}/figures/{figure}", "/nodes/{id}/figures.csv"),
    "/incidents/{id}/photos/{photo}",
    *("/trust/ca.crt", "/trust/ca.mobileconfig", "/trust/seal"),
    *("/manifest.webmanifest", "/icons/{name}", "/sw.js"),
}
"""What is asked by GET and is no page: files, streams, pieces of a page."""
IN_BETWEEN = {"/login/code", "/login/password", "/login/factor"}
"""Pages that only somebody sees who is not quite logged in yet."""
OPEN_ALL = "document.querySelectorAll('main details').forEach(each => { each.open = true })"
OPEN_MENU = "document.querySelectorAll('.me').forEach(each => { each.open = true })"


def test_no_page_is_forgotten(world: World) -> None:
    """A page that is not in `furnish` is looked at by nobody: not here, not by test_screens."""
    shown = {path.partition("?")[0] for path in furnish(world).values()}
    pages = {path for method, path in routes() if method == "GET"} - NO_PAGES - IN_BETWEEN
    forms = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in pages}
    literal = {path for path in pages if "{" not in path}
    missing = {
        path
        for path, form in forms.items()
        if not any(form.fullmatch(each) and (each == path or each not in literal) for each in shown)
    }
    assert not missing, "add them to tests/hub/web/morning.py"
    assert {path for method, path in routes() if method == "GET"} >= NO_PAGES | IN_BETWEEN


@pytest.mark.real
@NEEDED[1]
class TestInChromium:
    @pytest.mark.parametrize(
        ("size", "scheme"),
        [
            (PHONE, "light"),
            (PC, "dark"),
            pytest.param(PHONE, "dark", marks=pytest.mark.soak),
            pytest.param(PC, "light", marks=pytest.mark.soak),
        ],
        ids=["phone-light", "pc-dark", "phone-dark", "pc-light"],
    )
    def test_a_busy_morning(self, chromium: Chromium, world: World, size: tuple[int, int], scheme: str) -> None:
        pages = furnish(world)
        with served(world) as (address, _), opened(chromium, address, size) as (page, _complaints):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert look(page, {"login": pages.pop("login")}) == {}
            log_in(page, "hung")
            assert look(page, pages) == {}

    @pytest.mark.parametrize("name", sorted(PEOPLE.keys() - {"hung"}))
    def test_each_role(self, chromium: Chromium, world: World, name: str) -> None:
        pages = furnish(world)
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            log_in(page, name)
            assert look(page, pages) == {}

    def test_nothing_there_yet(self, chromium: Chromium, world: World) -> None:
        world.online_since = None
        pages = ("/", "/audio", "/audio/bin", "/broadcasts", "/broadcasts/new", "/calendar", "/emergency", "/speech")
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            log_in(page, "hung")
            assert look(page, {path: path for path in pages}) == {}

    def test_the_menu_and_what_was_filled_in_wrong(self, chromium: Chromium, world: World) -> None:
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            page.goto("/login")
            page.get_by_label("Tên đăng nhập").fill("hung")
            page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
            page.get_by_role("button", name="Đăng nhập").click()
            page.get_by_role("alert").wait_for()
            assert hindrances(page) == []
            log_in(page, "hung")
            page.evaluate(OPEN_MENU)
            assert hindrances(page) == []
            page.goto("/account")
            for field in page.locator("input[type=password]").all():
                field.fill("không phải mật khẩu")
            page.locator("form[action='/account/password'] button").click()
            page.get_by_role("alert").wait_for()
            assert hindrances(page) == []

    def test_the_second_steps_of_a_log_in(self, chromium: Chromium, world: World) -> None:
        steps = second_steps(world)
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            for name, password, heading in steps:
                give_password(page, name, password)
                page.get_by_role("heading", name=heading).wait_for()
                assert hindrances(page) == []

    def test_the_second_step_that_has_to_be_set_up(self, chromium: Chromium, world: World) -> None:
        world.desk.requires_second_factor = True
        with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
            give_password(page, "hung")
            page.get_by_role("heading", name="Cài bước thứ hai").wait_for()
            assert hindrances(page) == []

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_how_to_trust_the_pages(self, chromium: Chromium, world: World, scheme: str) -> None:
        made = page_authority.ensure(world.folder / "pages", "localhost", ["127.0.0.1"], MORNING)
        doors = Doors("localhost", lambda: made.names, 8000, 0, made.ca_der)
        pages = {device.value: f"/trust?device={device}" for device in Device} | {"invite": "/trust/invite"}
        with served(world, doors=doors) as (address, _), opened(chromium, address) as (page, _complaints):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            log_in(page, "tam")
            assert look(page, pages) == {}


def look(page: Page, pages: dict[str, str]) -> dict[str, list[str]]:
    """What axe finds on each of these pages, with all that can be folded out folded out."""
    found = {}
    for name, path in pages.items():
        page.goto(path)
        page.evaluate(OPEN_ALL)
        if hindering := hindrances(page):
            found[name] = hindering
    return found
