"""How much of the time a node and what it watches were up: nothing is counted twice, and nothing that nobody knew."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.nodes import uptime
from hub.nodes.fleet import HUB, Flip
from hub.nodes.uptime import SETTLE, State, Uptime
from hub.nodes.windows import Window

T0 = datetime(2026, 10, 31, 17, tzinfo=UTC)
"""Midnight of the first of November there."""
HOUR = timedelta(hours=1)
INTERNET = "target:internet"


def at(hours: float) -> datetime:
    return T0 + hours * HOUR


def flip(subject: str, value: str, hours: float) -> Flip:
    return Flip(node=HUB if subject == HUB else "xa-dong", subject=subject, value=value, at=at(hours))


def window(start: float, end: float, camera: str = "") -> Window:
    return Window(
        id="m1", node="xa-dong", camera=camera, starts_at=at(start), ends_at=at(end), reason="sửa", made_by="tam",
        made_at=T0,
    )  # fmt: skip


def day(subject: str, *flips: Flip, windows: tuple[Window, ...] = ()) -> Uptime:
    return uptime.measure(subject, flips, windows, at(0), at(24))


def hours(told: Uptime) -> dict[str, float]:
    return {state.value: round(lasted / HOUR, 4) for state, lasted in told.lasted.items() if lasted}


BOOT, UP = flip("boot", "ok", -100), flip("node", "up", -100)


def test_a_day_with_an_hour_without_contact_is_23_of_24_up() -> None:
    told = day("node", BOOT, UP, flip("node", "down", 5), flip("node", "up", 6))
    assert hours(told) == {"up": 23, "down": 1}
    assert told.availability == 23 / 24
    assert told.coverage == 1
    assert [(o.starts_at, o.lasted) for o in told.outages] == [(at(5), HOUR)]


def test_a_late_signal_is_contact_but_where_it_was_the_beginning_of_an_outage_the_outage_began_there() -> None:
    late = day("node", UP, flip("node", "late", 5), flip("node", "up", 6))
    assert hours(late) == {"up": 23, "degraded": 1}
    assert (late.availability, late.outages) == (1, ())
    gone = day("node", UP, flip("node", "late", 5), flip("node", "down", 5.5), flip("node", "up", 6))
    assert hours(gone) == {"up": 23, "down": 1}
    assert gone.outages[0].starts_at == at(5)


def test_an_outage_begins_with_the_first_probe_that_failed_as_the_node_says() -> None:
    """It is believed after some more, and told later still; its time is that of the first."""
    told = day(INTERNET, BOOT, UP, flip(INTERNET, "up", -50), flip(INTERNET, "down", 7), flip(INTERNET, "up", 9))
    assert hours(told) == {"up": 22, "down": 2}
    assert told.outages[0].starts_at == at(7)


def test_a_node_that_is_off_makes_what_it_watches_unknown_not_down() -> None:
    power_cut = [flip("node", "down", 6), flip("node", "up", 12), flip("boot", "ok", 11.9)]
    told = day("camera:gate", BOOT, UP, flip("camera:gate", "ok", -50), *power_cut)
    assert hours(told) == {"up": 18.1, "unknown": 5.9}
    assert told.availability == 1
    assert not told.is_enough
    assert day("camera:gate", UP, flip("camera:gate", "ok", -50), *power_cut[:1]).coverage == 6 / 24


def test_a_day_without_uplink_is_filled_in_with_true_times_once_the_node_is_heard_again() -> None:
    before = [BOOT, UP, flip("camera:gate", "ok", -50), flip("node", "down", 2)]
    assert hours(day("camera:gate", *before)) == {"up": 2, "unknown": 22}
    came_late = [flip("node", "up", 23), flip("camera:gate", "offline", 10), flip("camera:gate", "ok", 12)]
    told = day("camera:gate", *before, *came_late, *came_late)
    assert hours(told) == {"up": 22, "down": 2}
    assert hours(day("node", *before, *came_late)) == {"up": 3, "down": 21}, "without contact it was, all the same"


def test_while_the_hub_was_away_nothing_is_known_unless_the_node_was_there_before_and_after() -> None:
    away, speak = [flip(HUB, "down", 6), flip(HUB, "up", 8)], round(SETTLE / HOUR, 4)
    assert hours(day("node", BOOT, UP, *away)) == {"up": 24}
    assert hours(day("node", UP, *away)) == {"up": 22 - speak, "unknown": 2 + speak}, (
        "and until every node had time to speak"
    )
    started = flip("boot", "ok", 7)
    assert hours(day("node", BOOT, UP, *away, started)) == {"up": 23, "unknown": 1}
    died = [flip("node", "late", 8.02), flip("node", "down", 8.03)]
    assert hours(day("node", BOOT, UP, *away, *died)) == {"up": 6, "unknown": 2 + speak, "down": 16 - speak}


def test_maintenance_is_neither_up_nor_down_nor_a_gap() -> None:
    told = day("node", UP, flip("node", "down", 4), flip("node", "up", 8), windows=(window(3, 7),))
    assert hours(told) == {"up": 19, "down": 1, "maintenance": 4}
    assert told.coverage == 1
    assert told.availability == 19 / 20
    of_camera = window(3, 7, "gate")
    assert hours(day("node", UP, windows=(of_camera,))) == {"up": 24}
    assert day("node", UP, windows=(window(0, 24),)).availability is None


def test_a_camera_with_a_poor_picture_is_degraded_and_one_that_shows_nothing_of_use_is_down() -> None:
    changes = [flip("camera:gate", value, n) for n, value in enumerate(("ok", "blurred", "covered", "offline", ""))]
    assert hours(day("camera:gate", UP, *changes)) == {"up": 21, "degraded": 1, "down": 2}


def test_what_a_silent_process_watches_is_unknown() -> None:
    silent = [flip("process:netmon", "silent", 4), flip("process:netmon", "ok", 6)]
    assert hours(day(INTERNET, UP, flip(INTERNET, "up", -1), *silent)) == {"up": 22, "unknown": 2}
    assert hours(day("camera:gate", UP, flip("camera:gate", "ok", -1), *silent)) == {"up": 24}


def test_an_outage_that_nobody_saw_end_is_one() -> None:
    flips = [UP, flip("node", "down", 2), flip(HUB, "down", 4), flip(HUB, "up", 5), flip("node", "up", 7)]
    (outage,) = day("node", *flips).outages
    assert outage.starts_at == at(2)
    assert outage.lasted == 4 * HOUR - uptime.SETTLE, "as long as it is known to have lasted"


SUBJECTS = {
    "node": ("up", "late", "down"),
    INTERNET: ("up", "down"),
    "camera:gate": ("ok", "offline", "moved"),
    "process:camera": ("ok", "silent"),
    "process:netmon": ("ok", "silent"),
    "boot": ("ok",),
    HUB: ("up", "down"),
}
MINUTES = st.integers(-600, 2400)
FLIPS = st.lists(
    st.sampled_from([(subject, value) for subject, values in SUBJECTS.items() for value in values]).flatmap(
        lambda pair: MINUTES.map(lambda minute: flip(*pair, minute / 60))
    ),
    max_size=30,
)
WINDOWS = st.lists(
    st.tuples(MINUTES, st.integers(1, 300), st.sampled_from(["", "gate", "yard"])).map(
        lambda w: window(w[0] / 60, (w[0] + w[1]) / 60, w[2])
    ),
    max_size=3,
)
THINGS = st.sampled_from(["node", INTERNET, "camera:gate"])


@given(THINGS, FLIPS, WINDOWS)
def test_the_states_make_up_the_whole_time_without_a_gap(thing: str, flips: list[Flip], windows: list[Window]) -> None:
    found = uptime.stretches(thing, flips, windows, at(0), at(24))
    assert (found[0].starts_at, found[-1].ends_at) == (at(0), at(24))
    assert all(a.ends_at == b.starts_at and a.state is not b.state for a, b in pairwise(found))
    told = uptime.add_up(found)
    assert sum(told.lasted.values(), timedelta()) == 24 * HOUR
    assert sum((o.lasted for o in told.outages), timedelta()) == told.lasted[State.DOWN]


@given(THINGS, FLIPS, WINDOWS, st.randoms(use_true_random=False))
def test_neither_the_order_of_arrival_nor_a_second_delivery_changes_anything(
    thing: str, flips: list[Flip], windows: list[Window], chance: object
) -> None:
    shuffled = [*flips, *flips[::2]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert day(thing, *shuffled, windows=tuple(windows)) == day(thing, *flips, windows=tuple(windows))


@given(THINGS, FLIPS, WINDOWS, st.integers(0, 24 * 3600 * 10**6))
def test_a_span_cut_at_any_instant_adds_up(thing: str, flips: list[Flip], windows: list[Window], cut_us: int) -> None:
    middle = at(0) + timedelta(microseconds=cut_us)
    halves = [uptime.measure(thing, flips, windows, a, b) for a, b in ((at(0), middle), (middle, at(24))) if a < b]
    assert uptime.together(halves).lasted == day(thing, *flips, windows=tuple(windows)).lasted


@given(THINGS, FLIPS, WINDOWS)
def test_availability_and_coverage_are_parts_of_a_whole(thing: str, flips: list[Flip], windows: list[Window]) -> None:
    told = day(thing, *flips, windows=tuple(windows))
    assert (told.availability is None) == (told.known == timedelta())
    assert told.availability is None or 0 <= told.availability <= 1
    assert told.coverage is None or 0 <= told.coverage <= 1
    assert not (told.is_enough and told.availability is None)
