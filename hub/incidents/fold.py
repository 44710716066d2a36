"""The course of incidents from the course of flips: told in any pieces, at any pace, it comes out the same. Pure.

What happens by the clock alone (a grace is over, maintenance ends) happens at its own instant, not when somebody looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from hub.incidents import opening
from hub.incidents.book import RULES, Book, Fault, Rules, Setting, Village
from hub.incidents.held import held_until
from hub.incidents.incident import NETWORK, NODE, Incident, Step, Turn, about, is_fault
from hub.nodes.fleet import HUB, Flip, Status


@dataclass(frozen=True, slots=True)
class Heard:
    """A flip, and when the hub had it: `flip.at` may be long before."""

    flip: Flip
    at: datetime


def advance(book: Book, heard: Iterable[Heard], setting: Setting, now: datetime, rules: Rules = RULES) -> list[Step]:
    """Tell the book what was heard up to `now`; returns what became of incidents, in order.

    What comes late, from before the book's own now, counts as heard at that now. All that is told of is in the book.
    """
    steps: list[Step] = []
    forget(book, rules)
    begun = book.now
    known = [Heard(h.flip, h.at if begun is None else max(h.at, begun)) for h in heard if h.at <= now]
    for at, group in groupby(sorted(known, key=lambda h: h.at), key=lambda h: h.at):
        steps += _pass_time(book, setting, at, rules)
        book.now = at
        flips = sorted((h.flip for h in group), key=lambda f: (f.at, f.subject != NODE, f.node, f.subject))
        for flip in flips:
            steps += _hear(book, setting, flip, at, rules)
        steps += _settle(book, setting, at, rules)
    steps += _pass_time(book, setting, now, rules)
    book.now = now if book.now is None else max(book.now, now)
    return steps + _settle(book, setting, book.now, rules)


def forget(book: Book, rules: Rules = RULES) -> None:
    """Drop incidents that are closed for good."""
    longest, now = max(rules.reopen, rules.reopen_flapping), book.now
    gone = [i.id for i in book.incidents.values() if now and i.closed_at is not None and now - i.closed_at > longest]
    for id in gone:
        del book.incidents[id]


def _pass_time(book: Book, setting: Setting, until: datetime, rules: Rules) -> list[Step]:
    """What is due by the clock before `until`, each thing at its instant."""
    steps: list[Step] = []
    while book.now is not None:
        due = _next_due(book, setting, book.now, rules)
        if due is None or due >= until:
            break
        book.now = due
        steps += _settle(book, setting, due, rules)
    return steps


def _next_due(book: Book, setting: Setting, now: datetime, rules: Rules) -> datetime | None:
    ends = [held_until(book, setting, n, s, f, now, rules) for n, s, f in book.waiting()]
    ends += [i.returned_at + rules.left_behind for i in book.lasting if i.is_wide and i.returned_at is not None]
    return min((end for end in ends if end is not None and end > now), default=None)


def _hear(book: Book, setting: Setting, flip: Flip, at: datetime, rules: Rules) -> list[Step]:
    if flip.node == HUB:
        if flip.value == Status.UP:
            book.quiet_until = at + rules.settle_hub
        return []
    if flip.node not in setting.fleet:
        return []
    village = book.village(flip.node)
    if flip.subject == NETWORK:
        village.network = flip.value
    if about(flip.subject) is None:
        return []
    if flip.subject == NODE:
        is_going = flip.value in (Status.LATE, Status.DOWN)
        if village.sign_at is not None and not is_going:
            _note_return(village, at, rules)
        village.status = flip.value
        village.sign_at = (village.sign_at or flip.at) if is_going else None
        since_at = village.sign_at or flip.at
    else:
        since_at = flip.at
    known = village.faults.get(flip.subject)
    if not is_fault(flip):
        is_still = flip.subject == NODE and flip.value == Status.LATE
        return [] if known is None or is_still else _clear(book, setting, flip, known, at, rules)
    if known is None:
        village.faults[flip.subject] = Fault(value=flip.value, detail=flip.detail, since_at=since_at)
        return []
    known.value, known.detail = flip.value, flip.detail
    member = book.incidents[known.incident].find(flip.node, flip.subject) if known.incident else None
    if member is not None:
        member.value, member.detail = flip.value, flip.detail
    return []


def _note_return(village: Village, at: datetime, rules: Rules) -> None:
    """One that is late again and again hides what is wrong there for one grace, or it would hide it for ever."""
    before = village.returned.get(NODE)
    if NODE in village.faults or before is None or at - before > rules.grace:
        village.returned[NODE] = at


def _clear(book: Book, setting: Setting, flip: Flip, fault: Fault, at: datetime, rules: Rules) -> list[Step]:
    """It is well again. What nothing held is an incident even where its end came in the same moment."""
    steps: list[Step] = []
    is_free = held_until(book, setting, flip.node, flip.subject, fault, at, rules) is None
    if not fault.incident and is_free:
        steps += opening.place(book, setting, flip.node, flip.subject, fault, at, rules)
    return steps + _leave(book, flip.node, flip.subject, flip.at, at)


def _leave(book: Book, node: str, subject: str, left_at: datetime, at: datetime) -> list[Step]:
    village = book.village(node)
    fault = village.faults.pop(subject)
    if subject.startswith("process:"):
        village.returned[subject] = at
    if not fault.incident:
        return []
    incident = book.incidents[fault.incident]
    member = incident.find(node, subject)
    assert member is not None
    member.left_at = max(left_at, member.since_at)
    incident.returned_at = at
    return _close_if_over(incident, at)


def _close_if_over(incident: Incident, at: datetime) -> list[Step]:
    if incident.away or incident.is_closed:
        return []
    incident.closed_at = at
    return [Step(Turn.CLOSED, incident.id, at)]


def _settle(book: Book, setting: Setting, at: datetime, rules: Rules) -> list[Step]:
    """After all that was said at this instant: who is gone for good, what opens, what splits."""
    steps: list[Step] = []
    for node in sorted(book.villages.keys() - setting.fleet):
        for subject in sorted(book.villages[node].faults):
            steps += _leave(book, node, subject, at, at)
        del book.villages[node]
    for node, subject, fault in list(book.waiting()):
        if held_until(book, setting, node, subject, fault, at, rules) is None:
            steps += opening.place(book, setting, node, subject, fault, at, rules)
    for incident in book.lasting:
        steps += _split(book, setting, incident, at, rules)
    return steps


def _split(book: Book, setting: Setting, incident: Incident, at: datetime, rules: Rules) -> list[Step]:
    """The few that are away long after the others came back are no longer the same cause."""
    if not incident.is_wide or incident.returned_at is None or at - incident.returned_at < rules.left_behind:
        return []
    left = sorted({m.node for m in incident.away})
    if 2 * len(left) > len(incident.nodes) or len(left) >= rules.least_of(len(setting.fleet)):
        return []
    steps: list[Step] = []
    for node in left:
        own: int = 0
        for member in [m for m in incident.away if m.node == node]:
            member.left_at = at
            fault = book.village(node).faults[member.subject]
            if own:
                opening.join(book.incidents[own], node, member.subject, fault)
            else:
                kind = about(member.subject) or incident.about
                steps += opening.open_own(book, kind, node, member.subject, fault, at)
                own = fault.incident
    return steps + _close_if_over(incident, at)
