"""Where alerts go, on the pages: added, tested, changed, removed, on record; and the link by which one says to know."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from hub.alerts.content import Content, Item
from hub.alerts.delivery import sealed
from hub.alerts.letter import Answer, Fault, Letter
from hub.alerts.place import Hears, Kind, Place
from hub.store import alerts, incidents
from hub.store.alerts import Posted, Ticket
from hub.web.site import make_site
from tests.hub.alerts.course import place
from tests.hub.web.board.test_board import text
from tests.hub.web.incidents.test_incidents import POWER, keep
from tests.hub.web.world import MORNING, ORIGIN, VILLAGES, Browser, World

EAST, WEST, _ = VILLAGES
TOKEN = "123456789:AAHabcdefghijklmnopqrstuvwxyz0123456"
TYPED = {"kind": "telegram", "title": "Tâm, kỹ thuật", "token": TOKEN, "chat": "-100123456", "hears": "all"}


class Post:
    """Keeps what is sent, and answers what it is told to."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.fault: Fault | None = None

    def __call__(self, letter: Letter) -> Answer:
        self.sent.append(letter)
        return Answer(self.fault)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def site(world: World, post: Post) -> Iterator[TestClient]:
    app = make_site(world.desk, lambda: world.online_since, send=post)
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False) as client:
        yield client


@pytest.fixture
def technician(browser: Browser, world: World) -> Browser:
    browser.enter(world, "tam")
    return browser


def places(world: World) -> list[Place]:
    with world.database.read() as c:
        return alerts.open_places(c)


def have(world: World, *found: Place) -> None:
    with world.database.write() as c:
        for each in found:
            alerts.put_place(c, each)


def test_a_place_is_added_with_what_one_knows_of_it_and_its_secret_is_shown_no_more(
    technician: Browser, world: World, post: Post
) -> None:
    assert "Chưa báo cho ai cả" in text(technician, "/alerts")
    assert "BotFather" in text(technician, "/alerts/new?kind=telegram")
    quiet = {"quiet_from": "21:00", "quiet_until": "05:30", "digest": "17:00"}
    answer = technician.post("/alerts/new", data={**TYPED, **quiet, "reach": "some", "nodes": [EAST]})
    assert answer.status_code == 303
    (kept,) = places(world)
    assert answer.headers["location"] == f"/alerts/{kept.id}?tested=yes"
    assert kept.url == f"tgram://{TOKEN}/-100123456/"
    assert (kept.quiet_from_min, kept.quiet_until_min, kept.digest_min) == (21 * 60, 5 * 60 + 30, 17 * 60)
    assert kept.villages == {EAST}
    assert post.sent[0] == Letter(url=kept.url, is_check=True)
    assert [(letter.url, letter.subject) for letter in post.sent[1:]] == [(kept.url, "Loa Làng: tin thử")]
    assert "Đã gửi đi. Hãy xem điện thoại" in text(technician, answer.headers["location"])
    for path in ("/alerts", f"/alerts/{kept.id}", "/audit", "/alerts/record"):
        page = technician.get(path).text
        assert TOKEN not in page
    assert "Telegram: …3456" in text(technician, "/alerts")


WRONG = (
    ({"token": "không phải mã"}, "Mã bot Telegram không đúng dạng"),
    ({"chat": "x y"}, "Mã cuộc trò chuyện Telegram không đúng dạng"),
    ({"title": " "}, "Hãy ghi tên nơi nhận"),
    ({"hears": "nothing"}, "Hãy chọn báo những gì"),
    ({"hears": "lasting", "after_min": "0"}, "Số phút phải từ 1 đến 1440"),
    ({"quiet_from": "21:00"}, "Giờ yên tĩnh cần cả hai giờ"),
    ({"digest": "25:00"}, "Giờ không đúng"),
    ({"reach": "some"}, "Hãy chọn ít nhất một làng"),
    ({"reach": "some", "nodes": "nowhere"}, "Không có làng này"),
)


def test_what_is_wrong_is_said_and_nothing_is_kept_but_what_was_typed(technician: Browser, world: World) -> None:
    for wrong, said in WRONG:
        answer = technician.post("/alerts/new", data=TYPED | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert wrong.get("title", "Tâm, kỹ thuật") in answer.text
        assert TOKEN not in answer.text, "secrets are typed again"
        assert '<details class="more" open>' in answer.text, "what is wrong may stand in there"
        assert places(world) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [(Fault.BAD_ADDRESS, "Không hiểu địa chỉ này"), (Fault.FORBIDDEN, "tác động vào chính máy chủ")],
)
def test_what_apprise_does_not_take_is_not_kept(
    technician: Browser, world: World, post: Post, fault: Fault, said: str
) -> None:
    post.fault = fault
    answer = technician.post("/alerts/new", data=TYPED)
    assert (answer.status_code, places(world)) == (422, [])
    assert said in answer.text


def test_only_an_administrator_says_which_addresses_the_hub_asks(technician: Browser, world: World) -> None:
    assert "Webhook" not in text(technician, "/alerts")
    typed = {"title": "Tỉnh", "hears": "all", "kind": "webhook", "address": "https://h.vn/"}
    assert technician.post("/alerts/new", data=typed).status_code == 403
    have(world, place("p1", url="json://h.vn/"))
    assert technician.get("/alerts/new?kind=webhook").status_code == 403
    changed = {"title": "Tỉnh", "hears": "all"}
    assert technician.post("/alerts/p1", data=changed | {"address": "https://evil.vn/"}).status_code == 403
    assert technician.post("/alerts/p1", data=changed).status_code == 403, "nor what is told there"
    assert technician.post("/alerts/p1/remove").status_code == 403
    page = technician.get("/alerts/p1").text
    assert "chỉ người quản trị sửa hoặc xoá được" in page
    assert re.findall(r'action="(/alerts/.*?)"', page) == ["/alerts/p1/test"]
    technician.enter(world, "quantri")
    assert technician.post("/alerts/p1", data=changed).status_code == 303
    assert [(p.title, p.url) for p in places(world)] == [("Tỉnh", "json://h.vn/")]


def test_who_answers_for_some_villages_keeps_places_for_these_alone(technician: Browser, world: World) -> None:
    world.bind("tam", EAST)
    assert technician.post("/alerts/new", data=TYPED).status_code == 403
    assert technician.post("/alerts/new", data=TYPED | {"reach": "some", "nodes": EAST}).status_code == 303
    have(world, place("p1", villages=frozenset({WEST}), kind=Kind.ZALO))
    for what in ("", "/test", "/remove"):
        assert technician.post(f"/alerts/p1{what}", data={"title": "x", "hears": "all"}).status_code == 403


def test_a_test_goes_out_at_once_and_says_what_became_of_it(technician: Browser, world: World, post: Post) -> None:
    have(world, place("p1", title="Tâm"))
    after = technician.post("/alerts/p1/test").headers["location"]
    assert "Đã gửi đi. Hãy xem điện thoại" in text(technician, after)
    assert (post.sent[0].subject, post.sent[0].document["kind"]) == ("Loa Làng: tin thử", "test")
    post.fault = Fault.LOGIN
    world.clock.pass_(minutes=1)
    technician.post("/alerts/p1/test")
    assert "Tin không đến: bên nhận từ chối: mật khẩu hoặc mã (token) sai" in text(technician, after)
    assert "Tin không đến" not in text(technician, "/alerts/p1")
    record = text(technician, "/alerts/record?place=p1")
    assert "đã đến lúc 04:30" in record
    assert "bên nhận từ chối" in record


def test_a_place_that_is_removed_gets_nothing_and_stays_on_record(technician: Browser, world: World) -> None:
    have(world, place("p1", title="Tâm", kind=Kind.ZALO))
    technician.post("/alerts/p1/test")
    assert technician.post("/alerts/p1/remove").status_code == 303
    assert places(world) == []
    assert "Tâm (đã bỏ)" in text(technician, "/alerts/record")
    assert technician.get("/alerts/p1").status_code == 404
    with world.database.read() as c:
        assert [p.url for p in alerts.places(c)] == [""]


def test_the_record_says_what_was_sent_to_whom_and_whether_it_arrived(technician: Browser, world: World) -> None:
    have(world, place("p1", title="Tâm"), place("p2", title="Hùng"))
    item = Item(
        incident=1, turn="gone", sentence="Thôn Đông mất liên lạc", facts="từ 04:00",
        villages=((EAST, "Thôn Đông"),), since_at=MORNING,
    )  # fmt: skip
    content = Content(subject="Loa Làng: sự cố ở Thôn Đông", items=(item,))
    later = MORNING + timedelta(minutes=15)
    with world.database.write() as c:
        for id, to, more in (
            ("a", "p1", {"sent_at": MORNING}),
            ("b", "p2", {"next_at": later, "fault": "unreachable"}),
            ("c", "p2", {"fault": "not_found"}),
        ):
            alerts.post(c, Posted(id=id, place=to, kind="alert", content=content, made_at=MORNING, **more))
    page = text(technician, "/alerts/record")
    assert "Tâm đã đến lúc 04:30 Thôn Đông mất liên lạc" in page
    assert "Hùng chưa đến, gửi lại lúc 04:45 không kết nối được" in page
    assert "Hùng không đến không có gì ở địa chỉ này" in page
    assert "Tâm đã đến" not in text(technician, "/alerts/record?place=p2")


def test_who_was_removed_and_never_got_anything_is_no_choice_on_the_record(technician: Browser, world: World) -> None:
    have(world, place("p1", title="Tâm"), place("p2", title="Hùng", is_removed=True), place("p3", is_removed=True))
    with world.database.write() as c:
        alerts.post(c, Posted(id="a", place="p3", kind="test", content=Content(subject="thử"), made_at=MORNING))
    page = technician.get("/alerts/record").text
    assert re.findall(r'<option value="(\w+)"', page) == ["p1", "p3"]


@pytest.fixture
def link(world: World) -> str:
    """A link of an alert, for one power cut."""
    keep(world, POWER)
    have(world, place("p1", title="Nhóm kỹ thuật"))
    with world.database.write() as c:
        alerts.add_tickets(c, [(sealed("t0k3n"), Ticket(1, "p1", MORNING + timedelta(days=7)))])
    return "/known/t0k3n"


def test_who_has_the_link_sees_the_incident_and_says_to_know_without_logging_in(
    browser: Browser, world: World, link: str
) -> None:
    page = text(browser, link)
    assert "Điện hoặc nhà mạng: 3 làng mất liên lạc" in page
    assert "Thôn Đông, Thôn Đoài, Thôn Trung" in page
    assert "Gọi điện lực và nhà mạng trước" in page
    with world.database.read() as c:
        assert incidents.known(c) == {}, "programs that preview links only look"
    assert browser.post(link).headers["location"] == link
    assert "Nhóm kỹ thuật đã biết, 04:30" in text(browser, link)
    browser.enter(world, "hung")
    assert "Nhóm kỹ thuật đã biết, 04:30" in text(browser, "/incidents/1")
    assert "Nhóm kỹ thuật đã biết sự cố số 1" in text(browser, "/audit")


def test_a_link_opens_one_incident_and_nothing_else_and_only_for_its_time(
    browser: Browser, world: World, link: str
) -> None:
    assert browser.get("/known/" + "x" * 40).status_code == 404
    assert browser.get("/known/" + "x" * 400).status_code in (404, 422)
    assert browser.get("/incidents/1").status_code == 303, "to the log-in"
    assert browser.post(link, headers={"Origin": "http://evil.test"}).status_code == 403
    world.clock.pass_(days=8)
    assert browser.post(link).status_code == 404
    assert "Đường dẫn này không còn dùng được" in browser.get(link).text


def test_an_incident_that_is_over_is_said_to_be_over(browser: Browser, world: World, link: str) -> None:
    keep(world, replace(POWER, closed_at=MORNING))
    page = text(browser, link)
    assert "Sự cố đã hết" in page
    assert "Tôi đã biết" not in page


def test_who_presses_on_a_page_that_was_opened_before_it_was_over_is_told_that_it_is(
    browser: Browser, world: World, link: str
) -> None:
    keep(world, replace(POWER, closed_at=MORNING))
    page = text(browser, browser.post(link).headers["location"])
    assert "Sự cố đã hết" in page
    assert "Nhóm kỹ thuật đã biết" not in page
    keep(world, POWER)
    with world.database.read() as c:
        assert incidents.known(c) == {}, "who is told of what nobody knows of is called when it comes again"


def test_hears_and_kinds_are_all_said(browser: Browser, world: World) -> None:
    browser.enter(world, "quantri")
    for kind in Kind:
        assert browser.get(f"/alerts/new?kind={kind}").status_code == 200
    assert browser.get("/alerts/new?kind=pigeon").status_code == 409
    have(world, place("p1", hears=Hears.TURN, after_min=30, digest_min=17 * 60))
    page = text(browser, "/alerts")
    assert "Chỉ sự cố chưa ai nhận (30 phút)" in page
    assert "tóm tắt lúc 17:00" in page


def test_the_board_tells_the_technician_of_a_place_at_which_nothing_arrives(technician: Browser, world: World) -> None:
    failed = Posted(id="m1", place="p1", kind="alert", content=Content(subject="…"), made_at=MORNING, tries=3)
    with world.database.write() as c:
        alerts.put_place(c, place("p1", title="Nhóm kỹ thuật"))
        alerts.post(c, replace(failed, next_at=MORNING + timedelta(hours=1), fault=Fault.LOGIN))
    said = "Nhóm kỹ thuật: tin báo không tới từ 04:30; bên nhận từ chối: mật khẩu hoặc mã (token) sai"
    assert said in text(technician)
    technician.enter(world, "lan")
    assert "tin báo không tới" not in text(technician), "an officer can do nothing about it"
