"""Access tokens: made with the password, shown once, revoked with one press."""

import re

import pytest

from hub.people import tokens
from hub.people.accounts import Scope
from tests.hub.web.board.test_board import text
from tests.hub.web.world import PASSWORD, Browser, World

WANTED = {"name": "Báo cáo tỉnh", "scope": "read", "days": "90", "password": PASSWORD}


def secrets(page: str) -> list[str]:
    return re.findall(r'value="(loa_[\w-]{43})"', page)


def test_a_token_is_shown_once_and_lets_a_program_in(officer: Browser) -> None:
    made = officer.post("/account/tokens", data=WANTED)
    (secret,) = secrets(made.text)
    assert made.headers["cache-control"] == "no-store"
    page = officer.get("/account/tokens").text
    assert not secrets(page)
    shown = text(officer, "/account/tokens")
    assert "Báo cáo tỉnh" in shown
    assert "Chỉ xem" in shown
    assert "đến ngày 21/02/2027" in shown
    assert "chưa dùng" in shown
    answer = officer.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.json()["name"], answer.json()["scope"]) == ("lan", "read")


def test_it_is_revoked_with_one_press(officer: Browser) -> None:
    (secret,) = secrets(officer.post("/account/tokens", data=WANTED).text)
    (place,) = re.findall(r'action="(/account/tokens/\w+/revoke)"', officer.get("/account/tokens").text)
    assert officer.post(place).headers["location"] == "/account/tokens"
    assert officer.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "Báo cáo tỉnh" not in text(officer, "/account/tokens")


def test_nobody_revokes_the_token_of_another(officer: Browser, world: World) -> None:
    token, _ = tokens.make(world.desk, world.user("hung"), "của Hùng", Scope.FULL, 30)
    assert officer.post(f"/account/tokens/{token.id}/revoke").status_code == 404
    assert tokens.of(world.desk, world.user("hung")) == [token]


@pytest.mark.parametrize(
    ("wrong", "status", "fault"),
    [
        ({"password": "sai"}, 401, "Mật khẩu không đúng."),
        ({"name": " "}, 422, "Hãy ghi mã truy cập dùng để làm gì"),
        ({"name": "x" * 61}, 422, "Hãy ghi mã truy cập dùng để làm gì"),
        ({"days": "9999"}, 422, "Hãy chọn thời hạn"),
    ],
)
def test_what_is_wrong_is_said_and_makes_none(
    officer: Browser, world: World, wrong: dict[str, str], status: int, fault: str
) -> None:
    answer = officer.post("/account/tokens", data={**WANTED, **wrong})
    assert answer.status_code == status
    assert fault in answer.text
    assert tokens.of(world.desk, world.user("lan")) == []


def test_what_is_chosen_badly_is_chosen_carefully(officer: Browser, world: World) -> None:
    officer.post("/account/tokens", data={**WANTED, "scope": "everything"})
    (token,) = tokens.of(world.desk, world.user("lan"))
    assert token.scope is Scope.READ


def test_there_is_an_end_to_how_many(world: World, officer: Browser) -> None:
    for n in range(tokens.MOST):
        tokens.make(world.desk, world.user("lan"), f"số {n}", Scope.READ, 30)
    answer = officer.post("/account/tokens", data=WANTED)
    assert answer.status_code == 422
    assert "Hãy thu hồi mã không còn dùng" in answer.text
