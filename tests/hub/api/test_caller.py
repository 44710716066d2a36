"""Who is let in: a token and nothing else; as far as its owner's role, and for looking only where that was chosen."""

import logging

import pytest
from starlette.testclient import TestClient

from hub.people import tokens
from hub.people.accounts import Scope
from hub.people.passwords import hash_password
from hub.store import nodes, people
from tests.hub.api.conftest import PLACE, Program, Programs
from tests.hub.web.world import ORIGIN, Browser, World

PHONE = "/nodes/binhminh-thon-1/phone"


def phone(world: World) -> str:
    with world.database.read() as c:
        node = nodes.node(c, "binhminh-thon-1")
    assert node is not None
    return node.phone


def test_a_token_acts_for_its_owner(officer: Program) -> None:
    me = officer.get("/me").json()
    assert (me["name"], me["role"], me["scope"]) == ("lan", "officer", "full")
    assert me["may"] == ["look", "order", "stop"]


@pytest.mark.parametrize("secret", ["", "loa_", "loa_" + "a" * 43, "x" * 5000, "ệ"])
def test_what_is_no_token_opens_nothing(client: TestClient, secret: str) -> None:
    answer = client.get(f"{PLACE}/me", headers={"Authorization": f"Bearer {secret}".encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_log_in_of_the_pages_is_no_token(client: TestClient, world: World, nobody: Program) -> None:
    Browser(client).enter(world, "quantri")
    answer = client.put(f"{PLACE}{PHONE}", json={"phone": "0912 345 678"}, headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert phone(world) == ""


def test_another_site_may_ask_and_gets_nothing_without_a_token(client: TestClient, world: World) -> None:
    Browser(client).enter(world, "quantri")
    answer = client.put(f"{PLACE}{PHONE}", json={"phone": "113"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers


def test_a_token_for_looking_looks_and_changes_nothing(program: Programs, world: World) -> None:
    reader = program("tam", Scope.READ)
    assert reader.get("/nodes").status_code == 200
    assert reader.get("/me").json()["may"] == ["look"]
    answer = reader.put(PHONE, json={"phone": "0912 345 678"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs#out-of-scope")
    assert phone(world) == ""
    assert program("tam").put(PHONE, json={"phone": "0912 345 678"}).status_code == 200
    assert phone(world) == "0912 345 678"


def test_no_token_goes_farther_than_its_owner(program: Programs, world: World) -> None:
    answer = program("khach").put(PHONE, json={"phone": "113"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs#not-allowed")
    assert phone(world) == ""


def test_a_token_ends_by_itself_and_by_a_word(officer: Program, program: Programs, world: World) -> None:
    second = program("lan")
    own = officer.get("/me").json()["token"]
    assert officer.delete(f"/me/tokens/{own}").status_code == 204
    assert officer.get("/me").status_code == 401
    assert second.get("/me").status_code == 200
    world.clock.pass_(days=30)
    assert second.get("/me").status_code == 401


def test_a_new_password_ends_the_tokens_made_with_the_old_one(officer: Program, world: World) -> None:
    with world.database.write() as c:
        people.set_password(c, "lan", hash_password("con trâu đi trước cái cày"))
    assert officer.get("/me").status_code == 401


def test_nobody_sees_or_ends_what_is_anothers(
    officer: Program, leader: Program, client: TestClient, world: World
) -> None:
    Browser(client).enter(world, "hung")
    (token,), (session,) = leader.get("/me/tokens").json(), leader.get("/me/sessions").json()
    assert token["id"] not in officer.get("/me/tokens").text
    assert officer.delete(f"/me/tokens/{token['id']}").status_code == 404
    assert officer.delete(f"/me/sessions/{session['id']}").status_code == 404
    assert leader.get("/me").status_code == 200
    assert leader.delete(f"/me/sessions/{session['id']}").status_code == 204
    assert leader.get("/me/sessions").json() == []


def test_when_it_was_last_used_is_known_to_five_minutes(officer: Program, world: World) -> None:
    first = officer.get("/me/tokens").json()[0]["last_used_at"]
    world.clock.pass_(minutes=4)
    assert officer.get("/me/tokens").json()[0]["last_used_at"] == first
    world.clock.pass_(minutes=1)
    assert officer.get("/me/tokens").json()[0]["last_used_at"] > first


def test_wrong_tokens_are_counted_and_do_not_fill_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "hub.api")
    for n in range(12):
        client.get(f"{PLACE}/me", headers={"Authorization": f"Bearer loa_{n}"})
    assert [r.getMessage().split(" requests")[0] for r in caplog.records if "wrong token" in r.getMessage()] == [
        "1",
        "10",
    ]


def test_only_the_digest_of_a_token_is_kept(officer: Program, world: World) -> None:
    dump = b"".join(path.read_bytes() for path in world.folder.glob("hub.db*"))
    assert officer.secret.encode() not in dump
    assert officer.secret.startswith(tokens.PREFIX)
