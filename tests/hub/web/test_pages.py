"""What a page weighs on an old phone's line: everything a first visit loads, compressed as it is sent."""

import gzip
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.web.pages import STATIC, Pages
from hub.web.wording import words
from tests.hub.web.world import VILLAGES, Browser, World

MOST_BYTES = 100_000


@pytest.mark.parametrize("path", ["/", "/audio", "/broadcasts", "/broadcasts/new", "/nodes/binhminh-thon-1"])
def test_a_first_visit_is_under_100_kb(officer: Browser, world: World, path: str) -> None:
    for village in VILLAGES:
        world.beat(village)
    for number in range(12):
        world.order(f"Buổi phát {number}", 10 + 30 * number)
    page = officer.get(path).text
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert files
    weight = len(gzip.compress(page.encode(), 6))
    for file in files:
        weight += len(gzip.compress(officer.get(file).content, 6))
    assert weight < MOST_BYTES


def test_pages_and_files_are_sent_compressed(officer: Browser) -> None:
    for path in ("/", "/static/app.css"):
        assert officer.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_an_upgrade_on_the_disk_changes_no_page_of_a_running_hub(tmp_path: Path) -> None:
    names = ("page.html", "later.html")
    for name in names:
        (tmp_path / name).write_text("old {{ _('Board') }}")
    pages = Pages(words.load(), ZoneInfo("Asia/Ho_Chi_Minh"), tmp_path)
    assert pages.render("vi", "page.html") == "old Tình hình"
    for name in names:
        (tmp_path / name).write_text("new {{ what_the_old_code_does_not_give }}")
        os.utime(tmp_path / name, (1, 1))
        assert pages.render("vi", name) == "old Tình hình", "shown before or not"


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [*STATIC.glob("*.*"), *(STATIC.parent / "templates").rglob("*.html")]:
        addresses = re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8"))
        assert [a for a in addresses if a != "http://www.w3.org/2000/svg"] == [], path


def test_every_icon_that_is_named_exists() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    templates = "".join(p.read_text(encoding="utf-8") for p in (STATIC.parent / "templates").rglob("*.html"))
    named = set(re.findall(r'icon\("(\w+)"\)', templates))
    named |= set(re.findall(r'tag\("\w+", "(\w+)"', templates))
    code = "".join(p.read_text(encoding="utf-8") for p in STATIC.parent.glob("*.py"))
    named |= set(re.findall(r'"(\w+)", Tone\.', code))
    assert named - drawn == set()
