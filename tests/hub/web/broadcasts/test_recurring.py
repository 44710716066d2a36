"""Ordering by a rule through the pages, and how its airings are shown."""

from datetime import timedelta

import pytest

from contract.limits import Limits
from contract.reports import PlanReport
from contract.terms import Late, Outcome, Reason, Yielding
from hub.rules.wording import words
from hub.store import broadcasts
from tests.hub.web.board.test_board import text
from tests.hub.web.broadcasts.test_broadcasts import form, only
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES
DAY = timedelta(days=1)
PREVIEW = "/broadcasts/preview"


def test_an_order_by_a_rule_is_saved_as_it_was_understood(officer: Browser, world: World) -> None:
    filled = form(world, when="repeat", rule="HANG NGAY 5h va 17h", day="", time="", late="join", yields="resume")
    answer = officer.post("/broadcasts", data=filled)
    assert answer.status_code == 303
    draft = only(world)
    assert draft.rule is not None
    assert words(draft.rule) == "hằng ngày 5:00, 17:00"
    assert (draft.late, draft.yields) == (Late.JOIN, Yielding.RESUME)
    page = text(officer, answer.headers["location"])
    assert "hằng ngày 5:00, 17:00" in page
    assert "Vào đúng chỗ đang phát lúc đó" in page
    assert page.count("âm lịch") == 5


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("blah 5:00", "Không hiểu “blah”; hãy viết chẳng hạn: thứ 2-6 16:45."),
        ("", "Chưa rõ phát lúc mấy giờ; hãy viết chẳng hạn: hằng ngày 5:00 và 17:00."),
        ("<b>đậm</b> 5:00", "Không hiểu “&lt;b&gt;đậm&lt;/b&gt;”"),
    ],
)
def test_a_rule_that_was_not_understood_comes_back_with_the_sentence_under_its_field(
    officer: Browser, world: World, rule: str, said: str
) -> None:
    answer = officer.post("/broadcasts", data=form(world, when="repeat", rule=rule, title="Giữ nguyên"))
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count("Không hiểu") + answer.text.count("Chưa rõ") == 1
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Giữ nguyên"' in answer.text
    with world.database.read() as c:
        assert broadcasts.unapproved(c, MORNING) == []


def test_the_preview_shows_the_next_five_airings_with_their_lunar_dates(officer: Browser) -> None:
    shown = text(officer, f"{PREVIEW}?rule=ram va mung mot 6h")
    assert "mùng 1, rằm 6:00" in shown
    assert shown.count("âm lịch") == 5
    assert "24/11/2026" not in shown
    assert "09/12/2026 1/11 âm lịch" in shown
    assert "23/12/2026 15/11 âm lịch" in shown


def test_the_preview_says_what_it_did_not_understand_and_nothing_for_nothing(officer: Browser) -> None:
    assert "Không hiểu “xyz”" in officer.get(PREVIEW, params={"rule": "thứ 2 5:00 xyz"}).text
    assert officer.get(PREVIEW).text.strip() == ""
    assert "Không còn lượt phát nào" in officer.get(PREVIEW, params={"rule": "ngày 1/1/2026 5:00"}).text


def test_the_form_works_without_scripts_and_offers_rules_to_start_from(officer: Browser, world: World) -> None:
    page = officer.get("/broadcasts/new").text
    assert 'value="repeat"' in page
    assert 'data-rule="rằm và mùng một 6:00"' in page
    assert 'hx-get="/broadcasts/preview"' in page
    for late in ("Phát đủ", "Vào đúng chỗ", "Bỏ lượt đó", "Phát tiếp", "Phát lại"):
        assert late in page


def test_a_conflict_names_the_first_dates_and_how_many_more(officer: Browser, world: World) -> None:
    world.order("Họp thôn", rule="hằng ngày 17:00")
    answer = officer.post("/broadcasts", data=form(world, when="repeat", rule="hằng ngày 17:01"))
    assert answer.status_code == 409
    told = " ".join(answer.text.split())
    assert "trùng giờ với “Họp thôn” lúc 17:00, 17:00 ngày 24/11, 17:00 ngày 25/11, và 42 lần nữa" in told


def test_limits_are_told_with_the_dates_that_break_them(officer: Browser, world: World) -> None:
    world.be_born(EAST, Limits(days=(0, 1, 2, 3, 4)))
    answer = officer.post("/broadcasts", data=form(world, when="repeat", rule="hằng ngày 17:00"))
    assert answer.status_code == 409
    told = " ".join(answer.text.split())
    assert "không phải ngày được phát: 17:00 ngày 28/11, 17:00 ngày 29/11, 17:00 ngày 05/12, và" in told


def test_the_board_shows_todays_airings_and_the_next_of_what_recurs(officer: Browser, world: World) -> None:
    morning = world.approve(world.order("Bản tin", rule="hằng ngày 5:00, 17:00"))
    world.approve(world.order("Chợ phiên", rule="thứ 7 6:00"))
    waiting = world.order("Đang chờ", rule="rằm và mùng một 6:00")
    page = text(officer, "/")
    today, later = page.split("Những ngày tới") if "Những ngày tới" in page else page.split("Các ngày tới")
    assert today.count("Bản tin") == 2
    assert later.count("Bản tin") == 1
    assert later.count("Chợ phiên") == 1
    assert "mùng 1, rằm 6:00" in today
    assert waiting.title in today
    assert morning.starts_at is not None


def test_each_airing_has_a_result_of_its_own(officer: Browser, world: World) -> None:
    order = world.approve(world.order(rule="hằng ngày 5:00"))
    assert order.starts_at is not None
    first = order.starts_at
    for village in VILLAGES:
        world.report(village, order, at=first)
    world.clock.now = first + DAY + timedelta(minutes=10)
    world.report(EAST, order, at=first + DAY)
    world.report(WEST, order, Outcome.MISSED, Reason.CLOCK, at=first + DAY)
    page = text(officer, f"/broadcasts/{order.id}")
    assert "Các lượt phát vừa qua" in page
    assert "Đã phát 05:00:00, 1/3" in page
    assert "Đã phát 05:00:00, 3/3" in page
    assert page.index("1/3") < page.index("3/3"), "the latest first"
    listed = text(officer, "/broadcasts")
    assert listed.count("Bản tin sáng") == 2


def test_what_takes_the_place_on_days_left_out_is_chosen_heard_and_named(officer: Browser, world: World) -> None:
    solemn = world.add_sound("Nhạc trầm")
    filled = form(world, when="repeat", rule="hằng ngày 17:00 trừ 24/11/2026", replacement=solemn.sha256)
    page = text(officer, officer.post("/broadcasts", data=filled).headers["location"])
    assert "hằng ngày 17:00 trừ ngày 24/11/2026 thay bằng bản thu khác" in page
    assert "24/11/2026 16/10 âm lịch phát bản thu khác" in page
    assert "Nhạc trầm 2 phút 05 giây vào những ngày trừ ra" in page
    without = officer.post("/broadcasts", data=filled | {"rule": "hằng ngày 18:00"})
    assert (without.status_code, "Bản thu thay thế chỉ dùng" in without.text) == (422, True)


def test_only_the_airing_that_is_due_is_on_air(officer: Browser, world: World) -> None:
    order = world.approve(world.order(rule="hằng ngày 5:00, 17:00"))
    assert order.starts_at is not None
    world.clock.now = order.starts_at + timedelta(seconds=5)
    for village in VILLAGES:
        world.beat(village, on_air=order.id)
    page = text(officer, "/")
    assert page.count("Đang phát ở 3/3 làng") == 1


def test_a_cancelled_rule_leaves_what_it_aired_and_nothing_else(officer: Browser, world: World) -> None:
    order = world.approve(world.order(rule="hằng ngày 5:00, 17:00"))
    assert order.starts_at is not None
    for village in VILLAGES:
        world.report(village, order, at=order.starts_at)
    world.clock.now = order.starts_at + timedelta(hours=1)
    officer.post(f"/broadcasts/{order.id}/cancel")
    assert text(officer, "/").count("Bản tin sáng") == 1
    assert "Đã phát 05:00:00, 3/3" in text(officer, "/")
    assert text(officer, "/broadcasts").count("Bản tin sáng") == 1
    world.clock.now += timedelta(days=1)
    assert "Bản tin sáng" not in text(officer, "/")


def test_ready_means_a_plan_that_reaches_the_airing(officer: Browser, world: World) -> None:
    order = world.approve(world.order(rule="hằng ngày 5:00"))
    counter = world.issue(EAST, order)
    world.beat(EAST, plan=PlanReport(accepted=counter))
    assert "1/3 làng" in text(officer, f"/broadcasts/{order.id}")
    world.clock.pass_(days=60)
    officer.enter(world, "lan")
    later = world.issue(EAST, order, n=2)
    assert "0/3 làng" in text(officer, f"/broadcasts/{order.id}")
    world.beat(EAST, plan=PlanReport(accepted=later))
    assert "1/3 làng" in text(officer, f"/broadcasts/{order.id}")


def test_one_airing_is_left_out_with_a_button_or_all_of_them(officer: Browser, world: World) -> None:
    order = world.approve(world.order(rule="hằng ngày 5:00"))
    assert order.starts_at is not None
    path = f"/broadcasts/{order.id}"
    second = order.starts_at + DAY
    assert f'value="{second.isoformat()}"' in officer.get(path).text
    assert officer.post(f"{path}/drop", data={"at": second.isoformat()}).status_code == 303
    assert only(world).is_approved
    page = officer.get(path).text
    assert f'value="{second.isoformat()}"' not in page
    assert officer.post(f"{path}/drop", data={"at": "hôm nay"}).status_code == 409
    assert officer.post(f"{path}/drop", data={"at": second.isoformat()}).status_code == 409
    assert "Từ nay không phát lượt nào nữa." in page
    officer.post(f"{path}/cancel")
    assert "Các lượt phát sắp tới" not in text(officer, path) or "Không còn lượt phát nào" in text(officer, path)
