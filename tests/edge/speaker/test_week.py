"""A week of a cultural house in seconds, with everything going wrong; and power cuts at every single write."""

import contextlib
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.events import Event, Playout
from contract.limits import LimitSettings
from contract.orders import Cue
from contract.rules import is_quiet, local_day, sessions
from contract.terms import Late, Outcome, Priority, Reason, Trust, Yielding
from edge.outbox import Outbox
from edge.speaker.air import RETRIES
from edge.speaker.config import SpeakerSettings
from edge.speaker.ledger import Accepted, Ending, Kind, Ledger
from tests.edge.speaker.house import MONDAY, House, Sounded, at, cue, emergency, memory_folder, with_fallbacks

FALLBACK_S = 20.0
"""What `sound` makes by default."""
ALL_DAY = LimitSettings(sessions_a_day=60, minutes_a_day=60)


def prove(house: House, cues: dict[str, Cue]) -> None:
    """What must hold after whatever happened."""
    records = {p.broadcast: p for p in house.playouts()}
    assert len(records) == len(house.playouts()), "two records of one cue"
    runs = runs_of(house)
    begun = {each.broadcast for each in house.ledger.open_cues()}
    for name, heard in runs.items():
        prove_runs(cues[name], heard)
        record = records.get(name)
        if record is None:
            assert name in begun, "heard and never told"
            continue
        assert record.outcome in (Outcome.AIRED, Outcome.CUT, Outcome.PREEMPTED)
        explained = 1 + record.interruptions + record.repeats + RETRIES + len(cues[name].fallbacks)
        assert record.reason is Reason.POWER or len(heard) <= explained, "runs that the record does not explain"
        if record.outcome is Outcome.AIRED:
            prove_aired(cues[name], record, heard)
    aired = {name for name, record in records.items() if record.outcome is Outcome.AIRED}
    assert aired <= set(runs), "told and never heard"
    prove_limits(house, cues, house.heard())


def runs_of(house: House) -> dict[str, list[Sounded]]:
    """What was heard of each broadcast, its fallbacks counted to it."""
    runs: dict[str, list[Sounded]] = {}
    for each in house.heard():
        runs.setdefault(each.broadcast.partition("-")[0], []).append(each)
    return runs


def prove_runs(wanted: Cue, heard: Sequence[Sounded]) -> None:
    """No part of a programme sounds twice, unless it is meant to."""
    if wanted.repeat_for_s or wanted.yields is Yielding.RESTART:
        return
    parts = sorted((h.broadcast, h.offset_s, h.offset_s + h.span.duration_s) for h in heard)
    for (name, _, until_s), (other, from_s, _) in pairwise(parts):
        assert name != other or from_s >= until_s - 0.001, "heard twice"


def prove_aired(wanted: Cue, record: Playout, heard: Sequence[Sounded]) -> None:
    """What is on record as aired was heard to its end."""
    last = heard[-1]
    length_s = wanted.duration_s if record.rung == 0 else FALLBACK_S
    assert last.offset_s + last.span.duration_s == pytest.approx(length_s, abs=0.001)
    assert record.last_sample_at == last.last_at
    is_one_run = not (record.interruptions or record.repeats or record.rung) and len(heard) == 1
    assert not is_one_run or last.offset_s == pytest.approx(record.offset_s, abs=0.001)


def prove_limits(house: House, cues: dict[str, Cue], heard: Sequence[Sounded]) -> None:
    """Emergencies apart, no quiet hour is broken and no day has more than its sessions and minutes."""
    limits = house.settings.limits.limits
    of = {h: cues[h.broadcast.partition("-")[0]] for h in heard}
    ordinary = [h for h in heard if of[h].priority is not Priority.EMERGENCY]
    days = {local_day(limits, h.first_at) for h in ordinary}
    for each in ordinary:
        assert not is_quiet(limits, each.span)
    for day in days:
        spans = [h.span for h in ordinary if local_day(limits, h.first_at) == day]
        assert sessions(spans, limits.session_gap_s) <= limits.sessions_a_day
        assert sum(s.duration_s for s in spans) / 60 <= limits.minutes_a_day + 0.01


def plan_day(day: int, chance: random.Random) -> list[Cue]:
    """Some sixty cues from half past four to nine in the evening, and a few in the night; some collide."""
    cues = []
    for i in range(60):
        begin = at("04:30", day) + timedelta(seconds=chance.randrange(0, 60_000))
        priority = chance.choices(list(Priority), [8, 3, 1])[0]
        each = cue(f"d{day}n{i}", begin, chance.randrange(5, 40), priority, chance.choice([0, 30, 60, 120]))
        each = replace(each, late=chance.choice(list(Late)), yields=chance.choice(list(Yielding)))
        cues.append(each)
        if i % 10 == 0:
            cues.append(cue(f"d{day}c{i}", begin + timedelta(seconds=3), 20, priority, grace_s=1))
    cues.append(cue(f"d{day}night", at("23:30", day)))
    cues.append(emergency(f"d{day}storm", at("02:00", day)))
    return cues


class Week:
    """Hundreds of cues, a new plan a day, live orders, power cuts, a bad card, missing sounds, an unsure clock."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.house = House(root, settings=SpeakerSettings(limits=ALL_DAY))
        self.days = [plan_day(day, self.chance) for day in range(7)]
        self.cues = {c.broadcast: c for day in self.days for c in day}
        self.lives = 0

    def live_through(self) -> None:
        for day in range(7):
            self.issue(day)
            instants = sorted({c.at for c in self.days[day]})
            for instant in instants:
                self.let_something_happen()
                self.house.run(1)
                if self.house.clock.now() < instant - timedelta(seconds=10):
                    self.house.leap_to(instant - timedelta(seconds=10))
                self.house.run(self.chance.randrange(12, 60))
            self.house.trust.trust = Trust.TRUSTED
            self.house.sound.card_fault = ""
            self.house.leap_to(max(at("23:59:30", day), self.house.clock.now()))
            self.house.run(30)

    def issue(self, day: int) -> None:
        """The plan of today and of the days to come; every tenth sound does not arrive."""
        cues = [c for each in self.days[day:] for c in each]
        self.house.know(cues)
        plan = self.house.hub.plan(cues, self.house.clock.now())
        self.house.deliver(*(s for s in plan.audio if int(s.sha256[:2], 16) % 10))
        self.house.put_wire(self.house.hub.seal(plan))

    def let_something_happen(self) -> None:
        pick = self.chance.random()
        if pick < 0.05:
            self.house.restart()
        elif pick < 0.10:
            self.house.trust.trust = self.chance.choice(list(Trust))
        elif pick < 0.14:
            self.house.sound.card_fault = self.chance.choice(["", "no card"])
        elif pick < 0.20:
            self.lives += 1
            wanted = emergency(f"live{self.lives}", self.house.clock.now(), self.chance.randrange(5, 30))
            self.cues[wanted.broadcast] = wanted
            self.house.play_now(wanted)
        elif pick < 0.23:
            self.house.stop_now(self.chance.choice(["", *self.cues]))


def live_a_week(root: Path, seed: int) -> dict[str, tuple[Outcome, Reason]]:
    week = Week(root, seed)
    week.live_through()
    prove(week.house, week.cues)
    outcomes = week.house.outcomes()
    assert set(outcomes) == set(week.cues), "every cue has its one record"
    assert sum(outcome is Outcome.AIRED for outcome, _ in outcomes.values()) > 100
    return outcomes


def test_a_week_of_one_house(root: Path) -> None:
    reasons = {reason for _, reason in live_a_week(root, seed=1).values()}
    assert reasons >= {Reason.NONE, Reason.QUIET_HOURS, Reason.OVERLAP, Reason.NO_AUDIO, Reason.EMERGENCY, Reason.CLOCK}


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2, 30))
def test_half_a_year_of_weeks(root: Path, seed: int) -> None:
    live_a_week(root, seed)


POOL = [
    cue("dawn", at("00:01"), 20, Priority.ROUTINE, 60),
    cue("noon", at("00:02"), 60, Priority.ROUTINE, 300),
    cue("dusk", at("00:02:30"), 20, Priority.PRIORITY, 0),
    cue("more", at("00:04"), 40, Priority.PRIORITY, 60),
    cue("last", at("23:59"), 90, Priority.ROUTINE, 120),
    emergency("wind", at("00:03"), 30),
    emergency("rain", at("00:03:10"), 30),
    emergency("fire", at("00:05"), 20, grace_s=3600),
    replace(cue("join", at("00:01:30"), 90), late=Late.JOIN),
    replace(cue("skip", at("00:03:30"), 20), late=Late.SKIP),
    replace(cue("resume", at("00:02:10"), 60, grace_s=300), yields=Yielding.RESUME),
    replace(cue("restart", at("00:04:10"), 30, Priority.PRIORITY), yields=Yielding.RESTART),
    replace(cue("patient", at("00:02:20"), 15, Priority.PRIORITY), patience_s=40, yields=Yielding.RESUME),
    with_fallbacks(cue("ladder", at("00:01:10"), 25, grace_s=200)),
    replace(emergency("siren", at("00:03:40"), 5), repeat_for_s=40, repeat_gap_s=3),
]
ALL_CLEAR = emergency("clear", at("00:06"), 10)
NARROW = LimitSettings(
    quiet_from="00:06", quiet_until="23:50", sessions_a_day=2, minutes_a_day=2, emergency_minutes_a_day=1
)

Act = Callable[[House], object]


def lose_sound(of: Cue) -> Act:
    return lambda house: house.spool.audio_path(of.audio[0]).unlink(missing_ok=True)


def rot_sound(of: Cue) -> Act:
    return lambda house: house.spool.audio_path(of.audio[0]).write_bytes(b"x" * 30)


def set_trust(trust: Trust) -> Act:
    return lambda house: setattr(house.trust, "trust", trust)


def set_fault(fault: str) -> Act:
    return lambda house: setattr(house.sound, "card_fault", fault)


acts: st.SearchStrategy[Act] = st.one_of(
    st.integers(1, 120).map(lambda s: lambda house: house.run(s)),
    st.integers(1, 120).map(lambda s: lambda house: house.run(s)),
    st.lists(st.sampled_from(POOL), unique_by=lambda c: c.id).map(lambda cues: lambda house: house.put_plan(*cues)),
    st.sampled_from(POOL).map(lambda c: lambda house: house.play_now(c)),
    st.sampled_from(["", *(c.broadcast for c in POOL)]).map(lambda b: lambda house: house.stop_now(b)),
    st.integers(-600, 600).map(lambda s: lambda house: house.clock.step(s)),
    st.sampled_from([-86_400, 86_400, 400 * 86_400]).map(lambda s: lambda house: house.clock.step(s)),
    st.sampled_from(Trust).map(set_trust),
    st.sampled_from(["", "no card"]).map(set_fault),
    st.sampled_from(POOL).map(lose_sound),
    st.sampled_from(POOL).map(rot_sound),
    st.just(lambda house: house.restart()),
    st.integers(1, 5).map(lambda n: lambda house: house.deliver_again(n)),
    st.sampled_from(POOL).map(lambda c: lambda house: house.play_now(c, is_delivered=False)),
    st.just(lambda house: house.stop_now("", all_clear=ALL_CLEAR)),
)


def live_through(sequence: Sequence[Act]) -> None:
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        house = House(Path(folder), settings=SpeakerSettings(limits=NARROW))
        house.know([*POOL, ALL_CLEAR])
        house.put_plan(*POOL)
        house.run(1)
        for act in sequence:
            act(house)
            house.speaker.step()
        house.restart()
        house.run(1)
        prove(house, {c.broadcast: c for c in (*POOL, ALL_CLEAR)})


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, max_size=40))
def test_no_sequence_of_plans_orders_faults_and_clock_jumps_plays_twice_or_breaks_a_limit(sequence: list[Act]) -> None:
    live_through(sequence)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, max_size=60))
def test_no_long_sequence_does_either(sequence: list[Act]) -> None:
    live_through(sequence)


class PowerCut(BaseException):
    """The plug is pulled: nothing of the process catches this."""


class Fuse:
    """Blows at the n-th write, before it or after it."""

    def __init__(self) -> None:
        self.left = 0

    @contextlib.contextmanager
    def over(self) -> Iterator[None]:
        self._burn()
        yield
        self._burn()

    def _burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise PowerCut


class FusedLedger(Ledger):
    def __init__(self, path: Path, fuse: Fuse) -> None:
        super().__init__(path)
        self._fuse = fuse

    def accept(self, kind: Kind, accepted: Accepted, cue: Cue | None = None) -> None:
        with self._fuse.over():
            super().accept(kind, accepted, cue)

    def intend(self, cue: Cue, start_at: datetime, duration_s: float) -> None:
        with self._fuse.over():
            super().intend(cue, start_at, duration_s)

    def note_first_sample(self, cue: str, first_sample_at: datetime) -> None:
        with self._fuse.over():
            super().note_first_sample(cue, first_sample_at)

    def finish(self, endings: Sequence[Ending]) -> None:
        with self._fuse.over():
            super().finish(endings)

    def give_up(self, records: Sequence[Playout]) -> None:
        with self._fuse.over():
            super().give_up(records)

    def note_exported(self, cues: Sequence[str]) -> None:
        with self._fuse.over():
            super().note_exported(cues)


class FusedOutbox(Outbox):
    def __init__(self, path: Path, fuse: Fuse) -> None:
        super().__init__(path)
        self._fuse = fuse

    def put(self, event: Event) -> None:
        with self._fuse.over():
            super().put(event)


class FusedHouse(House):
    """A house whose power fails at the n-th write, and again at the n-th after every return."""

    def __init__(self, root: Path, blows_at: int) -> None:
        self.fuse = Fuse()
        self.blows_at = blows_at
        self.cuts = 0
        super().__init__(root)
        self.fuse.left = blows_at

    def open_ledger(self) -> Ledger:
        return FusedLedger(self.paths.state / "ledger.db", self.fuse)

    def open_outbox(self) -> Outbox:
        return FusedOutbox(self.paths.state / "speaker.db", self.fuse)

    def survive(self, act: Callable[[], object]) -> None:
        """Do it; when the power fails, come back, and go on with what comes next."""
        try:
            act()
        except PowerCut:
            self.cuts += 1
            if self.cuts == 1:
                self.fuse.left = max(1, self.blows_at // 2)
            while True:
                try:
                    self.restart()
                    return
                except PowerCut:
                    self.cuts += 1


def eventful_morning(house: FusedHouse) -> dict[str, Cue]:
    news, music = cue("news", at("05:00"), 20), cue("music", at("05:01"), 120)
    bulletin = cue("bulletin", at("05:01:20"), 10, Priority.PRIORITY)
    late, gone = cue("late", at("05:01:25"), 30, grace_s=5), cue("gone", at("05:04"), 30)
    flood, lost = emergency("flood", at("05:03"), 10), emergency("lost", at("05:03"), 10)
    cues = {c.broadcast: c for c in (news, music, bulletin, late, gone, flood, lost)}
    house.survive(lambda: house.put_plan(news, music, bulletin, late, gone))
    house.survive(lambda: house.leap_to(at("04:59:50")))
    while house.clock.now() < at("05:03"):
        house.survive(lambda: house.run(2))
    house.survive(lambda: house.play_now(flood))
    house.survive(lambda: house.run(5))
    house.survive(lambda: house.play_now(lost, ttl_s=20, is_delivered=False))
    for _ in range(12):
        house.survive(lambda: house.run(5))
    house.survive(lambda: house.put_plan(news, music, bulletin, late, gone))
    house.survive(lambda: house.run_until(at("05:04:10")))
    house.survive(lambda: house.put_plan(news, music))
    for _ in range(6):
        house.survive(lambda: house.run(10))
    return cues


@pytest.mark.parametrize("blows_at", [1, 2, 3, *range(4, 100, 3)])
def test_a_power_cut_at_any_write_leaves_one_record_a_cue_and_nothing_twice(root: Path, blows_at: int) -> None:
    house = FusedHouse(root, blows_at)
    cues = eventful_morning(house)
    house.fuse.left = 0
    house.run(30)
    prove(house, cues)
    outcomes = house.outcomes()
    assert {"news", "music", "bulletin", "late", "gone"} <= set(outcomes)
    with contextlib.closing(sqlite3.connect(house.paths.state / "ledger.db")) as db:
        (waiting,) = db.execute("SELECT count(*) FROM cue WHERE record IS NULL OR NOT is_exported").fetchone()
    assert waiting == 0
    assert house.cuts >= 1 or blows_at > 60


def test_the_week_begins_at_midnight_in_vietnam() -> None:
    assert at("00:00") == MONDAY
