"""The library as it is kept: found without accents, put in order, tidied, and nothing lost by a slip."""

from datetime import timedelta

import pytest

from tests.hub.web.board.test_board import text
from tests.hub.web.world import VILLAGES, Browser, World


def test_words_are_found_with_and_without_their_accents(officer: Browser, world: World) -> None:
    world.add_sound("Lịch tiêm chủng tháng mười hai")
    world.add_sound("Dọn đường làng")
    for words in ("tiem chung", "Tiêm CHỦNG", "thang tiem"):
        page = text(officer, f"/audio?q={words}")
        assert "Lịch tiêm chủng" in page
        assert "Dọn đường làng" not in page
    assert "Dọn đường làng" in text(officer, "/audio?q=duong")
    assert "Không có bản thu nào như vậy." in text(officer, "/audio?q=100%")


def test_a_long_library_is_shown_a_part_at_a_time(officer: Browser, world: World) -> None:
    for n in range(45):
        world.add_sound(f"Tin số {n}")
    assert officer.get("/audio").text.count('class="recording') == 40 + 1
    assert "Còn 5 bản thu nữa" in text(officer, "/audio")
    assert officer.get("/audio?most=80").text.count('class="recording') == 45 + 1


def test_a_recording_is_renamed_and_laid_into_a_folder(officer: Browser, world: World) -> None:
    sound = world.add_sound("tin 1")
    world.add_sound("Khác")
    officer.post(f"/audio/{sound.sha256}/rename", data={"title": "Tiêm sởi", "folder": "Y tế"})
    page = text(officer, "/audio?folder=Y tế")
    assert "Tiêm sởi" in page
    assert "Khác" not in page
    assert "Tiêm sởi" in text(officer, "/audio?q=y te"), "a folder's name is found too"


def test_what_is_removed_is_not_offered_and_comes_back_with_one_press(officer: Browser, world: World) -> None:
    sound = world.add_sound("Lỡ tay")
    there = officer.post(f"/audio/{sound.sha256}/remove").headers["location"]
    assert "Đã bỏ “Lỡ tay” vào thùng rác." in text(officer, there)
    assert "Lỡ tay" not in text(officer, "/broadcasts/new")
    assert "Lỡ tay" in text(officer, "/audio/bin")
    officer.post(f"/audio/{sound.sha256}/put-back")
    assert "Lỡ tay" in text(officer, "/broadcasts/new")
    assert "Thùng rác trống." in text(officer, "/audio/bin")


def test_what_is_in_the_bin_cannot_be_ordered_or_kept_from_a_form_left_open(officer: Browser, world: World) -> None:
    sound = world.add_sound("Lỡ tay")
    officer.post(f"/audio/{sound.sha256}/remove")
    form = {"title": "x", "recording": sound.sha256, "nodes": list(VILLAGES), "when": "now", "priority": "routine"}
    refused = officer.post("/broadcasts", data=form)
    assert refused.status_code == 422
    assert "Hãy chọn một bản thu" in refused.text
    assert officer.post(f"/audio/{sound.sha256}/keep", data={"is_kept": "yes"}).status_code == 409


def test_the_same_sound_uploaded_again_keeps_its_folder_and_is_found_there(officer: Browser, world: World) -> None:
    sound = world.add_sound("Tiêm sởi")
    officer.post(f"/audio/{sound.sha256}/rename", data={"title": "Tiêm sởi", "folder": "Y tế"})
    world.add_sound("Tiêm sởi")
    assert "Tiêm sởi" in text(officer, "/audio?q=y te")


def test_the_same_sound_uploaded_again_is_out_of_the_bin(officer: Browser, world: World) -> None:
    sound = world.add_sound("Lỡ tay")
    officer.post(f"/audio/{sound.sha256}/remove")
    world.add_sound("Lỡ tay")
    assert "Lỡ tay" in text(officer, "/broadcasts/new")


@pytest.mark.parametrize("is_approved", [True, False])
def test_nothing_that_is_still_to_be_heard_can_be_removed(officer: Browser, world: World, is_approved: bool) -> None:
    sound = world.add_sound("Bản tin")
    broadcast = world.order("Tin sáng", minutes=30, sound=sound)
    if is_approved:
        world.approve(broadcast)
    answer = officer.post(f"/audio/{sound.sha256}/remove")
    assert answer.status_code == 409
    assert "Buổi phát “Tin sáng” còn dùng bản thu này." in answer.text
    world.clock.now += timedelta(hours=2)
    assert officer.post(f"/audio/{sound.sha256}/remove").status_code == 303, "it is over"


def test_a_rule_that_goes_on_holds_its_recording(officer: Browser, world: World) -> None:
    sound = world.add_sound("Bản tin")
    world.approve(world.order("Tin sáng", sound=sound, rule="hằng ngày 5:00"))
    world.clock.now += timedelta(days=10)
    assert officer.post(f"/audio/{sound.sha256}/remove").status_code == 409


def test_what_the_commune_uses_stays(officer: Browser, world: World) -> None:
    chime, ready = world.add_sound("Nhạc hiệu", is_chime=True), world.add_sound("Bão")
    officer.post(f"/audio/{ready.sha256}/keep", data={"is_kept": "yes"})
    for sound in (chime, ready):
        assert "đang được dùng" in officer.post(f"/audio/{sound.sha256}/remove").text


@pytest.mark.parametrize(("title", "folder"), [("", ""), ("a" * 121, ""), ("a", "b" * 61)])
def test_a_name_that_makes_no_sense_changes_nothing(officer: Browser, world: World, title: str, folder: str) -> None:
    sound = world.add_sound("Bản tin")
    assert officer.post(f"/audio/{sound.sha256}/rename", data={"title": title, "folder": folder}).status_code == 409
    assert "Bản tin" in text(officer, "/audio")


def test_a_recording_that_there_is_not_is_said_to_be_missing(officer: Browser) -> None:
    assert officer.post(f"/audio/{'0' * 64}/remove").status_code == 404
