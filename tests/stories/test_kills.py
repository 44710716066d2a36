"""Link, speaker and hub are killed at random moments during traffic: no record is lost, none comes twice, and nothing
is heard twice."""

import random
import secrets
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from contract import codec
from contract.events import Playout
from contract.terms import Outcome
from hub.media.shelf import Shelf
from hub.news import News
from hub.orders.broadcasts import GRACE_S, Recording, digest
from hub.orders.desk import Desk
from hub.orders.wish import Wish
from hub.people.accounts import Role, User
from hub.store import recordings as recording_rows
from hub.store.database import Database
from simulator import soundcard
from tests.stories.conftest import Staff, eventually, wait_until
from tests.stories.tones import TONES, Tone, hear_tones, write_tone

pytestmark = pytest.mark.real

VICTIMS = ("link", "speaker", "hub")
PERIOD_S = 7.0
LEAD_S = 20.0
LENGTH_S = 1.3
PAUSE_S = (0.5, 3.5)
"""Between two kills: long enough for some processes to be up again, not for all."""
SETTLE_S = 90.0
AFTERTHOUGHT_S = 3.0
NEAR_S = 0.2


class Traffic:
    """Orders a short broadcast every few seconds, some time ahead: at the hub's desk, on its database, be the hub
    itself alive or not. Each sounds different from those around it."""

    def __init__(self, staff: Staff) -> None:
        self.planned: dict[str, tuple[int, datetime]] = {}
        """Tone and instant of each broadcast."""
        self._nodes = staff.nodes
        shelf = Shelf(staff.commune.hub_home / "media")
        self._database = Database(f"sqlite:///{staff.commune.hub_home / 'hub.db'}")
        self._desk = Desk(self._database, shelf, _now, News())
        self._officer = User(name="canbo", title="Cán bộ", role=Role.OFFICER, password_hash="")
        self._leader = User(name="lanhdao", title="Lãnh đạo", role=Role.LEADER, password_hash="")
        self._tones = [self._add(number, shelf) for number in range(TONES)]
        self._numbers = count()
        self._next_at = _now() + timedelta(seconds=PERIOD_S + 3)

    def order_ahead(self) -> None:
        while self._next_at - _now() < timedelta(seconds=LEAD_S):
            tone = next(self._numbers) % TONES
            self.planned[self._order(tone)] = (tone, self._next_at)
            self._next_at += timedelta(seconds=PERIOD_S)

    @property
    def last_at(self) -> datetime:
        return max(at for _, at in self.planned.values())

    def close(self) -> None:
        self._database.dispose()

    def _order(self, tone: int) -> str:
        nodes = tuple(self._nodes)
        wish = Wish(title=f"Tiếng {tone}", recording=self._tones[tone], nodes=nodes, starts_at=self._next_at)
        ordered = self._desk.order(wish, self._officer)
        self._desk.approve(ordered.id, self._leader, seen=digest(ordered))
        return ordered.id

    def _add(self, number: int, shelf: Shelf) -> str:
        audio = write_tone(number, LENGTH_S, shelf.folder)
        recording = Recording(
            sha256=audio.sha256,
            size=audio.size,
            duration_s=audio.duration_s,
            loudness_lufs=-16.0,
            true_peak_dbtp=-8.7,
            title=f"Tiếng {number}",
            uploaded_by="canbo",
            uploaded_at=_now(),
        )
        with self._database.write() as c:
            recording_rows.add(c, recording)
        return audio.sha256


@pytest.mark.timeout(300)
def test_kills_lose_no_record_and_double_no_sound(staff: Staff, recordings: dict[str, soundcard.Recording]) -> None:
    kill_and_compare(staff, recordings, kills_each=6)


@pytest.mark.soak
@pytest.mark.timeout(2 * 3600)
def test_two_hundred_kills_of_each_lose_no_record_and_double_no_sound(
    staff: Staff, recordings: dict[str, soundcard.Recording]
) -> None:
    kill_and_compare(staff, recordings, kills_each=200)


def kill_and_compare(staff: Staff, recordings: dict[str, soundcard.Recording], kills_each: int) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201
    traffic = Traffic(staff)
    try:
        kill(staff, traffic, random.Random(seed), kills_each)
        wait_until(traffic.last_at + timedelta(seconds=LENGTH_S + 2))
        wanted = len(traffic.planned) * len(staff.nodes)
        eventually(lambda: len(staff.records(*traffic.planned)) >= wanted, within_s=SETTLE_S)
        time.sleep(AFTERTHOUGHT_S)
        staff.commune.check()
    finally:
        traffic.close()
    rows = staff.records(*traffic.planned)
    assert Counter((node, row.broadcast) for node, row in rows) == {
        (node, broadcast): 1 for node in staff.nodes for broadcast in traffic.planned
    }
    for node, recording in recordings.items():
        ours = {row.broadcast: row for where, row in rows if where == node}
        compare_with_heard(ours, traffic, hear_tones(recording))
        compare_with_ledger(ours, staff.house(node).root / "var/lib/loa/ledger.db")
    assert "aired" in {row.outcome for _, row in rows}


def kill(staff: Staff, traffic: Traffic, chance: random.Random, kills_each: int) -> None:
    """Kill each victim so many times, in any order, at any moment, in any village."""
    victims = [victim for victim in VICTIMS for _ in range(kills_each)]
    chance.shuffle(victims)
    for victim in victims:
        traffic.order_ahead()
        wait_until(_now() + timedelta(seconds=chance.uniform(*PAUSE_S)))
        staff.commune.check()
        house = staff.house(chance.choice(staff.nodes))
        process = staff.commune.hub if victim == "hub" else house.processes[victim]
        process.kill()
        process.start()


def compare_with_heard(rows: dict[str, Playout], traffic: Traffic, heard: list[Tone]) -> None:
    """What is on record as aired was heard once, where the record says; what never began was not heard; and nothing
    was heard twice. What was cut by a kill may have been heard or not."""
    explained = 0
    for broadcast, (number, at) in traffic.planned.items():
        row = rows[broadcast]
        hearings = [t for t in heard if t.number == number and -1 < (t.at - at).total_seconds() < GRACE_S + LENGTH_S]
        explained += len(hearings)
        assert len(hearings) <= 1, f"heard twice: {hearings} {row}"
        if row.outcome is Outcome.AIRED:
            assert hearings, f"on record, but not heard: {row}"
            assert row.first_sample_at is not None
            assert abs((hearings[0].at - row.first_sample_at).total_seconds()) < NEAR_S, row
            assert hearings[0].duration_s == pytest.approx(LENGTH_S, abs=NEAR_S), row
        if row.outcome in (Outcome.MISSED, Outcome.REFUSED):
            assert not hearings, f"heard, but on record as never begun: {row}"
    assert explained == len(heard), f"heard, but never ordered: {heard}"


def compare_with_ledger(rows: dict[str, Playout], ledger: Path) -> None:
    """The node's own book is whole, and says word for word what the hub has."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert book.execute("SELECT count(*) FROM cue WHERE record IS NULL OR NOT is_exported").fetchone() == (0,)
        kept = [codec.decode(body, Playout) for (body,) in book.execute("SELECT record FROM cue")]
    assert {p.broadcast: p for p in kept if p.broadcast in rows} == rows


def _now() -> datetime:
    return datetime.now(UTC)
