"""A line that is gone for days, and a hub that hears what was measured meanwhile."""

from dataclasses import replace
from datetime import timedelta

from contract import codec
from contract.reports import ClockReport, Heartbeat
from contract.terms import Trust
from edge.backlog import KEEP_EVERY_S, KEPT_MOST, TELL_EVERY_S, Backlog
from tests.edge.test_uplink import AT, BEAT


def away(backlog: Backlog, seconds: int, began_s: int = 0, beat: Heartbeat = BEAT) -> None:
    for now_s in range(began_s, began_s + seconds):
        if backlog.is_due(now_s):
            backlog.keep(replace(beat, at=AT + timedelta(seconds=now_s)), now_s)


def told(backlog: Backlog, began_s: int, seconds: int) -> list[tuple[int, Heartbeat]]:
    taken = ((now_s, backlog.take(now_s)) for now_s in range(began_s, began_s + seconds))
    return [(now_s, codec.decode(wire, Heartbeat)) for now_s, wire in taken if wire is not None]


def test_one_every_five_minutes_is_kept_and_told_in_order_at_a_bounded_pace() -> None:
    backlog = Backlog(0)
    away(backlog, 3601)
    heard = told(backlog, 4000, 120)
    assert [(beat.at - AT).total_seconds() for _, beat in heard] == [KEEP_EVERY_S * n for n in range(1, 13)]
    assert [now_s for now_s, _ in heard] == [4000 + TELL_EVERY_S * n for n in range(12)]
    assert told(backlog, 5000, 120) == []


def test_only_figures_are_told_and_that_they_were_kept() -> None:
    backlog = Backlog(0)
    away(backlog, 301)
    ((_, beat),) = told(backlog, 400, 10)
    assert (beat.vitals, beat.targets, beat.network, beat.clock) == (
        BEAT.vitals, BEAT.targets, BEAT.network, BEAT.clock,
    )  # fmt: skip
    assert beat.is_kept
    assert (beat.nonce, beat.cameras, beat.plan.accepted) == ("", (), None)


def test_after_two_days_the_last_36_hours_are_left() -> None:
    backlog = Backlog(0)
    away(backlog, 2 * 86_400)
    heard = told(backlog, 200_000, 3600)
    assert len(heard) == KEPT_MOST
    assert heard[0][1].at >= AT + timedelta(hours=12) - timedelta(seconds=KEEP_EVERY_S)


def test_a_clock_that_is_not_believed_dates_nothing() -> None:
    backlog = Backlog(0)
    away(backlog, 900, beat=replace(BEAT, clock=ClockReport(trust=Trust.UNTRUSTED)))
    assert told(backlog, 1000, 60) == []


def test_a_hub_that_restarts_costs_nothing() -> None:
    backlog = Backlog(0)
    for now_s in range(0, 3600, 60):
        backlog.hear(now_s)
        away(backlog, 50, now_s)
    assert told(backlog, 3600, 60) == []
