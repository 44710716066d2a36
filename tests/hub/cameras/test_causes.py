"""Cameras that were lost together are one line, and no camera is ever told twice or left out."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.cameras.causes import GONE, MANY, TOGETHER, Causes, began_at, find

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def camera(id: str, after_s: float = 0.0, fault: CameraFault = CameraFault.OFFLINE) -> CameraReport:
    return CameraReport(id=id, fault=fault, since_at=NOON + timedelta(seconds=after_s))


def told(causes: Causes) -> tuple[list[list[str]], list[str]]:
    return [[c.id for c in group] for group in causes.together], [c.id for c in causes.single]


def test_three_that_are_gone_at_once_are_one_and_what_came_later_is_another() -> None:
    gate, yard, hall, road = camera("gate"), camera("yard", 40), camera("hall", 100), camera("road", 600)
    assert told(find([gate, yard, hall, road])) == ([["gate", "yard", "hall"]], ["road"])
    assert began_at([hall, gate, yard]) == NOON


def test_two_are_one_cause_where_there_are_no_others() -> None:
    assert told(find([camera("gate"), camera("yard", 60)])) == ([["gate", "yard"]], [])
    healthy = camera("hall", fault=CameraFault.NONE)
    assert told(find([camera("gate"), camera("yard", 60), healthy])) == ([], ["gate", "yard"])


def test_one_alone_is_itself_and_two_far_apart_are_two() -> None:
    assert told(find([camera("gate")])) == ([], ["gate"])
    assert told(find([camera("gate"), camera("yard", 121)])) == ([], ["gate", "yard"])


def test_what_is_seen_badly_has_no_cause_in_common_with_what_is_not_seen() -> None:
    three = [camera("gate"), camera("yard", fault=CameraFault.NO_SIGNAL), camera("hall", fault=CameraFault.COVERED)]
    assert told(find(three)) == ([], ["gate", "hall", "yard"])


def test_what_somebody_works_on_does_not_count() -> None:
    three = [camera("gate"), camera("yard"), camera("hall")]
    assert told(find(three, {"hall"})) == ([["gate", "yard"]], [])
    assert told(find(three, {"hall", "yard"})) == ([], ["gate"])


SOME = st.lists(
    st.builds(
        camera,
        st.sampled_from([f"c{n}" for n in range(8)]),
        st.integers(0, 400).map(float),
        st.sampled_from([*GONE, CameraFault.NONE, CameraFault.DARK]),
    ),
    unique_by=lambda c: c.id,
)


@given(SOME)
def test_every_faulty_camera_is_told_once(cameras: list[CameraReport]) -> None:
    causes = find(cameras)
    shown = [c for group in causes.together for c in group] + list(causes.single)
    assert sorted(c.id for c in shown) == sorted(c.id for c in cameras if c.fault is not CameraFault.NONE)


@given(SOME)
def test_a_group_is_large_and_close_enough_and_nobody_who_belongs_together_is_left_alone(
    cameras: list[CameraReport],
) -> None:
    causes = find(cameras)
    for group in causes.together:
        assert {c.fault for c in group} <= GONE
        assert max(c.since_at for c in group) - began_at(group) <= TOGETHER
        assert len(group) >= MANY or (len(group) == 2 == len(cameras))
    lonely = [c.since_at for c in causes.single if c.fault in GONE]
    assert all(max(three) - min(three) > TOGETHER for three in combinations(lonely, MANY))


@given(SOME, st.randoms())
def test_the_order_in_which_they_are_named_changes_nothing(cameras: list[CameraReport], chance: object) -> None:
    mixed = list(cameras)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert find(mixed) == find(cameras)
