"""What a password must be: long, and not one of those that are tried first. Pure.

NIST SP 800-63B-4, 3.1.1.2: length counts, no forced mixture and no forced change; known and guessable ones are refused.
"""

import re
import unicodedata
from collections.abc import Collection, Container
from functools import cache

from hub.rules.reading import fold

SHORTEST = 15
"""Characters, of a password that is the only factor (3.1.1.2)."""
LONGEST = 200
"""Bounds the work of hashing; the standard wants at least 64."""
FEW_PIECES = 3
"""A password that falls into so few guessable pieces is guessable, however long it is."""

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "0123456789")
_WALKS = tuple(each * 2 for row in _ROWS for each in (row, row[::-1]))
_DATES = re.compile(r"(19|20)\d\d|(0?[1-9]|[12]\d|3[01])(0?[1-9]|1[0-2])((19|20)?\d\d)?|(0|84)\d{9}")
"""Years, days with or without their year, telephone numbers."""
_HERE = ("loalang", "truyenthanh", "canbo", "lanhdao", "uyban", "ubnd", "matkhau", "matkhaumoi", "mkhau", "vietnam",
         "xinchao", "thon", "xom", "nhavanhoa", "loaphuong", "loaphat", "daitruyenthanh")  # fmt: skip
"""What people at a commune's loudspeakers think of first."""


def tidy(password: str) -> str:
    """As it is hashed: composed the same whatever the keyboard (NFKC), so that accents may be typed anywhere."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, own: Collection[str], common: Container[str]) -> tuple[str, str] | None:
    """What is wrong with a new password, in Vietnamese and English; None where nothing is.

    `own` are names that go with this person and place, `common` the passwords that are tried first, folded.
    """
    password = tidy(password)
    if len(password) < SHORTEST:
        return (
            f"Mật khẩu cần ít nhất {SHORTEST} ký tự. Hãy dùng một câu dài, có dấu cách cũng được.",
            f"A password has at least {SHORTEST} characters. Use a long sentence; spaces are welcome.",
        )
    if len(password) > LONGEST:
        return f"Mật khẩu dài nhất {LONGEST} ký tự.", f"A password has at most {LONGEST} characters."
    if is_easy(password, own, common):
        return (
            "Mật khẩu này dễ đoán: tên, ngày, số điện thoại hoặc dãy phím quen. "
            "Hãy chọn một câu dài mà riêng mình nhớ.",
            "This password is easy to guess: a name, a date, a number or a row of keys. "
            "Choose a long sentence of your own.",
        )
    return None


def is_easy(password: str, own: Collection[str], common: Container[str]) -> bool:
    """Whether it is made of few guessable pieces: known passwords, names, dates, numbers, rows of keys, repetitions."""
    plain = _plain(password)
    if len(plain) < len(password.strip()) // 2:
        plain = "".join(password.split())
    names = {
        p for word in (*own, *_HERE) for p in (_plain(word), *map(_plain, re.split(r"[\W_]+", word))) if len(p) > 2
    }

    @cache
    def is_piece(text: str) -> bool:
        return text in names or (len(text) > 3 and text in common) or _is_pattern(text)

    fewest = [0]
    for end in range(1, len(plain) + 1):
        known = (fewest[start] + 1 for start in range(end) if is_piece(plain[start:end]))
        fewest.append(min(known, default=fewest[end - 1] + 1))
        fewest[end] = min(fewest[end], fewest[end - 1] + 1)
    return fewest[-1] <= FEW_PIECES


def _is_pattern(text: str) -> bool:
    if _DATES.fullmatch(text):
        return True
    is_walk = len(text) > 2 and any(text in walk for walk in _WALKS)
    return is_walk or any(
        len(text) > n and text == (text[:n] * len(text))[: len(text)] for n in range(1, 6) if len(text) >= 2 * n
    )


def _plain(text: str) -> str:
    """Without case, accents, blanks and marks."""
    return "".join(c for c in fold(unicodedata.normalize("NFKC", text)) if c.isalnum())
