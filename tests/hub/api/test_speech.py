"""Scripts, voices and the commune's own abbreviations through the API."""

import pytest

from hub.people.accounts import Scope
from tests.hub.api.conftest import Program, Programs
from tests.hub.web.world import VILLAGES, World


def test_a_script_is_filled_and_told_in_words(program: Programs) -> None:
    reader = program("lan", Scope.READ)
    (power,) = [s for s in reader.get("/speech/scripts").json() if s["id"] == "power"]
    assert power["title"] == "Cắt điện"
    assert [p["id"] for p in power["places"]] == ["who", "when", "where", "why", "call"]
    english = reader.get("/speech/scripts", headers={"Accept-Language": "en"}).json()
    assert "Power cut" in [s["title"] for s in english]
    told = reader.post("/speech/scripts/power/words", json={"values": {"who": "UBND xã", "when": "8h15"}}).json()
    assert told["text"].startswith("UBND xã thông báo: tạm ngừng cấp điện từ 8h15, tại …")
    assert told["sentences"][0].startswith("Ủy ban nhân dân xã thông báo: tạm ngừng cấp điện từ tám giờ mười lăm")


@pytest.mark.parametrize(
    ("id", "values", "status"),
    [("power", {"whom": "ai"}, 409), ("power", {"who": "x" * 400}, 422), ("fair", {}, 404), ("power", {"who": 5}, 422)],
)
def test_a_script_that_is_none_and_a_place_that_is_none(
    officer: Program, id: str, values: dict[str, object], status: int
) -> None:
    assert officer.post(f"/speech/scripts/{id}/words", json={"values": values}).status_code == status


def test_a_forgotten_abbreviation_is_put_back(officer: Program) -> None:
    own = [{"short": "NVH", "said": "nhà văn hóa"}]
    assert officer.post("/speech/abbreviations/put-back", json={"short": "NVH"}).status_code == 409
    officer.put("/speech/abbreviations", json=own[0])
    assert officer.put("/speech/abbreviations", json={"short": "NVH", "said": ""}).json() == []
    assert officer.post("/speech/abbreviations/put-back", json={"short": "NVH"}).json() == own
    again = officer.post("/speech/abbreviations/put-back", json={"short": "NVH"})
    assert (again.status_code, again.json()["detail"]) == (409, "Không có gì để khôi phục.")


def test_who_answers_for_some_villages_puts_back_nothing_of_the_commune(officer: Program, world: World) -> None:
    officer.put("/speech/abbreviations", json={"short": "NVH", "said": "nhà văn hóa"})
    officer.put("/speech/abbreviations", json={"short": "NVH", "said": ""})
    world.bind("lan", next(iter(VILLAGES)))
    assert officer.post("/speech/abbreviations/put-back", json={"short": "NVH"}).status_code == 403
    assert officer.get("/speech/abbreviations").json() == []


def test_the_voices_that_are_here_have_names(officer: Program) -> None:
    assert all(each["id"] and each["name"] for each in officer.get("/speech/voices").json())
