"""What is remembered between looks is never other than what a fresh look finds."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.orders.broadcasts import Broadcast, airings
from hub.store.day_sets import day_sets
from hub.web import sight
from hub.web.memory import AIRINGS_KEPT, Memory
from hub.web.sight import Sight
from hub.web.wording.airing import Airing
from tests.hub.web.world import VILLAGES, World

ACTS = ("beat", "mute", "report", "issue", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from([*VILLAGES])), max_size=8)


def take(world: World, daily: Broadcast, act: str, village: str, n: int) -> None:
    """Something happens in a village, or time passes."""
    if act == "report":
        world.report(village, daily, late_s=n, at=world.clock().replace(hour=22, minute=0))
    elif act == "issue":
        world.issue(village, daily, n=n + 1)
    elif act == "wait":
        world.clock.pass_(hours=5)
    else:
        world.beat(village, sound_fault="USB" if act == "mute" else "")


def look(world: World, daily: Broadcast, memory: Memory | None) -> tuple[Sight, list[Airing]]:
    """As the board does: the villages, and every airing of the days around."""
    now = world.clock()
    with world.database.read() as c:
        sets = day_sets(c)
        seen = sight.look(c, now, world.online_since, memory)
        alone = {id: sight.look_at(c, id, now, world.online_since) for id in VILLAGES}
        assert alone == seen.villages, "a village by itself is as it is among all"
        days = airings(daily, now - timedelta(days=1), now + timedelta(days=2), sets)
        return seen, [sight.follow_airing(c, seen, daily, each, sets, memory) for each in days]


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_a_look_that_remembers_sees_what_a_fresh_one_does(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, memory = World(Path(folder)), Memory()
        daily = world.approve(world.order("Bản tin sáng", rule="hằng ngày 5:00"))
        for n, (act, village) in enumerate(steps):
            take(world, daily, act, village, n)
            assert look(world, daily, memory) == look(world, daily, None)
        world.database.dispose()


def test_it_remembers_few_airings(world: World) -> None:
    memory = Memory()
    daily = world.approve(world.order("Bản tin sáng", rule="hằng ngày 5:00"))
    with world.database.read() as c:
        for day in range(3 * AIRINGS_KEPT):
            at = world.clock() + timedelta(days=day)
            memory.playouts(c, daily.id, at)
            memory.first_with(c, daily.id, at)
    assert memory.size <= 2 * AIRINGS_KEPT
