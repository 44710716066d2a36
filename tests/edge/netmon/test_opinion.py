"""What one target can prove, and when a cause is told."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.reports import NetworkReport
from contract.terms import NetworkCause
from edge.netmon.config import STANDARD, Target
from edge.netmon.opinion import SETTLE_S, Opinion, believe, is_news, settle
from edge.netmon.uptime import Uptime

NOON = datetime(2026, 5, 1, 5, tzinfo=UTC)
UP = [Uptime(is_up=True, since_at=NOON)]
DOWN = [Uptime(is_up=False, since_at=NOON + timedelta(minutes=5)), *UP]


@pytest.mark.parametrize(
    ("target", "auto", "is_outside", "is_named"),
    [
        (Target(id="a", kind="gateway"), "", False, False),
        (Target(id="a", kind="dns"), "192.168.1.1", False, False),
        (Target(id="a", kind="dns"), "8.8.8.8", True, False),
        (Target(id="a", kind="dns"), "", False, False),
        (Target(id="a", kind="dns", address="1.1.1.1"), "", True, False),
        (Target(id="a", kind="http204", address="http://x.vn/"), "", True, True),
        (Target(id="a", kind="http204", address="http://127.0.0.1:8080/"), "", True, False),
        (Target(id="a", kind="tls"), "loa.binhminh.example", True, True),
        (Target(id="a", kind="tls"), "192.168.1.9", False, False),
        (Target(id="a", kind="tls"), "", False, False),
        (Target(id="a", kind="tls", address="203.162.4.191:8883"), "192.168.1.9", True, False),
    ],
)
def test_what_an_answer_proves(target: Target, auto: str, is_outside: bool, is_named: bool) -> None:
    belief = believe(target, Uptime(is_up=True, since_at=NOON), auto)
    assert (belief.is_outside, belief.is_named, belief.is_up) == (is_outside, is_named, True)


def test_the_standard_targets_have_witnesses_enough() -> None:
    beliefs = [believe(t, Uptime(), "192.168.1.1" if t.kind == "dns" else "loa.example") for t in STANDARD]
    assert sum(b.is_outside and not b.is_named for b in beliefs) >= 1, "one that is asked without any name"
    assert sum(b.is_outside for b in beliefs) >= 3
    assert [b.is_own for b in beliefs if b.kind == "dns"] == [True, False]


def test_a_cause_is_told_once_it_held_and_dated_by_what_completed_it() -> None:
    first = settle(Opinion(), NetworkCause.NONE, UP, 0.0)
    assert first.told is None
    well = settle(first, NetworkCause.NONE, UP, SETTLE_S)
    assert well.told == NetworkReport(cause=NetworkCause.NONE, since_at=NOON)
    leaning = settle(well, NetworkCause.PROVIDER, DOWN, 300.0)
    assert leaning.told == well.told
    told = settle(leaning, NetworkCause.PROVIDER, DOWN, 300.0 + SETTLE_S).told
    assert told == NetworkReport(cause=NetworkCause.PROVIDER, since_at=NOON + timedelta(minutes=5))


def test_what_shows_for_a_moment_is_not_told() -> None:
    well = Opinion(NetworkReport(cause=NetworkCause.NONE, since_at=NOON))
    moment = settle(well, NetworkCause.UNKNOWN, DOWN, 100.0)
    assert settle(moment, NetworkCause.NONE, UP, 105.0) == well
    again = settle(moment, NetworkCause.HUB, DOWN, 115.0)
    assert again.told == well.told, "another cause begins to be waited for anew"


def test_of_targets_never_judged_nothing_is_told() -> None:
    assert settle(Opinion(), NetworkCause.UNKNOWN, [Uptime()], 100.0) == Opinion()


def test_what_is_known_is_put_on_record_once() -> None:
    outage = NetworkReport(cause=NetworkCause.PROVIDER, since_at=NOON)
    assert is_news(None, outage)
    assert not is_news(NetworkCause.PROVIDER, outage)
    assert not is_news(NetworkCause.PROVIDER, NetworkReport(cause=NetworkCause.UNKNOWN, since_at=NOON))
    assert is_news(NetworkCause.PROVIDER, NetworkReport(cause=NetworkCause.NONE, since_at=NOON))
    assert not is_news(None, None)
