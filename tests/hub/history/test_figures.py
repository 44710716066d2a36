"""Figures of a heartbeat, and what many come to: the same in whatever order and by whatever way it is reckoned."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reports import ClockReport, Heartbeat, NetworkReport, PlanReport, TargetReport, Vitals, Wifi
from contract.terms import NetworkCause, Trust
from hub.history import figures, levels
from hub.history.figures import OWN, Figure, Rollup, Sample, Spread
from hub.history.levels import Level

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GATEWAY = TargetReport(id="gateway", is_up=True, since_at=NOW, loss_pct=3.3, rtt_ms=1.25, jitter_ms=0.4, rtt_p95_ms=2.0)

UNMEASURED = Vitals(uptime_s=9.0)

values = st.none() | st.integers(-1000, 10**6)
samples = st.dictionaries(
    st.sampled_from(["", "gateway", "internet"]), st.lists(values, min_size=4, max_size=4), max_size=3
)


def beat(at: datetime = NOW, trust: Trust = Trust.TRUSTED, vitals: Vitals = UNMEASURED) -> Heartbeat:
    return Heartbeat(at=at, plan=PlanReport(), clock=ClockReport(trust=trust), vitals=vitals, targets=(GATEWAY,))


def by_hand(given: Iterable[Sample]) -> dict[tuple[str, int], tuple[int, int, int, int]]:
    """The same another way: all values of each figure in one list."""
    found: dict[tuple[str, int], list[int]] = {}
    for sample in given:
        for subject, row in sample.items():
            for place, value in enumerate(row):
                if value is not None:
                    found.setdefault((subject, place), []).append(value)
    return {key: (len(v), sorted(v)[0], sum(v), sorted(v)[-1]) for key, v in found.items()}


def as_told(rollup: Rollup) -> dict[tuple[str, int], tuple[int, ...]]:
    return {(s, n): tuple(spread) for s, row in rollup.items() for n, spread in enumerate(row) if spread is not None}


@given(st.lists(samples, max_size=30), st.randoms())
def test_what_samples_come_to_depends_on_no_order(given: list[Sample], chance: "object") -> None:
    rolled = figures.roll_up(given)
    shuffled = sorted(given, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert as_told(rolled) == by_hand(given)
    assert figures.pack(figures.roll_up(shuffled)) == figures.pack(rolled), "to the byte"


@given(st.lists(st.lists(samples, max_size=6), max_size=6))
def test_rolled_up_in_steps_it_is_the_same_as_at_once(parts: Sequence[list[Sample]]) -> None:
    at_once = figures.roll_up([sample for part in parts for sample in part])
    assert as_told(figures.merge(map(figures.roll_up, parts))) == as_told(at_once)


@given(st.lists(samples, max_size=5))
def test_a_row_comes_back_as_it_was(given: list[Sample]) -> None:
    rolled = figures.roll_up(given)
    assert figures.unpack_rollup(figures.pack(rolled)) == rolled
    for sample in given:
        assert figures.unpack_sample(figures.pack(sample)) == sample


def test_a_heartbeat_becomes_hundredths_of_what_it_measured() -> None:
    sample = figures.sample(beat(vitals=Vitals(uptime_s=60.0, temperature_c=48.2, load_1min=0.07)))
    assert sample == {"": [4820, None, None, 7, None, None, None, None], "gateway": [330, 125, 40, 200]}


def test_the_wifi_link_and_the_wear_of_the_card_are_figures_too() -> None:
    worn = Vitals(uptime_s=43_200, written_mb=70.0)
    wifi = NetworkReport(cause=NetworkCause.NONE, since_at=NOW, wifi=Wifi(interface="wlan0", rssi_dbm=-67, clients=3))
    own = figures.sample(replace(beat(vitals=worn), network=wifi))[""]
    assert dict(zip(figures.OF_NODE, own, strict=True)) == dict.fromkeys(figures.OF_NODE) | {
        Figure.WRITTEN: 14_000,
        Figure.RSSI: -6700,
        Figure.CLIENTS: 300,
    }


def test_nothing_measured_is_no_zero() -> None:
    silent = Heartbeat(at=NOW, plan=PlanReport(), clock=ClockReport(trust=Trust.TRUSTED), vitals=UNMEASURED)
    assert figures.sample(silent) == {}
    absurd = Vitals(uptime_s=9.0, temperature_c=float("nan"), memory_free_mb=1e300, load_1min=float("-inf"))
    assert figures.sample(beat(vitals=absurd)).keys() == {"gateway"}


def test_a_figure_that_a_newer_version_adds_stands_beside_older_rows() -> None:
    rolled = figures.merge([figures.roll_up([{"": [1, 2, 3, 4]}]), figures.roll_up([{"": [1, 2, 3, 4, 5]}])])
    assert rolled[""][3:] == [Spread(2, 4, 8, 4), Spread(1, 5, 5, 5)]


@pytest.mark.parametrize(
    ("at", "trust", "wanted"),
    [
        (NOW - timedelta(hours=24), Trust.TRUSTED, NOW - timedelta(hours=24)),
        (NOW - timedelta(hours=24), Trust.HOLDOVER, NOW - timedelta(hours=24)),
        (NOW - timedelta(hours=24), Trust.UNTRUSTED, NOW),
        (NOW + timedelta(hours=1), Trust.TRUSTED, NOW),
        (NOW - timedelta(days=30), Trust.TRUSTED, None),
        (datetime(1, 1, 1, tzinfo=UTC), Trust.TRUSTED, None),
        ((NOW - timedelta(hours=1)).astimezone(ZONE), Trust.TRUSTED, NOW - timedelta(hours=1)),
    ],
)
def test_the_nodes_clock_counts_where_it_is_believed(at: datetime, trust: Trust, wanted: datetime | None) -> None:
    assert figures.measured_at(beat(at, trust), NOW) == wanted


def test_what_was_kept_for_later_counts_at_its_own_time_or_not_at_all() -> None:
    def kept(at: datetime, trust: Trust = Trust.HOLDOVER) -> datetime | None:
        return figures.measured_at(replace(beat(at, trust), is_kept=True), NOW)

    night = NOW - timedelta(hours=7)
    assert kept(night) == night
    assert kept(night, Trust.UNTRUSTED) is kept(NOW + timedelta(hours=1)) is kept(NOW - timedelta(days=2)) is None


@given(
    st.integers(0, 10**9).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.sampled_from(levels.ROLLED),
    st.sampled_from(["Asia/Ho_Chi_Minh", "Asia/Kolkata", "Europe/Berlin", "UTC"]),
)
def test_every_instant_lies_in_one_bucket_and_that_in_one_coarser(at: datetime, level: Level, name: str) -> None:
    zone = ZoneInfo(name)
    start = levels.start_of(level, at, zone)
    end = levels.end_of(level, start, zone)
    assert start <= at < end
    assert levels.start_of(level, start, zone) == start == levels.start_of(level, end - timedelta(microseconds=1), zone)
    assert levels.start_of(level, end, zone) == end
    if level is not Level.DAY:
        coarser = levels.start_of(levels.COARSER[level], at, zone)
        assert coarser == levels.start_of(levels.COARSER[level], start, zone)
        assert coarser <= start


def test_a_day_is_a_day_there() -> None:
    start = levels.start_of(Level.DAY, datetime(2026, 11, 22, 21, 30, tzinfo=UTC), ZONE)
    assert start.astimezone(ZONE) == datetime(2026, 11, 23, tzinfo=ZONE)
    hours = list(levels.starts(Level.HOUR, start, levels.end_of(Level.DAY, start, ZONE), ZONE))
    assert len(hours) == 24


def test_a_node_that_makes_up_targets_fills_no_disk_and_it_comes_out_the_same() -> None:
    heard: list[Sample] = [
        {OWN: [minute], **{f"t{target}-{minute}": [minute] for target in range(64)}} for minute in range(60)
    ]
    whole = figures.roll_up(heard)
    assert len(whole) <= 65
    assert whole[OWN] == [Spread(60, 0, sum(range(60)), 59)]
    fives = [figures.roll_up(heard[n : n + 5]) for n in range(0, 60, 5)]
    assert figures.merge(fives) == figures.merge([figures.merge(fives[:7]), figures.merge(fives[7:])]) == whole
