"""What holds for every course of incidents and all places: nothing twice, no "back" to who was not told, nobody left
believing what is not so, and the same however it is told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.alerts.fold import Setting, advance
from hub.alerts.message import Message
from hub.alerts.place import Hears, Place
from hub.alerts.register import PACE, Event, Register, What
from tests.hub.alerts.course import T0, ZONE, at, place

VILLAGES = "abcd"
END_MIN = 1200
"""By then all is closed and believed."""


@st.composite
def lives(draw: st.DrawFn, is_partial: bool) -> list[Event]:
    """One incident from its opening to its end, as the fold of incidents tells it: it reopens within its window.
    `is_partial`: some of its villages come and go while it lasts."""
    minute = draw(st.integers(0, 240)) / 2
    villages = frozenset(draw(st.sets(st.sampled_from(VILLAGES), min_size=1)))
    own: dict[str, Any] = {"villages": villages, "is_grave": draw(st.booleans()), "is_wide": len(villages) > 2}
    events = [Event(at=at(minute), what=What.OPENED, away=villages, **own)]
    for n in range(draw(st.integers(0, 4))):
        minute += draw(st.integers(1, 120)) / 2
        events.append(Event(at=at(minute), what=What.CLOSED, reopenings=n, **own))
        window = PACE.incidents.reopen_flapping if n >= PACE.incidents.flapping_from else PACE.incidents.reopen
        minute += draw(st.integers(1, int(window.total_seconds() / 30))) / 2
        events.append(Event(at=at(minute), what=What.REOPENED, reopenings=n + 1, away=villages, **own))
    for away in (
        draw(st.lists(st.sets(st.sampled_from(sorted(villages)), min_size=1), max_size=4)) if is_partial else ()
    ):
        minute += draw(st.integers(1, 60)) / 2
        times = events[-1].reopenings
        events.append(Event(at=at(minute), what=What.CHANGED, away=frozenset(away), reopenings=times, **own))
    if draw(st.booleans()):
        events.append(Event(at=at(minute + draw(st.integers(0, 60)) / 2), what=What.KNOWN, **own))
    minute += draw(st.integers(1, 240)) / 2
    events.append(Event(at=at(minute), what=What.CLOSED, reopenings=events[-1].reopenings, **own))
    return events


@st.composite
def courses(draw: st.DrawFn, is_partial: bool = True) -> list[Event]:
    found: list[Event] = []
    for id, life in enumerate(draw(st.lists(lives(is_partial), max_size=6)), 1):
        found += [_numbered(event, id) for event in life]
    for minute in draw(st.lists(st.integers(0, 240), max_size=2)):
        found += [Event(at=at(minute), what=What.FROZEN), Event(at=at(minute + 10), what=What.THAWED)]
    return sorted(found, key=lambda e: e.at)


def _numbered(event: Event, id: int) -> Event:
    return replace(event, incident=id)


HOURS = st.integers(0, 23).map(lambda hour: 60 * hour)
PLACES = st.lists(
    st.builds(
        lambda villages, hears, after, quiet, digest: {
            "villages": frozenset(villages), "hears": hears, "after_min": after,
            "quiet_from_min": quiet and quiet[0], "quiet_until_min": quiet and quiet[1], "digest_min": digest,
        },
        st.sets(st.sampled_from(VILLAGES)), st.sampled_from(Hears), st.integers(1, 90),
        st.none() | st.tuples(HOURS, HOURS), st.none() | HOURS,
    ),
    min_size=1, max_size=3,
).map(lambda drawn: [place(f"p{n}", **each) for n, each in enumerate(drawn)])  # fmt: skip


def _tell(course: Sequence[Event], places: Sequence[Place], ends: Sequence[int] = ()) -> list[Message]:
    """All that is said when the hub looks at these minutes."""
    register, told, begun = Register(), list[Message](), at(-1)
    advance(register, [], Setting(places, ZONE), begun)
    for end in sorted({*ends, END_MIN * 3}):
        part = [e for e in course if begun < e.at <= at(end)]
        told += advance(register, part, Setting(places, ZONE), at(end))
        begun = at(end)
    return told


def _words(told: Sequence[Message]) -> dict[tuple[str, int], list[tuple[datetime, str]]]:
    """All that each place was told of each incident, in order."""
    found: dict[tuple[str, int], list[tuple[datetime, str]]] = defaultdict(list)
    for message in told:
        for word in ("gone", "again", "back"):
            for id in getattr(message, word):
                found[message.place, id].append((message.at, word))
    return found


@given(courses(), PLACES, st.lists(st.integers(0, END_MIN), max_size=8))
@settings(deadline=None, max_examples=60)
def test_told_in_any_pieces_it_comes_out_the_same(course: list[Event], places: list[Place], ends: list[int]) -> None:
    assert sorted(_tell(course, places, ends), key=lambda m: m.id) == sorted(_tell(course, places), key=lambda m: m.id)


@given(courses(), PLACES)
@settings(deadline=None, max_examples=60)
def test_nothing_is_said_twice_nor_back_before_gone_and_the_last_word_is_true(
    course: list[Event], places: list[Place]
) -> None:
    told = _tell(course, places)
    assert len({m.id for m in told}) == len(told)
    bound = {place.id for place in places if place.villages}
    for (id, _), words in _words(told).items():
        said = [word for _, word in words]
        assert said == ["gone", "back", *["again", "back"] * (len(said) // 2 - 1)]
        assert len(said) <= 4 or id in bound, "who is told of parts may hear of each"
    for place_ in places:
        alerts = [m for m in told if m.place == place_.id and not m.is_digest]
        for before, after in pairwise(alerts):
            assert after.at - before.at >= (PACE.apart if _alarms(after) else PACE.gather)
        assert all(b.at - a.at >= PACE.gather for a, b in pairwise(filter(_alarms, alerts)))


def _alarms(message: Message) -> bool:
    return bool(message.gone or message.again)


@given(courses(is_partial=False), PLACES)
@settings(deadline=None, max_examples=60)
def test_who_asked_for_all_hears_of_all_and_others_of_what_they_asked_for(
    course: list[Event], places: list[Place]
) -> None:
    words, frozen = _words(_tell(course, places)), [e.at for e in course if e.what is What.FROZEN]
    for id in {e.incident for e in course if e.incident}:
        life = [e for e in course if e.incident == id]
        opened, first_closed = life[0], next(e.at for e in life if e.what is What.CLOSED)
        known_at = next((e.at for e in life if e.what is What.KNOWN), None)
        is_held = any(begun <= first_closed and begun + timedelta(minutes=11) >= opened.at for begun in frozen)
        for each in places:
            said = words.get((each.id, id), [])
            if not each.is_about(opened.villages):
                assert said == []
                continue
            is_quiet = not opened.is_grave and each.quiet_from_min != each.quiet_until_min
            lasts = first_closed - opened.at > each.after + PACE.gather
            is_their_turn = each.hears is not Hears.TURN or known_at is None
            if lasts and is_their_turn and not is_quiet and (opened.is_wide or not is_held):
                assert said[0][0] <= opened.at + each.after + PACE.gather
            if each.hears is Hears.TURN and known_at is not None and known_at < opened.at + each.after:
                assert said == []
            if said:
                assert said[0][0] >= max(opened.at + each.after, T0)
