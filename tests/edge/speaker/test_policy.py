"""Who pre-empts whom, and whom a plan or a stop means."""

import itertools
from dataclasses import replace

from contract.orders import Command, Counter
from contract.terms import Late, Order, Priority, Reason, Yielding
from edge.speaker.playout import Happening
from edge.speaker.policy import (
    JOIN_LEAST_S,
    SKIP_S,
    is_stopped,
    is_withdrawn,
    latest_s,
    offset_s,
    preemption,
    preempts,
)
from tests.edge.speaker.house import NODE, at, cue

NOON = at("12:00")


def test_a_higher_class_silences_a_lower_one_whenever_it_came() -> None:
    for low, high in itertools.combinations(Priority, 2):
        a, b = cue("a", NOON, priority=low), cue("b", NOON, priority=high)
        for new_s in (0.0, 10.0):
            assert preempts(b, new_s, a, 5.0)
            assert not preempts(a, new_s, b, 5.0)


def test_within_a_class_only_a_newer_emergency_silences() -> None:
    for priority in Priority:
        a, b = cue("a", NOON, priority=priority), cue("b", NOON, priority=priority)
        assert preempts(b, 6.0, a, 5.0) is (priority is Priority.EMERGENCY)
        assert not preempts(b, 5.0, a, 5.0)
        assert not preempts(b, 4.0, a, 5.0)


def test_what_is_silenced_ends_or_goes_on_afterwards_as_it_says_itself() -> None:
    flood, bulletin = cue("a", NOON, priority=Priority.EMERGENCY), cue("a", NOON, priority=Priority.PRIORITY)
    news = cue("news", NOON)
    assert preemption(flood, news) == (Happening.EMERGENCY, Reason.EMERGENCY)
    assert preemption(bulletin, news) == (Happening.OVERLAP, Reason.OVERLAP)
    for yields in (Yielding.RESUME, Yielding.RESTART):
        assert preemption(flood, replace(news, yields=yields)) == (Happening.YIELDED, Reason.EMERGENCY)
        assert preemption(bulletin, replace(news, yields=yields)) == (Happening.YIELDED, Reason.OVERLAP)


def test_how_late_a_cue_may_begin_is_its_own_policy() -> None:
    whole = cue("news", NOON, duration_s=600, grace_s=60)
    assert latest_s(whole) == 60
    assert latest_s(replace(whole, late=Late.SKIP)) == SKIP_S
    assert latest_s(replace(whole, late=Late.SKIP, grace_s=0)) == 0
    assert latest_s(replace(whole, late=Late.JOIN)) == 600 - JOIN_LEAST_S
    assert latest_s(replace(whole, late=Late.JOIN, duration_s=3)) == SKIP_S
    assert latest_s(replace(whole, patience_s=300)) == 360


def test_only_what_is_joined_begins_in_its_middle() -> None:
    joined = replace(cue("news", NOON, duration_s=600), late=Late.JOIN)
    assert offset_s(joined, 200) == 200
    assert offset_s(joined, SKIP_S) == 0
    assert offset_s(replace(joined, late=Late.WHOLE), 200) == 0


def test_a_plan_takes_back_only_what_the_former_one_had() -> None:
    assert is_withdrawn("x", {"x", "y"}, {"y"})
    assert not is_withdrawn("x", {"x"}, {"x"})
    assert not is_withdrawn("live", {"x"}, {"y"})


def test_a_stop_means_its_broadcast_or_all() -> None:
    def stop(broadcast: str) -> Command:
        return Command(node=NODE, counter=Counter(0, 1), nonce="n", ttl_s=60, order=Order.STOP, stop=broadcast)

    news = cue("news", NOON)
    assert is_stopped(news, stop(""))
    assert is_stopped(news, stop("news"))
    assert not is_stopped(news, stop("market"))
