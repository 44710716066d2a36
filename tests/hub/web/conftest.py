"""The pages over a fresh hub, asked in process, and people in front of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect, sync_playwright
from starlette.testclient import TestClient

from hub.web.site import make_site
from tests.hub.web.chromium import HEADLESS
from tests.hub.web.world import ORIGIN, Browser, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


@pytest.fixture
def site(world: World) -> Iterator[TestClient]:
    app = make_site(world.desk, lambda: world.online_since)
    with TestClient(
        app, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def browser(site: TestClient) -> Browser:
    """Nobody is logged in."""
    return Browser(site)


@pytest.fixture
def officer(browser: Browser, world: World) -> Browser:
    browser.enter(world, "lan")
    return browser


@pytest.fixture
def leader(browser: Browser, world: World) -> Browser:
    browser.enter(world, "hung")
    return browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(HEADLESS), args=["--no-sandbox"])
        yield chromium
        chromium.close()
