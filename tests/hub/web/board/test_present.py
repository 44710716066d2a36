"""What the top of the board says is wrong: a sentence a cause, and villages that no incident tells of yet."""

import re
from collections.abc import Sequence
from datetime import timedelta

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.incidents.incident import About, Incident, Member
from hub.nodes.positions import Position
from hub.store import incidents, nodes
from tests.hub.web.chromium import NEEDED, PC, PHONE, log_in, opened
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, served

EAST, WEST, MIDDLE = VILLAGES
real, has_chromium = NEEDED
POWER = "Điện hoặc nhà mạng: 3 làng mất liên lạc"


def incident(id: int, about: About, *away: tuple[str, str, str], minutes: int = 5) -> Incident:
    since_at = MORNING - timedelta(minutes=minutes)
    members = [Member(node=n, subject=s, value=v, detail="", since_at=since_at) for n, s, v in away]
    is_wide = len({m.node for m in members}) > 1
    return Incident(id=id, about=about, is_wide=is_wide, since_at=since_at, opened_at=since_at, members=members)


def keep(world: World, *found: Incident) -> None:
    with world.database.write() as c:
        incidents.put(c, found)


def fall_silent(world: World, villages: Sequence[str] = tuple(VILLAGES)) -> None:
    """All were well; these have not been heard for ten minutes."""
    world.clock.pass_(minutes=-10)
    for village in villages:
        world.beat(village)
    world.clock.pass_(minutes=10)
    for village in VILLAGES.keys() - set(villages):
        world.beat(village)


def told(browser: Browser, name: str) -> list[tuple[str, str]]:
    """The lines of a list: each where it leads, and what it says."""
    page = browser.get("/").text
    found = re.search(rf'<ul class="lines troubled" aria-label="{name}">(.*?)</ul>', page, re.DOTALL)
    items = re.findall(r"<li.*?</li>", found[1] if found else "", re.DOTALL)
    hrefs = [re.search(r'<a class="cover" href="([^"]*)"', item) for item in items]
    said = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip().replace(" :", ":") for item in items]
    return [(href[1] if href else "", text) for href, text in zip(hrefs, said, strict=True)]


def test_one_cause_is_one_sentence_and_no_village_is_named_beside_it(officer: Browser, world: World) -> None:
    fall_silent(world)
    keep(world, incident(1, About.CONTACT, *((v, "node", "down") for v in VILLAGES)))
    assert told(officer, "Sự cố hiện nay") == [("/incidents/1", f"{POWER} từ 04:25")]
    assert told(officer, "Các làng không nghe được loa") == []


def test_what_no_incident_tells_of_yet_stands_below_them(officer: Browser, world: World) -> None:
    fall_silent(world, [EAST])
    world.beat(WEST, sound_fault="Không thấy card âm thanh")
    covered = CameraReport(id="cong", fault=CameraFault.COVERED, since_at=MORNING, title="Cổng làng")
    world.beat(MIDDLE, cameras=(covered,))
    keep(
        world,
        incident(1, About.CAMERA, (MIDDLE, "camera:cong", "covered")),
        incident(2, About.SOUND, (WEST, "sound", "fault")),
    )
    assert [href for href, _ in told(officer, "Sự cố hiện nay")] == ["/incidents/2", "/incidents/1"], "worst first"
    assert "camera Cổng làng" in told(officer, "Sự cố hiện nay")[1][1]
    assert told(officer, "Các làng không nghe được loa") == [(f"/nodes/{EAST}", "Thôn Đông: Mất liên lạc từ 04:20")]


def test_an_older_incident_hides_no_village_that_is_gone_since(officer: Browser, world: World) -> None:
    fall_silent(world, [WEST])
    keep(world, incident(1, About.SOUND, (WEST, "sound", "fault")))
    assert [href for href, _ in told(officer, "Các làng không nghe được loa")] == [f"/nodes/{WEST}"]
    keep(world, incident(2, About.CONTACT, (WEST, "node", "down")))
    assert [href for href, _ in told(officer, "Sự cố hiện nay")] == ["/incidents/2"], "what it hides is told later"
    assert told(officer, "Các làng không nghe được loa") == []


def test_five_are_told_and_the_others_counted(officer: Browser, world: World) -> None:
    fall_silent(world, [])
    subjects = ("sound", "process:camera", "target:dns", "clock", "power", "card", "camera:cong")
    kinds = (About.SOUND, About.PROCESS, About.NETWORK, About.CLOCK, About.MACHINE, About.MACHINE, About.CAMERA)
    found = (incident(n, kind, (EAST, s, "x")) for n, (kind, s) in enumerate(zip(kinds, subjects, strict=True), 1))
    keep(world, *found)
    lines = told(officer, "Sự cố hiện nay")
    assert [href for href, _ in lines] == [*(f"/incidents/{n}" for n in range(1, 6)), "/incidents"]
    assert lines[-1][1] == "và 2 sự cố khác"


def test_what_is_back_is_told_no_more(officer: Browser, world: World) -> None:
    fall_silent(world, [])
    over = incident(1, About.CONTACT, (EAST, "node", "down"))
    over.members[0].left_at = MORNING
    keep(world, over)
    assert told(officer, "Sự cố hiện nay") == []


@real
@has_chromium
def test_on_a_pc_the_cause_and_every_village_stand_above_the_map_live(chromium: Chromium, world: World) -> None:
    """One has no position: it stands among the cards as the others do."""
    with world.database.write() as c:
        for n, village in enumerate((EAST, WEST)):
            nodes.set_position(c, village, Position(21.03 + n / 50, 105.8 + n / 50))
    fall_silent(world)
    with served(world) as (address, _):
        for size, least_px in ((PC, 40), (PHONE, 15)):
            keep(world)
            with opened(chromium, address, size) as (page, complaints):
                log_in(page, "tam")
                expect(page.get_by_role("list", name="Các làng có sự cố").locator(".village")).to_have_count(3)
                keep(world, incident(1, About.CONTACT, *((v, "node", "down") for v in VILLAGES)))
                world.news.tell("incidents")
                sentence = page.get_by_role("link", name=POWER)
                expect(sentence).to_be_visible()
                assert float(sentence.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= least_px
                last, sheet = page.locator(".village").last.bounding_box(), page.locator(".sheet").bounding_box()
                assert last is not None
                assert sheet is not None
                assert last["y"] + last["height"] <= sheet["y"], "the cards stand before the map"
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
                for village in VILLAGES:
                    world.beat(village)
                world.news.tell("fleet")
                expect(page.get_by_role("list", name="Các làng có sự cố")).to_have_count(0)
                expect(page.locator(".village")).to_have_count(3)
                world.clock.pass_(minutes=10)
                world.news.tell("fleet")
                expect(page.get_by_role("list", name="Các làng có sự cố").locator(".village")).to_have_count(3)
                assert complaints == []
