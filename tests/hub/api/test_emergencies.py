"""The red button through the API: two steps and the PIN, and the way back without one."""

import pytest

from contract.terms import Order
from hub.alarms import alarm
from hub.orders.broadcasts import Recording
from hub.people.accounts import Scope
from hub.store import orders, people
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import MORNING, VILLAGES, World

PIN = "260714"


@pytest.fixture
def siren(world: World) -> Recording:
    alarm.set_pin(world.desk, "hung", PIN, "hung")
    return world.add_sound("Còi báo động", 20.0)


def wanted(program: Program, siren: Recording, **more: object) -> dict[str, object]:
    prepared = program.post("/preparations", json={"recording": siren.sha256}).json()
    assert (prepared["title"], prepared["held"]) == ("Còi báo động", 0)
    return {"id": prepared["id"], "recording": siren.sha256, "pin": PIN, **more}


def standing(world: World) -> list[Order]:
    with world.database.read() as c:
        return [o.order for o in orders.open_orders(c, world.clock())]


def test_nothing_is_sent_before_the_pin_is_right_and_then_everywhere(
    leader: Program, world: World, siren: Recording
) -> None:
    sending = wanted(leader, siren)
    wrong = leader.post("/emergencies", json={**sending, "pin": "000000"})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/api/v1/docs#wrong-pin")
    assert standing(world) == []
    with world.database.read() as c:
        assert people.count_notes(c, "hung", "pin-wrong", MORNING) == 1
    sent = leader.post("/emergencies", json=sending)
    assert sent.status_code == 201, sent.text
    assert {v["reach"] for v in sent.json()["villages"]} == {"waiting"}
    assert standing(world) == [Order.PLAY] * len(VILLAGES)


def test_a_request_that_is_repeated_is_one_emergency(leader: Program, world: World, siren: Recording) -> None:
    sending = wanted(leader, siren)
    first, second = leader.post("/emergencies", json=sending), leader.post("/emergencies", json=sending)
    assert first.json()["id"] == second.json()["id"]
    assert len(standing(world)) == len(VILLAGES)
    assert len(leader.get("/emergencies").json()) == 1


def test_villages_that_do_not_answer_are_named(leader: Program, world: World, siren: Recording) -> None:
    id = leader.post("/emergencies", json=wanted(leader, siren, nodes=["binhminh-thon-1"])).json()["id"]
    world.clock.pass_(seconds=11)
    assert leader.get(f"/emergencies/{id}").json()["unreached"] == ["binhminh-thon-1"]


def test_an_officer_ends_it_without_a_pin(leader: Program, officer: Program, world: World, siren: Recording) -> None:
    id = leader.post("/emergencies", json=wanted(leader, siren)).json()["id"]
    clear = world.add_sound("Báo yên", 8.0)
    ended = officer.post(f"/emergencies/{id}/cancel", json={"recording": clear.sha256}).json()
    assert (ended["is_standing"], ended["cleared_by"]) == (False, "lan")
    assert ended["all_clear"] is not None
    assert officer.get("/emergencies").json() == []
    again = officer.post(f"/emergencies/{id}/cancel", json={})
    assert (again.status_code, again.json()["detail"]) == (409, "Báo động này đã được hủy rồi.")


def test_an_all_clear_follows_an_ordinary_stop(leader: Program, world: World, siren: Recording) -> None:
    id = leader.post("/emergencies", json=wanted(leader, siren)).json()["id"]
    world.desk.stop(None, None, world.user("tam"))
    clear = world.add_sound("Báo yên", 8.0)
    followed = leader.post(f"/emergencies/{id}/all-clear", json={"recording": clear.sha256})
    assert followed.json()["all_clear"] is not None


def test_who_has_no_pin_is_told_so(leader: Program, world: World) -> None:
    sound = world.add_sound("Còi")
    answer = leader.post("/emergencies", json=wanted_without_pin(leader, sound))
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs#no-pin")


def wanted_without_pin(program: Program, sound: Recording) -> dict[str, object]:
    prepared = program.post("/preparations", json={"recording": sound.sha256}).json()
    return {"id": prepared["id"], "recording": sound.sha256, "pin": ""}


def test_a_token_for_looking_and_other_roles_send_nothing(
    program: Programs, leader: Program, world: World, siren: Recording
) -> None:
    sending = wanted(leader, siren)
    for other in (program("hung", Scope.READ), program("lan"), program("tam"), program("quantri")):
        assert other.post("/emergencies", json=sending).status_code == 403
    assert standing(world) == []


def test_where_no_village_is_meant_nothing_is_prepared(leader: Program, siren: Recording) -> None:
    answer = leader.post("/preparations", json={"recording": siren.sha256, "nodes": []})
    assert (answer.status_code, answer.json()["detail"]) == (409, "Hãy chọn ít nhất một làng.")
