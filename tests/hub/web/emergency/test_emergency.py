"""The red button on the pages: two steps and a PIN, the villages lighting up, and the way back."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from starlette.testclient import TestClient

from contract.limits import Limits
from contract.orders import Counter
from contract.reports import PlanReport
from contract.terms import Order, Outcome, Reason
from hub.alarms import alarm
from hub.orders.broadcasts import Broadcast, Recording
from hub.store import alarms, broadcasts, nodes, orders, people, plans
from hub.store.plans import Issued
from hub.web.site import make_site
from tests.hub.web.chromium import NEEDED, SMALL_TARGETS, TOUCH_PX, log_in, opened
from tests.hub.web.world import MORNING, ORIGIN, VILLAGES, Browser, World, served

EAST, WEST, MIDDLE = VILLAGES
PIN = "260714"


@pytest.fixture
def siren(world: World) -> Recording:
    sound = world.add_sound("Còi báo động", 20.0)
    alarm.keep(world.desk, sound.sha256, True, world.user("lan"))
    alarm.set_pin(world.desk, "hung", PIN, "hung")
    return sound


def fields(page: str) -> dict[str, str]:
    """The form of the second step."""
    return dict(re.findall(r'type="hidden" name="(id|recording|nodes|repeat_s)" value="([^"]*)"', page))


def prepare(
    browser: Browser, sound: Recording, villages: tuple[str, ...] = tuple(VILLAGES), repeat_s: int = 1800
) -> str:
    form = {"recording": sound.sha256, "nodes": list(villages), "repeat_s": str(repeat_s)}
    answer = browser.post("/emergency/prepare", data=form)
    assert answer.status_code == 303
    return browser.get(answer.headers["location"]).text


def send(browser: Browser, sound: Recording, pin: str = PIN) -> str:
    answer = browser.post("/emergency", data={**fields(prepare(browser, sound)), "pin": pin})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def note_sent(world: World, id: str, n: int = 7) -> Counter:
    """The hub has signed and sent the orders of this alarm."""
    with world.database.write() as c:
        for order in orders.of_broadcast(c, id):
            orders.note_sent(c, order.id, Counter(0, n), "nonce")
    return Counter(0, n)


def reaches(page: str) -> list[str]:
    return re.findall(r'data-reach="(\w+)"', page)


def test_the_board_shows_the_red_button_to_those_who_may_press_it(browser: Browser, world: World) -> None:
    for name, is_shown in (("hung", True), ("lan", False), ("tam", False), ("khach", False)):
        browser.enter(world, name)
        assert ('href="/emergency"' in browser.get("/").text) is is_shown


def test_kept_recordings_come_first_with_how_many_villages_hold_them(
    leader: Browser, world: World, siren: Recording
) -> None:
    world.add_sound("Bản tin sáng")
    world.beat(EAST, plan=PlanReport(accepted=Counter(0, 1)))
    world.beat(WEST, plan=PlanReport(accepted=Counter(0, 1), missing=(siren.sha256,), missing_count=1))
    with world.database.write() as c:
        for village in VILLAGES:
            plans.put(c, Issued(village, Counter(0, 1), "d" * 64, b"{}", world.clock(), (siren.sha256,)))
    page = leader.get("/emergency").text
    assert page.index("Còi báo động") < page.index("Bản tin sáng")
    assert "1/3 làng đã có sẵn" in page
    assert "1/3 làng đã có sẵn" in leader.get("/audio").text


def others(page: str) -> list[str]:
    """The recordings that are offered and not held ready, by their titles."""
    return re.findall(r"<b>([^<]+)</b>", page.partition('id="others"')[2].partition("</details>")[0])


def test_of_many_recordings_the_newest_are_offered_and_others_found_without_accents(
    leader: Browser, world: World, siren: Recording
) -> None:
    old = world.add_sound("Sơ tán khỏi bãi sông")
    for n in range(60):
        world.clock.pass_(seconds=1)
        world.add_sound(f"Bản tin số {n}")
    page = leader.get("/emergency").text
    assert others(page) == [f"Bản tin số {n}" for n in range(59, 29, -1)]
    assert "Còi báo động" in page
    assert len(page) < 60_000

    typed = {"recording": old.sha256, "text": "Nước lên nhanh", "nodes": [EAST, MIDDLE], "repeat_s": "600"}
    found = leader.post("/emergency/prepare", data={**typed, "find": "so tan bai", "search": "yes"})
    assert found.status_code == 200
    assert others(found.text) == ["Sơ tán khỏi bãi sông"]
    assert f'value="{old.sha256}" checked' in found.text
    assert "Nước lên nhanh</textarea>" in found.text
    assert set(re.findall(r'name="nodes" value="([^"]+)" checked', found.text)) == {EAST, MIDDLE}
    assert 'name="repeat_s" value="600" checked' in found.text

    piece = leader.get(f"/emergency/recordings?find=tin so 12&recording={old.sha256}").text
    assert re.findall("<b>(.*?)</b>", piece)[:2] == ["Sơ tán khỏi bãi sông", "Bản tin số 12"], "what is chosen stays"
    nothing = leader.post("/emergency/prepare", data={"find": "khong co dau", "search": "yes"}).text
    assert "Không có bản thu nào như vậy" in nothing
    assert "Còi báo động" in nothing


def test_the_second_step_says_what_where_and_how_long_and_nothing_is_sent_yet(
    leader: Browser, world: World, siren: Recording
) -> None:
    page = prepare(leader, siren)
    assert "Còi báo động" in page
    assert "tất cả 3" in page
    assert "nhiều nhất 30 phút" in page
    assert f'src="/audio/{siren.sha256}/sound"' in page
    with world.database.read() as c:
        assert orders.open_orders(c, world.clock()) == []
        assert siren.audio in alarms.ready_sounds(c, world.clock())


def test_villages_that_are_away_or_would_refuse_are_named_before_it_is_sent(
    leader: Browser, world: World, siren: Recording
) -> None:
    world.be_born(WEST, Limits(emergency_longest_s=600))
    with world.database.write() as c:
        nodes.note_state(c, EAST, False, MORNING - timedelta(minutes=10))
        nodes.set_phone(c, EAST, "0912 345 678")
    page = prepare(leader, siren)
    assert "Mất liên lạc" in page
    assert "0912 345 678" in page
    assert "sẽ từ chối: dài hơn" in page


def test_the_right_pin_sends_it_and_leads_to_its_live_page(leader: Browser, world: World, siren: Recording) -> None:
    place = send(leader, siren)
    with world.database.read() as c:
        assert {(o.node, o.order) for o in orders.open_orders(c, world.clock())} == {
            (village, Order.PLAY) for village in VILLAGES
        }
    assert reaches(leader.get(place).text) == ["waiting"] * 3
    assert "Đang có báo động: Còi báo động" in leader.get("/").text


def test_a_wrong_pin_sends_nothing_is_noted_and_slowed(world: World, siren: Recording) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    app = make_site(world.desk, lambda: world.online_since, wait=wait, monotonic=lambda: 0.0)
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False) as client:
        leader = Browser(client)
        leader.enter(world, "hung")
        _guess_then_know(leader, world, siren, waits)


def _guess_then_know(leader: Browser, world: World, siren: Recording, waits: list[float]) -> None:
    prepared = fields(prepare(leader, siren))
    for _ in range(5):
        answer = leader.post("/emergency", data={**prepared, "pin": "000000"})
        assert answer.status_code == 401
        assert "Mã PIN không đúng" in answer.text
    assert waits[:3] == [0, 0, 0]
    assert waits[4] > 1
    with world.database.read() as c:
        assert orders.open_orders(c, world.clock()) == []
        assert people.count_notes(c, "hung", "pin-wrong", MORNING) == 5
    assert "5 lần nhập sai mã PIN" in leader.get("/emergency").text
    assert leader.post("/emergency", data={**prepared, "pin": PIN}).status_code == 303, "and nobody is locked out"


def test_without_a_pin_one_sentence_says_what_to_do(leader: Browser, world: World) -> None:
    sound = world.add_sound("Còi")
    page = prepare(leader, sound)
    assert "Bạn chưa có mã PIN khẩn cấp. Hãy đặt mã trước" in page
    answer = leader.post("/emergency", data={**fields(page), "pin": ""})
    assert answer.status_code == 403
    assert 'href="/pin"' in answer.text


@pytest.mark.parametrize(
    "wrong", [{"recording": "", "nodes": [EAST]}, {"recording": "text", "text": " ", "nodes": [EAST]}]
)
def test_a_first_step_that_says_nothing_comes_back_as_it_was(
    leader: Browser, world: World, wrong: dict[str, object]
) -> None:
    answer = leader.post("/emergency/prepare", data=wrong)
    assert answer.status_code == 422
    assert "gõ nội dung cần đọc" in answer.text


def test_without_a_village_it_is_not_prepared(leader: Browser, siren: Recording) -> None:
    answer = leader.post("/emergency/prepare", data={"recording": siren.sha256})
    assert answer.status_code == 422
    assert "Hãy chọn ít nhất một làng" in answer.text


def test_villages_light_up_and_the_silent_ones_are_listed_with_their_phone(
    leader: Browser, world: World, siren: Recording
) -> None:
    with world.database.write() as c:
        nodes.set_phone(c, MIDDLE, "0912 345 678")
    place = send(leader, siren)
    id = place.rpartition("/")[2]
    counter = note_sent(world, id)
    world.beat(EAST, command=counter)
    world.beat(WEST, command=counter, on_air=id)
    page = leader.get(place).text
    assert reaches(page) == ["acknowledged", "on_air", "sent"]
    assert "0912 345 678" not in page, "it was sent a moment ago"
    world.clock.pass_(seconds=11)
    world.beat(EAST, command=counter)
    world.beat(WEST, command=counter, on_air=id)
    page = leader.get(place).text
    assert "1 làng chưa trả lời. Hãy gọi điện ngay" in page
    assert 'href="tel:0912345678"' in page

    storm = _broadcast(world, id)
    world.report(EAST, storm, Outcome.CUT, Reason.STOPPED)
    assert reaches(leader.get(place).text) == ["ended", "on_air", "sent"]


def test_cancelling_needs_no_pin_and_an_officer_may(browser: Browser, world: World, siren: Recording) -> None:
    browser.enter(world, "hung")
    place = send(browser, siren)
    clear = world.add_sound("Báo yên", 8.0)
    browser.enter(world, "lan")
    assert "Huỷ báo động" in browser.get(place).text
    assert browser.post(f"{place}/cancel", data={"recording": clear.sha256}).headers["location"] == place
    page = browser.get(place).text
    assert "Đã huỷ lúc 04:30:00" in page
    assert "Nguyễn Thị Lan" in page
    assert "Huỷ báo động" not in page
    assert "Đang có báo động" not in browser.get("/").text
    assert "đã được hủy rồi" in browser.post(f"{place}/cancel", data={}).text


@pytest.mark.real
def test_typed_words_are_spoken_for_the_alarm_and_for_its_end(leader: Browser, world: World, siren: Recording) -> None:
    form = {"recording": "text", "text": "Vỡ đê! Bà con lên chỗ cao ngay!", "nodes": list(VILLAGES), "repeat_s": "600"}
    prepared = leader.post("/emergency/prepare", data=form)
    page = leader.get(prepared.headers["location"]).text
    assert "Vỡ đê! Bà con lên chỗ cao ngay!" in page
    place = str(leader.post("/emergency", data={**fields(page), "pin": PIN}).headers["location"])
    cancelled = leader.post(f"{place}/cancel", data={"recording": "text", "text": "Đê đã an toàn, bà con yên tâm."})
    assert urlsplit(cancelled.headers["location"]).path == place
    with world.database.read() as c:
        found = alarms.alarm(c, place.rpartition("/")[2])
        assert found is not None
        follows = broadcasts.broadcast(c, found.all_clear)
    assert follows is not None
    assert follows.title == "Đê đã an toàn, bà con yên tâm."


def test_the_broadcasts_page_leads_to_the_alarm(leader: Browser, siren: Recording) -> None:
    place = send(leader, siren)
    assert f'href="{place}"' in leader.get(place.replace("emergency", "broadcasts")).text


def _broadcast(world: World, id: str) -> Broadcast:
    with world.database.read() as c:
        found = broadcasts.broadcast(c, id)
    assert found is not None
    return found


def test_after_an_ordinary_stop_the_all_clear_may_still_be_said(
    browser: Browser, world: World, siren: Recording
) -> None:
    browser.enter(world, "hung")
    place = send(browser, siren)
    clear = world.add_sound("Báo yên", 8.0)
    browser.post("/stop")
    page = browser.get(place).text
    assert "Phát lời báo yên" in page
    assert "Huỷ báo động" not in page
    assert browser.post(f"{place}/all-clear", data={"recording": clear.sha256}).headers["location"] == place
    page = browser.get(place).text
    assert "Phát lời báo yên" not in page
    assert "Lời báo yên đã phát thế nào" in page


class TestOnAPhone:
    pytestmark = NEEDED

    def test_an_old_recording_is_found_by_its_words_while_they_are_typed(
        self, chromium: Chromium, world: World, siren: Recording
    ) -> None:
        world.add_sound("Sơ tán khỏi bãi sông")
        for n in range(40):
            world.clock.pass_(seconds=1)
            world.add_sound(f"Bản tin số {n}")
        with served(world) as (address, _), opened(chromium, address) as (page, complaints):
            log_in(page, "hung")
            page.goto("/emergency")
            page.get_by_text("Bản thu khác").click()
            page.get_by_role("radio", name="Bản tin số 39").check(force=True)
            with page.expect_response(lambda answer: "so%20tan" in answer.url.replace("+", "%20")):
                page.get_by_label("Tìm bản thu").press_sequentially("so tan")
            expect(page.get_by_text("Tìm thấy 2 bản thu")).to_be_visible()
            expect(page.get_by_role("radio", name="Bản tin số 39")).to_be_checked()
            assert page.evaluate(SMALL_TARGETS, TOUCH_PX) == []
            page.get_by_role("radio", name="Sơ tán khỏi bãi sông").check(force=True)
            page.get_by_role("button", name="Tiếp: nghe lại và xác nhận").click()
            expect(page.get_by_text("Sơ tán khỏi bãi sông").first).to_be_visible()
            expect(page.get_by_label("PIN")).to_be_visible()
            assert complaints == []
