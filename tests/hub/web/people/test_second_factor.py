"""The second step of the log-in: set up with an app, asked for after the password, and what helps without a phone."""

import re
from datetime import timedelta

import pyotp
import pytest

from hub.people import staff, tokens, totp
from hub.people.accounts import Scope
from hub.store import people
from tests.hub.web.board.test_board import text
from tests.hub.web.world import PASSWORD, Browser, World


def leave(browser: Browser) -> None:
    browser._client.cookies.clear()


def code_of(secret: str, world: World, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(world.clock() + timedelta(seconds=30 * steps))


def set_up(browser: Browser, world: World) -> tuple[str, list[str]]:
    """Lan turns it on; returns the app's secret and the recovery codes."""
    browser.enter(world, "lan")
    page = browser.get("/account/second-factor").text
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert found is not None
    assert "<svg" in page
    form = {"secret": found[1], "code": code_of(found[1], world), "password": PASSWORD}
    codes = re.findall(r"<li><code>([^<]+)</code>", browser.post("/account/second-factor", data=form).text)
    leave(browser)
    return found[1], codes


def give(browser: Browser, code: str) -> int:
    return browser.post("/login/code", data={"code": code, "next": "/broadcasts"}).status_code


def test_after_the_password_the_code_is_asked_for(browser: Browser, world: World) -> None:
    secret, codes = set_up(browser, world)
    assert len(codes) == 10
    world.clock.pass_(minutes=2)
    answer = browser.log_in("lan")
    assert answer.headers["location"].startswith("/login/code")
    assert browser.get("/").status_code == 303, "the password alone opens nothing"
    assert browser.post("/stop").status_code == 303
    assert give(browser, "000000") == 401
    answer = browser.post("/login/code", data={"code": code_of(secret, world), "next": "/broadcasts"})
    assert answer.headers["location"] == "/broadcasts"
    assert browser.get("/").status_code == 200
    assert "Còn 10 mã dự phòng" in text(browser, "/account")


def test_a_code_counts_once(browser: Browser, world: World) -> None:
    secret, _ = set_up(browser, world)
    browser.log_in("lan")
    assert give(browser, code_of(secret, world)) == 401, "it turned the second step on"
    world.clock.pass_(seconds=30)
    code = code_of(secret, world)
    assert give(browser, code) == 303
    leave(browser)
    browser.log_in("lan")
    assert give(browser, code) == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_a_phone_may_be_half_a_minute_off(browser: Browser, world: World, steps: int, status: int) -> None:
    secret, _ = set_up(browser, world)
    world.clock.pass_(minutes=10)
    browser.log_in("lan")
    assert give(browser, code_of(secret, world, steps)) == status


def test_a_recovery_code_opens_once_and_however_it_is_typed(browser: Browser, world: World) -> None:
    _, codes = set_up(browser, world)
    browser.log_in("lan")
    assert give(browser, f" {codes[3].upper()} ") == 303
    assert "Còn 9 mã dự phòng" in text(browser, "/account")
    leave(browser)
    browser.log_in("lan")
    assert give(browser, codes[3]) == 401


def test_half_a_log_in_is_forgotten_after_ten_minutes(browser: Browser, world: World) -> None:
    secret, _ = set_up(browser, world)
    browser.log_in("lan")
    world.clock.pass_(minutes=10)
    answer = browser.post("/login/code", data={"code": code_of(secret, world)})
    assert answer.headers["location"] == "/login"


@pytest.mark.parametrize(
    ("change", "status"), [({"code": "000000"}, 422), ({"password": "sai"}, 401), ({"secret": "A" * 31}, 422)]
)
def test_it_is_not_turned_on_by_halves(browser: Browser, world: World, change: dict[str, str], status: int) -> None:
    browser.enter(world, "lan")
    secret = pyotp.random_base32(32)
    form = {"secret": secret, "code": code_of(secret, world), "password": PASSWORD, **change}
    assert browser.post("/account/second-factor", data=form).status_code == status
    leave(browser)
    assert browser.log_in("lan").headers["location"] == "/"


def test_it_is_turned_off_with_the_password_and_by_an_administrator(browser: Browser, world: World) -> None:
    set_up(browser, world)
    browser.enter(world, "quantri")
    assert "Hai bước" in text(browser, "/people")
    browser.post("/people/lan/second-factor")
    leave(browser)
    assert browser.log_in("lan").headers["location"] == "/"
    leave(browser)
    set_up(browser, world)
    browser.enter(world, "lan")
    assert browser.post("/account/second-factor/drop", data={"password": "sai"}).status_code == 401
    assert browser.post("/account/second-factor/drop", data={"password": PASSWORD}).status_code == 303
    leave(browser)
    assert browser.log_in("lan").headers["location"] == "/"


def test_what_opens_the_door_is_nowhere_written_down(browser: Browser, world: World) -> None:
    secret, codes = set_up(browser, world)
    browser.log_in("lan")
    give(browser, "123123")
    give(browser, codes[0])
    with world.database.read() as c:
        told = " ".join(f"{n.act} {n.detail}" for n in people.notes(c))
    assert "code-wrong" in told
    assert "recovery-code" in told
    assert not any(each in told for each in (secret, codes[0], codes[0].replace("-", "")))


def test_the_last_step_used_bounds_the_next(world: World) -> None:
    secret, now = pyotp.random_base32(32), world.clock()
    step = totp.step_of(secret, pyotp.TOTP(secret).at(now), now, 0)
    assert step is not None
    assert totp.step_of(secret, pyotp.TOTP(secret).at(now), now, step) is None
    assert totp.step_of(secret, "", now, 0) is None


@pytest.fixture
def demanding(world: World) -> World:
    world.desk.requires_second_factor = True
    return world


def shown_secret(browser: Browser, path: str) -> str:
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', browser.get(path).text)
    assert found is not None
    return found[1]


def test_where_the_commune_demands_it_a_leader_sets_it_up_before_anything_else(
    browser: Browser, demanding: World
) -> None:
    order = demanding.order()
    answer = browser.post("/login", data={"name": "hung", "password": PASSWORD, "next": f"/broadcasts/{order.id}"})
    place = answer.headers["location"]
    assert place == f"/login/factor?next=%2Fbroadcasts%2F{order.id}"
    assert "Xã yêu cầu người duyệt và người phát báo động đăng nhập hai bước." in text(browser, place)
    assert browser.get(f"/broadcasts/{order.id}").headers["location"].startswith("/login/factor?next=")
    assert browser.post(f"/broadcasts/{order.id}/approve").headers["location"] == "/login/factor"
    assert browser.post("/emergency/prepare").headers["location"] == "/login/factor"

    secret = shown_secret(browser, place)
    wrong = browser.post("/login/factor", data={"secret": secret, "code": "000000"})
    assert wrong.status_code == 422
    assert f'value="{secret}"' in wrong.text, "the app need not scan another picture"
    form = {"secret": secret, "code": code_of(secret, demanding), "next": f"/broadcasts/{order.id}"}
    codes = browser.post("/login/factor", data=form).text
    assert len(re.findall(r"<li><code>", codes)) == 10
    assert f'href="/broadcasts/{order.id}"' in codes
    assert browser.get(f"/broadcasts/{order.id}").status_code == 200
    with demanding.database.read() as c:
        assert [n.act for n in people.notes(c, 2)] == ["login", "second-factor"]

    leave(browser)
    demanding.clock.pass_(minutes=1)
    assert browser.log_in("hung").headers["location"].startswith("/login/code")


def test_a_stop_waits_for_no_second_step(browser: Browser, demanding: World) -> None:
    order = demanding.approve(demanding.order(minutes=1))
    demanding.clock.pass_(minutes=2)
    browser.log_in("hung")
    assert browser.post("/stop").headers["location"] == "/"
    assert "Đã dừng lúc 04:32" in text(browser, browser.get("/").headers["location"])
    browser.post(f"/broadcasts/{order.id}/stop")
    with demanding.database.read() as c:
        assert [(n.who, n.act) for n in people.notes(c, 2)] == [("hung", "stop")] * 2
    demanding.clock.pass_(hours=1)
    assert browser.post("/stop").headers["location"] == "/login", "an hour is enough to set it up"


@pytest.mark.parametrize("name", ["lan", "tam", "khach", "quantri"])
def test_who_neither_approves_nor_sends_emergencies_is_not_asked_for_it(
    browser: Browser, demanding: World, name: str
) -> None:
    assert browser.log_in(name).headers["location"] == "/"


def test_what_is_demanded_comes_after_ones_own_password_and_cannot_be_turned_off(
    browser: Browser, demanding: World
) -> None:
    given = staff.reset_password(demanding.desk, "hung", demanding.user("quantri"))
    assert browser.log_in("hung", given).headers["location"].startswith("/login/password")
    fresh = "hoa gạo nở tháng ba bên sông"
    answer = browser.post("/login/password", data={"fresh": fresh, "again": fresh})
    assert answer.headers["location"].startswith("/login/factor")
    secret = shown_secret(browser, "/login/factor")
    browser.post("/login/factor", data={"secret": secret, "code": code_of(secret, demanding)})
    page = text(browser, "/account")
    assert "Tạo mã dự phòng mới" in page
    assert "Tắt" not in page
    refused = browser.post("/account/second-factor/drop", data={"password": fresh})
    assert (refused.status_code, "Xã yêu cầu bạn đăng nhập hai bước" in refused.text) == (409, True)


def test_who_is_logged_in_goes_on_and_a_program_is_not_asked(browser: Browser, world: World) -> None:
    browser.enter(world, "hung")
    _, secret = tokens.make(world.desk, world.user("hung"), "Báo cáo tỉnh", Scope.FULL, 30)
    world.desk.requires_second_factor = True
    assert browser.get("/").status_code == 200
    leave(browser)
    assert browser.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
