"""To which incident a fault belongs: one that it was part of, one that takes its like away now, or its own. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hub.cameras.causes import GONE
from hub.incidents.book import Book, Fault, Rules, Setting
from hub.incidents.incident import NODE, UPS, About, Incident, Member, Step, Turn, about

WIDE = frozenset({About.CONTACT, About.MAINS, About.NETWORK})
"""What power or a provider can take from many villages at once."""
_ONE_POWER = frozenset({About.CONTACT, About.MAINS})
"""One power cut takes the contact of villages without a battery, and the mains power of those with one."""
_GATHERS = frozenset({About.NETWORK, About.PROCESS})
"""What has one cause in one village where it goes together; cameras do only where they are gone."""


def place(
    book: Book, setting: Setting, node: str, subject: str, fault: Fault, now: datetime, rules: Rules
) -> list[Step]:
    """Put a fault under an incident. What many villages lose together goes before what one had before; a node whose
    battery ran out before all."""
    kind = about(subject)
    assert kind is not None
    supply = book.village(node).faults.get(UPS) if subject == NODE else None
    if supply is not None and supply.incident and fault.since_at - supply.since_at <= rules.battery:
        return join(book.incidents[supply.incident], node, subject, fault)
    former, neighbour = _former(book, node, subject, fault, now, rules), _neighbour(book, kind, node, fault, rules)
    if former is not None and former.is_wide:
        return _rejoin(former, node, subject, fault, now)
    if neighbour is not None and neighbour.is_wide:
        return join(neighbour, node, subject, fault)
    burst = _burst(book, setting, kind, node, fault, rules)
    if burst:
        return _open_wide(book, kind, burst, node, subject, fault, now)
    if former is not None:
        return _rejoin(former, node, subject, fault, now)
    return (
        open_own(book, kind, node, subject, fault, now) if neighbour is None else join(neighbour, node, subject, fault)
    )


def open_own(book: Book, kind: About, node: str, subject: str, fault: Fault, now: datetime) -> list[Step]:
    """An incident of its own."""
    book.serial += 1
    incident = Incident(id=book.serial, about=kind, since_at=fault.since_at, opened_at=now)
    book.incidents[incident.id] = incident
    return [*join(incident, node, subject, fault), Step(Turn.OPENED, incident.id, now)]


def reopens_within(incident: Incident, rules: Rules) -> timedelta:
    """How long this must be closed to be believed."""
    return rules.reopen_flapping if incident.reopenings >= rules.flapping_from else rules.reopen


def find_burst(signs: Iterable[tuple[str, datetime]], at: datetime, within: timedelta) -> dict[str, datetime]:
    """The villages of that stretch of this length around `at` in which most have a sign, and their first sign in it;
    of equals the earliest."""
    near = sorted((each, node) for node, each in signs if abs(each - at) <= within)
    best: dict[str, datetime] = {}
    for first, (start, _) in enumerate(near):
        end = bisect_right(near, start + within, key=lambda sign: sign[0])
        if start <= at and end - first > len(best):
            found = {node: each for each, node in reversed(near[first:end])}
            best = found if len(found) > len(best) else best
    return best


def _former(book: Book, node: str, subject: str, fault: Fault, now: datetime, rules: Rules) -> Incident | None:
    """The last incident that it was part of, where that is open or was closed just now."""
    for incident in sorted(book.incidents.values(), key=lambda i: -i.id):
        member = incident.find(node, subject)
        if member is None or member.left_at is None or incident.merged_into:
            continue
        within = reopens_within(incident, rules)
        is_fresh = incident.closed_at is None or now - incident.closed_at <= within
        return incident if is_fresh and fault.since_at - member.left_at <= within else None
    return None


def _rejoin(incident: Incident, node: str, subject: str, fault: Fault, now: datetime) -> list[Step]:
    member = incident.find(node, subject)
    assert member is not None
    member.since_at, member.left_at = fault.since_at, None
    member.value, member.detail = fault.value, fault.detail
    fault.incident = incident.id
    was_closed, incident.closed_at = incident.is_closed, None
    incident.reopenings += was_closed
    return [Step(Turn.REOPENED, incident.id, now)] if was_closed else []


def join(incident: Incident, node: str, subject: str, fault: Fault) -> list[Step]:
    """Put a fault under this incident; nothing turns by it."""
    fault.incident = incident.id
    member = Member(node=node, subject=subject, value=fault.value, detail=fault.detail, since_at=fault.since_at)
    _take(incident, member)
    return []


def _take(incident: Incident, member: Member) -> None:
    """One member for each thing: what comes anew stands for what was."""
    if member.subject == NODE:
        incident.about = About.CONTACT
    incident.since_at = min(incident.since_at, member.since_at)
    incident.members = [m for m in incident.members if (m.node, m.subject) != (member.node, member.subject)]
    incident.members.append(member)


def _neighbour(book: Book, kind: About, node: str, fault: Fault, rules: Rules) -> Incident | None:
    """An open incident that takes the like away just now, in this village or in many."""
    for incident in sorted(book.lasting, key=lambda i: i.id):
        if incident.about not in _like(kind):
            continue
        if incident.is_wide:
            is_near = -rules.together <= fault.since_at - incident.since_at <= rules.follow
        else:
            is_near = any(abs(m.since_at - fault.since_at) <= rules.together for m in incident.members)
            is_near = is_near and node in incident.nodes and _is_alike(kind, fault.value, incident)
        if is_near:
            return incident
    return None


def _is_alike(kind: About, value: str, incident: Incident) -> bool:
    values = [value, *(m.value for m in incident.members)]
    return kind in _GATHERS or (kind is About.CAMERA and all(v in GONE for v in values))


def _like(kind: About) -> frozenset[About]:
    return _ONE_POWER if kind in _ONE_POWER else frozenset({kind})


def _signs(book: Book, kind: About) -> Iterator[tuple[str, datetime]]:
    """Villages from which the same was taken, and when; one with a battery may be there twice."""
    return ((node, at) for each in sorted(_like(kind)) for node, at in book.signs(each).items())


def _burst(book: Book, setting: Setting, kind: About, node: str, fault: Fault, rules: Rules) -> dict[str, datetime]:
    """The villages that go together with this one, and when each went; none where they are too few."""
    if kind not in WIDE:
        return {}
    signs = [(n, at) for n, at in _signs(book, kind) if n in setting.fleet]
    signs = [(n, at) for n, at in signs if n == node or setting.maintained_until(n, "", at) is None]
    found = find_burst([*signs, (node, fault.since_at)], fault.since_at, rules.together)
    return found if len(found) >= rules.least_of(len(setting.fleet)) else {}


def _open_wide(
    book: Book, kind: About, burst: dict[str, datetime], node: str, subject: str, fault: Fault, now: datetime
) -> list[Step]:
    """One incident for all of them. What had opened in the same moments was part of it: the first becomes the whole."""
    start = min(burst.values())
    parts = [
        i
        for i in sorted(book.lasting, key=lambda i: i.id)
        if i.about in _like(kind) and i.nodes <= burst.keys() and i.since_at >= start and not i.is_wide
    ]
    if not parts:
        steps = open_own(book, kind, node, subject, fault, now)
        book.incidents[book.serial].is_wide = True
        return steps
    whole, *others = parts
    whole.is_wide = True
    steps = join(whole, node, subject, fault)
    for part in others:
        _merge(book, part, whole, now)
        steps.append(Step(Turn.CLOSED, part.id, now))
    return steps


def _merge(book: Book, part: Incident, whole: Incident, now: datetime) -> None:
    for member in part.members:
        _take(whole, member)
        fault = book.village(member.node).faults.get(member.subject)
        if fault is not None:
            fault.incident = whole.id
    part.members, part.closed_at, part.merged_into = [], now, whole.id
