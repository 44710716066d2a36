"""What changed before it broke: shown on the incident's page, and honest about what nobody knows."""

from datetime import datetime, timedelta

from contract.terms import Outcome, Reason
from hub.incidents.incident import About
from hub.nodes import maintenance
from hub.nodes.fleet import HUB, Flip
from hub.store import records
from tests.hub.web.board.test_board import text
from tests.hub.web.incidents.test_incidents import away, incident, keep
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, _ = VILLAGES
BROKE_AT = MORNING
NOTHING = "Không ghi nhận thay đổi nào từ 03:30"
MISSING = "có thể thiếu"


def broken(world: World, *villages: str) -> str:
    """An incident whose first sign is at BROKE_AT; returns its page."""
    keep(world, incident(7, About.CONTACT, *(away(village, minutes=0) for village in villages)))
    return "/incidents/7"


def the_hub(world: World, value: str, at: datetime) -> None:
    with world.database.write() as c:
        records.add_flips(c, [Flip(node=HUB, subject=HUB, value=value, at=at)])


def minutes_before(minutes: float) -> datetime:
    return BROKE_AT - timedelta(minutes=minutes)


def test_what_changed_in_the_last_hour_is_told_the_newest_first(officer: Browser, world: World) -> None:
    the_hub(world, "up", MORNING - timedelta(days=9))
    world.clock.now = minutes_before(50)
    bulletin = world.approve(world.order("Bản tin sáng", 10))
    world.issue(WEST, bulletin, n=41)
    world.be_born(WEST)
    maintenance.plan(world.desk, WEST, "", world.clock(), minutes_before(20), "thay dây nguồn", world.user("tam"))
    world.change(WEST, "boot", "ok", minutes_before(30))
    world.change(WEST, "clock", "untrusted", minutes_before(90))
    world.change(EAST, "sound", "fault", minutes_before(10))
    world.report(WEST, bulletin, late_s=1)
    world.clock.now = MORNING + timedelta(minutes=5)
    page = text(officer, broken(world, WEST))
    told = page[page.index("Có gì thay đổi") :]
    said = ["Nút vừa khởi động", "Bắt đầu phát “Bản tin sáng”", "thay dây nguồn", "phần mềm loa 0.1.0", "số 41"]
    places = [told.index(each) for each in said]
    assert places[0] < places[1] < min(places[2:])
    assert "Xảy ra trước chưa chắc là nguyên nhân." in told
    assert "Đồng hồ" not in told, "an hour and a half before is too long ago"
    assert "Âm thanh không hoạt động" not in told, "that was in another village"
    assert MISSING not in told


def test_where_nothing_is_known_it_says_so(officer: Browser, world: World) -> None:
    the_hub(world, "up", MORNING - timedelta(days=9))
    page = text(officer, broken(world, WEST))
    assert NOTHING in page
    assert MISSING not in page


def test_where_the_hub_was_away_itself_something_may_be_missing(officer: Browser, world: World) -> None:
    path = broken(world, WEST)
    assert MISSING in text(officer, path), "it never wrote that it was there"
    the_hub(world, "up", MORNING - timedelta(days=9))
    the_hub(world, "down", minutes_before(40))
    the_hub(world, "up", minutes_before(35))
    assert NOTHING in text(officer, path)
    assert MISSING in text(officer, path)


def test_of_several_villages_each_change_says_where(officer: Browser, world: World) -> None:
    world.change(EAST, "boot", "ok", minutes_before(4))
    bulletin = world.approve(world.order("Bản tin sáng", 10))
    world.report(WEST, bulletin, Outcome.MISSED, Reason.NO_AUDIO, at=minutes_before(5))
    page = text(officer, broken(world, EAST, WEST))
    assert "Thôn Đông: Nút vừa khởi động" in page
    for n in range(20):
        world.change(WEST, "clock", "holdover", minutes_before(20 + n))
    assert "thay đổi nữa" in text(officer, "/incidents/7")
