"""Real Chromium in front of the pages: windows of the sizes people have, and who is logged in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.hub.web.world import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
HEADLESS = Path("/usr/bin/chromium-headless-shell")
"""The same engine without a browser's frame takes two fifths less of the processor. What asks at that frame (a
microphone, certificates, an installed app) is tried in the whole browser, and so is what is measured or in docs/."""
PHONE, TABLET, PC = (360, 740), (768, 1024), (1440, 900)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TOUCH_PX = 44
LENGTH_S = """sound => new Promise((done, fail) => {
    sound.onloadedmetadata = () => done(sound.duration); sound.onerror = fail; sound.load() })"""
SMALL_TARGETS = """least => [...document.querySelectorAll(
    '.button, .places a, .brand, .me summary, select, textarea,'
    + 'input:not([type=hidden]):not([type=checkbox]):not([type=radio]), .check, .choice')]
    .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""

NEEDED = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (CHROMIUM.exists() and HEADLESS.exists()),
        reason="no Chromium here (Debian: apt install chromium chromium-headless-shell)",
    ),
]


@contextmanager
def opened(
    chromium: Browser, address: str, size: tuple[int, int] = PHONE, has_worker: bool = False, **more: Any
) -> Iterator[tuple[Page, list[str]]]:
    """A window of its own, and what its console complained about; answers that are no pages are no complaint.

    With `has_worker` the pages keep themselves for when the hub is away, as in a browser at home; `more` is what else
    Playwright is to know of the screen.
    """
    context = chromium.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        locale="vi-VN",
        has_touch=size == PHONE,
        service_workers="allow" if has_worker else "block",
        **more,
    )
    page = context.new_page()
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource: the server responded"):
            complaints.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(20_000)
    yield page, complaints
    context.close()


def give_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/login")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def log_in(page: Page, name: str) -> None:
    give_password(page, name)
    expect(page.get_by_role("heading", name="Thứ Hai")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_label("Tài khoản của bạn").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Mật khẩu")).to_be_visible()
