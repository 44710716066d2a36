"""Who did what, in sentences: everything that changes something leaves one, and none tells a secret."""

import csv
import io
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from hub.alarms import alarm
from hub.nodes import maintenance
from hub.store import people
from hub.web import site as site_module
from hub.web.deeds import DEEDS
from tests.hub.web.test_board import text
from tests.hub.web.test_routes import WHO_MAY, routes
from tests.hub.web.world import PASSWORD, Browser, World

UNNOTED = {
    ("POST", "/language"): "a choice of this browser",
    ("POST", "/emergency/prepare"): "nothing is sent yet; what is sent is noted",
    ("POST", "/speech/words"): "looks at words, keeps nothing",
    ("POST", "/speech/listen"): "makes a sound for the one who asks, keeps nothing",
}


def note_acts(world: World) -> list[str]:
    with world.database.read() as c:
        return [n.act for n in people.notes(c, 500)]


@pytest.fixture
def auditor(leader: Browser) -> Browser:
    return leader


def test_deeds_are_told_as_sentences_newest_first(auditor: Browser, world: World) -> None:
    world.clock.pass_(minutes=42)
    broadcast = world.order("Bản tin sáng")
    world.clock.pass_(minutes=3)
    world.approve(broadcast)
    page = text(auditor, "/audit")
    ordered = page.index("05:12 Nguyễn Thị Lan đặt buổi phát “Bản tin sáng”")
    assert page.index("05:15 Trần Văn Hùng duyệt buổi phát “Bản tin sáng”") < ordered
    assert "Thứ Hai, ngày 23/11/2026" in page


def test_it_is_looked_through_by_person_kind_and_day(auditor: Browser, world: World) -> None:
    world.approve(world.order("Bản tin sáng"))
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    world.clock.pass_(days=1)
    world.order("Tin hôm sau", 60)

    assert "duyệt" not in text(auditor, "/audit?who=lan").split("Xem", 1)[1]
    assert "mã PIN" in text(auditor, "/audit?kind=alarms")
    assert "đặt buổi phát" not in text(auditor, "/audit?kind=alarms")
    today = text(auditor, "/audit?day=2026-11-24")
    assert "Tin hôm sau" in today
    assert "Bản tin sáng" not in today
    assert "Không có việc nào như vậy" in text(auditor, "/audit?day=2026-01-01")


@pytest.mark.parametrize("query", ["who=x%27", "kind=zzz", "day=31-31", "day=2026-02-30"])
def test_nonsense_finds_what_there_is_or_nothing(auditor: Browser, query: str) -> None:
    assert auditor.get(f"/audit?{query}").status_code == 200


def test_long_records_have_pages(auditor: Browser, world: World) -> None:
    with world.database.write() as c:
        for n in range(120):
            people.note(c, world.clock(), "lan", "phone", f"village {n:03}")
    first, last = text(auditor, "/audit"), text(auditor, "/audit?page=3")
    assert "village 119" in first
    assert "village 000" in last
    assert "Cũ hơn" in first
    assert "Cũ hơn" not in last


def test_the_table_has_every_line_and_starts_no_formula(auditor: Browser, world: World) -> None:
    world.order("=HYPERLINK(1)")
    with world.database.write() as c:
        people.note(c, world.clock(), "lan", "phone", "=1+1", "+84 912 345 678")
    answer = auditor.get("/audit.csv?kind=villages")
    assert answer.headers["content-disposition"].endswith('.csv"')
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["at", "who", "act"]
    assert rows[1][0] == "2026-11-23T04:30:00+07:00"
    assert rows[1][3] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows[1:] for cell in row)


def test_every_act_of_the_code_has_its_sentence(browser: Browser, world: World) -> None:
    """What the other tests of this file, and the walk below, leave behind is no unknown word."""
    browser.enter(world, "quantri")
    broadcast = world.approve(world.order())
    world.desk.cancel(broadcast.id, world.user("lan"))
    assert set(note_acts(world)) <= set(DEEDS)


def test_nothing_secret_stands_in_it(site: TestClient, browser: Browser, world: World) -> None:
    browser.log_in("hung")
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    fresh = "con trâu đi trước cái cày theo sau"
    browser.post("/account/password", data={"password": PASSWORD, "fresh": fresh, "again": fresh})
    token = site.cookies["loa_session"]
    told = browser.get("/audit").text + browser.get("/audit.csv").text
    assert not any(secret in told for secret in (PASSWORD, fresh, token, "260714", "argon2"))


FORMS: dict[str, dict[str, object]] = {
    "/stop": {},
    "/account/sessions/end": {},
    "/account/password": {"password": PASSWORD, "fresh": "hoa gạo nở tháng ba", "again": "hoa gạo nở tháng ba"},
    "/audio/{sha256}/keep": {"is_kept": "yes"},
    "/audio/{sha256}/substitute": {"is_chosen": "yes"},
    "/audio/{sha256}/rename": {"title": "Tên khác"},
    "/audio/{sha256}/remove": {},
    "/audio/{sha256}/put-back": {},
    "/speech/abbreviations": {"short": "HTXC", "said": "hợp tác xã chè"},
    "/broadcasts/{id}/cancel": {},
    "/nodes/{id}/phone": {"phone": "0912 345 678"},
    "/nodes/{id}/language": {"language": "Tày"},
    "/nodes/{id}/cameras/{camera}/show": {},
    "/nodes/{id}/cameras/{camera}/right": {},
    "/nodes/{id}/maintenance": {
        "reason": "thay dây", "from_day": "2026-11-23", "from_time": "05:00", "until_day": "2026-11-23",
        "until_time": "07:00",
    },
    "/nodes/{id}/maintenance/{window}/end": {},
    "/pin": {"password": PASSWORD, "pin": "260714", "again": "260714"},
    "/people": {"name": "hoa", "title": "Hoa", "role": "viewer", "reach": ""},
    "/people/{name}": {"title": "Khách quý", "role": "viewer", "reach": ""},
    "/people/{name}/password": {},
    "/people/{name}/second-factor": {},
    "/people/{name}/logout": {},
    "/people/{name}/off": {},
    "/people/{name}/on": {},
    "/account/second-factor/codes": {"password": PASSWORD},
    "/account/second-factor/drop": {"password": PASSWORD},
    "/logout": {},
}  # fmt: skip
"""What each of these is told so that it does something."""
ELSEWHERE = {
    "/login": "test_login: every log-in is noted by `open_session`",
    "/login/code": "test_second_factor",
    "/login/password": "test_people",
    "/account/second-factor": "test_second_factor",
}
"""Posts that are walked by the tests named; those of the desk and of uploads go through use cases that note."""


@pytest.mark.parametrize("path", sorted(FORMS))
def test_what_a_page_does_is_written_down(browser: Browser, world: World, path: str) -> None:
    name = next(p for p in ("hung", "tam", "quantri") if _may(path, p))
    sound = world.add_sound("Bản tin")
    broadcast = world.order(sound=world.add_sound("Tin khác"))
    if path == "/account/sessions/end":
        browser.enter(world, name)
        world.clock.pass_(minutes=1)
    browser.enter(world, name)
    world.beat("binhminh-thon-1")
    end = world.clock() + timedelta(hours=1)
    window = maintenance.plan(world.desk, "binhminh-thon-1", "", world.clock(), end, "thử", world.user("tam"))
    before = len(note_acts(world))
    id = "binhminh-thon-1" if path.startswith("/nodes") else broadcast.id
    path_of_camera = path.replace("{camera}", "cong").replace("{window}", window.id)
    asked = path_of_camera.replace("{id}", id).replace("{sha256}", sound.sha256).replace("{name}", "khach")
    answer = browser.post(asked, data=FORMS[path])
    assert answer.status_code < 400, answer.text
    acts = note_acts(world)
    assert len(acts) > before
    assert acts[0] in DEEDS


def _may(path: str, name: str) -> bool:
    roles = WHO_MAY.get(("POST", path))
    role = {"hung": "leader", "tam": "technician", "quantri": "admin"}[name]
    return roles is None or any(r.value == role for r in roles)


def test_no_post_is_forgotten() -> None:
    """A new one takes its line above, its use case beside the desk, or a reason."""
    posts = {path for method, path in routes() if method != "GET"}
    walked = FORMS.keys() | ELSEWHERE.keys() | {path for _, path in UNNOTED}
    by_use_case = {
        p
        for p in posts - walked
        if p.startswith(
            ("/broadcasts", "/audio", "/uploads", "/speech", "/calendar", "/emergency", "/account/tokens", "/record")
        )
    }
    assert posts - walked - by_use_case == set()
    assert site_module.PAGES
