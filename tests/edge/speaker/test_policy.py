"""Who pre-empts whom, and whom a plan or a stop means."""

import itertools

from contract.orders import Command, Counter
from contract.terms import Order, Priority
from edge.speaker.playout import Happening
from edge.speaker.policy import is_stopped, is_withdrawn, preemption, preempts
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


def test_the_record_says_whether_an_emergency_was_the_reason() -> None:
    assert preemption(cue("a", NOON, priority=Priority.EMERGENCY)) is Happening.EMERGENCY
    assert preemption(cue("a", NOON, priority=Priority.PRIORITY)) is Happening.OVERLAP


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
