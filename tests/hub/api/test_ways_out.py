"""What is in the way and how to get past it: right before, right after, in place of it; and a move taken back."""

from datetime import timedelta

import pytest

from tests.hub.api.conftest import Program
from tests.hub.api.test_broadcasts import wish
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, _ = VILLAGES
FIVE = MORNING + timedelta(minutes=30)
AT_FIVE = "2026-11-22T22:00:00Z"
IN_AN_HOUR = {"starts_at": "2026-11-23T06:10:00+07:00"}


def stage(officer: Program, id: str) -> str:
    return str(officer.get(f"/broadcasts/{id}").json()["order"]["stage"])


def test_right_before_and_right_after_are_free(officer: Program, world: World) -> None:
    officer.post("/broadcasts", json=wish(world))
    second = wish(world, title="Tin hai", nodes=[EAST])
    problem = officer.post("/broadcasts", json=second).json()
    assert (problem["free_before_at"], problem["free_at"]) == ("2026-11-22T21:57:00Z", "2026-11-22T22:03:00Z")
    checked = officer.post("/checks", json={"wish": second}).json()
    assert (checked["free_before_at"], checked["free_at"]) == (problem["free_before_at"], problem["free_at"])
    saved = officer.post("/broadcasts", json={**second, "starts_at": problem["free_before_at"]})
    assert saved.status_code == 201, saved.text


def test_in_place_of_what_is_in_the_way(officer: Program, world: World) -> None:
    first = officer.post("/broadcasts", json=wish(world)).json()
    second = wish(world, title="Tin hai", nodes=[EAST])
    problem = officer.post("/broadcasts", json=second).json()
    assert problem["replaceable"] == [{"broadcast": first["id"]}]
    assert stage(officer, first["id"]) == "submitted", "nothing was taken back by asking"
    saved = officer.post("/broadcasts", json={**second, "replacing": problem["replaceable"]})
    assert (saved.status_code, saved.json()["starts_at"]) == (201, AT_FIVE)
    assert stage(officer, first["id"]) == "cancelled"


def test_of_what_recurs_one_airing_alone_goes(officer: Program, world: World) -> None:
    daily = officer.post("/broadcasts", json=wish(world, starts_at=None, rule="hằng ngày 5:00")).json()
    second = wish(world, title="Tin hai", nodes=[EAST])
    (taken,) = officer.post("/broadcasts", json=second).json()["replaceable"]
    assert taken == {"broadcast": daily["id"], "at": AT_FIVE}
    assert officer.post("/broadcasts", json={**second, "replacing": [taken]}).status_code == 201
    told = officer.get(f"/broadcasts/{daily['id']}").json()["order"]
    assert (told["stage"], told["dropped"]) == ("submitted", [AT_FIVE])


def test_an_order_is_changed_in_place_of_another(officer: Program, world: World) -> None:
    first = officer.post("/broadcasts", json=wish(world)).json()
    later = wish(world, title="Tin hai", nodes=[EAST], **IN_AN_HOUR)
    second = officer.post("/broadcasts", json=later)
    changed = {**later, "starts_at": AT_FIVE, "replacing": [{"broadcast": first["id"]}]}
    seen = {"If-Match": second.headers["etag"]}
    assert officer.put(f"/broadcasts/{second.json()['id']}", json=changed, headers=seen).status_code == 200
    assert stage(officer, first["id"]) == "cancelled"


def test_what_is_in_other_villages_too_is_not_offered_and_not_taken(officer: Program, world: World) -> None:
    first = officer.post("/broadcasts", json=wish(world)).json()
    world.bind("lan", EAST)
    second = wish(world, title="Tin hai", nodes=[EAST])
    problem = officer.post("/broadcasts", json=second).json()
    assert problem["type"].endswith("#conflicts")
    assert "replaceable" not in problem
    assert officer.post("/checks", json={"wish": second}).json()["replaceable"] == []
    taken = officer.post("/broadcasts", json={**second, "replacing": [{"broadcast": first["id"]}]})
    assert taken.status_code == 403
    assert stage(officer, first["id"]) == "submitted"


def test_what_has_begun_or_is_nothing_is_not_taken_back(officer: Program, world: World) -> None:
    begun = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=2)
    second = wish(world, title="Tin hai", **IN_AN_HOUR)
    answer = officer.post("/broadcasts", json={**second, "replacing": [{"broadcast": begun.id}]})
    assert (answer.status_code, "đã bắt đầu" in answer.json()["detail"]) == (409, True)
    nothing = officer.post("/broadcasts", json={**second, "replacing": [{"broadcast": "b" + "0" * 12}]})
    assert nothing.status_code == 404
    assert stage(officer, begun.id) == "approved"


def test_a_move_is_taken_back_with_its_approval(officer: Program, world: World) -> None:
    order = world.approve(world.order())
    place = f"/broadcasts/{order.id}"
    seen = {"If-Match": officer.get(place).headers["etag"]}
    moved = officer.put(f"{place}/starts-at", json=IN_AN_HOUR, headers=seen).json()
    assert (moved["stage"], moved["starts_at"]) == ("submitted", "2026-11-22T23:10:00Z")
    back = officer.post(f"{place}/undo-move", json={"was": AT_FIVE})
    assert (back.json()["stage"], back.json()["starts_at"]) == ("approved", AT_FIVE)
    assert back.headers["etag"] == seen["If-Match"], "it says what it said"
    twice = officer.post(f"{place}/undo-move", json={"was": AT_FIVE})
    assert (twice.status_code, "vừa thay đổi" in twice.json()["detail"]) == (409, True)


def test_a_move_that_is_old_anothers_or_never_was_stays(officer: Program, leader: Program, world: World) -> None:
    order = world.order()
    place, back = f"/broadcasts/{order.id}", {"was": AT_FIVE}
    assert officer.post(f"{place}/undo-move", json=back).status_code == 409, "nothing was moved"
    world.desk.move(order.id, FIVE + timedelta(hours=1), world.user("lan"))
    assert leader.post(f"{place}/undo-move", json=back).status_code == 409, "it was not the leader who moved it"
    world.clock.pass_(minutes=11)
    assert officer.post(f"{place}/undo-move", json=back).status_code == 409, "that is long ago"
    assert officer.get(place).json()["order"]["starts_at"] == "2026-11-22T23:00:00Z"
    assert officer.post("/broadcasts/b000000000000/undo-move", json=back).status_code == 404


def test_a_move_whose_place_was_taken_meanwhile_says_by_what(officer: Program, world: World) -> None:
    order = world.order()
    world.desk.move(order.id, FIVE + timedelta(hours=1), world.user("lan"))
    other = world.order("Tin hai")
    answer = officer.post(f"/broadcasts/{order.id}/undo-move", json={"was": AT_FIVE})
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/v1/docs#conflicts")
    assert {c["broadcast"] for c in answer.json()["conflicts"]} == {other.id}


@pytest.mark.parametrize("was", ["hôm qua", "2026-11-23T05:00:00", 5, None])
def test_a_time_that_is_none_moves_nothing(officer: Program, world: World, was: object) -> None:
    order = world.order()
    assert officer.post(f"/broadcasts/{order.id}/undo-move", json={"was": was}).status_code == 422
