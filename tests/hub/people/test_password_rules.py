"""Passwords: long, and not one of those that are tried first; accents and blanks are welcome."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.people.password_rules import LONGEST, SHORTEST, fault, is_easy, tidy
from hub.people.passwords import common, fresh_password, hash_password, is_password

OWN = ["lan", "Nguyễn Thị Lan", "binhminh-thon-1", "Thôn Đông"]


@pytest.mark.parametrize(
    "password",
    [
        "123456789012345",
        "qwertyuiop12345",
        "aaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "a" * LONGEST,
        "matkhau123456789",
        "Matkhau@2026!!!!",
        "Mật khẩu 123456789",
        "anhyeuem anhyeuem",
        "Loa Làng 20/11/2026",
        "nguyenthilan1990",
        "binhminh2026binhminh",
        "Thôn Đông Bình Minh 2026",
        "0912345678 0987654321",
        "20112026 20112026",
        "密码密码密码密码密码密码密码密码",
    ],
)
def test_what_is_tried_first_is_refused_however_long(password: str) -> None:
    told = fault(password, OWN, common())
    assert told is not None
    assert "dễ đoán" in told[0]


@pytest.mark.parametrize(
    "password",
    [
        "con trâu đi trước cái cày theo sau",
        "hoa gạo nở tháng ba",
        "trời mưa bong bóng phập phồng",
        "loa làng buổi sáng",
        "bà ngoại bán 3 con gà mái",
    ],
)
def test_a_sentence_of_ones_own_is_enough(password: str) -> None:
    assert fault(password, OWN, common()) is None


@pytest.mark.parametrize("password", ["", "ngắn", "x" * (SHORTEST - 1), "một hai ba bốn " * 20])
def test_too_short_and_too_long_say_how_long(password: str) -> None:
    told = fault(password, OWN, common())
    assert told is not None
    assert any(str(n) in told[0] for n in (SHORTEST, LONGEST))


def test_what_the_hub_hands_over_is_good_enough_for_its_own_rules() -> None:
    assert all(fault(fresh_password(), OWN, common()) is None for _ in range(200))


@given(st.text(max_size=60))
def test_judging_never_fails(password: str) -> None:
    is_easy(password, OWN, common())


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_same_sentence_from_any_keyboard_opens_the_door(form: str) -> None:
    typed = unicodedata.normalize(form, "đường làng quê tôi １２")  # type: ignore[arg-type]
    assert is_password(hash_password("đường làng quê tôi 12"), typed)
    assert tidy(typed) == "đường làng quê tôi 12"
