"""An order is changed or moved: what was approved no longer is, and what is on air cannot be touched."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.terms import Priority
from hub.orders.broadcasts import Broadcast, Stage, digest
from hub.orders.wish import Wish
from hub.refusals import Conflicted, NotAllowed, NotFound, Refused
from hub.rules.wording import parse
from hub.store import broadcasts, people
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
EVENING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""17:00 in Vietnam."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.dispose()


def wish(world: World, title: str = "Bản tin mới", minutes: float = 45, **other: object) -> Wish:
    at = world.clock() + timedelta(minutes=minutes)
    made = Wish(title=title, recording=world.add_sound(title).sha256, nodes=(EAST,), starts_at=at)
    return replace(made, **other)  # type: ignore[arg-type]


def daily(world: World, words: str = "hằng ngày 17:00") -> Wish:
    return wish(world, starts_at=None, rule=parse(words, world.clock().date()))


def stored(world: World, id: str) -> Broadcast | None:
    with world.database.read() as c:
        return broadcasts.broadcast(c, id)


def planned(world: World) -> list[str]:
    with world.database.read() as c:
        return [b.id for b in broadcasts.approved(c, world.clock())]


def notes(world: World) -> list[tuple[str, str, str, str]]:
    with world.database.read() as c:
        return [(n.who, n.act, n.subject, n.detail) for n in people.notes(c)]


def test_a_draft_says_what_it_was_changed_to(world: World) -> None:
    draft = world.order("Bản tin cũ")
    changed = world.desk.change(draft.id, wish(world, priority=Priority.PRIORITY, patience_s=300.0), world.user("lan"))
    assert stored(world, draft.id) == changed
    assert (changed.title, changed.nodes, changed.patience_s) == ("Bản tin mới", (EAST,), 300.0)
    assert (changed.stage, changed.starts_at) == (Stage.SUBMITTED, MORNING + timedelta(minutes=45))
    assert world.approve(changed).is_approved


def test_a_change_ends_the_approval_and_takes_it_out_of_the_plan(world: World) -> None:
    approved = world.approve(world.order("Bản tin cũ"))
    assert planned(world) == [approved.id]
    changed = world.desk.change(approved.id, wish(world), world.user("lan"))
    assert (changed.approved_by, changed.approved_at, changed.approval) == ("", None, "")
    assert changed.stage is Stage.SUBMITTED
    assert planned(world) == []
    assert notes(world)[0] == ("lan", "change", approved.id, f"Bản tin mới; {approved.approval}")


def test_who_changed_it_answers_for_what_it_says_now(world: World) -> None:
    draft = world.order(author="lan")
    changed = world.desk.change(draft.id, wish(world), world.user("hung"))
    with pytest.raises(Refused, match="You ordered this yourself"):
        world.desk.approve(draft.id, world.user("hung"), seen=digest(changed))


def test_it_stands_in_its_own_way_no_more_than_a_new_one_would(world: World) -> None:
    draft, other = world.order("Bản tin cũ"), world.order("Bản tin khác", 60)
    assert world.desk.change(draft.id, wish(world, minutes=31), world.user("lan")).id == draft.id
    with pytest.raises(Conflicted) as conflicted:
        world.desk.change(draft.id, wish(world, minutes=60), world.user("lan"))
    assert {x.other for x in conflicted.value.conflicts} == {other}
    held = stored(world, draft.id)
    assert held is not None
    assert held.starts_at == MORNING + timedelta(minutes=31)


def test_what_has_begun_is_over_or_cancelled_cannot_be_changed(world: World) -> None:
    begun, soon = world.approve(world.order("Bản tin sáng", 10)), world.order("Bản tin trưa", 40)
    gone = world.desk.cancel(world.order("Bản tin tối", 60).id, world.user("lan"))
    storm = world.approve(world.order("Bão", None, priority=Priority.EMERGENCY, villages=(EAST,)))
    world.clock.pass_(minutes=10)
    for untouched in (begun, gone, storm):
        with pytest.raises(Refused, match=r"begun|cancelled"):
            world.desk.change(untouched.id, wish(world, minutes=90), world.user("lan"))
        with pytest.raises(Refused, match=r"begun|cancelled"):
            world.desk.move(untouched.id, world.clock() + timedelta(minutes=90), world.user("lan"))
        assert stored(world, untouched.id) == untouched
    world.clock.pass_(minutes=50)
    assert world.desk.change(soon.id, wish(world), world.user("lan")).id == soon.id, "a draft that nobody approved"
    with pytest.raises(NotFound):
        world.desk.change("b0", wish(world, minutes=90), world.user("lan"))


def test_one_that_recurs_changes_for_the_airings_to_come_yet_not_while_it_is_on_air(world: World) -> None:
    evening = world.approve(world.desk.order(daily(world), world.user("lan")))
    tomorrow = EVENING + timedelta(days=1)
    world.desk.drop(evening.id, tomorrow, world.user("lan"))
    world.clock.now = EVENING + timedelta(seconds=30)
    with pytest.raises(Refused, match="on air"):
        world.desk.change(evening.id, daily(world), world.user("lan"))
    world.clock.pass_(minutes=10)
    changed = world.desk.change(evening.id, daily(world, "hằng ngày 17:00 trừ ngày lễ"), world.user("lan"))
    assert (changed.stage, changed.starts_at) == (Stage.SUBMITTED, tomorrow)
    assert changed.dropped == (tomorrow,), "what was taken back once does not come back by a change"
    with pytest.raises(Refused, match="recurs"):
        world.desk.move(evening.id, tomorrow, world.user("lan"))


def test_it_is_moved_to_another_instant_and_waits_to_be_approved_anew(world: World) -> None:
    approved = world.approve(world.order())
    later = MORNING + timedelta(hours=2)
    moved = world.desk.move(approved.id, later, world.user("lan"))
    assert stored(world, approved.id) == moved
    waiting = replace(approved, stage=Stage.SUBMITTED, approved_by="", approved_at=None, approval="")
    assert moved == replace(waiting, starts_at=later)
    assert planned(world) == []
    assert notes(world)[0][:3] == ("lan", "move", approved.id)


def test_it_is_not_moved_into_the_past_or_onto_another_one_or_by_just_anybody(world: World) -> None:
    approved = world.approve(world.order())
    world.order("Bản tin khác", 90)
    for at, refused in (
        (MORNING - timedelta(minutes=1), Refused),
        (MORNING + timedelta(days=400), Refused),
        (MORNING + timedelta(minutes=91), Conflicted),
    ):
        with pytest.raises(refused):
            world.desk.move(approved.id, at, world.user("lan"))
    for name in ("tam", "khach", "quantri"):
        with pytest.raises(NotAllowed):
            world.desk.move(approved.id, MORNING + timedelta(hours=3), world.user(name))
        with pytest.raises(NotAllowed):
            world.desk.change(approved.id, wish(world), world.user(name))
    assert stored(world, approved.id) == approved
    assert planned(world) == [approved.id]
