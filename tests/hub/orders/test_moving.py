"""An order is moved in the calendar, and the move taken back: what becomes of its approval, what stands in the way."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub.orders import moving
from hub.orders.broadcasts import Broadcast, Stage
from hub.orders.desk import find
from hub.refusals import Conflicted, NotAllowed, Refused
from hub.store import people
from tests.hub.web.world import MORNING, World

FIVE, SIX = MORNING + timedelta(minutes=30), MORNING + timedelta(minutes=90)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def now_of(world: World, order: Broadcast) -> Broadcast:
    with world.database.read() as c:
        return find(c, order.id)


def test_a_move_asks_for_approval_anew_and_its_undo_gives_back_what_was_approved(world: World) -> None:
    approved = world.approve(world.order())
    world.clock.pass_(minutes=1)
    moved = moving.move(world.desk, approved.id, SIX, FIVE, world.user("lan"))
    assert (moved.starts_at, moved.stage, moved.is_approved) == (SIX, Stage.SUBMITTED, False)
    world.clock.pass_(minutes=1)
    restored = moving.undo(world.desk, approved.id, FIVE, world.user("lan"))
    assert restored == approved
    assert restored.is_approved
    with world.database.read() as c:
        assert [n.act for n in people.deeds(c, approved.id)] == ["order", "approve", "move", "undo-move"]


def test_what_waited_or_was_a_draft_is_that_again_and_its_authors(world: World) -> None:
    for is_submitted, stage in ((True, Stage.SUBMITTED), (False, Stage.DRAFT)):
        order = world.order(str(stage), is_submitted=is_submitted)
        moving.move(world.desk, order.id, SIX, FIVE, world.user("hung"))
        assert now_of(world, order).author == "hung"
        assert moving.undo(world.desk, order.id, FIVE, world.user("hung")) == order
        world.desk.cancel(order.id, world.user("lan"))


def test_back_to_another_time_than_it_was_at_brings_no_approval_back(world: World) -> None:
    approved = world.approve(world.order())
    moving.move(world.desk, approved.id, SIX, FIVE, world.user("lan"))
    cheat = moving.undo(world.desk, approved.id, FIVE + timedelta(minutes=5), world.user("lan"))
    assert cheat.stage is Stage.SUBMITTED
    assert not cheat.is_approved


def test_an_approval_that_was_voided_before_stays_so(world: World) -> None:
    """Approved, moved, moved again: the first approval is not brought back by undoing the second move."""
    approved = world.approve(world.order())
    moving.move(world.desk, approved.id, SIX, FIVE, world.user("lan"))
    moving.move(world.desk, approved.id, FIVE, SIX, world.user("lan"))
    assert not now_of(world, approved).is_approved
    assert not moving.undo(world.desk, approved.id, SIX, world.user("lan")).is_approved


def test_an_undo_is_refused_when_something_else_was_done_since_or_it_is_late_or_anothers(world: World) -> None:
    approved = world.approve(world.order())
    moving.move(world.desk, approved.id, SIX, FIVE, world.user("lan"))
    with pytest.raises(Refused, match="changed meanwhile"):
        moving.undo(world.desk, approved.id, FIVE, world.user("hung"))
    world.desk.withdraw(approved.id, world.user("lan"))
    with pytest.raises(Refused, match="changed meanwhile"):
        moving.undo(world.desk, approved.id, FIVE, world.user("lan"))
    other = world.order("Khác", 100)
    moving.move(world.desk, other.id, SIX + timedelta(hours=1), MORNING + timedelta(minutes=100), world.user("lan"))
    world.clock.pass_(minutes=11)
    with pytest.raises(Refused, match="too much time"):
        moving.undo(world.desk, other.id, MORNING + timedelta(minutes=100), world.user("lan"))


def test_an_undo_finds_its_time_taken(world: World) -> None:
    approved = world.approve(world.order())
    moving.move(world.desk, approved.id, SIX, FIVE, world.user("lan"))
    world.order("Chen vào", 30)
    with pytest.raises(Conflicted):
        moving.undo(world.desk, approved.id, FIVE, world.user("lan"))
    assert now_of(world, approved).starts_at == SIX


def test_what_the_page_no_longer_shows_rightly_is_not_moved(world: World) -> None:
    order = world.order()
    moving.move(world.desk, order.id, SIX, FIVE, world.user("hung"))
    with pytest.raises(Refused):
        moving.move(world.desk, order.id, FIVE, FIVE, world.user("lan"))
    assert now_of(world, order).starts_at == SIX
    for name in ("tam", "khach", "quantri"):
        with pytest.raises(NotAllowed):
            moving.move(world.desk, order.id, FIVE, SIX, world.user(name))
        with pytest.raises(NotAllowed):
            moving.undo(world.desk, order.id, FIVE, world.user(name))
