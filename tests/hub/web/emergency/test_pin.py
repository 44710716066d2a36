"""A leader sets the emergency PIN: with the password, twice the same, and none that is easy to guess."""

import pytest

from hub.people.passwords import is_password
from hub.store import people
from tests.hub.web.world import PASSWORD, Browser, World

PIN = "260714"


def pin_hash(world: World) -> str:
    with world.database.read() as c:
        hung = people.user(c, "hung")
    assert hung is not None
    return hung.pin_hash


def test_the_pin_is_set_with_the_password(leader: Browser, world: World) -> None:
    assert "6 chữ số" in leader.get("/pin").text
    answer = leader.post("/pin", data={"password": PASSWORD, "pin": PIN, "again": PIN})
    assert answer.headers["location"] == "/emergency"
    assert is_password(pin_hash(world), PIN)
    assert "Bạn chưa có mã PIN" not in leader.get("/emergency").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password": "sai mật khẩu", "pin": PIN, "again": PIN}, "Mật khẩu không đúng"),
        ({"password": PASSWORD, "pin": PIN, "again": "260715"}, "không giống nhau"),
        ({"password": PASSWORD, "pin": "123456", "again": "123456"}, "quá dễ đoán"),
        ({"password": PASSWORD, "pin": "12", "again": "12"}, "đúng 6 chữ số"),
        ({}, "Mật khẩu không đúng"),
    ],
)
def test_otherwise_nothing_changes_and_it_says_why(
    leader: Browser, world: World, form: dict[str, str], said: str
) -> None:
    answer = leader.post("/pin", data=form)
    assert answer.status_code in (401, 422)
    assert said in answer.text
    assert pin_hash(world) == ""
