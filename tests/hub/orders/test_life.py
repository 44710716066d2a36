"""From a draft to an approved broadcast: who takes which step, what is written down, and that only what was seen is
approved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.orders import Audio
from contract.terms import Late, Priority, Yielding
from hub.orders import life
from hub.orders.broadcasts import Broadcast, Stage, digest
from hub.orders.wish import Wish
from hub.refusals import NotAllowed, Refused, Stale
from hub.rules.rule import USUAL_SETS
from hub.store import broadcasts, people
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


def stored(world: World, id: str) -> Broadcast:
    with world.database.read() as c:
        found = broadcasts.broadcast(c, id)
    assert found is not None
    return found


def notes(world: World) -> list[tuple[str, str, str]]:
    with world.database.read() as c:
        return [(n.who, n.act, n.detail) for n in people.notes(c)]


def test_a_draft_goes_to_the_leader_and_back_and_is_approved_in_the_end(world: World) -> None:
    officer, leader = world.user("lan"), world.user("hung")
    draft = world.order("Họp thôn", is_submitted=False)
    assert stored(world, draft.id).stage is Stage.DRAFT
    assert world.desk.submit(draft.id, officer).stage is Stage.SUBMITTED
    returned = world.desk.give_back(draft.id, "  Sai giờ họp,\n xem lại ", leader)
    assert stored(world, draft.id) == returned
    assert (returned.stage, returned.returned_by) == (Stage.DRAFT, "hung")
    assert returned.returned_for == "Sai giờ họp, xem lại"
    again = world.desk.submit(draft.id, officer)
    assert (again.stage, again.returned_for, again.returned_by) == (Stage.SUBMITTED, "", "")
    assert world.approve(again).is_approved
    assert notes(world)[:5] == [
        ("hung", "approve", digest(stored(world, draft.id))),
        ("lan", "submit", ""),
        ("hung", "return", "Sai giờ họp, xem lại"),
        ("lan", "submit", ""),
        ("lan", "draft", "Họp thôn"),
    ]


def test_what_it_was_returned_for_stays_with_a_draft_until_it_is_submitted_again(world: World) -> None:
    submitted = world.order("Họp thôn")
    world.desk.give_back(submitted.id, "Sai giờ", world.user("hung"))
    wish = Wish(
        title="Họp thôn, 19 giờ",
        recording=submitted.audio[-1].sha256,
        nodes=(EAST,),
        starts_at=MORNING + timedelta(minutes=50),
    )
    kept = world.desk.change(submitted.id, wish, world.user("lan"), is_submitted=False)
    assert (kept.stage, kept.returned_for) == (Stage.DRAFT, "Sai giờ")
    sent = world.desk.change(submitted.id, wish, world.user("lan"))
    assert (sent.stage, sent.returned_for) == (Stage.SUBMITTED, "")


def test_a_draft_and_what_was_taken_back_cannot_be_approved(world: World) -> None:
    draft, waiting = world.order("Bản nháp", is_submitted=False), world.order("Chờ duyệt", 60)
    world.desk.withdraw(waiting.id, world.user("lan"))
    for each in (draft, waiting):
        with pytest.raises(Refused, match="no longer waits"):
            world.desk.approve(each.id, world.user("hung"), seen=digest(each))
        assert stored(world, each.id).stage is Stage.DRAFT


def test_steps_that_make_no_sense_are_refused_and_change_nothing(world: World) -> None:
    draft, waiting = world.order("Bản nháp", 10, is_submitted=False), world.order("Chờ duyệt", 60)
    approved = world.approve(world.order("Đã duyệt", 90))
    officer, leader = world.user("lan"), world.user("hung")
    with pytest.raises(Refused, match="to be mended"):
        world.desk.give_back(waiting.id, " \n", leader)
    for each in (draft, approved):
        with pytest.raises(Refused, match="no longer waits"):
            world.desk.withdraw(each.id, officer)
        with pytest.raises(Refused, match="no longer waits"):
            world.desk.give_back(each.id, "Sai giờ", leader)
    for each in (waiting, approved):
        with pytest.raises(Refused, match="Only a draft"):
            world.desk.submit(each.id, officer)
    world.clock.pass_(minutes=11)
    with pytest.raises(Refused, match="time has passed"):
        world.desk.submit(draft.id, officer)
    assert [stored(world, b.id) for b in (draft, waiting, approved)] == [draft, waiting, approved]


def test_officers_submit_and_take_back_and_only_leaders_return(world: World) -> None:
    waiting = world.order()
    with pytest.raises(NotAllowed):
        world.desk.give_back(waiting.id, "Sai giờ", world.user("lan"))
    for name in ("tam", "khach", "quantri"):
        with pytest.raises(NotAllowed):
            world.desk.withdraw(waiting.id, world.user(name))
        with pytest.raises(NotAllowed):
            world.desk.submit(waiting.id, world.user(name))
    assert stored(world, waiting.id) == waiting


def test_what_changed_since_the_leader_looked_is_not_approved(world: World) -> None:
    seen = world.order("Họp thôn")
    moved = world.desk.move(seen.id, MORNING + timedelta(hours=2), world.user("lan"))
    with pytest.raises(Stale):
        world.desk.approve(seen.id, world.user("hung"), seen=digest(seen))
    with pytest.raises(Stale):
        world.desk.approve(seen.id, world.user("hung"), seen="")
    assert stored(world, seen.id) == moved
    assert world.approve(moved).is_approved


SOUND = Audio(sha256="a" * 64, size=1, duration_s=60.0)
ORDER = Broadcast(
    id="b1",
    title="Tin",
    audio=(SOUND,),
    nodes=(EAST, WEST),
    priority=Priority.ROUTINE,
    starts_at=MORNING + timedelta(hours=1),
    stage=Stage.SUBMITTED,
    author="lan",
    created_at=MORNING,
)
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(min_size=1, max_size=20),
        "audio": st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(
            lambda names: tuple(replace(SOUND, sha256=name * 64) for name in names)
        ),
        "nodes": st.sets(st.sampled_from(list(VILLAGES)), min_size=1).map(lambda nodes: tuple(sorted(nodes))),
        "starts_at": st.integers(1, 5000).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
        "priority": st.sampled_from(Priority),
        "late": st.sampled_from(Late),
        "yields": st.sampled_from(Yielding),
        "patience_s": st.sampled_from([0.0, 300.0]),
    },
)


@given(EDITS)
def test_any_edit_that_would_be_heard_is_seen_again_before_it_is_approved(edit: dict[str, object]) -> None:
    edited = replace(ORDER, **edit)  # type: ignore[arg-type]
    if edited == ORDER:
        assert life.approved(edited, "hung", digest(ORDER), MORNING, USUAL_SETS).is_approved
        return
    with pytest.raises(Stale):
        life.approved(edited, "hung", digest(ORDER), MORNING, USUAL_SETS)


@given(st.lists(st.sampled_from(["submit", "withdraw", "return", "approve", "change", "move"]), max_size=12))
def test_whatever_is_done_nothing_is_approved_that_was_not_submitted_just_before(steps: list[str]) -> None:
    order = replace(ORDER, stage=Stage.DRAFT)
    for step in steps:
        before = order
        try:
            order = _take(step, order)
        except Refused:
            assert order == before
        if order.stage is Stage.APPROVED and before.stage is not Stage.APPROVED:
            assert before.stage is Stage.SUBMITTED
        assert (order.stage is Stage.APPROVED) == order.is_approved
        assert not order.approval or order.stage is Stage.APPROVED
        assert not order.returned_for or order.stage is Stage.DRAFT


def _take(step: str, order: Broadcast) -> Broadcast:
    if step == "submit":
        return life.submitted(order, MORNING, USUAL_SETS)
    if step == "withdraw":
        return life.withdrawn(order)
    if step == "return":
        return life.returned(order, "hung", "Sai giờ")
    if step == "approve":
        return life.approved(order, "hung", digest(order), MORNING, USUAL_SETS)
    life.require_changeable(order, MORNING, USUAL_SETS)
    if step == "change":
        return life.changed(order, replace(ORDER, title="Tin khác"))
    return life.moved(order, MORNING + timedelta(hours=2), "lan")
