"""Announcements as an officer types them, and as they are spoken; the vectors follow docs/speech.md."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.speech.normalise import normalise

VECTORS = Path(__file__).with_name("vectors.tsv")
CASES = [line.split("\t") for line in VECTORS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


@pytest.mark.parametrize(("typed", "spoken"), [(typed, spoken) for _, typed, spoken in CASES])
def test_what_is_typed_is_spoken_as_an_announcer_would(typed: str, spoken: str) -> None:
    assert normalise(typed.replace("\\n", "\n")) == spoken.replace("\\n", "\n")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_answered_and_what_is_spoken_stays(typed: str) -> None:
    spoken = normalise(typed)
    assert normalise(spoken) == spoken


@given(st.lists(st.text("0123456789/.,-:%", max_size=12) | st.sampled_from(["ngày", "tháng", "thứ", "số", "gọi"])))
def test_no_figure_is_left_over_however_it_stands_among_signs(typed: list[str]) -> None:
    assert not any(c.isdigit() for c in normalise(" ".join(typed)))


def test_text_from_any_keyboard_is_the_same() -> None:
    typed = "Ngày 5/9 khai giảng tại trường TH xã"
    assert normalise(unicodedata.normalize("NFD", typed)) == normalise(typed)


def test_the_commune_says_its_own_abbreviations() -> None:
    own = {"BĐKNT": "Ban điều hành khu nghĩa trang", "UBND": "Ủy ban"}
    assert normalise("UBND và BĐKNT họp", own) == "Ủy ban và Ban điều hành khu nghĩa trang họp"


def test_lines_stay_lines_and_their_bullets_go() -> None:
    assert normalise("Nội dung:\n- Điểm 1\n• Điểm 2 😀") == "Nội dung:\nĐiểm một\nĐiểm hai"
