"""What people write in one long word breaks on a phone, and makes no page wider than its screen."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from hub.alerts.place import Kind, Place
from hub.incidents import handling
from hub.incidents.incident import About, Incident, Member
from hub.nodes import maintenance
from hub.store import alerts, incidents
from tests.hub.web.chromium import NEEDED, log_in, opened
from tests.hub.web.world import MORNING, VILLAGES, World, served

EAST = next(iter(VILLAGES))
WORD = "W"
pytestmark = NEEDED


def write(world: World) -> None:
    """A note, reasons of maintenance of a node and of its camera, and the name of a place for alerts."""
    tam, hour = world.user("tam"), timedelta(hours=1)
    for village in VILLAGES:
        world.beat(village)
    member = Member(node=EAST, subject="sound", value="fault", detail=WORD * 200, since_at=MORNING)
    incident = Incident(id=1, about=About.SOUND, since_at=MORNING, opened_at=MORNING, members=[member])
    place = Place(id="p1", title=WORD * 60, kind=Kind.WEBHOOK, url="https://x/", shown=WORD * 60, added_at=MORNING)
    with world.database.write() as c:
        incidents.put(c, [incident])
        alerts.put_place(c, place)
    handling.add_note(world.desk, 1, WORD * 300, tam)
    for camera in ("", "cong"):
        maintenance.plan(world.desk, EAST, camera, world.clock(), world.clock() + hour, WORD * 200, tam)
    world.clock.pass_(seconds=1)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/?q={WORD * 100}",
        f"/nodes/{EAST}",
        f"/nodes/{EAST}/cameras/cong",
        "/incidents",
        "/incidents/1",
        "/alerts",
        "/alerts/p1",
    ],
)
def test_a_long_word_breaks(chromium: Browser, world: World, path: str) -> None:
    write(world)
    with served(world) as (address, _), opened(chromium, address) as (page, _complaints):
        log_in(page, "tam")
        page.goto(path)
        assert page.get_by_text(WORD * 60).count() or "q=" in path, "it is there"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
