"""What holds for every course of faults: completeness, one incident a thing, the same however it is told."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.incidents.book import Book, Setting
from hub.incidents.fold import Heard, advance, forget
from hub.incidents.incident import NODE, UPS, Step, Turn
from hub.nodes.fleet import HUB, Flip
from hub.nodes.windows import Window
from tests.hub.incidents.course import T0, VILLAGES, at, window

NODES = VILLAGES[:6]
SUBJECTS = {
    NODE: ("up", "late", "down"),
    "process:camera": ("ok", "silent"),
    "camera:cong": ("ok", "offline", "covered"),
    "camera:san": ("ok", "offline"),
    "target:internet": ("up", "down"),
    "sound": ("ok", "fault"),
    "clock": ("trusted", "untrusted"),
    UPS: ("ok", "on_battery"),
}


@st.composite
def flips(draw: st.DrawFn) -> Heard:
    node, subject = draw(st.sampled_from(NODES)), draw(st.sampled_from(sorted(SUBJECTS)))
    heard_at = T0 + timedelta(seconds=draw(st.integers(0, 480)) * 15)
    late_s = 0 if subject == NODE else draw(st.sampled_from((0, 0, 0, 45, 600)))
    since_at = heard_at - timedelta(seconds=late_s)
    value = draw(st.sampled_from(SUBJECTS[subject]))
    return Heard(Flip(node=node, subject=subject, value=value, at=since_at), heard_at)


@st.composite
def bursts(draw: st.DrawFn) -> list[Heard]:
    """Several villages lose their contact, or their network, within moments."""
    start, subject = draw(st.integers(0, 400)) * 15, draw(st.sampled_from((NODE, UPS, "target:internet")))
    nodes = draw(st.lists(st.sampled_from(NODES), min_size=2, max_size=6, unique=True))
    starts = [T0 + timedelta(seconds=start + 15 * draw(st.integers(0, 8))) for _ in nodes]
    lost = zip(nodes, starts, strict=True)
    return [Heard(Flip(node=node, subject=subject, value=SUBJECTS[subject][-1], at=at), at) for node, at in lost]


def _once(heard: list[Heard]) -> list[Heard]:
    """One flip of one thing at one instant, the first first."""
    found = {(h.at, h.flip.node, h.flip.subject): h for h in heard}
    return sorted(found.values(), key=lambda h: h.at)


COURSES = st.tuples(st.lists(flips(), max_size=60), st.lists(bursts(), max_size=2)).map(
    lambda drawn: _once([*drawn[0], *(flip for burst in drawn[1] for flip in burst)])
)
WINDOWS = st.lists(
    st.builds(lambda n, a, b: window(NODES[n], a, a + b), st.integers(0, 5), st.integers(0, 100), st.integers(1, 40)),
    max_size=3,
)
RESTARTS = st.lists(st.integers(0, 120), max_size=2)


def _setting(windows: Sequence[Window]) -> Setting:
    return Setting(frozenset(NODES), {n: [w for w in windows if w.node == n] for n in NODES})


def _with_restarts(course: list[Heard], restarts: list[int]) -> list[Heard]:
    starts = [Heard(Flip(node=HUB, subject=HUB, value="up", at=at(m)), at(m)) for m in set(restarts)]
    return sorted([*course, *starts], key=lambda h: h.at)


def _tell(course: Sequence[Heard], windows: Sequence[Window], ends: Sequence[int] = (600,)) -> tuple[Book, list[Step]]:
    """The book after looks at these minutes."""
    book, steps, begun = Book(), [], -1.0
    for end in sorted({*ends, 600}):
        part = [h for h in course if begun < (h.at - T0).total_seconds() / 60 <= end]
        steps += advance(book, part, _setting(windows), at(end))
        begun = end
    forget(book)
    return book, steps


@given(COURSES, WINDOWS, RESTARTS)
def test_no_thing_is_away_in_two_open_incidents_and_all_that_is_away_is_wrong(
    course: list[Heard], windows: list[Window], restarts: list[int]
) -> None:
    book, begun = Book(), at(-1)
    for end in (at(m) for m in range(0, 150, 10)):
        told = [h for h in _with_restarts(course, restarts) if begun < h.at <= end]
        advance(book, told, _setting(windows), end)
        begun = end
        away = [(m.node, m.subject) for i in book.lasting for m in i.away]
        assert len(away) == len(set(away))
        wrong = {(n, s) for n, v in book.villages.items() for s, f in v.faults.items() if f.incident}
        assert set(away) == wrong
        assert all(i.away for i in book.lasting), "an open incident has something that is away"


@given(COURSES, WINDOWS, RESTARTS, st.lists(st.integers(0, 150), max_size=12))
def test_however_often_the_hub_looks_it_comes_out_the_same(
    course: list[Heard], windows: list[Window], restarts: list[int], ends: list[int]
) -> None:
    told = _with_restarts(course, restarts)
    assert _tell(told, windows, ends) == _tell(told, windows)


@given(COURSES, WINDOWS, st.randoms(use_true_random=False))
def test_the_order_of_one_instant_does_not_matter(course: list[Heard], windows: list[Window], chance: object) -> None:
    mixed = list(course)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert _tell(sorted(mixed, key=lambda h: h.at), windows) == _tell(course, windows)


@given(COURSES, WINDOWS, RESTARTS)
def test_when_all_is_well_again_nothing_is_open_even_during_maintenance_and_after_a_restart(
    course: list[Heard], windows: list[Window], restarts: list[int]
) -> None:
    always = [*windows, *(window(n, 119, 200) for n in NODES)]
    well = [
        Heard(Flip(node=n, subject=s, value=values[0], at=at(121)), at(121))
        for n in NODES
        for s, values in SUBJECTS.items()
    ]
    book, steps = _tell([*_with_restarts(course, [*restarts, 120]), *well], always, (122,))
    assert book.lasting == []
    assert sum(s.turn is not Turn.CLOSED for s in steps) == sum(s.turn is Turn.CLOSED for s in steps)


@settings(max_examples=200)
@given(COURSES)
def test_no_fault_is_without_an_incident_once_its_node_is_surely_there(course: list[Heard]) -> None:
    """Long after all flips: whatever is wrong is in an incident, but for what hangs on something that is wrong."""
    book, _ = _tell(course, ())
    for node in NODES:
        village = book.villages.get(node)
        if village is None:
            continue
        last = {h.flip.subject: h.flip.value for h in sorted(course, key=lambda h: h.at) if h.flip.node == node}
        is_dark = last.get(NODE) in ("late", "down")
        for subject, value in last.items():
            if value in ("up", "late", "ok", "trusted"):
                continue
            is_hidden = subject != NODE and is_dark
            is_hidden |= subject.startswith("camera:") and last.get("process:camera") == "silent"
            is_told = any(i.find(node, subject) for i in book.lasting)
            assert is_told or is_hidden, (node, subject)


@given(COURSES)
def test_what_opens_is_numbered_without_a_gap(course: list[Heard]) -> None:
    book, steps = _tell(course, ())
    assert [s.incident for s in steps if s.turn is Turn.OPENED] == list(range(1, book.serial + 1))
