"""/broadcasts/{id}/edit and ordering again: the form filled in with what an order says, and what saving it does."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from contract.terms import Late, Priority, Yielding
from hub.orders.broadcasts import Broadcast, Stage, digest
from hub.orders.wish import Extras, Station, Wish
from hub.rules.wording import parse
from hub.store import broadcasts, nodes
from tests.hub.web.board.test_board import text
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import MORNING, VILLAGES, Browser, World, served

EAST, WEST, MIDDLE = VILLAGES


def stored(world: World, id: str) -> Broadcast:
    with world.database.read() as c:
        found = broadcasts.broadcast(c, id)
    assert found is not None
    return found


def shown(page: str) -> dict[str, list[str]]:
    """What a browser would send of the order form as the page shows it."""
    form = page.partition('id="order"')[2]
    sent: dict[str, list[str]] = {}
    for tag, chosen in re.findall(r"<(select|input)\b(.*?)(?=<select|<input|</form)", form, re.DOTALL):
        name = re.search(r'name="(\w+)"', chosen)
        if name is None:
            continue
        if tag == "select":
            options = re.findall(r'<option value="([^"]*)"([^>]*)>', chosen.partition("</select>")[0])
            value = next((v for v, more in options if " selected" in more), options[0][0])
            sent.setdefault(name[1], []).append(unescape(value))
            continue
        attributes = chosen.partition(">")[0]
        if not re.search('type="(radio|checkbox)"', attributes) or " checked" in attributes:
            value_of = re.search(r'value="([^"]*)"', attributes)
            sent.setdefault(name[1], []).append(unescape(value_of[1]) if value_of else "")
    return sent


def once(world: World) -> Wish:
    return Wish(
        title="Họp thôn “tối nay” & mai",
        recording=world.add_sound("Họp thôn").sha256,
        nodes=(EAST, MIDDLE),
        starts_at=MORNING + timedelta(hours=2),
        priority=Priority.PRIORITY,
        has_chime=True,
        late=Late.JOIN,
        yields=Yielding.RESUME,
        extras=Extras(
            intro=world.add_sound("Mở đầu", 4.0).sha256,
            outro=world.add_sound("Kết thúc", 5.0).sha256,
            variants=(("Tày", world.add_sound("Tiếng Tày").sha256),),
        ),
        patience_s=600.0,
    )


def daily(world: World) -> Wish:
    return Wish(
        title="Bản tin",
        recording=world.add_sound("Bản tin").sha256,
        nodes=(WEST,),
        rule=parse("thứ 2-6 16:45 trừ ngày lễ, quốc tang", MORNING.date()),
        replacement=world.add_sound("Nhạc trầm").sha256,
        has_chime=True,
    )


def at_once(world: World) -> Wish:
    return Wish(title="Tin gấp", recording=world.add_sound("Tin gấp").sha256, nodes=(EAST,))


def relayed(world: World) -> Wish:
    station = Station("https://dai.example.vn/vov1", 25)
    extras = Extras(station=station, intro=world.add_sound("Mở đầu", 4.0).sha256)
    return Wish(title="Thời sự", recording="", nodes=(EAST,), starts_at=MORNING + timedelta(hours=3), extras=extras)


@pytest.mark.parametrize("wanted", [once, daily, at_once, relayed])
def test_saved_as_it_is_shown_it_says_the_same(officer: Browser, world: World, wanted: Callable[[World], Wish]) -> None:
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    with world.database.write() as c:
        nodes.set_language(c, MIDDLE, "Tày")
    before = world.desk.order(wanted(world), world.user("lan"))
    path = f"/broadcasts/{before.id}/edit"
    filled = shown(officer.get(path).text)
    filled.pop("find", None)
    answer = officer.post(path, data=filled)
    assert answer.headers["location"] == f"/broadcasts/{before.id}"
    after = stored(world, before.id)
    assert digest(after) == digest(before)
    assert after == before


def test_the_form_says_that_saving_ends_the_approval_and_saving_does(officer: Browser, world: World) -> None:
    approved = world.approve(world.order("Họp thôn"))
    path = f"/broadcasts/{approved.id}"
    assert "Sửa" in text(officer, path)
    assert "Lưu thay đổi là bỏ duyệt" in text(officer, f"{path}/edit")
    filled = shown(officer.get(f"{path}/edit").text) | {"title": ["Họp thôn, có đại biểu"]}
    officer.post(f"{path}/edit", data=filled)
    changed = stored(world, approved.id)
    assert (changed.title, changed.stage, changed.is_approved) == ("Họp thôn, có đại biểu", Stage.SUBMITTED, False)
    filled = shown(officer.get(f"{path}/edit").text)
    officer.post(f"{path}/edit", data=filled | {"save": ["draft"]})
    assert stored(world, approved.id).stage is Stage.DRAFT


def test_what_is_wrong_in_an_edit_comes_back_and_changes_nothing(officer: Browser, world: World) -> None:
    draft = world.order("Họp thôn")
    world.order("Bản tin", 60)
    path = f"/broadcasts/{draft.id}/edit"
    filled = shown(officer.get(path).text)
    for wrong, status in (({"title": [""]}, 422), ({"time": ["05:31"]}, 409), ({"rule": ["lung tung"]}, 303)):
        answer = officer.post(path, data=filled | wrong)
        assert answer.status_code == status
        if status != 303:
            assert f'action="{path}"' in answer.text
            assert stored(world, draft.id) == draft


def differing(page: str) -> dict[str, list[str]]:
    """What the page says an order and a form differ in: what is kept now, and what was typed."""
    told = re.search(r'<dl class="differs">(.*?)</dl>', page, re.DOTALL)
    rows = re.findall(r"<div><dt>(.*?)</dt>(.*?)</div>", told[1], re.DOTALL) if told else []
    plain = [(name, re.findall(r"</small>(.*?)</dd>", values, re.DOTALL)) for name, values in rows]
    return {unescape(name): [unescape(" ".join(v.split())) for v in values] for name, values in plain}


def test_of_two_who_edit_at_once_the_later_is_told_what_the_first_one_changed(officer: Browser, world: World) -> None:
    order = world.order("Họp thôn")
    path = f"/broadcasts/{order.id}/edit"
    first, second = shown(officer.get(path).text), shown(officer.get(path).text)
    other = world.add_sound("Mời họp")
    first |= {"title": ["Họp thôn lúc 7 giờ"], "time": ["07:00"], "nodes": [EAST, WEST], "recording": [other.sha256]}
    assert officer.post(path, data=first).status_code == 303
    as_the_first_left_it = stored(world, order.id)

    second |= {"title": ["Họp toàn thôn"], "late": ["join"]}
    answer = officer.post(path, data=second)
    assert answer.status_code == 409
    assert "vừa được sửa trong lúc bạn đang mở" in answer.text
    assert "Nguyễn Thị Lan" in answer.text
    assert differing(answer.text) == {
        "Bản thu": ["Mời họp (2 phút 05 giây)", "Họp thôn (2 phút 05 giây)"],
        "Tên buổi phát": ["Họp thôn lúc 7 giờ", "Họp toàn thôn"],
        "Khi nào": ["07:00 ngày 23/11/2026", "05:00 ngày 23/11/2026"],
        "Các làng": ["2 làng", "3 làng (Thôn Trung)"],
        "Khi bị trễ giờ": ["Phát đủ, nếu trễ không quá một phút", "Vào đúng chỗ đang phát lúc đó"],
    }
    assert stored(world, order.id) == as_the_first_left_it

    typed = shown(answer.text)
    assert typed["title"] == ["Họp toàn thôn"]
    assert officer.post(path, data=typed).status_code == 303
    assert stored(world, order.id).title == "Họp toàn thôn"


def test_a_search_for_a_recording_and_a_fault_do_not_forget_what_was_seen(officer: Browser, world: World) -> None:
    order = world.order("Họp thôn")
    path = f"/broadcasts/{order.id}/edit"
    mine = shown(officer.get(path).text)
    officer.post(path, data=mine | {"title": ["Họp khác"]})
    mine = shown(officer.post(path, data=mine | {"title": [""], "search": ["yes"]}).text)
    assert officer.post(path, data=mine | {"title": ["Họp của tôi"]}).status_code == 409
    assert stored(world, order.id).title == "Họp khác"


def test_what_has_begun_is_not_changed_any_more_and_offers_to_be_ordered_again(officer: Browser, world: World) -> None:
    aired = world.approve(world.order("Họp thôn"))
    path = f"/broadcasts/{aired.id}"
    world.clock.pass_(hours=1)
    assert officer.get(f"{path}/edit").status_code == 409
    assert officer.post(f"{path}/edit", data={"title": "Khác"}).status_code == 422
    assert f"{path}/edit" not in officer.get(path).text
    again = officer.get(f"/broadcasts/new?like={aired.id}")
    assert f'href="/broadcasts/new?like={aired.id}"' in officer.get(path).text
    filled = shown(again.text)
    assert (filled["title"], filled["recording"]) == (["Họp thôn"], [aired.audio[-1].sha256])
    assert (filled["day"], filled["time"], filled["when"]) == (["2026-11-23"], ["17:00"], ["later"])
    made = stored(world, officer.post("/broadcasts", data=filled).headers["location"].rpartition("/")[2])
    assert (made.audio, made.nodes) == (aired.audio, aired.nodes)
    assert stored(world, aired.id) == aired


def test_of_many_recordings_the_newest_are_listed_and_others_found_by_their_words(
    officer: Browser, world: World
) -> None:
    old = world.add_sound("Thông báo tiêm chủng")
    for n in range(80):
        world.clock.pass_(seconds=1)
        world.add_sound(f"Bản tin số {n}")
    page = officer.get("/broadcasts/new").text
    assert page.count("<option") < 5 * 70
    assert "Thông báo tiêm chủng" not in page
    assert "Bản tin số 79" in page
    assert "Thông báo tiêm chủng" in officer.get("/broadcasts/recordings?find=tiem chung").text
    assert "<option" not in officer.get("/broadcasts/recordings?find=khong co dau").text
    found = officer.post("/broadcasts", data={"title": "Giữ", "find": "tiem chung", "search": "yes"})
    assert "Thông báo tiêm chủng" in found.text
    assert 'value="Giữ"' in found.text
    assert "Bản tin số 79" not in found.text
    kept = officer.get(f"/broadcasts/new?recording={old.sha256}").text
    assert f'value="{old.sha256}" data-title="Thông báo tiêm chủng" selected' in kept


class TestOnAPhone:
    pytestmark = NEEDED

    def test_an_approved_one_is_changed_and_waits_anew(self, chromium: Chromium, world: World) -> None:
        approved = world.approve(world.order("Họp thôn"))
        for n in range(70):
            world.add_sound(f"Bản tin số {n}")
        world.clock.pass_(minutes=1)
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "lan")
            page.goto(f"/broadcasts/{approved.id}")
            page.get_by_role("link", name="Sửa").click()
            expect(page.get_by_text("Lưu thay đổi là bỏ duyệt")).to_be_visible()
            expect(page.get_by_label("Tên buổi phát")).to_have_value("Họp thôn")
            page.get_by_label("Tìm bản thu").fill("ban tin so 66")
            expect(page.get_by_text("Tìm thấy 1 bản thu")).to_be_visible()
            list_ = page.locator("select[name=recording]")
            expect(list_.locator("option")).to_have_count(3)
            list_.select_option(index=2)
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
            page.get_by_label("Giờ", exact=True).fill("06:10")
            page.get_by_role("button", name="Lưu và trình duyệt").click()
            expect(page.get_by_text("Đang chờ lãnh đạo xã duyệt.")).to_be_visible()
            expect(page.get_by_text("Bản tin số 66")).to_be_visible()
            assert complaints == []
        assert stored(world, approved.id).starts_at == MORNING + timedelta(minutes=100)
