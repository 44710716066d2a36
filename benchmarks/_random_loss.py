"""A node's network that works but for packets lost at random, in virtual time: what netmon tells, and what the hub
makes of it, by their own pure rules."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace

from contract.reports import Vitals
from contract.terms import NetworkCause
from edge.netmon.config import STANDARD, Rule, Target
from edge.netmon.diagnosis import House, diagnose
from edge.netmon.opinion import Opinion, believe, is_news, settle
from edge.netmon.service import AGAIN_S, POST_S
from edge.netmon.uptime import Sample, Uptime, follow
from hub.incidents.book import Book, Setting
from hub.incidents.fold import Heard, advance
from hub.incidents.incident import Turn
from hub.nodes.fleet import Flip, Status

START = datetime(2026, 5, 1, tzinfo=UTC)
NODE = "xa-thon-1"
HUB_HOST = "loa.xa.example"
RESOLVER = "192.168.1.1"
WELL = House(has_device=True, has_link=True, has_route=True, is_router_near=True)
RTT_MS = 20.0
_PAIR, _NAME = 2, 4
"""Packets of a question and its answer; of a name's, which is asked for in IPv4 and IPv6."""
_TRIES = 2
"""A name is asked for twice (`edge.processes`), and TCP repeats once within the time allowed."""
_EXCHANGES = 3
"""Of a page and of a handshake: the connection, the request and its answer, or the two rounds of TLS."""


@dataclass(slots=True)
class Course:
    """What came of it: questions, those unanswered, changes of targets, causes told, incidents that opened."""

    asked: int = 0
    unanswered: int = 0
    target_changes: int = 0
    causes_told: list[NetworkCause] = field(default_factory=list)
    incidents: int = 0


@dataclass(slots=True)
class _Watched:
    target: Target
    uptime: Uptime = field(default_factory=Uptime)


def live(days: float, loss: float, seed: int) -> Course:
    """So many days in which each packet is lost with this chance; nothing else ever fails."""
    dice, rule, course = random.Random(seed), Rule(), Course()
    watched = [_Watched(target) for target in STANDARD]
    due = [(0.0, n) for n in range(len(watched))]
    heapify(due)
    flips: list[Flip] = []
    opinion, recorded, post_s = Opinion(), NetworkCause.NONE, POST_S
    while due[0][0] < days * 86_400:
        now_s, n = due[0]
        while post_s <= now_s:
            opinion, flip = _conclude(watched, opinion, recorded, post_s)
            post_s += POST_S
            if flip is not None:
                recorded = NetworkCause(flip.value)
                course.causes_told.append(recorded)
                flips.append(flip)
        one = watched[n]
        sample = _ask(one.target, now_s, loss, dice)
        before, one.uptime = one.uptime, follow(one.uptime, sample, rule)
        course.asked += 1
        course.unanswered += sample.rtt_ms is None
        if before.is_up is not None and one.uptime.is_up is not before.is_up:
            course.target_changes += 1
            at = one.uptime.since_at or sample.at
            value = "up" if one.uptime.is_up else "down"
            flips.append(Flip(node=NODE, subject=f"target:{one.target.id}", value=value, at=at, detail=str(now_s)))
        is_doubtful = sample.rtt_ms is None and one.uptime.is_up is not False
        wait_s = min(one.target.every_s, AGAIN_S) if is_doubtful else one.target.every_s
        heapreplace(due, (now_s + wait_s, n))
    course.incidents = _incidents(flips, days)
    return course


def _conclude(
    watched: list[_Watched], opinion: Opinion, recorded: NetworkCause, now_s: float
) -> tuple[Opinion, Flip | None]:
    """What netmon's service does every few seconds: one cause, held long enough, told once."""
    auto = {"dns": RESOLVER, "tls": HUB_HOST}
    beliefs = [believe(w.target, w.uptime, auto.get(w.target.kind, "")) for w in watched]
    cause = diagnose(beliefs, WELL, Vitals(uptime_s=now_s))
    opinion = settle(opinion, cause, [w.uptime for w in watched], now_s)
    if opinion.told is None or not is_news(recorded, opinion.told):
        return opinion, None
    value, at = opinion.told.cause.value, opinion.told.since_at
    return opinion, Flip(node=NODE, subject="network", value=value, at=at, detail=str(now_s))


def _ask(target: Target, now_s: float, loss: float, dice: random.Random) -> Sample:
    if target.kind in ("gateway", "dns", "dhcp"):
        is_lost = _is_in_vain(_PAIR, 1, loss, dice)
    else:
        is_lost = _is_in_vain(_NAME, _TRIES, loss, dice) or any(
            _is_in_vain(_PAIR, _TRIES, loss, dice) for _ in range(_EXCHANGES)
        )
    return Sample(START + timedelta(seconds=now_s), None if is_lost else RTT_MS)


def _is_in_vain(packets: int, tries: int, loss: float, dice: random.Random) -> bool:
    """Whether in none of these tries all packets come through."""
    return all(any(dice.random() < loss for _ in range(packets)) for _ in range(tries))


def _incidents(flips: list[Flip], days: float) -> int:
    """How many the hub opens, to which each flip is told when the node knew it."""
    book, setting = Book(), Setting(frozenset({NODE}))
    told = [Heard(Flip(node=NODE, subject="node", value=Status.UP, at=START), START), *_heard(flips)]
    steps = advance(book, told, setting, START + timedelta(days=days + 1))
    return sum(step.turn is not Turn.CLOSED for step in steps)


def _heard(flips: list[Flip]) -> Iterator[Heard]:
    for flip in flips:
        yield Heard(flip, START + timedelta(seconds=float(flip.detail)))
