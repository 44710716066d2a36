"""Where a village lies, for programs."""

from tests.hub.api.conftest import Programs

PATH = "/nodes/binhminh-thon-1/position"


def test_a_program_says_where_a_village_lies(program: Programs) -> None:
    technician = program("tam")
    assert technician.get("/nodes/binhminh-thon-1").json()["node"]["position"] is None
    hanoi = {"latitude": 21.0285, "longitude": 105.8542}
    assert technician.ask("PUT", PATH, json=hanoi).json()["node"]["position"] == hanoi
    abroad = {"latitude": 39.9, "longitude": 116.4}
    for refused in (abroad, {"latitude": 91.0, "longitude": 0.0}, {"latitude": 21.0, "longitude": None}):
        assert technician.ask("PUT", PATH, json=refused).status_code == 409
    assert technician.get("/nodes/binhminh-thon-1").json()["node"]["position"] == hanoi
    assert technician.ask("PUT", PATH, json={**abroad, "is_meant": True}).json()["node"]["position"] == abroad
    nowhere = {"latitude": None, "longitude": None}
    assert technician.ask("PUT", PATH, json=nowhere).json()["node"]["position"] is None
