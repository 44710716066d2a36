"""Who did what, in sentences: everything that changes something leaves one, and none tells a secret."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

import hub
from contract.terms import Outcome, Reason
from hub.alarms import alarm
from hub.alerts.place import Kind
from hub.incidents.incident import About, Incident, Member
from hub.media import voice
from hub.nodes import maintenance
from hub.orders.broadcasts import digest
from hub.people import tokens
from hub.people.accounts import Scope
from hub.people.deeds import DeedName
from hub.sounds import spoken
from hub.store import alerts, incidents, people, photos
from hub.store.photos import Photo
from hub.web.wording.deeds import DEEDS
from tests.hub.alerts.course import place
from tests.hub.web.board.test_board import text
from tests.hub.web.broadcasts.test_broadcasts import form
from tests.hub.web.calendar.test_calendar_moves import fields
from tests.hub.web.people.test_tokens import WANTED
from tests.hub.web.sounds.test_audio import follow
from tests.hub.web.sounds.test_versions import add_version, made
from tests.hub.web.test_routes import WHO_MAY, routes
from tests.hub.web.world import PASSWORD, VILLAGES, Browser, World, tone

ROOT = Path(hub.__file__).parent

UNNOTED = {
    ("POST", "/language"): "a choice of this browser",
    ("POST", "/emergency/prepare"): "nothing is sent yet; what is sent is noted",
    ("POST", "/speech/words"): "looks at words, keeps nothing",
    ("POST", "/speech/listen"): "makes a sound for the one who asks, keeps nothing",
    ("POST", "/calendar/import"): "looks through a file, keeps nothing; what is made of it is noted",
    ("POST", "/uploads"): "promises room to a file; when it is whole it is noted as /audio is",
    ("PATCH", "/uploads/{id}"): "a piece of a file; likewise",
    ("DELETE", "/uploads/{id}"): "one's own file that never was whole; nobody else could have seen it",
    ("POST", "/uploads/{id}/cancel"): "likewise",
}
"""What leaves no note, and why."""


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
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["lúc", "ai", "việc"]
    assert rows[1][0] == "2026-11-23T04:30:00+07:00"
    assert rows[1][3] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows[1:] for cell in row)


def test_every_act_of_the_code_has_its_sentence() -> None:
    """mypy lets nobody note a deed of another name; and each of these names is noted somewhere."""
    assert set(get_args(DeedName)) == DEEDS.keys()
    told = {ROOT / "people" / "deeds.py", ROOT / "web" / "wording" / "deeds.py"}
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py") if path not in told)
    assert [name for name in DEEDS if f'"{name}"' not in code] == []


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
    "/nodes/{id}/position": {"position": "21.0285, 105.8542"},
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
}
"""What each of these is told so that it does something."""


@dataclass(frozen=True)
class Step:
    """What somebody sends once there is something to act on, and the deed that is to be written down."""

    who: str
    place: str
    form: Mapping[str, object]
    deed: DeedName


def approve(world: World) -> Step:
    order = world.order()
    return Step("hung", f"/broadcasts/{order.id}/approve", {"seen": digest(order)}, "approve")


def submit(world: World) -> Step:
    return Step("lan", f"/broadcasts/{world.order(is_submitted=False).id}/submit", {}, "submit")


def withdraw(world: World) -> Step:
    return Step("lan", f"/broadcasts/{world.order().id}/withdraw", {}, "withdraw")


def give_back(world: World) -> Step:
    return Step("hung", f"/broadcasts/{world.order().id}/return", {"reason": "Sai giờ họp"}, "return")


def edit(world: World) -> Step:
    return Step("lan", f"/broadcasts/{world.order().id}/edit", form(world, title="Tin đã sửa"), "change")


def drop(world: World) -> Step:
    order = world.approve(world.order(rule="hằng ngày 5:00"))
    assert order.starts_at is not None
    at = order.starts_at + timedelta(days=1)
    return Step("lan", f"/broadcasts/{order.id}/drop", {"at": at.isoformat()}, "drop")


def stop(world: World) -> Step:
    order = world.approve(world.order(minutes=1))
    world.clock.pass_(minutes=2)
    return Step("tam", f"/broadcasts/{order.id}/stop", {}, "stop")


def again(world: World) -> Step:
    order = world.approve(world.order())
    for village in VILLAGES:
        world.report(village, order, Outcome.MISSED, Reason.NO_AUDIO)
    world.clock.pass_(hours=1)
    return Step("lan", f"/broadcasts/{order.id}/again", {"node": [*VILLAGES], "when": "now"}, "again")


def move(world: World) -> Step:
    order = world.order()
    return Step("lan", f"/calendar/move/{order.id}", fields(order), "move")


def undo(world: World) -> Step:
    order = world.order()
    assert order.starts_at is not None
    world.desk.move(order.id, order.starts_at + timedelta(hours=1), world.user("lan"))
    return Step("lan", f"/calendar/move/{order.id}/undo", {"was": order.starts_at.isoformat()}, "undo-move")


def bring_in(world: World) -> Step:
    row = {"titles": ["Họp"], "moments": ["2026-12-01T05:00"], "rules": [""], "chosen": ["0"]}
    sound = world.add_sound("Nhắc việc")
    return Step("lan", "/calendar/import/drafts", {**row, "recording": sound.sha256, "villages": [*VILLAGES]}, "draft")


def choose(world: World) -> Step:
    old = world.add_sound("Bản tin")
    add_version(world, old)
    return Step("lan", f"/audio/{old.sha256}/choose", {}, "choose-version")


def renew(world: World) -> Step:
    old = world.add_sound("Bản tin")
    order = world.order(sound=old)
    return Step("lan", f"/audio/{add_version(world, old).sha256}/renew", {"broadcast": order.id}, "renew")


def teach_again(world: World) -> Step:
    spoken.teach(world.desk, "HTXC", "hợp tác xã chè", world.user("lan"))
    spoken.teach(world.desk, "HTXC", "", world.user("lan"))
    return Step("lan", "/speech/abbreviations/put-back", {"short": "HTXC"}, "abbreviation")


def revoke(world: World) -> Step:
    token, _ = tokens.make(world.desk, world.user("lan"), "Báo cáo tỉnh", Scope.READ, 90)
    return Step("lan", f"/account/tokens/{token.id}/revoke", {}, "token-revoke")


def raise_alarm(world: World) -> Step:
    alarm.set_pin(world.desk, "hung", "260714", "hung")
    sound = world.add_sound("Còi báo động", 20.0)
    sent = {"id": alarm.fresh_id(), "recording": sound.sha256, "nodes": " ".join(VILLAGES), "repeat_s": "0"}
    return Step("hung", "/emergency", {**sent, "pin": "260714"}, "alarm")


def sent_alarm(world: World) -> str:
    sound = world.add_sound("Còi báo động", 20.0)
    sent = alarm.send(
        world.desk,
        world.user("hung"),
        id=alarm.fresh_id(),
        recording=sound.sha256,
        villages=list(VILLAGES),
        repeat_for_s=600,
    )
    return sent.id


def cancel_alarm(world: World) -> Step:
    return Step("hung", f"/emergency/{sent_alarm(world)}/cancel", {}, "alarm-cancel")


def all_clear(world: World) -> Step:
    id = sent_alarm(world)
    world.desk.stop(None, None, world.user("hung"))
    return Step("hung", f"/emergency/{id}/all-clear", {"recording": world.add_sound("Báo yên").sha256}, "all-clear")


def show(world: World) -> Step:
    world.beat("binhminh-thon-1")
    return Step("tam", "/nodes/binhminh-thon-1/cameras/cong/show", {}, "camera-show")


def right(world: World) -> Step:
    world.beat("binhminh-thon-1")
    return Step("tam", "/nodes/binhminh-thon-1/cameras/cong/right", {}, "camera-right")


def maintain(_world: World) -> Step:
    window = {"from_day": "2026-11-23", "from_time": "05:00", "until_day": "2026-11-23", "until_time": "07:00"}
    return Step("tam", "/nodes/binhminh-thon-1/maintenance", {"reason": "thay dây", **window}, "maintenance")


def end_maintenance(world: World) -> Step:
    now = world.clock()
    window = maintenance.plan(
        world.desk, "binhminh-thon-1", "", now, now + timedelta(hours=1), "thử", world.user("tam")
    )
    return Step("tam", f"/nodes/binhminh-thon-1/maintenance/{window.id}/end", {}, "maintenance-end")


def lose_contact(world: World) -> None:
    member = Member(node="binhminh-thon-1", subject="node", value="down", detail="", since_at=world.clock())
    at = member.since_at
    with world.database.write() as c:
        incidents.put(c, [Incident(id=1, about=About.CONTACT, since_at=at, opened_at=at, members=[member])])


def know_incident(world: World) -> Step:
    lose_contact(world)
    return Step("tam", "/incidents/1/known", {}, "incident-known")


def assign_incident(world: World) -> Step:
    lose_contact(world)
    return Step("tam", "/incidents/1/assign", {"person": "tam"}, "incident-assign")


def remove_photo(world: World) -> Step:
    lose_contact(world)
    with world.database.write() as c:
        photos.add(c, Photo(id="p1", incident=1, at=world.clock(), who="tam"), b"")
    return Step("tam", "/incidents/1/photos/p1/remove", {}, "incident-photo-remove")


def note_incident(world: World) -> Step:
    lose_contact(world)
    return Step("tam", "/incidents/1/note", {"note": "đã gọi điện lực"}, "incident-note")


def add_place(_world: World) -> Step:
    typed = {
        "kind": "email",
        "title": "Tâm",
        "to": "tam@xa.test",
        "sender": "loa@xa.test",
        "password": "x",
        "hears": "all",
    }
    return Step("tam", "/alerts/new", typed, "place-add")


def keep_place(world: World, what: str, deed: DeedName) -> Step:
    with world.database.write() as c:
        alerts.put_place(c, place("p1", kind=Kind.ZALO))
    return Step("tam", f"/alerts/p1{what}", {"title": "Tâm", "hears": "all"}, deed)


STEPS: dict[str, Callable[[World], Step]] = {
    "/account/tokens": lambda _world: Step("lan", "/account/tokens", WANTED, "token"),
    "/account/tokens/{id}/revoke": revoke,
    "/audio/{sha256}/choose": choose,
    "/audio/{sha256}/renew": renew,
    "/broadcasts": lambda world: Step("lan", "/broadcasts", form(world), "order"),
    "/broadcasts/{id}/again": again,
    "/broadcasts/{id}/approve": approve,
    "/broadcasts/{id}/drop": drop,
    "/broadcasts/{id}/edit": edit,
    "/broadcasts/{id}/return": give_back,
    "/broadcasts/{id}/stop": stop,
    "/broadcasts/{id}/submit": submit,
    "/broadcasts/{id}/withdraw": withdraw,
    "/calendar/import/drafts": bring_in,
    "/calendar/move/{id}": move,
    "/calendar/move/{id}/undo": undo,
    "/emergency": raise_alarm,
    "/emergency/{id}/all-clear": all_clear,
    "/emergency/{id}/cancel": cancel_alarm,
    "/nodes/{id}/cameras/{camera}/right": right,
    "/nodes/{id}/cameras/{camera}/show": show,
    "/incidents/{id}/known": know_incident,
    "/incidents/{id}/assign": assign_incident,
    "/incidents/{id}/note": note_incident,
    "/incidents/{id}/photos/{photo}/remove": remove_photo,
    "/alerts/new": add_place,
    "/alerts/{id}": lambda world: keep_place(world, "", "place-change"),
    "/alerts/{id}/remove": lambda world: keep_place(world, "/remove", "place-remove"),
    "/alerts/{id}/test": lambda world: keep_place(world, "/test", "place-test"),
    "/nodes/{id}/maintenance": maintain,
    "/nodes/{id}/maintenance/{window}/end": end_maintenance,
    "/speech/abbreviations/put-back": teach_again,
}
"""What takes more than a form: something has to be there first."""
ELSEWHERE = {
    "/login": "test_login: every log-in is noted by `open_session`",
    "/login/code": "test_second_factor",
    "/login/password": "test_people",
    "/login/factor": "test_second_factor",
    "/account/second-factor": "test_second_factor",
    "/known/{token}": "test_alerts: who has the link is nobody who logs in",
    "/audio": "below, with a sound that can be decoded",
    "/audio/{sha256}/cut": "below, likewise",
    "/speech": "below, where there is a voice",
    "/incidents/{id}/photos": "test_incidents, with a photo",
}
"""Posts that are walked by the tests named."""


@pytest.mark.parametrize("path", sorted(STEPS))
def test_what_is_done_to_something_is_written_down(browser: Browser, world: World, path: str) -> None:
    step = STEPS[path](world)
    browser.enter(world, step.who)
    before = len(note_acts(world))
    answer = browser.post(step.place, data=step.form)
    assert answer.status_code < 400, answer.text
    with world.database.read() as c:
        fresh = people.notes(c, 500)[: len(note_acts(world)) - before]
    assert (step.who, step.deed) in [(note.who, note.act) for note in fresh]


@pytest.mark.real
def test_what_comes_in_or_is_cut_is_written_down(officer: Browser, world: World) -> None:
    came = follow(officer, officer.post("/audio?title=Bản tin", content=tone(3)))["sha256"]
    assert note_acts(world)[0] == "upload"
    made(officer, officer.post(f"/audio/{came}/cut", data={"start": "0.5", "end": "2.5"}))
    assert note_acts(world)[0] == "cut"
    made(officer, officer.post("/audio", data={"of": came}, files={"file": ("tin.wav", tone(4))}))
    assert note_acts(world)[0] == "upload-version"


@pytest.mark.real
@pytest.mark.skipif(not voice.is_here(), reason="no espeak-ng here (Debian: apt install espeak-ng)")
def test_what_is_spoken_is_written_down(officer: Browser, world: World) -> None:
    officer.post("/speech", data={"sentence": ["Mời họp."], "title": "Mời họp", "voice": "vi", "speed": "140"})
    assert note_acts(world)[0] == "upload"


@pytest.mark.parametrize("path", sorted(FORMS))
def test_what_a_page_does_is_written_down(browser: Browser, world: World, path: str) -> None:
    name = next(p for p in ("hung", "tam", "quantri") if _may(path, p))
    sound = world.add_sound("Bản tin")
    broadcast = world.order(sound=world.add_sound("Tin khác"))
    if path == "/account/sessions/end":
        browser.enter(world, name)
        world.clock.pass_(minutes=1)
    browser.enter(world, name)
    before = len(note_acts(world))
    id = "binhminh-thon-1" if path.startswith("/nodes") else broadcast.id
    asked = path.replace("{id}", id).replace("{sha256}", sound.sha256).replace("{name}", "khach")
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
    """A new one takes its line above, or a reason."""
    asked = {(method, path) for method, path in routes() if method not in ("GET", "HEAD", "OPTIONS")}
    walked = FORMS.keys() | STEPS.keys() | ELSEWHERE.keys()
    assert asked == {("POST", path) for path in walked} | UNNOTED.keys()
