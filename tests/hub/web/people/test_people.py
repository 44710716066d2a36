"""The people of the hub: added, helped, sent away, and who nobody may lock out."""

import re

import pytest

from hub.people.accounts import Role
from hub.store import people
from tests.hub.web.board.test_board import text
from tests.hub.web.world import PASSWORD, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES
FRESH = "con trâu đi trước cái cày theo sau"
NEW = {"name": "hoa", "title": "Vũ Thị Hoa", "role": "officer", "reach": "some", "nodes": [EAST]}


@pytest.fixture
def admin(browser: Browser, world: World) -> Browser:
    browser.enter(world, "quantri")
    return browser


def given(page: str) -> str:
    found = re.search(r'class="given"><code>([^<]+)</code>', page)
    assert found is not None
    return found[1]


def leave(browser: Browser) -> None:
    browser._client.cookies.clear()


def role_of(world: World, name: str) -> Role:
    with world.database.read() as c:
        user = people.user(c, name)
    assert user is not None
    return user.role


def test_somebody_new_is_added_and_chooses_a_password_of_their_own(admin: Browser, world: World) -> None:
    page = admin.post("/people", data=NEW).text
    handed = given(page)
    assert "Chỉ hiện một lần" in page
    assert handed not in admin.get("/people/hoa").text
    assert "Thôn Đông" in text(admin, "/people")
    leave(admin)

    answer = admin.log_in("hoa", handed)
    assert answer.headers["location"].startswith("/login/password")
    assert admin.get("/").status_code == 303, "it opens nothing yet"
    weak = admin.post("/login/password", data={"fresh": "matkhau123456789", "again": "matkhau123456789"})
    assert weak.status_code == 422
    assert "dễ đoán" in weak.text
    assert admin.post("/login/password", data={"fresh": FRESH, "again": FRESH}).headers["location"] == "/"
    assert "Vũ Thị Hoa" in text(admin)
    leave(admin)
    assert admin.log_in("hoa", handed).status_code == 401
    assert admin.log_in("hoa", FRESH).headers["location"] == "/"


def test_a_password_that_was_handed_over_is_good_for_a_week(admin: Browser, world: World) -> None:
    handed = given(admin.post("/people", data=NEW).text)
    leave(admin)
    world.clock.pass_(days=7)
    assert admin.log_in("hoa", handed).status_code == 401


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Hoa Vũ"}, "chữ thường không dấu"),
        ({"name": "lan"}, "đã có người dùng"),
        ({"title": " "}, "Hãy ghi họ tên"),
        ({"role": "king"}, "Hãy chọn vai trò"),
        ({"nodes": []}, "Hãy chọn ít nhất một làng"),
        ({"nodes": ["binhminh-la"]}, "không còn trong danh sách"),
        ({"role": "admin"}, "Quản trị phụ trách cả xã"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(admin: Browser, change: dict[str, object], said: str) -> None:
    before = admin.get("/people").text.count('class="person')
    answer = admin.post("/people", data={**NEW, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert admin.get("/people").text.count('class="person') == before


def test_a_role_and_villages_are_changed_and_hold_at_once(admin: Browser, world: World) -> None:
    answer = admin.post("/people/lan", data={"title": "Lan", "role": "viewer", "reach": "some", "nodes": [WEST]})
    assert answer.status_code == 303
    assert role_of(world, "lan") is Role.VIEWER
    leave(admin)
    admin.enter(world, "lan")
    assert admin.get("/broadcasts/new").status_code == 403


def test_who_is_deactivated_is_out_and_keeps_their_name(admin: Browser, world: World) -> None:
    world.order(author="lan")
    leave(admin)
    admin.enter(world, "lan")
    token = admin._client.cookies["loa_session"]
    leave(admin)
    admin.enter(world, "quantri")
    admin.post("/people/lan/off")
    assert "Đã ngừng" in text(admin, "/people")
    leave(admin)
    assert admin.get("/", headers={"Cookie": f"loa_session={token}"}).status_code == 303
    assert admin.log_in("lan").status_code == 401
    admin.enter(world, "hung")
    assert "Nguyễn Thị Lan" in admin.get("/audit").text
    leave(admin)
    admin.enter(world, "quantri")
    admin.post("/people/lan/on")
    leave(admin)
    assert admin.log_in("lan").headers["location"] == "/"


def test_a_new_password_for_who_forgot_theirs_ends_what_was_open(admin: Browser, world: World) -> None:
    leave(admin)
    admin.enter(world, "lan")
    token = admin._client.cookies["loa_session"]
    leave(admin)
    admin.enter(world, "quantri")
    handed = given(admin.post("/people/lan/password").text)
    leave(admin)
    assert admin.get("/", headers={"Cookie": f"loa_session={token}"}).status_code == 303
    assert admin.log_in("lan", PASSWORD).status_code == 401
    assert admin.log_in("lan", handed).headers["location"].startswith("/login/password")


@pytest.mark.parametrize("act", ["off", "password", "second-factor"])
def test_nobody_shuts_the_door_behind_themselves(admin: Browser, act: str) -> None:
    assert admin.post(f"/people/quantri/{act}").status_code == 409
    assert admin.get("/people").status_code == 200


def test_an_administrator_does_not_make_themselves_a_leader(admin: Browser, world: World) -> None:
    answer = admin.post("/people/quantri", data={"title": "Quản trị", "role": "leader", "reach": ""})
    assert answer.status_code == 422
    assert "quyền của chính mình" in answer.text
    assert role_of(world, "quantri") is Role.ADMIN


def test_the_last_administrator_stays(admin: Browser, world: World) -> None:
    admin.post("/people", data={**NEW, "role": "admin", "reach": "", "nodes": []})
    assert admin.post("/people/hoa/off").status_code == 303
    admin.post("/people/hoa/on")
    with world.database.write() as c:
        people.set_active(c, "quantri", True)
    leave(admin)
    admin.enter(world, "hoa")
    assert admin.post("/people/quantri/off").status_code == 303
    assert admin.post("/people/hoa", data={"title": "Hoa", "role": "viewer", "reach": ""}).status_code == 422


def test_every_act_is_written_down_and_no_password_with_it(admin: Browser, world: World) -> None:
    handed = given(admin.post("/people", data=NEW).text)
    admin.post("/people/hoa", data={"title": "Hoa", "role": "viewer", "reach": ""})
    for act in ("password", "logout", "second-factor", "off", "on"):
        admin.post(f"/people/hoa/{act}")
    with world.database.read() as c:
        notes = [n for n in people.notes(c) if n.subject == "hoa"]
    assert [n.act for n in reversed(notes)] == [
        "person-add",
        "person-change",
        "person-password",
        "person-logout",
        "person-second-factor",
        "person-off",
        "person-on",
    ]
    assert {n.who for n in notes} == {"quantri"}
    assert not any(handed in n.detail for n in notes)


def test_when_somebody_was_last_there_is_seen(admin: Browser, world: World) -> None:
    leave(admin)
    admin.enter(world, "lan")
    leave(admin)
    admin.enter(world, "quantri")
    page = text(admin, "/people")
    assert "vào lần cuối 04:30" in page
    assert "chưa vào lần nào" in page
    assert "1 nơi đăng nhập" in page
