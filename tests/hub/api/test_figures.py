"""What a node measured, for programs: a part at a time, with nothing made up where nothing is known."""

from datetime import timedelta

import pytest

from hub.history.figures import Spread
from hub.history.levels import Level
from hub.store import history
from tests.hub.api.conftest import Programs
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, _ = VILLAGES
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LAST = MORNING.replace(minute=0) - HOUR


def test_hours_of_a_node_and_of_what_it_asks(program: Programs, world: World) -> None:
    warm, slow = Spread(60, 4000, 60 * 4500, 5000), Spread(58, 500, 58 * 800, 9000)
    with world.database.write() as c:
        rollup = {"": [warm, None, None, None], "internet": [None, slow, None, Spread(58, 0, 0, 12000)]}
        history.put(c, Level.HOUR, [((LAST, EAST), rollup), ((LAST - 48 * HOUR, EAST), rollup)])
    told = program("khach").get(f"/nodes/{EAST}/figures").json()
    assert told["next"] is None
    (hour,) = told["items"]
    assert hour["at"] == "2026-11-22T20:00:00Z"
    assert hour["node"] == {"temperature_c": {"n": 60, "least": 40.0, "mean": 45.0, "most": 50.0}}
    assert hour["targets"]["internet"] == {
        "rtt_ms": {"n": 58, "least": 5.0, "mean": 8.0, "most": 90.0},
        "rtt_p95_ms": {"n": 58, "least": None, "mean": None, "most": 120.0},
    }


def test_a_long_time_comes_in_parts(program: Programs, world: World) -> None:
    with world.database.write() as c:
        sample = {"": [4500, None, None, None]}
        history.keep_samples(c, [(EAST, MORNING - n * MINUTE, sample) for n in range(1, 1201)])
    guest, since, parts = program("khach"), "2026-11-22T00:00:00Z", []
    while since is not None:
        told = guest.get(f"/nodes/{EAST}/figures?level=minute&since={since}").json()
        parts.append([item["at"] for item in told["items"]])
        since = told["next"]
    found = [at for part in parts for at in part]
    assert [len(part) for part in parts] == [410, 500, 290]
    assert found == sorted(set(found))
    assert len(found) == 1200


@pytest.mark.parametrize(
    "asked", ["since=9999-12-31T00:00:00Z", "until=0001-01-02T00:00:00Z", "level=day&since=0001-01-02T00:00:00Z"]
)
def test_times_without_anything(program: Programs, asked: str) -> None:
    assert program("khach").get(f"/nodes/{EAST}/figures?{asked}").json()["items"] == []


def test_no_such_node_and_no_such_level(program: Programs) -> None:
    assert program("khach").get("/nodes/la/figures").status_code == 404
    assert program("khach").get(f"/nodes/{EAST}/figures?level=week").status_code == 422
