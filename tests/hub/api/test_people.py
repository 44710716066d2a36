"""People and deeds through the API: seen by whom they concern, ended in a minute, and nobody gains a right."""

from hub.people.accounts import Role
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import World


def test_an_administrator_sees_everybody_and_turns_one_off(program: Programs, officer: Program, world: World) -> None:
    admin = program("quantri")
    shown = {p["name"]: p for p in admin.get("/people").json()["items"]}
    assert shown["lan"]["role"] == Role.OFFICER
    assert admin.get("/people/lan").json() == shown["lan"]
    assert admin.post("/people/lan/off").status_code == 204
    assert officer.get("/me").status_code == 401, "tokens end too"
    assert not admin.get("/people/lan").json()["is_active"]
    assert admin.post("/people/quantri/off").status_code == 409
    assert admin.get("/people/ai").status_code == 404


def test_deeds_are_read_by_leader_and_administrator(program: Programs, officer: Program, world: World) -> None:
    world.order()
    deeds = program("hung").get("/audit?who=lan&limit=5").json()
    assert "order" in {deed["act"] for deed in deeds}
    assert {deed["who"] for deed in deeds} == {"lan"}
    assert officer.get("/audit").status_code == 403


def test_deeds_are_looked_through_by_kind_and_time_and_told_in_words(program: Programs, world: World) -> None:
    leader = program("hung")
    order = world.order()
    world.clock.pass_(hours=1)
    world.desk.cancel(order.id, world.user("lan"))
    told = leader.get("/audit?kind=broadcasts", headers={"Accept-Language": "en"}).json()
    assert [deed["act"] for deed in told] == ["cancel", "order"]
    assert all("Bản tin sáng" in deed["sentence"] and "Nguyễn Thị Lan" in deed["sentence"] for deed in told)
    late = leader.get("/audit?kind=broadcasts&from=2026-11-22T22:00:00Z&until=2026-11-22T23:00:00Z").json()
    assert [deed["act"] for deed in late] == ["cancel"]
    assert leader.get("/audit?kind=sounds").json() == []
    assert leader.get("/audit?kind=gossip").status_code == 422


def test_no_token_makes_people_or_rights(program: Programs) -> None:
    admin = program("quantri")
    assert admin.post("/people", json={"name": "moi"}).status_code == 405
    assert admin.put("/people/lan", json={"role": "admin"}).status_code == 405
