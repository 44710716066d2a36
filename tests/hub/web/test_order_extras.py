"""What an order may have besides its recording, through the pages."""

import pytest

from hub.broadcasts import Broadcast
from hub.store import broadcasts
from tests.hub.web.test_board import text
from tests.hub.web.test_broadcasts import form, only
from tests.hub.web.world import Browser, World


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
        assert broadcasts.drafts(c) == []


def test_the_substitute_is_chosen_in_the_library_and_marked(officer: Browser, world: World) -> None:
    music = world.add_sound("Dân ca")
    assert "Dùng thay thế khi thiếu bản thu hoặc mất tiếp âm" in text(officer, "/audio")
    path = f"/audio/{music.sha256}/substitute"
    assert officer.post(path, data={"is_chosen": "yes"}).status_code == 303
    assert "Dân ca Bản thay thế" in text(officer, "/audio")
    officer.post(path)
    assert "Bản thay thế" not in text(officer, "/audio")
