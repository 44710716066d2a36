"""The month of all villages, to be printed; and what a node's page says of its last 90 days."""

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from hub.nodes.fleet import Flip, Node
from hub.nodes.uptime import State
from hub.store import nodes, records
from hub.web.wording.times import Times, month_span, read_month
from hub.web.wording.words import load
from tests.hub.web.chromium import NEEDED, log_in, opened
from tests.hub.web.morning import furnish
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, served

EAST, WEST, MIDDLE = VILLAGES
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def live(world: World, village: str, *changes: tuple[float, str]) -> None:
    """The node was in these states, from so many days ago on; it was never started anew."""
    flips = [Flip(node=village, subject="node", value=value, at=MORNING - ago * DAY) for ago, value in changes]
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=village, subject="boot", value="ok", at=flips[0].at), *flips])


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\N{NO-BREAK SPACE}", " ").split())


def table(browser: Browser, path: str) -> list[dict[str, str]]:
    """As an English spreadsheet takes it."""
    browser.post("/language", data={"language": "en"})
    answer = browser.get(path)
    browser.post("/language", data={"language": "vi"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8 by this mark alone"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_worst_village_of_a_month_stands_first_and_one_nobody_knows_last(officer: Browser, world: World) -> None:
    live(world, EAST, (60, "up"), (10, "down"), (9.9, "up"))
    live(world, WEST, (60, "up"), (10, "down"), (8, "up"), (5, "down"), (4, "up"))
    page = officer.get("/uptime").text
    assert re.findall(r'<a href="/nodes/([\w-]+)#uptime">', page) == [WEST, EAST, MIDDLE]
    assert "Hoạt động của các làng, tháng 11/2026" in page
    assert "Tính đến 04:30, ngày 23/11/2026." in page
    assert "Thôn Đoài 86,47 % 100 % 2 2 ngày" in text(page)
    assert "Thôn Trung từ 23/11 chưa đủ dữ liệu – 0 –" in text(page), "it came only then"
    assert "Thôn Đoài từ" not in text(page)
    assert "In ngày ngày" not in text(page)
    assert "In ngày 23/11/2026" in text(page)


def test_a_vietnamese_spreadsheet_opens_it_in_vietnamese(officer: Browser, world: World) -> None:
    """There fields are parted by semicolons, and numbers have a comma."""
    live(world, EAST, (60, "up"), (10, "down"), (9, "up"))
    lines = officer.get("/uptime.csv?month=2026-11").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("tháng;mã làng;làng;hoạt động (%);biết được (%);")
    (east,) = [line.split(";") for line in lines if EAST in line]
    assert east[:3] == ["2026-11", EAST, "Thôn Đông"]
    assert re.fullmatch(r"[0-9]{2},[0-9]{1,4}", east[3])
    assert len(east) == len(lines[0].split(";")) == 7 + len(State)


def test_a_month_begins_and_ends_at_midnight_there(officer: Browser, world: World) -> None:
    """Down from 23:00 on the last of October until one o'clock: an hour each."""
    midnight = month_span(MORNING.date().replace(day=1), ZONE)[0]
    hour = timedelta(hours=1) / DAY
    ago = (MORNING - midnight) / DAY
    live(world, EAST, (60, "up"), (ago + hour, "down"), (ago - hour, "up"))
    for month, length in (("2026-10", 31 * 24), ("2026-11", None)):
        (row,) = [r for r in table(officer, f"/uptime.csv?month={month}") if r["id"] == EAST]
        assert (row["down_s"], row["outages"], row["longest_outage_s"]) == ("3600", "1", "3600")
        assert row["month"] == month
        if length:
            assert row["availability_pct"] == f"{100 * (length - 1) / length:.4f}"


def test_below_nine_tenths_known_no_figure_is_told(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        records.add_flips(c, [Flip(node="hub", subject="hub", value="down", at=MORNING - 15 * DAY)])
        records.add_flips(c, [Flip(node="hub", subject="hub", value="up", at=MORNING - 5 * DAY)])
        records.add_flips(c, [Flip(node=EAST, subject="node", value="up", at=MORNING - 60 * DAY)])
    assert "Thôn Đông chưa đủ dữ liệu 54,9" in text(officer.get("/uptime").text)
    (row,) = [r for r in table(officer, "/uptime.csv") if r["id"] == EAST]
    assert (row["availability_pct"], row["coverage_pct"][:2]) == ("", "54")


@pytest.mark.parametrize("month", ["", "2026-13", "tháng này", "2031-01", "0001-01"])
def test_a_month_that_is_none_is_the_present_one(officer: Browser, world: World, month: str) -> None:
    page = officer.get("/uptime", params={"month": month})
    assert page.status_code == 200
    assert "tháng 11/2026" in page.text
    assert 'month=2026-10"' in page.text
    assert 'month=2026-12"' not in page.text


def test_a_revoked_node_has_no_line_and_a_title_is_no_formula(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        nodes.revoke(c, WEST)
        nodes.add_node(c, Node(id="binhminh-thon-4", title="=1+1", added_at=MORNING - DAY), "0" * 64, "h")
    assert {row["village"] for row in table(officer, "/uptime.csv")} == {"Thôn Đông", "Thôn Trung", "'=1+1"}


def test_a_village_that_was_added_later_is_not_in_the_month_before(officer: Browser, world: World) -> None:
    live(world, EAST, (60, "up"))
    assert [row["id"] for row in table(officer, "/uptime.csv?month=2026-10")] == [EAST]
    assert "Chưa có làng nào." in officer.get("/uptime?month=2026-08").text


def test_the_board_leads_there(officer: Browser) -> None:
    assert 'href="/uptime"' in officer.get("/").text


def test_a_nodes_page_tells_of_it_its_internet_and_its_cameras(officer: Browser, world: World) -> None:
    live(world, EAST, (80, "up"), (0.5, "down"), (0.25, "up"))
    for subject in ("target:internet", "camera:cong"):
        world.change(EAST, subject, "up" if subject.startswith("target") else "ok", MORNING - 80 * DAY)
    world.change(EAST, "target:internet", "down", MORNING - 0.5 * DAY)
    world.change(EAST, "target:internet", "up", MORNING - 0.25 * DAY)
    world.beat(EAST)
    page = officer.get(f"/nodes/{EAST}").text
    section = text(page[page.index('id="uptime"') :])
    assert "Nút 75 % biết 100 % 99,14 % biết 100 %" in section
    assert "Internet 75 % biết 100 %" in section, "it was cut off, and told of it afterwards"
    assert "cong 100 % biết 100 %" in section
    assert page.count('<i class="fault"') >= 1
    assert "Các ngày của nút:" in page
    assert "24 giờ 30 ngày 90 ngày từ 04/09" in section, "it is younger than 90 days"
    assert re.search(r"có lúc mất liên lạc: \d+ ngày", section)


def test_a_share_is_never_rounded_up() -> None:
    vi, en = (Times(ZONE, load()[language]) for language in ("vi", "en"))
    assert [vi.share(x).replace("\N{NO-BREAK SPACE}", " ") for x in (1, 0.99999, 0.5, 0.125, 0.29, 0)] == [
        "100 %", "99,99 %", "50 %", "12,50 %", "29 %", "0 %",
    ]  # fmt: skip
    assert en.share(0.99999) == "99.99%"


def test_months_are_read_as_a_month_field_writes_them() -> None:
    assert read_month("2026-11") == MORNING.date().replace(day=1)
    assert [read_month(text) for text in ("", "2026", "11/2026", "2026-00", "2026-11-01")] == [None] * 5


@pytest.mark.real
@NEEDED[1]
def test_on_paper_there_is_the_table_and_nothing_to_press(chromium: Chromium, world: World) -> None:
    furnish(world)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "hung")
        page.goto("/uptime")
        expect(page.get_by_role("button", name="In", exact=True)).to_be_visible()
        expect(page.get_by_text("In ngày 23/11/2026")).to_be_hidden()
        page.emulate_media(media="print", color_scheme="dark")
        for gone in (page.get_by_role("button", name="In", exact=True), page.get_by_role("link", name="Tải về")):
            expect(gone).to_be_hidden()
        expect(page.get_by_role("banner")).to_be_hidden()
        expect(page.get_by_text("In ngày 23/11/2026")).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(1 + len(VILLAGES))
        ink, paper = page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
        assert complaints == []
