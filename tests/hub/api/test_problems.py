"""What is wrong is said as RFC 9457 has it, in the caller's language, and never with a trace."""

import pytest

from tests.hub.api.conftest import Program
from tests.hub.web.world import World


def test_the_sentences_are_vietnamese_unless_english_is_asked_for(officer: Program) -> None:
    vietnamese = officer.get("/nodes/la")
    assert (vietnamese.json()["detail"], vietnamese.headers["content-language"]) == ("Không có nút này.", "vi")
    english = officer.get("/nodes/la", headers={"Accept-Language": "fr, en-GB;q=0.8, vi;q=0.2"})
    assert (english.json()["detail"], english.headers["content-language"]) == ("There is no such node.", "en")
    assert english.json()["status"] == english.status_code == 404


@pytest.mark.parametrize(("path", "place"), [("/nodes?limit=0", "query.limit"), ("/nodes?limit=vài", "query.limit")])
def test_each_wrong_place_is_named(officer: Program, path: str, place: str) -> None:
    problem = officer.get(path).json()
    assert problem["type"] == "/api/v1/docs#invalid"
    assert [error["place"] for error in problem["errors"]] == [place]


def test_a_field_nobody_knows_is_a_slip(leader: Program, program: object) -> None:
    answer = leader.put("/nodes/binhminh-thon-1/phone", json={"phone": "1", "fone": "2"})
    assert answer.status_code == 403, "who may not do it hears that first"


def test_an_address_that_is_none_and_a_method_that_is_none(officer: Program) -> None:
    assert officer.get("/nothing").json()["type"].endswith("#not-found")
    answer = officer.delete("/nodes")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_mistake_of_the_hub_is_told_without_a_trace(officer: Program, world: World) -> None:
    world.online_since = "broken"  # type: ignore[assignment]
    world.beat("binhminh-thon-1")
    answer = officer.get("/nodes")
    assert answer.status_code == 500
    assert answer.json()["type"].endswith("#mistake")
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
