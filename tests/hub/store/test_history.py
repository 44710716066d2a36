"""Rollups of what came in: whatever the order, the lateness and the kills, they are what a plain reckoning says."""

import random
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from hub.history.figures import Rollup
from hub.history.levels import ROLLED, Level, end_of, start_of, starts
from hub.history.roller import Roller
from hub.store import history
from hub.store import tables as t
from hub.store.database import Database
from tests.hub.conftest import until

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TOP = Path(__file__).parents[3]
BEGIN = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""Midnight there."""
NODES = ("xa-dong", "xa-doai", "xa-trung")
KEEP = {Level.MINUTE: 3, Level.FIVE_MINUTES: 14, Level.HOUR: 100, Level.DAY: 1825}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Heard = tuple[str, datetime, int]
"""Of which node, when measured, and its temperature in hundredths."""


class Hub:
    """A database and a roller with a clock that the test moves."""

    def __init__(self, database: Database, now: datetime = BEGIN) -> None:
        self.database, self.now = database, now

    def forget_everything(self) -> None:
        with self.database.write() as c:
            for table in (t.samples, t.rollups, t.rollups_due):
                c.execute(delete(table))

    @property
    def roller(self) -> Roller:
        """A new one each time: nothing may hang on what it remembers."""
        return Roller(self.database, lambda: self.now, ZONE, {level: days * DAY for level, days in KEEP.items()})

    def hear(self, *heard: Heard) -> None:
        with self.database.write() as c:
            history.keep_samples(c, [(node, at, {"": [value, None, None, None]}) for node, at, value in heard])

    def work(self) -> None:
        roller = self.roller
        while roller.step():
            pass

    def told(self, level: Level, node: str = NODES[0]) -> dict[datetime, tuple[int, ...]]:
        buckets = list(starts(level, BEGIN, BEGIN + 2 * DAY, ZONE))
        with self.database.read() as c:
            return {at: _spread(rollup) for at, rollup in history.of_node(c, level, node, buckets)}

    def count(self) -> int:
        """How many rollups there are."""
        with self.database.read() as c:
            return c.execute(select(func.count()).select_from(t.rollups)).scalar_one()


def _spread(rollup: Rollup) -> tuple[int, ...]:
    spread = rollup[""][0]
    assert spread is not None
    return tuple(spread)


def reckoned(heard: list[Heard], level: Level, node: str, until: datetime) -> dict[datetime, tuple[int, ...]]:
    """Straight from what was heard: of each minute the last, by bucket."""
    last = {at.replace(second=0, microsecond=0): value for of, at, value in sorted(heard) if of == node}
    found: dict[datetime, list[int]] = {}
    for minute, value in last.items():
        start = start_of(level, minute, ZONE)
        if end_of(level, start, ZONE) <= until:
            found.setdefault(start, []).append(value)
    return {start: (len(v), min(v), sum(v), max(v)) for start, v in found.items()}


instants = st.integers(0, 40 * 3600 - 1).map(lambda s: BEGIN + timedelta(seconds=s))
hearings = st.lists(
    st.tuples(st.sampled_from(NODES), instants, st.integers(-500, 9000)),
    min_size=1,
    max_size=60,
    unique_by=lambda heard: heard[:2],
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(hearings, st.randoms(use_true_random=False), st.lists(st.integers(0, 80), min_size=1, max_size=3))
def test_rollups_are_what_a_plain_reckoning_says(
    database: Database, heard: list[Heard], chance: "object", pauses: list[int]
) -> None:
    """Heard in any order and partly twice, up to days late; rolled up at any moments between."""
    hub = Hub(database, BEGIN + 41 * HOUR)
    hub.forget_everything()
    late = sorted([*heard, *heard[::3]], key=lambda _: chance.random())  # type: ignore[attr-defined]
    for first, end in pairwise([0, *sorted(pauses), len(late)]):
        hub.hear(*late[first:end])
        hub.work()
    for level in ROLLED:
        for node in NODES:
            assert hub.told(level, node) == reckoned(heard, level, node, hub.now), (level, node)


def a_day(node: str = NODES[0], begin: datetime = BEGIN, value: int = 4000) -> list[Heard]:
    return [(node, begin + n * MINUTE, value + n) for n in range(1440)]


def test_a_day_of_minutes_becomes_288_24_and_one(database: Database) -> None:
    hub = Hub(database)
    hub.hear(*a_day())
    hub.now = BEGIN + DAY + 2 * MINUTE
    hub.work()
    assert [len(hub.told(level)) for level in ROLLED] == [288, 24, 1]
    assert hub.told(Level.DAY) == {BEGIN: (1440, 4000, sum(range(4000, 5440)), 5439)}


def test_what_was_measured_without_the_uplink_fills_the_gap_when_it_comes(database: Database) -> None:
    hub = Hub(database)
    day = a_day()
    hub.hear(*day[:300], *day[900:])
    hub.now = BEGIN + DAY + 2 * MINUTE
    hub.work()
    assert hub.told(Level.DAY)[BEGIN][0] == 840
    assert BEGIN + 6 * HOUR not in hub.told(Level.HOUR), "nothing known is no zero"
    hub.now += 20 * HOUR
    hub.hear(*day[280:1000])
    hub.work()
    assert hub.told(Level.DAY)[BEGIN] == (1440, 4000, sum(range(4000, 5440)), 5439), "none twice"
    assert len(hub.told(Level.HOUR)) == 24


def test_a_bucket_is_made_when_it_is_over_and_not_before(database: Database) -> None:
    hub = Hub(database)
    hub.hear((NODES[0], BEGIN + 2 * MINUTE, 1))
    hub.now = BEGIN + 5 * MINUTE
    hub.work()
    assert hub.told(Level.FIVE_MINUTES) == {}, "what was measured last may still be on its way"
    hub.now += MINUTE
    hub.work()
    assert hub.told(Level.FIVE_MINUTES) == {BEGIN: (1, 1, 1, 1)}
    assert hub.told(Level.HOUR) == {}


def test_of_one_minute_the_last_counts_even_when_it_came_first(database: Database) -> None:
    hub = Hub(database)
    at = BEGIN + timedelta(seconds=7)
    hub.hear((NODES[0], at + timedelta(seconds=30), 2))
    hub.hear((NODES[0], at, 1))
    hub.now = BEGIN + HOUR
    assert hub.told(Level.MINUTE) == {BEGIN: (1, 2, 2, 2)}


class PowerCut(Exception):
    pass


def test_killed_at_any_step_it_loses_and_doubles_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(database)
    day = a_day()
    hub.hear(*day)
    hub.now = BEGIN + DAY + 2 * MINUTE
    left = 0

    def dying(name: str) -> None:
        real = getattr(history, name)

        def die(*args: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise PowerCut
            return real(*args)

        monkeypatch.setattr(history, name, die)

    for name in ("take_due", "parts", "put", "mark"):
        dying(name)
    for fatal in (1, 2, 100, 290, 291, 292, 310, 316, 318):
        left = fatal
        with suppress(PowerCut):
            hub.work()
        assert hub.told(Level.FIVE_MINUTES).keys() <= reckoned(day, Level.FIVE_MINUTES, NODES[0], hub.now).keys()
    left = 0
    hub.work()
    for level in ROLLED:
        assert hub.told(level) == reckoned(day, level, NODES[0], hub.now)


def roll_up_for_ever(url: str, until: str) -> None:
    """What a child process does until it is killed."""
    hub = Hub(Database(url), datetime.fromisoformat(until))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        hub.work()


@pytest.mark.real
def test_a_process_killed_again_and_again_loses_and_doubles_nothing(url: str) -> None:
    database = Database(url)
    database.migrate()
    hub = Hub(database, BEGIN + DAY + 2 * MINUTE)
    fleet = [f"xa-{n}" for n in range(5)]
    heard = [each for node in fleet for each in a_day(node)]
    hub.hear(*heard)
    code = "import sys; from tests.hub.store.test_history import roll_up_for_ever as f; f(*sys.argv[1:])"
    for made in (1, 400, 900):
        with subprocess.Popen(
            [sys.executable, "-c", code, url, hub.now.isoformat()], stdout=subprocess.PIPE, cwd=TOP
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            until(lambda made=made: hub.count() >= made, "it makes nothing")  # type: ignore[misc]
            child.kill()
    hub.work()
    for level in ROLLED:
        for node in fleet:
            assert hub.told(level, node) == reckoned(heard, level, node, hub.now)
    database.dispose()


@pytest.mark.real
def test_what_comes_in_while_rollups_are_made_is_in_them(database: Database) -> None:
    """Minutes of hours that are over come in one by one, while another thread makes those hours again and again."""
    hub = Hub(database, BEGIN + 12 * HOUR)
    heard = [(node, BEGIN + n * MINUTE, n) for n in range(0, 120, 3) for node in NODES]
    is_over = threading.Event()

    def roll() -> None:
        while not is_over.is_set():
            hub.work()

    thread = threading.Thread(target=roll)
    thread.start()
    try:
        for each in random.Random(5).sample(heard, len(heard)):
            hub.hear(each)
    finally:
        is_over.set()
        thread.join()
    hub.work()
    for level in ROLLED:
        for node in NODES:
            assert hub.told(level, node) == reckoned(heard, level, node, hub.now)


@pytest.mark.real
def test_a_rollup_waits_for_what_is_coming_in_just_now(database: Database) -> None:
    """What was written but not yet committed when the rollup began would else be in no rollup, and in no note."""
    hub = Hub(database, BEGIN + HOUR)
    hub.hear((NODES[0], BEGIN, 1))
    with database.write() as c:
        history.keep_samples(c, [(NODES[0], BEGIN + MINUTE, {"": [5, None, None, None]})])
        thread = threading.Thread(target=hub.roller.step)
        thread.start()
        thread.join(0.3)
    thread.join()
    hub.work()
    assert hub.told(Level.FIVE_MINUTES) == {BEGIN: (2, 1, 6, 5)}


def test_each_level_is_kept_for_its_time(database: Database) -> None:
    hub = Hub(database)
    hub.hear(*a_day())
    for days, wanted in ((2, [1440, 288, 24, 1]), (5, [0, 288, 24, 1]), (16, [0, 0, 24, 1]), (102, [0, 0, 0, 1])):
        hub.now = BEGIN + days * DAY
        hub.hear((NODES[1], hub.now, 1))
        hub.work()
        assert [len(hub.told(level)) for level in Level] == wanted, days
    hub.now = BEGIN + 1827 * DAY
    hub.hear((NODES[1], hub.now, 1))
    hub.work()
    assert hub.told(Level.DAY) == {}


def test_a_hub_whose_clock_is_years_ahead_forgets_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    database.migrate()
    hub = Hub(database, BEGIN + 20 * 365 * DAY)
    hub.hear(*a_day())
    hub.work()
    assert [len(hub.told(level)) for level in Level] == [1440, 288, 24, 1]
    database.dispose()


def test_a_hub_that_was_off_for_days_makes_what_is_due_before_it_forgets(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    database.migrate()
    hub = Hub(database)
    hub.hear(*a_day())
    hub.now = BEGIN + 9 * DAY
    hub.hear((NODES[1], hub.now, 1))
    hub.work()
    assert hub.told(Level.DAY)[BEGIN][0] == 1440
    assert hub.told(Level.MINUTE) == {}
    database.dispose()


def test_a_fleet_is_rolled_up_in_portions(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    database.migrate()
    hub = Hub(database)
    fleet = [f"xa-{n}" for n in range(1100)]
    hub.hear(*((node, BEGIN + MINUTE, 100) for node in fleet))
    hub.now = BEGIN + 2 * HOUR
    roller, steps = hub.roller, 0
    while roller.step():
        steps += 1
    assert steps >= 3
    for node in (fleet[0], fleet[499], fleet[-1]):
        assert hub.told(Level.HOUR, node) == {BEGIN: (1, 100, 100, 100)}
    database.dispose()
