"""Takes the pictures of the documentation: pages as people see them, the same data at the same time in each run."""

import base64
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from hub.web.doors import Doors
from tests.hub.web.chromium import CHROMIUM, PHONE, log_in, opened
from tests.hub.web.world import MORNING, World, served

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
ASKED = "LOA_PICTURES"
"""The environment variable with which `make pictures` asks for the pictures of docs/ to be made anew."""
QUALITY = 33
MAX_BYTES = 80_000
TALLEST_PX = 1400
"""What is below that is cut off: a picture in a guide is looked at, not scrolled."""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SMOOTHING = 16
"""By how much (of 255) a square of 15 pixels may differ; smoothing was seen to reach 12, other words 25 and more."""
STILL = """() => {
    document.getAnimations().forEach(each => { each.pause(); each.currentTime = 0 });
    document.activeElement?.blur() }"""


Pixels = np.ndarray[Any, np.dtype[np.float32]]


class Camera:
    """What one person sees on one screen, as WebP files in a folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder

    def take(self, name: str, around: Locator | None = None, tallest_px: int = TALLEST_PX) -> None:
        """Picture the page from its top; or, `around` a piece of it, what fits the screen when it is in the middle."""
        page = self.page
        if page.locator(".connection").count():
            expect(page.locator(".connection")).to_have_class(re.compile("live"))
        page.evaluate(STILL)
        screen = page.viewport_size
        assert screen is not None
        if around is None:
            page.evaluate("scrollTo(0, 0)")
            height = min(page.evaluate("document.documentElement.scrollHeight"), tallest_px)
            page.set_viewport_size({"width": screen["width"], "height": max(height, screen["height"])})
        else:
            around.evaluate("each => each.scrollIntoView({ block: 'center', behavior: 'instant' })")
        taken = self._taken()
        page.set_viewport_size(screen)
        assert len(taken) <= MAX_BYTES, f"{name}: {len(taken)} bytes"
        file = self._folder / f"{name}.webp"
        if not (file.exists() and is_alike(file.read_bytes(), taken)):
            file.write_bytes(taken)

    def _taken(self) -> bytes:
        """Chromium's own WebP of what is on the screen."""
        self.page.evaluate(PAINTED)
        x, y, width, height, sharp = self.page.evaluate("[scrollX, scrollY, innerWidth, innerHeight, devicePixelRatio]")
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": sharp}
        session = self.page.context.new_cdp_session(self.page)
        answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
        session.detach()
        return base64.b64decode(answer["data"])


def is_alike(one: bytes, other: bytes) -> bool:
    """Whether people see no difference: Chromium smooths the edge of a letter now this way, now that."""
    first, second = _pixels(one), _pixels(other)
    if first.shape != second.shape:
        return False
    return bool(np.abs(cv2.blur(first - second, (15, 15))).max() <= SMOOTHING)


def _pixels(file: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.float32)


@contextmanager
def vietnamese() -> Iterator[Browser]:
    """A browser whose own words (dates, file buttons) are Vietnamese, where Debian's chromium-l10n is."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--lang=vi"], env={**os.environ, "LANGUAGE": "vi"}
        )
        yield chromium
        chromium.close()


def folder(else_in: Path) -> Path:
    """Where pictures go: into docs/ where that was asked for, else where nobody keeps them."""
    return PICTURES if os.environ.get(ASKED) else else_in


@contextmanager
def camera(
    chromium: Browser, world: World, folder: Path, name: str = "", size: tuple[int, int] = PHONE
) -> Iterator[Camera]:
    """A screen in front of this hub, with this person logged in; a phone's is as sharp as phones are."""
    doors = Doors("10.0.0.5", lambda: ["10.0.0.5"], 8000, 8080, _certificate())
    sharp = 2 if size == PHONE else 1
    with (
        served(world, doors=doors) as (address, _),
        opened(chromium, address, size, device_scale_factor=sharp, timezone_id="Asia/Ho_Chi_Minh") as (
            page,
            _complaints,
        ),
    ):
        page.clock.set_fixed_time(world.clock())
        if name:
            log_in(page, name)
        yield Camera(page, folder)


def _certificate() -> bytes:
    """A certificate that has the same fingerprint every time."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Loa Lang")])
    signed = x509.CertificateBuilder(name, name, key.public_key(), 1, MORNING, MORNING + timedelta(days=3650)).sign(
        key, None
    )
    return signed.public_bytes(Encoding.DER)
