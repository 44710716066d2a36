"""What a node measured, on its page: a table without scripts, charts in a browser, a file for a spreadsheet."""

import csv
import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from hub.config import HistorySettings
from hub.history.figures import Sample, Spread
from hub.history.levels import Level, start_of
from hub.history.roller import Roller
from hub.nodes.fleet import Flip
from hub.store import history, records
from tests.hub.web.chromium import NEEDED, log_in, opened
from tests.hub.web.morning import furnish
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, served

EAST, WEST, _ = VILLAGES
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def measure(world: World, since: datetime, until: datetime, celsius: float = 50, rtt_ms: float = 20) -> None:
    """A sample a minute, rolled up."""
    count = (until - since) // MINUTE
    sample: Sample = {"": [round(celsius * 100), None, None, 25], "internet": [0, round(rtt_ms * 100), 150, 9000]}
    with world.database.write() as c:
        history.keep_samples(c, [(EAST, since + n * MINUTE, sample) for n in range(count)])
    roller = Roller(world.database, world.clock, ZONE, HistorySettings().keep)
    while roller.step():
        pass


def told(browser: Browser, figure: str, period: str = "24h") -> dict[str, list]:  # type: ignore[type-arg]
    answer = browser.get(f"/nodes/{EAST}/figures/{figure}?period={period}")
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, list] = answer.json()  # type: ignore[type-arg]
    return found


def test_a_day_has_288_places_and_what_is_not_known_is_null(officer: Browser, world: World) -> None:
    measure(world, MORNING - 6 * HOUR, MORNING - 3 * HOUR)
    chart = told(officer, "temperature_c")
    (course,) = chart["courses"]
    assert len(chart["at"]) == len(course["mean"]) == 288
    assert course["mean"].count(50.0) == 36
    assert course["mean"].count(None) == 288 - 36
    assert course["most"][230] == 50.0
    assert chart["at"][0] == (MORNING - 24 * HOUR).timestamp()


def test_each_target_has_its_own_line_by_the_name_it_has_on_every_page(officer: Browser, world: World) -> None:
    measure(world, MORNING - HOUR, MORNING, rtt_ms=21.5)
    (course,) = told(officer, "rtt_ms")["courses"]
    assert course["name"] == "Internet"
    assert [v for v in course["mean"] if v is not None][:2] == [21.5, 21.5]
    assert told(officer, "load_1min")["courses"][0]["mean"][-3] == 0.25


def test_of_a_percentile_the_greatest_is_told_and_no_mean(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        peak = Spread(5, 100, 5000, 9000)
        at = start_of(Level.FIVE_MINUTES, MORNING - HOUR, ZONE)
        history.put(c, Level.FIVE_MINUTES, [((at, EAST), {"internet": [None, None, None, peak]})])
    (course,) = told(officer, "rtt_p95_ms")["courses"]
    assert [value for value in course["mean"] if value is not None] == [90.0]
    rows = table(officer, f"/nodes/{EAST}/figures.csv?level=5min")
    assert [(row["least"], row["mean"], row["most"]) for row in rows] == [("", "", "90.0")]


def test_90_days_end_with_today_as_far_as_it_is_over(officer: Browser, world: World) -> None:
    today = start_of(Level.DAY, MORNING, ZONE)
    measure(world, today - 2 * HOUR, today + 2 * HOUR)
    chart = told(officer, "temperature_c", "90d")
    (course,) = chart["courses"]
    assert len(chart["at"]) == 90
    assert course["mean"][-2:] == [50.0, 50.0]
    assert course["mean"][:-2] == [None] * 88
    assert chart["at"][-1] == today.timestamp()


def test_when_contact_or_the_internet_was_lost_is_shaded(officer: Browser, world: World) -> None:
    flips = [
        Flip(node=EAST, subject=subject, value=value, at=MORNING - ago * HOUR)
        for subject, value, ago in (
            ("boot", "ok", 60), ("node", "up", 60), ("target:internet", "up", 60), ("node", "down", 10),
            ("node", "up", 9), ("target:internet", "down", 5), ("target:internet", "up", 4),
        )
    ]  # fmt: skip
    with world.database.write() as c:
        records.add_flips(c, flips)
    at = {ago: (MORNING - ago * HOUR).timestamp() for ago in (10, 9, 5, 4)}
    assert told(officer, "temperature_c")["shades"] == [[at[10], at[9], "down"]]
    assert told(officer, "rtt_ms")["shades"] == [[at[10], at[9], "down"], [at[5], at[4], "offline"]]


@pytest.mark.parametrize("path", [f"{EAST}/figures/pressure", f"{EAST}/figures/rtt_ms?period=1y", "la/figures/rtt_ms"])
def test_no_such_chart(officer: Browser, path: str) -> None:
    assert officer.get(f"/nodes/{path}").status_code == 404


def test_the_page_says_the_day_in_figures_without_any_script(officer: Browser, world: World) -> None:
    measure(world, MORNING - 6 * HOUR, MORNING - 5 * HOUR, celsius=40)
    measure(world, MORNING - 5 * HOUR, MORNING - 4 * HOUR, celsius=60)
    page = officer.get(f"/nodes/{EAST}").text
    section = " ".join(re.sub(r"<[^>]+>", " ", page[page.index('id="charts"') :]).split())
    assert "Nhiệt độ 40,0 °C 50,0 °C 60,0 °C" in section
    assert "Thời gian trả lời Internet 20,0 ms 20,0 ms 20,0 ms" in section
    assert "Trả lời chậm (95 trong 100 lần nhanh hơn) Internet – – 90,0 ms" in section
    assert "Bộ nhớ còn trống" not in section[section.index("24 giờ qua bằng") :], "nobody measured it"


def test_a_node_that_measured_nothing_says_so(officer: Browser) -> None:
    page = officer.get(f"/nodes/{EAST}").text
    assert '<p class="empty">Không có số đo nào trong thời gian này.</p>' in page


def table(browser: Browser, path: str) -> list[dict[str, str]]:
    """As an English spreadsheet takes it."""
    browser.post("/language", data={"language": "en"})
    answer = browser.get(path)
    browser.post("/language", data={"language": "vi"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8 by this mark alone"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_spreadsheet_gets_every_figure_of_the_level_and_the_days_asked_for(officer: Browser, world: World) -> None:
    midnight = start_of(Level.DAY, MORNING, ZONE)
    measure(world, midnight - HOUR, midnight + HOUR)
    path = f"/nodes/{EAST}/figures.csv"
    hours = table(officer, f"{path}?level=hour")
    assert {row["time"] for row in hours} == {"2026-11-22 23:00", "2026-11-23 00:00"}
    assert hours[0] == {
        "time": "2026-11-22 23:00", "thing": "node", "figure": "temperature_c", "n": "60", "least": "50.0",
        "mean": "50.0", "most": "50.0",
    }  # fmt: skip
    assert {row["thing"] for row in hours} == {"node", "internet"}
    assert len(table(officer, f"{path}?level=minute")) == 120 * 6
    only = table(officer, f"{path}?level=5min&since=2026-11-22&until=2026-11-22")
    assert {row["time"][:13] for row in only} == {"2026-11-22 23"}
    days = table(officer, f"{path}?level=day")
    assert {(row["time"], row["n"]) for row in days} == {("2026-11-22 00:00", "60")}, "today is not over"


def test_a_vietnamese_spreadsheet_opens_it_in_vietnamese(officer: Browser, world: World) -> None:
    midnight = start_of(Level.DAY, MORNING, ZONE)
    measure(world, midnight - HOUR, midnight + HOUR)
    rows = officer.get(f"/nodes/{EAST}/figures.csv?level=hour").content.decode("utf-8-sig").splitlines()
    assert rows[0] == "thời gian;đo gì;số đo;số lần đo;nhỏ nhất;trung bình;lớn nhất"
    assert rows[1] == "2026-11-22 23:00;nút;Nhiệt độ (°C);60;50,0;50,0;50,0"
    assert any(";internet;" in row.casefold() and "(ms)" in row for row in rows)


@pytest.mark.parametrize("asked", ["level=week", "since=hôm qua", "since=0001-01-01&level=minute", "until=9999-12-31"])
def test_what_is_no_day_and_no_level_asks_for_the_usual(officer: Browser, asked: str) -> None:
    assert table(officer, f"/nodes/{EAST}/figures.csv?{asked}") == []


PAINTED = """figure => {
    const colour = getComputedStyle(figure).getPropertyValue('--line-1');
    const wanted = colour.match(/\\w\\w/g).map(part => parseInt(part, 16));
    const canvas = figure.querySelector('canvas');
    const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let drawn = 0;
    for (let n = 0; n < dots.length; n += 4) {
        drawn += dots[n + 3] > 200 && wanted.every((value, part) => Math.abs(value - dots[n + part]) < 12);
    }
    return drawn > 30; }"""


def painted(page: Page, figure: str, period: str) -> None:
    """The first line is there, in its colour of this theme."""
    place = page.locator(f"[data-figure={figure}][data-shown='{period}']")
    place.scroll_into_view_if_needed()
    page.wait_for_function(PAINTED, arg=place.element_handle())


@pytest.mark.real
@NEEDED[1]
def test_the_charts_are_painted_on_a_phone_and_change_their_period(chromium: Chromium, world: World) -> None:
    furnish(world)
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        log_in(page, "tam")
        page.goto(f"/nodes/{WEST}")
        assert not [url for url in asked if "uPlot" in url or "/figures/" in url], "nothing before it is looked at"
        section = page.locator("#charts")
        section.scroll_into_view_if_needed()
        expect(page.get_by_role("img", name="Nhiệt độ (°C)")).to_be_visible()
        for figure in ("temperature_c", "loss_pct", "rtt_ms"):
            page.locator(f"[data-figure={figure}]").scroll_into_view_if_needed()
            painted(page, figure, "24h")
        rtt = page.locator("[data-figure=rtt_ms]")
        expect(rtt.locator(".u-legend")).to_contain_text("Bộ phát wifi")
        box = rtt.locator(".u-over").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360
        page.touchscreen.tap(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
        expect(rtt.locator(".u-legend")).to_contain_text(re.compile(r"Internet\s*[\d,]+"))
        page.get_by_role("button", name="90 ngày").click()
        rtt.scroll_into_view_if_needed()
        painted(page, "rtt_ms", "90d")
        expect(page.locator("#charts").get_by_text("Thêm biểu đồ")).to_be_visible()
        assert page.locator("[data-figure=load_1min][data-shown]").count() == 0
        page.get_by_text("Thêm biểu đồ").click()
        page.locator("[data-figure=load_1min]").scroll_into_view_if_needed()
        painted(page, "load_1min", "90d")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.emulate_media(color_scheme="dark")
        painted(page, "load_1min", "90d")
        assert complaints == []


@pytest.mark.real
@NEEDED[1]
def test_a_node_of_the_first_hour_is_told_to_wait_for_it(chromium: Chromium, world: World) -> None:
    begun = MORNING - timedelta(minutes=20)
    with world.database.write() as c:
        history.put(c, Level.FIVE_MINUTES, [((begun, WEST), {"": [Spread(5, 5000, 25_500, 5200)]})])
    with served(world) as (address, _), opened(chromium, address) as (page, complaints):
        log_in(page, "tam")
        page.goto(f"/nodes/{WEST}")
        known = page.locator("[data-figure][data-is-known]").first
        known.scroll_into_view_if_needed()
        page.get_by_role("button", name="90 ngày").click()
        known.scroll_into_view_if_needed()
        expect(known.get_by_text("Hết giờ đầu tiên mới có số ở đây.")).to_be_visible()
        page.get_by_role("button", name="24 giờ", exact=True).click()
        expect(known.get_by_text("Hết giờ đầu tiên mới có số ở đây.")).to_be_hidden()
        assert complaints == []
