"""A month of mishaps in 200 villages, by virtual time: how many incidents open for a cause, which causes have none, and
what a technician who is told of everything gets on the phone.

The causes are known by construction (`_mishaps`): power and provider of regions, single nodes and lines, flapping ones,
cameras, sound, clocks, processes; beside them what is no cause: announced work, late signs, restarts of the hub.
"""

import argparse
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from benchmarks import _mishaps
from benchmarks._mishaps import DAYS, START, Cause, Month
from benchmarks._result import report, say
from hub.alerts import fold as alerting
from hub.alerts.events import notice
from hub.alerts.message import Message
from hub.alerts.place import Kind, Place
from hub.alerts.register import Register
from hub.incidents.book import Book, Setting, is_frozen
from hub.incidents.fold import advance
from hub.incidents.incident import Member, Step, Turn
from hub.nodes.windows import Window

SEED = 20261126
NODES = 200
LOOK = timedelta(seconds=20)
BELIEVED = timedelta(hours=2)
"""After so long at its end all that came back in the month is told to be back."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident that opened, and what it took away by then."""

    at: datetime
    things: frozenset[tuple[str, str]]


class Phone:
    """One that is told of everything, by the hub's own rules."""

    def __init__(self) -> None:
        place = Place(id="t", title="t", kind=Kind.TELEGRAM, url="", shown="", added_at=START - BELIEVED)
        self._setting = alerting.Setting([place], UTC)
        self._register = Register()
        self.messages: list[Message] = []

    def hear(self, steps: Sequence[Step], book: Book, is_frozen: bool, now: datetime) -> None:
        events = notice(self._register, steps, book.incidents, {}, is_frozen, now)
        self.messages += alerting.advance(self._register, events, self._setting, now)

    def count(self, word: str) -> int:
        """How many incidents were told with this word."""
        return sum(len(getattr(message, word)) for message in self.messages)

    @property
    def repeated(self) -> int:
        """Words that say what the phone was told already."""
        last, found = dict[int, str](), 0
        for message in self.messages:
            for word, ids in (("gone", message.gone), ("gone", message.again), ("back", message.back)):
                found += sum(last.get(id) == word for id in ids)
                last |= dict.fromkeys(ids, word)
        return found


def run(month: Month, phone: Phone) -> tuple[list[Opened], list[Member]]:
    """Let the hub look after all that happens; returns what opened, also where it was merged later, and all that was
    ever under an incident."""
    book, found, held = Book(), list[Opened](), list[Member]()
    setting = Setting(frozenset(month.nodes), _by_node(month))
    looks = sorted({h.at + LOOK for h in month.heard} | {START + timedelta(days=DAYS)})
    position = 0
    for now in looks:
        last = position
        while position < len(month.heard) and month.heard[position].at <= now:
            position += 1
        steps = advance(book, month.heard[last:position], setting, now)
        phone.hear(steps, book, is_frozen(book, setting, now), now)
        for step in steps:
            members = book.incidents[step.incident].members
            if step.turn is Turn.OPENED:
                found.append(Opened(step.at, frozenset((m.node, m.subject) for m in members)))
            elif step.turn is Turn.CLOSED:
                held += [replace(m) for m in members]
    phone.hear([], book, is_frozen=False, now=looks[-1] + BELIEVED)
    assert not book.lasting, "all is well at the end of the month"
    return found, held


def _by_node(month: Month) -> Mapping[str, list[Window]]:
    return {n: [w for w in month.windows if w.node == n] for n in {w.node for w in month.windows}}


def blame(month: Month, found: Sequence[Opened]) -> tuple[dict[Cause, int], int]:
    """How many incidents each cause opened, and how many opened without one. The latest cause that fits has it."""
    counts, groundless = dict.fromkeys(month.causes, 0), 0
    for opened in found:
        fits = [c for c in month.causes if c.start <= opened.at <= c.end and opened.things & c.things]
        if fits:
            counts[max(fits, key=lambda c: c.start)] += 1
        else:
            groundless += 1
    return counts, groundless


def missed(month: Month, held: Sequence[Member]) -> list[Cause]:
    """Causes of which nothing was under an incident while they lasted."""
    spans: dict[tuple[str, str], list[Member]] = {}
    for member in held:
        spans.setdefault((member.node, member.subject), []).append(member)

    def is_told(cause: Cause) -> bool:
        members = [m for thing in cause.things for m in spans.get(thing, ())]
        return any(m.since_at <= cause.end and m.left_at is not None and m.left_at >= cause.start for m in members)

    return [cause for cause in month.causes if not is_told(cause)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=SEED)
    seed = parser.parse_args().seed
    say(f"seed {seed}: {NODES} villages, {DAYS} days")
    month = _mishaps.make(seed, NODES)
    phone = Phone()
    found, held = run(month, phone)
    counts, groundless = blame(month, found)
    say(f"{'cause':32} {'times':>6} {'incidents':>10} {'missed':>7}")
    times, opened = Tally(c.kind for c in counts), Tally[str]()
    for cause, n in counts.items():
        opened[cause.kind] += n
    untold = Tally(c.kind for c in missed(month, held))
    for kind in times:
        say(f"{kind:32} {times[kind]:6} {opened[kind]:10} {untold[kind]:7}")
    for kind, n in month.unblamed.items():
        say(f"{kind + ' (no cause)':32} {n:6}")
    say(f"{len(month.heard)} flips; incidents without a cause: {groundless}")
    gone, again, back = (phone.count(word) for word in ("gone", "again", "back"))
    say(f"a phone that is told of all: {len(phone.messages)} messages; gone {gone}, gone again {again}, back {back}")
    report("told_per_cause", round((gone + again) / len(counts), 3), "times/cause", 1.1)
    report("told_twice", phone.repeated, "words", 0)
    report("alerts_per_cause", round(len(found) / len(counts), 3), "incidents/cause", 1.1)
    report("causes_missed", untold.total(), "causes", 0)


if __name__ == "__main__":
    main()
