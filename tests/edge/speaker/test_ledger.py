"""What the speaker remembers over a power cut."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from contract.events import Key, Playout
from contract.orders import Counter, Cue
from contract.rules import Span
from contract.signing import Keys
from contract.terms import Outcome, Priority, Reason
from edge.speaker.ledger import Accepted, Ending, Ledger
from tests.edge.speaker.house import at, cue

KEYS = Keys(daily=b"d" * 32, recovery=b"r" * 32, epoch=1)
NEWS = cue("news", at("05:00"), 30)


def open_ledger(root: Path) -> Ledger:
    return Ledger(root / "ledger.db")


def record(of: Cue, outcome: Outcome = Outcome.AIRED, reason: Reason = Reason.NONE, heard_s: float = 30) -> Playout:
    return Playout(
        key=Key(stream="s", seq=1),
        at=of.at + timedelta(minutes=5),
        cue=of.id,
        broadcast=of.broadcast,
        outcome=outcome,
        reason=reason,
        planned_at=of.at,
        first_sample_at=of.at if heard_s else None,
        last_sample_at=of.at + timedelta(seconds=heard_s) if heard_s else None,
    )


def test_keys_and_counters_survive_a_power_cut(root: Path) -> None:
    ledger = open_ledger(root)
    ledger.begin(KEYS)
    accepted = Accepted(Counter(1, 7), b"digest", b"wire", KEYS)
    ledger.accept("plan", accepted)
    again = open_ledger(root)
    assert (again.keys(), again.accepted("plan"), again.accepted("command")) == (KEYS, accepted, None)


def test_the_counters_of_another_hub_are_forgotten(root: Path) -> None:
    ledger = open_ledger(root)
    ledger.begin(KEYS)
    ledger.accept("plan", Accepted(Counter(1, 7), b"digest", b"wire", KEYS))
    ledger.begin(Keys(daily=b"n" * 32, recovery=KEYS.recovery, epoch=2))
    assert ledger.accepted("plan") is not None
    ledger.begin(Keys(daily=b"n" * 32, recovery=b"o" * 32, epoch=0))
    assert ledger.accepted("plan") is None


def test_a_cue_is_intended_once_for_ever(root: Path) -> None:
    ledger = open_ledger(root)
    assert ledger.unknown([NEWS]) == [NEWS]
    ledger.intend(NEWS, NEWS.at, 30)
    for each in (ledger, open_ledger(root)):
        assert each.unknown([NEWS]) == []
        with pytest.raises(sqlite3.IntegrityError, match="before"):
            each.intend(NEWS, NEWS.at, 30)
    ledger.finish([Ending(NEWS, record(NEWS))])
    with pytest.raises(sqlite3.IntegrityError, match="before"):
        open_ledger(root).intend(NEWS, NEWS.at, 30)


def test_a_live_order_that_was_taken_up_may_be_intended_later(root: Path) -> None:
    ledger = open_ledger(root)
    ledger.begin(KEYS)
    ledger.accept("command", Accepted(Counter(1, 1), b"digest", b"wire", KEYS), NEWS)
    assert [(each.cue, each.is_intended) for each in ledger.open_cues()] == [(NEWS.id, False)]
    ledger.intend(NEWS, NEWS.at, 30)
    assert [(each.cue, each.is_intended) for each in ledger.open_cues()] == [(NEWS.id, True)]


def test_a_closed_cue_keeps_its_first_record(root: Path) -> None:
    ledger = open_ledger(root)
    ledger.finish([Ending(NEWS, record(NEWS))])
    ledger.finish([Ending(NEWS, record(NEWS, Outcome.CUT, Reason.STOPPED))])
    assert [r.outcome for r in ledger.unexported(10)] == [Outcome.AIRED]
    ledger.note_exported([NEWS.id])
    assert open_ledger(root).unexported(10) == []


def test_what_was_heard_counts_as_long_as_it_was_heard(root: Path) -> None:
    ledger = open_ledger(root)
    short, cut, never = cue("short", at("06:00")), cue("cut", at("07:00")), cue("never", at("08:00"))
    for each in (NEWS, short, cut, never):
        ledger.intend(each, each.at, 600)
    ledger.note_first_sample(NEWS.id, at("05:00:01"))
    ledger.finish([Ending(short, record(short, Outcome.PREEMPTED, Reason.EMERGENCY), heard_s=12)])
    ledger.give_up([record(cut, Outcome.CUT, Reason.POWER, heard_s=0)])
    ledger.finish([Ending(never, record(never, Outcome.MISSED, Reason.SOUND_CARD))])
    routine = Priority.ROUTINE
    spans = [Span(at("05:00:01"), 600, routine), Span(at("06:00"), 12, routine), Span(at("07:00"), 600, routine)]
    assert ledger.heard(at("12:00")) == spans
    assert ledger.heard(at("12:00"), besides={NEWS.id}) == spans[1:]
    assert ledger.heard(at("12:00", day=4)) == []


def test_old_cues_are_forgotten_by_number_and_only_once_they_went_out(root: Path) -> None:
    ledger = open_ledger(root)
    cues = [cue(f"c{i}", at("05:00") + timedelta(minutes=i)) for i in range(6)]
    ledger.finish([Ending(each, record(each)) for each in cues])
    ledger.note_exported([each.id for each in cues[1:]])
    ledger.prune(kept=3)
    assert ledger.unknown(cues) == cues[1:3]


def test_a_disk_that_refuses_leaves_everything_as_it_was(root: Path) -> None:
    ledger = open_ledger(root)
    ledger.begin(KEYS)
    ledger.accept("plan", Accepted(Counter(1, 7), b"digest", b"wire", KEYS))
    full = sqlite3.connect(root / "ledger.db")
    full.execute("CREATE TRIGGER full BEFORE INSERT ON cue BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    full.commit()
    with pytest.raises(sqlite3.Error, match="full"):
        ledger.accept("plan", Accepted(Counter(1, 8), b"digest", b"wire", KEYS), NEWS)
    accepted = ledger.accepted("plan")
    assert accepted is not None
    assert accepted.counter == Counter(1, 7)
    full.execute("DROP TRIGGER full")
    full.commit()
    ledger.intend(NEWS, NEWS.at, 30)
