"""Where one is logged in, and a new password: what is lost with a phone is shut from another one."""

import pytest

from hub.store import people
from hub.web.wording.agents import name_agent
from tests.hub.web.board.test_board import text
from tests.hub.web.world import PASSWORD, Browser, World

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
FRESH = "con trâu đi trước cái cày theo sau"


def log_in_twice(browser: Browser) -> tuple[str, str]:
    """On a phone that is lost, then here; returns both tokens."""
    browser._client.headers["User-Agent"] = PHONE
    lost = browser.log_in("lan").cookies["loa_session"]
    browser._client.cookies.clear()
    browser._client.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
    return lost, browser.log_in("lan").cookies["loa_session"]


def is_in(browser: Browser, token: str) -> bool:
    browser._client.cookies.set("loa_session", token)
    return browser.get("/").status_code == 200


def test_a_lost_phone_is_logged_out_from_here(browser: Browser) -> None:
    lost, here = log_in_twice(browser)
    page = text(browser, "/account")
    assert "Chrome, Android" in page
    assert "Firefox, Windows Trình duyệt này" in page
    browser.post("/account/sessions/end")
    assert not is_in(browser, lost)
    browser._client.cookies.clear()
    assert is_in(browser, here)


def test_a_new_password_logs_everybody_else_out(browser: Browser) -> None:
    lost, _ = log_in_twice(browser)
    answer = browser.post("/account/password", data={"password": PASSWORD, "fresh": FRESH, "again": FRESH})
    fresh = answer.cookies["loa_session"]
    browser._client.cookies.clear()
    assert not is_in(browser, lost)
    browser._client.cookies.clear()
    assert is_in(browser, fresh)
    browser._client.cookies.clear()
    assert browser.log_in("lan").status_code == 401
    assert browser.log_in("lan", FRESH).status_code == 303


@pytest.mark.parametrize(
    ("typed", "status", "fault"),
    [
        ({"password": "sai", "fresh": FRESH, "again": FRESH}, 401, "Mật khẩu không đúng."),
        ({"password": PASSWORD, "fresh": FRESH, "again": "khác"}, 422, "Hai mật khẩu không giống nhau."),
        ({"password": PASSWORD, "fresh": "ngắn", "again": "ngắn"}, 422, "Mật khẩu cần ít nhất 15 ký tự."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    officer: Browser, typed: dict[str, str], status: int, fault: str
) -> None:
    answer = officer.post("/account/password", data=typed)
    assert answer.status_code == status
    assert fault in answer.text
    assert officer.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(browser: Browser, world: World) -> None:
    browser.enter(world, "hung")
    other = browser._client.cookies["loa_session"]
    with world.database.read() as c:
        (theirs,) = people.sessions(c, "hung", world.clock())
    browser._client.cookies.clear()
    browser.enter(world, "lan")
    browser.post("/account/sessions/end", data={"id": theirs.id})
    browser.post("/account/sessions/end")
    browser._client.cookies.clear()
    assert is_in(browser, other)


@pytest.mark.parametrize(
    ("agent", "name"),
    [(PHONE, "Chrome, Android"), ("", ""), ("curl/8", ""), ("Mozilla Edg/1 Windows", "Edge, Windows")],
)
def test_browsers_are_called_by_their_names(agent: str, name: str) -> None:
    assert name_agent(agent) == name
