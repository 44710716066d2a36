"""Numbers in words, read back by someone who knows only the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.speech import numbers

DIGITS = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}
SCALES = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def heard(words: str) -> int:
    """What a listener writes down."""
    if "tỷ" in words:
        before, _, after = words.rpartition("tỷ")
        return heard(before) * 10**9 + heard(after)
    total = group = figure = 0
    for word in words.split():
        if word in DIGITS:
            group, figure = group + figure, DIGITS[word]
        elif word == "trăm":
            group, figure = figure * 100, 0
        elif word == "mươi":
            group, figure = group + figure * 10, 0
        elif word == "mười":
            group, figure = group + 10, 0
        elif word in SCALES:
            total, group, figure = total + (group + figure) * SCALES[word], 0, 0
        else:
            assert word == "linh", word
    return total + group + figure


@given(st.integers(0, 10**18))
def test_who_hears_a_number_can_write_it_down(n: int) -> None:
    assert heard(numbers.cardinal(n)) == n


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "không"), (5, "năm"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (1005, "một nghìn không trăm linh năm"), (2026, "hai nghìn không trăm hai mươi sáu"),
        (10**6 + 5, "một triệu không trăm linh năm"),
        (12 * 10**8, "một tỷ hai trăm triệu"), (10**15, "một triệu tỷ"), (-3, "âm ba"),
    ],
)  # fmt: skip
def test_numbers_as_an_announcer_says_them(n: int, words: str) -> None:
    assert numbers.cardinal(n) == words


def test_the_first_and_the_fourth_have_names_of_their_own() -> None:
    assert [numbers.ordinal(n) for n in (1, 2, 4, 14)] == ["nhất", "hai", "tư", "mười bốn"]


def test_decimals_are_numbers_while_they_are_short() -> None:
    said = [numbers.decimal(0, "75"), numbers.decimal(3, "05"), numbers.decimal(1, "234")]
    assert said == ["không phẩy bảy mươi lăm", "ba phẩy không năm", "một phẩy hai ba bốn"]
