"""The page of incidents: one sentence a cause, who knows of it, who sees to it, and what was."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PIL import Image

from hub.incidents.incident import About, Incident, Kept, Member
from hub.incidents.photos import PHOTOS_MAX
from hub.store import incidents, people, photos
from hub.store.photos import Photo
from hub.web.wording import incident_words, words
from hub.web.wording.incident_advice import advise
from hub.web.wording.incident_words import Names
from hub.web.wording.phrases import say
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES
NAMES = Names(VILLAGES, {(WEST, "cong"): "Cổng nhà văn hóa"})


def away(node: str, subject: str = "node", value: str = "down", detail: str = "", minutes: float = 30) -> Member:
    return Member(node=node, subject=subject, value=value, detail=detail, since_at=MORNING - timedelta(minutes=minutes))


def incident(id: int, about: About, *members: Member, closed_at: datetime | None = None) -> Incident:
    since_at = min(m.since_at for m in members)
    if closed_at is not None:
        members = tuple(replace(m, left_at=closed_at) for m in members)
    is_wide = len({m.node for m in members}) > 1
    return Incident(
        id=id, about=about, is_wide=is_wide, since_at=since_at, opened_at=since_at, closed_at=closed_at,
        members=list(members),
    )  # fmt: skip


def keep(world: World, *found: Incident) -> None:
    with world.database.write() as c:
        incidents.put(c, found)


POWER = incident(1, About.CONTACT, *(away(n) for n in VILLAGES))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (POWER, "Điện hoặc nhà mạng: 3 làng mất liên lạc"),
        (incident(1, About.CONTACT, away(EAST)), "Thôn Đông mất liên lạc: kiểm tra điện trước, rồi đến bộ phát wifi"),
        (incident(1, About.CONTACT, away(EAST), closed_at=MORNING), "Thôn Đông mất liên lạc"),
        (
            incident(1, About.NETWORK, *(away(n, "target:dns") for n in VILLAGES)),
            "Nhà mạng mất internet: 3 làng không có mạng",
        ),
        (
            incident(1, About.NETWORK, away(EAST, "target:dns"), away(EAST, "target:internet")),
            "Thôn Đông: mất mạng, nhưng nút vẫn liên lạc được",
        ),
        (incident(1, About.NETWORK, away(EAST, "target:internet")), "Thôn Đông: Internet không trả lời"),
        (
            incident(1, About.MAINS, away(EAST, "ups", "on_battery")),
            "Thôn Đông: mất điện lưới, nút đang chạy bằng pin dự phòng",
        ),
        (
            incident(1, About.CONTACT, away(EAST, "ups", "on_battery"), away(EAST)),
            "Thôn Đông mất liên lạc: mất điện lưới và pin dự phòng đã cạn",
        ),
        (
            incident(1, About.CONTACT, away(EAST, "ups", "on_battery")),
            "Thôn Đông: mất điện lưới, nút đang chạy bằng pin dự phòng",
        ),
        (
            incident(1, About.MAINS, *(away(n, "ups", "on_battery") for n in VILLAGES)),
            "Mất điện lưới: 3 làng đang chạy bằng pin dự phòng",
        ),
        (
            incident(1, About.CONTACT, *(away(n, "ups", "on_battery") for n in VILLAGES), away(EAST)),
            "Mất điện lưới: 3 làng, trong đó 1 làng mất liên lạc",
        ),
        (
            incident(1, About.MACHINE, away(EAST, "power", "weak_power")),
            "Thôn Đông: nguồn điện của Pi quá yếu: mang theo bộ nguồn 5,1 V – 3 A có dây ngắn",
        ),
        (
            incident(1, About.MACHINE, away(EAST, "usb", "usb_gone", "USB Audio Device")),
            "Thôn Đông: thiết bị USB bị rời ra: USB Audio Device",
        ),
        (incident(1, About.MACHINE, away(EAST, "card", "a word of tomorrow")), "Thôn Đông: chính chiếc Pi có vấn đề"),
        (incident(1, About.SOUND, away(WEST, "sound", "fault")), "Thôn Đoài: âm thanh không hoạt động"),
        (
            incident(1, About.SOUND, away(WEST, "sound", "fault", "Không thấy card âm thanh USB")),
            "Thôn Đoài: âm thanh không hoạt động: Không thấy card âm thanh USB",
        ),
        (
            incident(1, About.CLOCK, away(WEST, "clock", "untrusted")),
            "Thôn Đoài: đồng hồ của nút không đáng tin, các buổi phát hẹn giờ phải chờ",
        ),
        (
            incident(1, About.PROCESS, away(WEST, "process:camera", "silent")),
            "Thôn Đoài: chương trình camera trên nút không trả lời",
        ),
        (
            incident(1, About.CAMERA, away(WEST, "camera:cong", "covered")),
            "Thôn Đoài, camera Cổng nhà văn hóa: ống kính bị che",
        ),
        (
            incident(1, About.CAMERA, away(WEST, "camera:cong", "offline"), away(WEST, "camera:san", "offline")),
            "Thôn Đoài: 2 camera mất cùng lúc",
        ),
        (incident(1, About.CAMERA, away(WEST, "camera:san", "melted")), "Thôn Đoài, camera san: không gửi hình"),
    ],
)
def test_each_cause_is_one_sentence(found: Incident, said: str) -> None:
    assert say(words.load()["vi"], incident_words.describe(found, NAMES)) == said


def test_the_last_of_many_is_named_with_those_that_are_back() -> None:
    shrunk = incident(1, About.CONTACT, *(away(n) for n in VILLAGES))
    for member in shrunk.members[1:]:
        member.left_at = MORNING
    line = incident_words.describe(shrunk, NAMES)
    said = say(words.load()["vi"], line)
    assert said == "Thôn Đông vẫn mất liên lạc; 2 làng khác cùng bị đã có lại"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            incident(1, About.CONTACT, away(EAST)),
            "Điện hoặc nhà mạng: nhiều làng cùng mất liên lạc; đến lúc này chắc chắn có Thôn Đông",
        ),
        (
            incident(1, About.CONTACT, away(EAST), away(WEST)),
            "Điện hoặc nhà mạng: nhiều làng cùng mất liên lạc; đến lúc này chắc chắn có Thôn Đông, Thôn Đoài",
        ),
        (
            incident(1, About.NETWORK, away(EAST, "target:dns"), away(EAST, "target:internet")),
            "Nhà mạng mất internet ở nhiều làng cùng lúc; đến lúc này chắc chắn có Thôn Đông",
        ),
    ],
)
def test_many_that_go_together_are_said_to_before_all_of_them_are_sure(found: Incident, said: str) -> None:
    early = replace(found, is_wide=True)
    assert say(words.load()["vi"], incident_words.describe(early, NAMES)) == said
    assert advise(early, {}).action.startswith("Call the electricity office")
    back = [replace(m, left_at=MORNING) for m in early.members]
    over = replace(early, members=back, closed_at=MORNING)
    assert "nhiều làng" not in say(words.load()["vi"], incident_words.describe(over, NAMES))


def test_the_worst_stands_first_and_what_is_hidden_stands_under_it() -> None:
    camera = incident(1, About.CAMERA, away(WEST, "camera:cong", "covered", minutes=600))
    sound = incident(2, About.SOUND, away(MIDDLE, "sound", "fault", minutes=90))
    power = incident(3, About.CONTACT, away(EAST), away(WEST))
    cards = incident_words.arrange([Kept(i) for i in (camera, sound, power)], NAMES)
    assert [card.kept.incident.id for card in cards] == [3, 2]
    assert [child.href for child in cards[0].children] == ["/incidents/1"]
    assert [name for _, name, _ in cards[0].villages] == ["Thôn Đông", "Thôn Đoài"]


def test_a_technician_knows_of_it_sees_to_it_and_notes_something(browser: Browser, world: World) -> None:
    keep(world, POWER)
    browser.enter(world, "tam")
    assert "Điện hoặc nhà mạng: 3 làng mất liên lạc" in browser.get("/incidents").text
    assert browser.post("/incidents/1/known", data={"back": "list"}).headers["location"] == "/incidents"
    assert "Lê Minh Tâm đã biết, 04:30" in browser.get("/incidents").text
    browser.post("/incidents/1/assign", data={"person": "lan"})
    browser.post("/incidents/1/note", data={"note": "  Đã gọi  điện lực "})
    page = browser.get("/incidents/1").text
    assert "Nguyễn Thị Lan đang lo việc này" in page
    assert "Đã gọi điện lực" in page
    with world.database.read() as c:
        acts = [note.act for note in people.deeds(c, "incident:1")]
    assert acts == ["incident-known", "incident-assign", "incident-note"]
    browser.enter(world, "hung")
    assert "Lê Minh Tâm đã biết sự cố số 1" in browser.get("/audit").text


def test_who_knew_first_stays(browser: Browser, world: World) -> None:
    keep(world, POWER)
    for name in ("tam", "quantri"):
        browser.enter(world, name)
        browser.post("/incidents/1/known")
    with world.database.read() as c:
        kept = incidents.one(c, 1)
    assert kept is not None
    assert kept.known_by == "tam"


def test_nobody_says_to_know_of_what_is_over_or_nobody_would_be_called_when_it_comes_again(
    browser: Browser, world: World
) -> None:
    over = incident(1, About.CONTACT, away(EAST), closed_at=MORNING)
    keep(world, over)
    browser.enter(world, "tam")
    assert "/incidents/1/known" not in browser.get("/incidents/1").text
    answer = browser.post("/incidents/1/known")
    assert (answer.status_code, "Sự cố này đã hết rồi" in answer.text) == (409, True)
    with world.database.read() as c:
        kept = incidents.one(c, 1)
    assert kept is not None
    assert kept.known_at is None
    keep(world, replace(over, closed_at=None))
    assert "/incidents/1/known" in browser.get("/incidents/1").text


@pytest.mark.parametrize("note", ["", "   ", "x" * 301])
def test_a_note_without_words_or_without_end_is_refused(browser: Browser, world: World, note: str) -> None:
    keep(world, POWER)
    browser.enter(world, "tam")
    page = browser.post("/incidents/1/note", data={"note": note}).text
    assert "Ghi chú có từ 1 đến 300 ký tự." in page
    assert f'name="note" value="{note}" autofocus' in page, "kept for another try"
    assert browser.get("/incidents/1/note").headers["location"] == "/incidents/1"


def test_nobody_who_does_not_exist_sees_to_it(browser: Browser, world: World) -> None:
    keep(world, POWER)
    browser.enter(world, "tam")
    assert "Không có người này" in browser.post("/incidents/1/assign", data={"person": "ma"}).text


def test_who_looks_only_is_offered_nothing_to_do(browser: Browser, world: World) -> None:
    keep(world, POWER)
    browser.enter(world, "khach")
    assert "Chưa ai nhận biết" in browser.get("/incidents").text
    assert '<form method="post" action="/incidents' not in browser.get("/incidents/1").text


def test_the_past_is_looked_through_by_village(browser: Browser, world: World) -> None:
    keep(
        world,
        incident(1, About.CONTACT, away(EAST), closed_at=MORNING),
        incident(2, About.SOUND, away(WEST, "sound", "fault"), closed_at=MORNING),
        incident(3, About.SOUND, away(MIDDLE, "sound", "fault")),
    )
    browser.enter(world, "tam")
    everywhere = browser.get("/incidents").text
    assert everywhere.count('href="/incidents/') == 3
    in_west = browser.get(f"/incidents?village={WEST}").text
    assert 'href="/incidents/2"' in in_west
    assert in_west.count('href="/incidents/') == 1
    assert "Hiện không có sự cố" in in_west
    unknown = browser.get("/incidents?village=khongco")
    assert (unknown.status_code, "Không có làng này." in unknown.text) == (404, True), "not that all is well there"


def test_one_that_reopened_tells_when_it_began_again_and_no_length_with_the_good_time_in_it(
    browser: Browser, world: World
) -> None:
    first = MORNING - timedelta(minutes=40)
    open_ = replace(incident(1, About.CONTACT, away(EAST)), since_at=first, reopenings=1)
    over = incident(2, About.SOUND, away(WEST, "sound", "fault"), closed_at=MORNING)
    keep(world, open_, replace(over, since_at=first, reopenings=1))
    browser.enter(world, "tam")
    for path in ("/incidents", "/incidents/1"):
        assert "bị lại từ 04:00, lần đầu 03:50" in browser.get(path).text
    assert "từ 03:50 đến 04:30, 2 lần" in browser.get("/incidents").text
    assert "kéo dài" not in browser.get("/incidents").text


def test_board_and_village_lead_there(browser: Browser, world: World) -> None:
    browser.enter(world, "khach")
    assert 'href="/incidents"' in browser.get("/").text
    assert f'href="/incidents?village={WEST}"' in browser.get(f"/nodes/{WEST}").text


def test_what_is_no_incident_is_not_found(browser: Browser, world: World) -> None:
    browser.enter(world, "tam")
    assert browser.get("/incidents/7").status_code == 404
    assert browser.get("/incidents/0").status_code < 500
    assert browser.post("/incidents/7/known").status_code == 404


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "green").save(out, "JPEG")
    return out.getvalue()


def send(technician: Browser, photo: bytes) -> int:
    return technician.post("/incidents/1/photos", files={"file": ("anh.jpg", photo, "image/jpeg")}).status_code


def test_a_photo_of_what_is_broken_is_shown_and_can_be_deleted(browser: Browser, world: World) -> None:
    keep(world, incident(1, About.CONTACT, away(EAST)))
    browser.enter(world, "tam")
    assert send(browser, picture()) == 303
    found = re.search(r"/incidents/1/photos/p\w+", browser.get("/incidents/1").text)
    assert found is not None
    shown = browser.get(found[0])
    assert (shown.headers["content-type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert browser.post(f"{found[0]}/remove").status_code == 303
    assert browser.get(found[0]).status_code == 404
    assert "photos/p" not in browser.get("/incidents/1").text
    with world.database.read() as c:
        assert [deed.act for deed in people.deeds(c, "incident:1")] == ["incident-photo", "incident-photo-remove"]


def test_no_more_photos_than_are_kept_and_none_of_what_is_no_photo(browser: Browser, world: World) -> None:
    keep(world, incident(1, About.CONTACT, away(EAST)))
    browser.enter(world, "tam")
    assert send(browser, b"no photo") == 409
    with world.database.write() as c:
        for n in range(PHOTOS_MAX):
            photos.add(c, Photo(id=f"p{n}", incident=1, at=MORNING, who="tam"), picture())
    assert send(browser, picture()) == 409
    assert 'type="file"' not in browser.get("/incidents/1").text


def test_photos_are_forgotten_after_a_year(world: World) -> None:
    with world.database.write() as c:
        photos.add(c, Photo(id="p1", incident=1, at=MORNING, who="tam"), b"")
        assert not photos.has_older(c, MORNING)
        assert photos.has_older(c, MORNING + timedelta(seconds=1))
        photos.forget(c, MORNING + timedelta(seconds=1))
        assert photos.of(c, 1) == []
