"""Cameras through the API: the same state, the same orders and the same rights as on the pages."""

from datetime import timedelta

from contract.reports import CameraReport
from contract.terms import CameraFault
from hub.store import people
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, _ = VILLAGES
PLACE = f"/nodes/{EAST}/cameras"


def test_the_state_of_a_camera_with_what_to_do_and_to_bring(officer: Program, world: World) -> None:
    covered = CameraReport(
        id="cong", title="Cổng", fault=CameraFault.COVERED, since_at=MORNING, evidence={"still": 0.6, "stir": 0.1}
    )
    world.change(EAST, "camera:cong", "ok", MORNING - timedelta(days=2))
    world.change(EAST, "camera:cong", "covered", MORNING)
    world.beat(EAST, cameras=(covered,))
    world.clock.pass_(minutes=1)
    (brief,) = officer.get(PLACE).json()
    assert (brief["title"], brief["fault"], brief["is_known"]) == ("Cổng", "covered", True)
    whole = officer.get(f"{PLACE}/cong").json()
    assert whole["advice"].startswith("Gỡ vật che ống kính")
    assert "thang" in whole["bring"]
    assert whole["evidence"] == {"still": 0.6, "stir": 0.1}
    assert [day["standing"] for day in whole["days"][-3:]] == ["good", "good", "fault"]
    assert whole["incidents"] == [
        {"fault": "covered", "starts_at": "2026-11-22T21:30:00Z", "ends_at": None, "detail": "", "is_maintained": False}
    ]
    assert officer.get(f"{PLACE}/san").status_code == 404
    assert officer.get("/nodes/xa-la/cameras").status_code == 404


def test_of_a_node_out_of_contact_nothing_is_known(officer: Program, world: World) -> None:
    world.beat(EAST)
    world.clock.pass_(minutes=30)
    whole = officer.get(f"{PLACE}/cong").json()
    assert (whole["is_known"], whole["advice"], whole["bring"]) == (False, "", [])
    assert whole["told_at"] == "2026-11-22T21:30:00Z"


def test_pictures_are_asked_for_and_looked_at(program: Programs, world: World) -> None:
    world.beat(EAST)
    technician = program("tam")
    assert technician.get(f"{PLACE}/cong/pictures").json() is None
    asked = technician.post(f"{PLACE}/cong/show")
    assert (asked.status_code, asked.json()["step"], asked.json()["asked_by"]) == (202, "waiting", "tam")
    (order,) = world.take_up(EAST)
    assert technician.get(f"{PLACE}/cong").json()["pictures_asked"]["step"] == "taken"
    assert world.send_pictures(EAST, order, after=b"")
    held = technician.get(f"{PLACE}/cong/pictures").json()
    assert held["which"] == ["now", "before"]
    assert held["expires_at"] == "2026-11-23T21:30:00Z"
    picture = technician.get(f"{PLACE}/cong/pictures/now")
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert technician.get(f"{PLACE}/cong/pictures/after").status_code == 404
    assert technician.get(f"{PLACE}/cong/pictures/soon").status_code == 422
    with world.database.read() as c:
        assert [n.act for n in people.notes(c, who="tam")][:2] == ["camera-look", "camera-show"]


def test_the_view_is_said_to_be_right(program: Programs, world: World) -> None:
    world.beat(EAST)
    technician = program("tam")
    assert technician.post(f"{PLACE}/cong/right").json()["step"] == "waiting"
    (order,) = world.take_up(EAST)
    assert order.counter is not None
    world.change(EAST, "view:cong", "ok", world.clock(), f"{order.counter.epoch}.{order.counter.n}")
    whole = technician.get(f"{PLACE}/cong").json()
    assert (whole["right_asked"]["step"], whole["right_by"]) == ("done", "tam")


def test_maintenance_is_planned_and_ended(program: Programs, officer: Program, world: World) -> None:
    world.beat(EAST, cameras=(CameraReport(id="cong", fault=CameraFault.DARK, since_at=MORNING),))
    technician, place = program("tam"), f"/nodes/{EAST}/maintenance"
    times = {"starts_at": "2026-11-23T04:00:00+07:00", "ends_at": "2026-11-23T06:00:00+07:00"}
    planned = technician.post(place, json={**times, "reason": "thay đèn", "camera": "cong"})
    assert planned.status_code == 201
    assert planned.json()["starts_at"] == "2026-11-22T21:30:00Z", "what has passed is now"
    assert officer.get(place).json() == [planned.json()]
    assert officer.get(PLACE).json()[0]["is_maintained"]
    (fault,) = officer.get(f"/nodes/{EAST}").json()["node"]["faults"]
    assert (fault["text"], fault["tone"]) == ("Camera cong: đang bảo trì", "muted")
    assert technician.post(place, json={**times, "reason": ""}).status_code == 409
    assert technician.post(place, json={**times, "reason": "x", "camera": "san"}).status_code == 404
    ended = technician.post(f"{place}/{planned.json()['id']}/end")
    assert ended.json()["ended_by"] == "tam"
    assert officer.get(place).json() == []
    assert technician.post(f"{place}/{planned.json()['id']}/end").status_code == 409
    assert technician.post(f"/nodes/{WEST}/maintenance/{planned.json()['id']}/end").status_code == 404


def test_maintenance_again_and_again_ends_one_by_one_or_all_at_once(program: Programs, world: World) -> None:
    world.beat(EAST)
    technician, place = program("tam"), f"/nodes/{EAST}/maintenance"
    wish = {"starts_at": "2026-11-30T06:30:00+07:00", "ends_at": "2026-11-30T07:00:00+07:00", "reason": "lau ống kính"}
    planned = technician.post(place, json={**wish, "every": "week", "last_day": "2026-12-14"})
    assert planned.status_code == 201
    all_of_it = technician.get(place).json()
    assert [each["starts_at"][:10] for each in all_of_it] == ["2026-11-29", "2026-12-06", "2026-12-13"]
    assert {each["series"] for each in all_of_it} == {planned.json()["id"]}
    technician.post(f"{place}/{all_of_it[1]['id']}/end")
    assert len(technician.get(place).json()) == 2
    technician.post(f"{place}/{all_of_it[0]['id']}/end?series=true")
    assert technician.get(place).json() == []
    assert technician.post(place, json={**wish, "every": "week"}).status_code == 409
