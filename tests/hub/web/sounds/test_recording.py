"""One recording's own page: what it is, how it looks, where it is used; and the way back to the library."""

from datetime import timedelta
from threading import Event

import numpy as np
import pytest
from sqlalchemy import delete

from hub.media.waveform import draw
from hub.sounds import waveforms
from hub.store import tables as t
from hub.store import waveforms as rows
from tests.hub.web.board.test_board import text
from tests.hub.web.world import Browser, World, tone


def test_its_page_says_what_it_is_and_who_added_it(officer: Browser, world: World) -> None:
    sound = world.add_sound("Tiêm chủng tháng 12", 125.0)
    officer.post(f"/audio/{sound.sha256}/rename?at=page", data={"title": "Tiêm chủng", "folder": "Y tế"})
    page = text(officer, f"/audio/{sound.sha256}")
    assert "Tiêm chủng" in page
    assert "Thời lượng 2 phút 05 giây Độ lớn −16,1 LUFS Đỉnh −1,2 dB Thư mục Y tế Người thêm Nguyễn Thị Lan" in page
    assert f'<a href="/audio/{sound.sha256}">Tiêm chủng</a>' in officer.get("/audio").text


def test_its_page_lists_where_it_will_be_and_was_heard(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin")
    world.approve(world.order("Tin hôm nay", minutes=10, sound=sound))
    assert "Chưa có buổi phát nào dùng" in text(officer, f"/audio/{world.add_sound('Khác').sha256}")
    world.clock.now += timedelta(hours=1)
    world.order("Tin ngày mai", minutes=1440, sound=sound)
    page = text(officer, f"/audio/{sound.sha256}")
    ahead, past = page.index("Sắp phát trong"), page.index("Đã dùng trong")
    assert ahead < page.index("Tin ngày mai") < past < page.index("Tin hôm nay")
    assert "Còn buổi phát dùng bản thu này nên chưa xoá được." in page


def test_the_waveform_is_part_of_the_page_and_a_small_one_of_the_list(officer: Browser, world: World) -> None:
    sound, plain = world.add_sound("Bản tin"), world.add_sound("Chưa vẽ")
    with world.database.write() as c:
        rows.put(c, sound.sha256, draw(np.linspace(0, 1, 500), np.zeros(500)))
    assert '<svg viewBox="0 0 400 100"' in officer.get(f"/audio/{sound.sha256}").text
    assert officer.get("/audio").text.count('<svg viewBox="0 0 100 100"') == 1
    assert "Hình sóng âm đang được vẽ" in officer.get(f"/audio/{plain.sha256}").text


@pytest.mark.real
def test_what_came_in_before_there_were_waveforms_is_drawn_behind_everything_else(world: World) -> None:
    path = world.folder / "tone.wav"
    path.write_bytes(tone(2))
    sound = world.desk.add_recording(path, "Tiếng", world.user("lan"))
    broken = world.add_sound("Không phải âm thanh")
    with world.database.write() as c:
        drawn = rows.waveforms(c, [sound.sha256])
        c.execute(delete(t.waveforms))
        assert set(rows.undrawn(c)) == {sound.sha256, broken.sha256}
    waveforms.draw_missing(world.desk, Event())
    with world.database.read() as c:
        assert rows.waveforms(c, [sound.sha256, broken.sha256]) == drawn
        assert rows.undrawn(c) == [broken.sha256]


@pytest.mark.parametrize("act", ["rename", "keep", "substitute", "remove", "put-back"])
def test_whoever_acts_in_the_library_stays_where_they_were(officer: Browser, world: World, act: str) -> None:
    sound = world.add_sound("Bản tin")
    form = {"title": "Bản tin", "folder": "Y tế", "is_kept": "yes", "is_chosen": "yes"}
    went = officer.post(f"/audio/{sound.sha256}/{act}?q=ban+tin&folder=Y+t%E1%BA%BF&most=80&evil=x", data=form)
    there = went.headers["location"]
    assert there.startswith("/audio?q=ban+tin&folder=Y+t%E1%BA%BF&most=80")
    assert "evil" not in there


def test_the_library_hands_its_filter_to_every_form(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin")
    page = officer.get("/audio?q=tin&most=80").text
    for act in ("rename", "keep", "substitute", "remove"):
        assert f'action="/audio/{sound.sha256}/{act}?q=tin&amp;most=80"' in page


def test_an_empty_library_says_what_to_do(officer: Browser) -> None:
    assert "Hãy tải tệp âm thanh ở trên, hoặc gõ thông báo để máy đọc." in text(officer, "/audio")
