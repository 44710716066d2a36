"""Incidents and the month through the API: read by anybody, seen to by a technician."""

from datetime import timedelta

from hub.incidents.incident import About, Incident, Member
from hub.store import incidents
from tests.hub.api.conftest import Programs
from tests.hub.web.world import MORNING, VILLAGES, World

EAST, WEST, MIDDLE = VILLAGES
BEGAN = MORNING - timedelta(minutes=20)


def away(node: str, subject: str = "node", value: str = "down") -> Member:
    return Member(node=node, subject=subject, value=value, detail="", since_at=BEGAN)


def have(world: World) -> None:
    """A camera covered in the west, then no contact in two villages; one that is over."""
    camera = Incident(
        id=1, about=About.CAMERA, since_at=BEGAN, opened_at=BEGAN, members=[away(WEST, "camera:cong", "covered")]
    )
    power = Incident(
        id=2, about=About.CONTACT, is_wide=True, since_at=BEGAN, opened_at=BEGAN, members=[away(EAST), away(MIDDLE)]
    )
    past = Incident(id=3, about=About.CONTACT, since_at=BEGAN, opened_at=BEGAN, closed_at=MORNING)
    with world.database.write() as c:
        incidents.put(c, [camera, power, past])


def test_the_worst_comes_first_each_as_a_sentence_in_the_callers_language(program: Programs, world: World) -> None:
    have(world)
    guest = program("khach")
    told = guest.get("/incidents").json()["items"]
    assert [(each["id"], each["about"]) for each in told] == [(2, "contact"), (1, "camera")]
    assert told[0]["text"] == (
        "Điện hoặc nhà mạng: nhiều làng cùng mất liên lạc; đến lúc này chắc chắn có Thôn Đông, Thôn Trung"
    )
    assert {member["node"] for member in told[0]["members"]} == {EAST, MIDDLE}
    english = guest.get("/incidents", headers={"Accept-Language": "en"}).json()["items"]
    assert english[0]["text"] == (
        "Power or provider: several villages lost contact together; sure so far is Thôn Đông, Thôn Trung"
    )


def test_what_is_over_and_what_touched_one_village(program: Programs, world: World) -> None:
    have(world)
    guest = program("khach")
    assert [each["id"] for each in guest.get("/incidents?which=past").json()["items"]] == [3]
    assert [each["id"] for each in guest.get(f"/incidents?village={WEST}").json()["items"]] == [1]
    assert guest.get("/incidents?which=all").status_code == 422
    assert guest.get("/incidents/9").status_code == 404


def test_a_technician_knows_of_it_gives_it_to_somebody_and_writes_a_note(program: Programs, world: World) -> None:
    have(world)
    technician = program("tam")
    assert technician.post("/incidents/2/known").json()["incident"]["known_by"] == "tam"
    assert technician.put("/incidents/2/person", json={"person": "lan"}).json()["incident"]["assigned_to"] == "lan"
    whole = technician.post("/incidents/2/notes", json={"text": "Đã gọi điện lực"}).json()
    assert [(note["by"], note["text"]) for note in whole["notes"]] == [("tam", "Đã gọi điện lực")]
    assert technician.put("/incidents/2/person", json={"person": "ai-do"}).status_code == 409
    assert technician.post("/incidents/2/notes", json={"text": " "}).status_code == 409


def test_a_month_of_all_villages(program: Programs, world: World) -> None:
    world.beat(EAST)
    guest = program("khach")
    month = guest.get("/uptime?month=2026-11").json()
    assert month["starts_at"] == "2026-10-31T17:00:00Z"
    assert {village["node"] for village in month["villages"]} == set(VILLAGES)
    for village in month["villages"]:
        assert village["coverage"] is None or 0 <= village["coverage"] <= 1
        assert village["lasted"]["maintenance_s"] == 0
    assert guest.get("/uptime").json() == guest.get("/uptime?month=2099-01").json()
    assert guest.get("/uptime?month=2026-13").status_code == 422
