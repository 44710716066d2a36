"""Who is to be told what, and when: told in any pieces, at any pace, it comes out the same. Pure.

What happens by the clock alone (a delay is over, a place wakes up, a digest is due) happens at its own instant, not
when somebody looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from hub.alerts.message import Message
from hub.alerts.place import Hears, Place
from hub.alerts.register import PACE, Event, Matter, Pace, Register, What, Word


@dataclass(frozen=True, slots=True)
class Setting:
    """Where alerts may go, and the zone in which people there read the clock."""

    places: Sequence[Place]
    zone: tzinfo


def advance(
    register: Register, events: Iterable[Event], setting: Setting, now: datetime, pace: Pace = PACE
) -> list[Message]:
    """Tell the register what happened up to `now`; returns what is to be said, in order."""
    messages: list[Message] = []
    begun = register.now or now
    known = sorted(((max(e.at, begun), e) for e in events), key=lambda each: each[0])
    for at, group in groupby(known, key=lambda each: each[0]):
        messages += _pass_time(register, setting, at, pace)
        register.now = at
        for _, event in group:
            _hear(register, event)
        messages += _speak(register, setting, at, pace)
    messages += _pass_time(register, setting, now, pace)
    register.now = now if register.now is None else max(register.now, now)
    messages += _speak(register, setting, register.now, pace)
    _forget(register, setting, pace)
    return messages


def _due(
    register: Register, place: Place, matter: Matter, setting: Setting, now: datetime, pace: Pace
) -> datetime | None:
    """When this place is to be told of this incident next, as far as is known; None for never."""
    word = matter.told.get(place.id)
    closed_at = matter.closed_for(place.villages)
    if closed_at is None:
        at = _gone_due(place, matter, word, register.is_frozen)
    else:
        at = _back_due(place, matter, closed_at, pace) if word is Word.GONE else None
    if at is None:
        return None
    at = max([at, *_free_at(register, place, pace, is_gone=closed_at is None)])
    return at if matter.is_grave else place.awake_at(max(at, now), setting.zone)


def _free_at(register: Register, place: Place, pace: Pace, is_gone: bool) -> Iterator[datetime]:
    """From when this place may be spoken to. What is gone waits for no word that something else is back."""
    spoken_at, alarmed_at = register.spoken_at.get(place.id), register.alarmed_at.get(place.id)
    if spoken_at is not None:
        yield spoken_at + (pace.apart if is_gone else pace.gather)
    if alarmed_at is not None:
        yield alarmed_at + pace.gather


def _gone_due(place: Place, matter: Matter, word: Word | None, is_frozen: bool) -> datetime | None:
    if word is Word.GONE or (is_frozen and not matter.is_wide):
        return None
    if word is Word.BACK:
        return max((at for village, at in matter.lost.items() if place.is_about([village])), default=None)
    if matter.opened_at < place.added_at or not place.is_about(matter.villages):
        return None
    if place.hears is Hears.TURN and matter.is_known:
        return None
    return max(matter.opened_at + place.after, matter.gone_at)


def _back_due(place: Place, matter: Matter, closed_at: datetime, pace: Pace) -> datetime:
    return closed_at + pace.settles_within(max(matter.reopenings, matter.backs.get(place.id, 0)))


def _hear(register: Register, event: Event) -> None:
    if event.what in (What.FROZEN, What.THAWED):
        register.is_frozen = event.what is What.FROZEN
        return
    matter = register.matters.get(event.incident)
    if event.what is What.OPENED and matter is None:
        matter = register.matters[event.incident] = Matter(opened_at=event.at, gone_at=event.at)
    if matter is None:
        return
    match event.what:
        case What.KNOWN:
            matter.is_known = True
            return
        case What.CLOSED if event.merged_into:
            _merge(register, event.incident, matter, event.merged_into)
            return
        case What.CLOSED:
            matter.closed_at = event.at
        case What.REOPENED:
            matter.closed_at, matter.gone_at = None, event.at
    _note_away(matter, event)
    matter.villages = sorted({*matter.villages, *event.villages})
    matter.is_grave, matter.is_wide, matter.reopenings = event.is_grave, event.is_wide, event.reopenings


def _note_away(matter: Matter, event: Event) -> None:
    before = matter.away
    matter.returned |= dict.fromkeys(sorted(before - event.away), event.at)
    fresh = event.villages - matter.lost.keys() - event.away
    matter.lost |= dict.fromkeys(sorted(fresh), event.at)
    matter.returned |= dict.fromkeys(sorted(fresh), event.at)
    for village in sorted(event.away - before):
        matter.lost[village] = event.at
        matter.returned.pop(village, None)


def _merge(register: Register, part: int, matter: Matter, whole: int) -> None:
    """Who was told of a part knows of the whole: the one word that it is back is due to them as well."""
    kept = register.matters.get(whole)
    if kept is not None:
        for place, word in matter.told.items():
            kept.told.setdefault(place, word)
        kept.is_known = kept.is_known or matter.is_known
    del register.matters[part]


def _pass_time(register: Register, setting: Setting, until: datetime, pace: Pace) -> list[Message]:
    """What is due by the clock before `until`, each thing at its instant."""
    messages: list[Message] = []
    while register.now is not None:
        at = _next_due(register, setting, register.now, pace)
        if at is None or at >= until:
            break
        messages += _digests(register, setting, register.now, at)
        register.now = at
        messages += _speak(register, setting, at, pace)
    if register.now is not None and until > register.now:
        messages += _digests(register, setting, register.now, until)
    return messages


def _next_due(register: Register, setting: Setting, now: datetime, pace: Pace) -> datetime | None:
    ends = (at for place in setting.places for _, at in _dues(register, place, setting, now, pace))
    return min((end for end in ends if end > now), default=None)


def _dues(
    register: Register, place: Place, setting: Setting, now: datetime, pace: Pace
) -> Iterator[tuple[int, datetime]]:
    for id, matter in register.matters.items():
        at = _due(register, place, matter, setting, now, pace)
        if at is not None:
            yield id, at


def _speak(register: Register, setting: Setting, now: datetime, pace: Pace) -> list[Message]:
    """One message to each place to which something is due."""
    messages: list[Message] = []
    for place in setting.places:
        ripe = [id for id, at in _dues(register, place, setting, now, pace) if at <= now]
        if not ripe:
            continue
        matters = {id: register.matters[id] for id in sorted(ripe)}
        back = tuple(id for id, m in matters.items() if m.closed_for(place.villages) is not None)
        again = tuple(id for id, m in matters.items() if id not in back and place.id in m.told)
        gone = tuple(id for id in matters if id not in back and id not in again)
        for id, matter in matters.items():
            matter.told[place.id] = Word.BACK if id in back else Word.GONE
            matter.backs[place.id] = matter.backs.get(place.id, 0) + (id in back)
        register.spoken_at[place.id] = now
        if gone or again:
            register.alarmed_at[place.id] = now
        frozen = register.is_frozen and bool(gone or again)
        messages.append(Message(place=place.id, at=now, gone=gone, again=again, back=back, is_frozen=frozen))
    return messages


def _digests(register: Register, setting: Setting, since: datetime | None, until: datetime) -> list[Message]:
    """Digests that are due later than `since` and not later than `until`."""
    messages: list[Message] = []
    for place in setting.places:
        at = None if since is None else place.next_digest(max(since, place.added_at), setting.zone)
        while at is not None and at <= until:
            messages.append(Message(place=place.id, at=at, is_digest=True))
            at = place.next_digest(at, setting.zone)
    return sorted(messages, key=lambda m: m.at)


def _forget(register: Register, setting: Setting, pace: Pace) -> None:
    """Drop what is closed for good and of which nobody waits to hear."""
    now, rules = register.now, pace.incidents
    longest = max(rules.reopen, rules.reopen_flapping)
    for id, matter in list(register.matters.items()):
        is_over = matter.closed_at is not None and now is not None and now - matter.closed_at > longest
        if is_over and not any(matter.told.get(p.id) is Word.GONE for p in setting.places):
            del register.matters[id]
