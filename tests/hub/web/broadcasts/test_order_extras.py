"""What an order may have besides its recording, through the pages."""

import pytest

from contract.reports import PlanReport
from hub.orders.broadcasts import Broadcast, Variant
from hub.store import broadcasts, nodes
from tests.hub.web.board.test_board import text
from tests.hub.web.broadcasts.test_broadcasts import form, only
from tests.hub.web.world import MORNING, VILLAGES, Browser, World

EAST, WEST, MIDDLE = VILLAGES


def test_an_intro_and_an_outro_are_chosen_and_heard_in_their_order(officer: Browser, world: World) -> None:
    intro, outro = world.add_sound("Lời chào", 5.0), world.add_sound("Lời kết", 4.0)
    filled = form(world, intro=intro.sha256, outro=outro.sha256)
    answer = officer.post("/broadcasts", data=filled)
    draft: Broadcast = only(world)
    assert [a.sha256 for a in (*draft.audio, *draft.outro)] == [intro.sha256, filled["recording"], outro.sha256]
    page = text(officer, answer.headers["location"])
    assert page.index("Lời chào") < page.index("Bản tin 2 phút") < page.index("Lời kết")
    refused = officer.post("/broadcasts", data=filled | {"title": "", "time": "17:00"}).text
    assert refused.count(f'value="{outro.sha256}" selected') == 1
    assert '<details class="panel more" open>' in refused


def relay(world: World, **changes: object) -> dict[str, object]:
    filled = {"source": "stream", "stream": " http://dai.example.vn/vov1 ", "minutes": "30", "recording": ""}
    return form(world) | filled | changes


def test_a_station_is_rebroadcast_for_an_exact_time_and_offered_again(officer: Browser, world: World) -> None:
    world.add_sound("Nhạc hiệu", 2.0, is_chime=True)
    answer = officer.post("/broadcasts", data=relay(world, chime="yes"))
    draft = only(world)
    assert (draft.stream, draft.duration_s, len(draft.audio)) == ("http://dai.example.vn/vov1", 1800.0, 1)
    assert "Tiếp âm http://dai.example.vn/vov1, 30 phút" in text(officer, answer.headers["location"])
    assert '<option value="http://dai.example.vn/vov1">' in officer.get("/broadcasts/new").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stream": ""}, "Địa chỉ tiếp âm phải bắt đầu bằng"),
        ({"stream": "rtmp://dai.example.vn/vov1"}, "Địa chỉ tiếp âm phải bắt đầu bằng"),
        ({"stream": "http://ten:matkhau@dai.example.vn/"}, "Địa chỉ tiếp âm phải bắt đầu bằng"),
        ({"minutes": "0"}, "Tiếp âm dài từ 1 đến 720 phút."),
        ({"minutes": "nửa giờ"}, "Tiếp âm dài từ 1 đến 720 phút."),
        ({"minutes": "9" * 40}, "Tiếp âm dài từ 1 đến 720 phút."),
        ({"minutes": "1"}, "dài hơn cả buổi tiếp âm"),
        ({"outro": "0" * 64}, "không có bản thu kết thúc"),
        ({"priority": "emergency"}, "Khẩn cấp không phát bằng tiếp âm."),
    ],
)
def test_a_rebroadcast_that_makes_no_sense_comes_back_with_one_sentence(
    officer: Browser, world: World, wrong: dict[str, object], said: str
) -> None:
    intro = world.add_sound("Lời chào", 90.0)
    refused = officer.post("/broadcasts", data=relay(world, intro=intro.sha256, **wrong))
    assert (refused.status_code, said in refused.text) == (422, True)
    with world.database.read() as c:
        assert broadcasts.unapproved(c, MORNING) == []


def test_the_substitute_is_chosen_in_the_library_and_marked(officer: Browser, world: World) -> None:
    music = world.add_sound("Dân ca")
    assert "Dùng thay thế khi thiếu bản thu hoặc mất tiếp âm" in text(officer, "/audio")
    path = f"/audio/{music.sha256}/substitute"
    assert officer.post(path, data={"is_chosen": "yes"}).status_code == 303
    assert "Dân ca Bản thay thế" in text(officer, "/audio")
    officer.post(path)
    assert "Bản thay thế" not in text(officer, "/audio")


def test_a_language_is_asked_for_only_where_a_village_speaks_it(officer: Browser, world: World) -> None:
    assert "Ở làng nói tiếng" not in text(officer, "/broadcasts/new")
    with world.database.write() as c:
        nodes.set_language(c, EAST, "Tày")
        nodes.set_language(c, WEST, "Mông")
        nodes.set_language(c, MIDDLE, "tày")
    page = text(officer, "/broadcasts/new")
    assert page.index("Ở làng nói tiếng Mông") < page.index("Ở làng nói tiếng Tày")
    spoken = world.add_sound("Bản tin tiếng Tày", 140.0)
    filled = form(world, languages=["Mông", "Tày"], variants=["", spoken.sha256])
    path = officer.post("/broadcasts", data=filled).headers["location"]
    assert only(world).variants == (Variant("Tày", spoken.audio),)
    assert "Bản tin tiếng Tày 2 phút 20 giây ở làng nói tiếng Tày" in text(officer, path)
    kept = officer.post("/broadcasts", data=filled | {"title": ""}).text
    assert kept.count(f'value="{spoken.sha256}" selected') == 1
    wrong = officer.post("/broadcasts", data=filled | {"variants": ["", "0" * 64], "time": "17:00"})
    assert "Bản thu tiếng Tày không còn trong thư viện." in wrong.text


def test_a_village_is_ready_with_the_recording_of_its_own_language(officer: Browser, world: World) -> None:
    with world.database.write() as c:
        nodes.set_language(c, EAST, "Tày")
    spoken = world.add_sound("Bản tin tiếng Tày", 140.0)
    officer.post("/broadcasts", data=form(world, languages=["Tày"], variants=[spoken.sha256]))
    order = world.approve(only(world))
    for village, missing in ((EAST, order.audio[0].sha256), (WEST, spoken.sha256), (MIDDLE, order.audio[0].sha256)):
        counter = world.issue(village, order)
        world.beat(village, plan=PlanReport(accepted=counter, missing=(missing,), missing_count=1))
    assert "2/3 làng" in text(officer, f"/broadcasts/{order.id}")


def test_what_a_priority_bulletin_interrupts_is_said_after_saving(officer: Browser, world: World) -> None:
    news = world.approve(world.order("Bản tin sáng", 29))
    urgent = form(world, title="Cấm đường", priority="priority", patience="5")
    path = officer.post("/broadcasts", data=urgent).headers["location"]
    page = text(officer, path)
    assert "Sẽ cắt ngang “Bản tin sáng” (04:59) sau 5 phút nếu chưa xong" in page
    assert "Chờ hết bài đang phát, nhưng không quá 5 phút" in page
    officer.post(f"{path}/cancel")
    assert "Sẽ cắt ngang" not in text(officer, path)
    path = officer.post("/broadcasts", data=urgent | {"patience": "0"}).headers["location"]
    assert "Sẽ cắt ngang “Bản tin sáng” (04:59) ngay khi đến giờ" in text(officer, path)
    officer.post(f"/broadcasts/{news.id}/cancel")
    assert "Sẽ cắt ngang" not in text(officer, path)


def test_patience_is_for_priority_bulletins_alone(officer: Browser, world: World) -> None:
    officer.post("/broadcasts", data=form(world, patience="5"))
    assert only(world).patience_s == 0
