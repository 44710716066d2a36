"""A person's words, taken apart: case and accents do not matter, and what is left over can be named. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

NUMBER_WORDS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(NUMBER_WORDS)})"
_MONTH_WORDS = {"gieng": 1, "chap": 12, "muoi mot": 11, "muoi hai": 12} | {
    word: n for word, n in NUMBER_WORDS.items() if n > 1
}
MONTH = rf"(?:\d{{1,2}}|{'|'.join(_MONTH_WORDS)})"
"""“tháng một” is left out: the eleventh of old, the first of today."""
DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}/\d{1,2}(?!/)"
    r"|\d{1,2} thang \d{1,2}(?: nam \d{4})?)"
)


class Misread(ValueError):
    """Words that cannot be a rule; one sentence for the person who wrote them, Vietnamese and English."""

    def __init__(self, message_vi: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_vi = message_vi
        self.message_en = message_en


def not_understood(words: str, example: str = "thứ 2-6 16:45") -> Misread:
    return Misread(
        f"Không hiểu “{words}”; hãy viết chẳng hạn: {example}.",
        f"“{words}” was not understood; write for example: {example}.",
    )


class Reading:
    """A text of which pieces are taken until nothing is left. Patterns see it lower case and without accents."""

    def __init__(self, text: str) -> None:
        plain = unicodedata.normalize("NFC", text).replace("–", "-").replace("—", "-")
        self._original = " ".join(plain.split())
        self._folded = "".join(map(_fold, self._original))

    def take(self, pattern: str, is_first: bool = False) -> re.Match[str] | None:
        """Take out the first place where whole words match; with `is_first` only at the very beginning."""
        found = re.compile(rf"{'^' if is_first else ''}(?<!\w)(?:{pattern})(?!\w)").search(self._folded)
        if found is not None:
            self._blank(*found.span())
        return found

    def take_all(self, pattern: str) -> Iterator[re.Match[str]]:
        while (found := self.take(pattern)) is not None:
            yield found

    def cut(self, pattern: str) -> list["Reading"]:
        """Take out everything from each match on, as readings of their own, one a match; what was before stays."""
        starts = list(re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", self._folded))
        ends = [*(m.start() for m in starts[1:]), len(self._folded)][: len(starts)]
        parts = []
        for m, end in zip(starts, ends, strict=True):
            part = Reading("")
            part._original, part._folded = self._original[m.end() : end], self._folded[m.end() : end]
            parts.append(part)
        if starts:
            self._blank(starts[0].start(), len(self._folded))
        return parts

    def words_of(self, found: re.Match[str]) -> str:
        """The piece as the person wrote it."""
        return self._original[found.start() : found.end()].strip()

    def left(self, fillers: frozenset[str]) -> str:
        """What nobody took, as it was written; fillers that stand alone say nothing."""
        pieces = re.finditer(r"[^\s,;.&+|]+(?: [^\s,;.&+|]+)*", self._folded)
        said = [m.span() for m in pieces if not set(m.group().split()) <= fillers]
        return ", ".join(self._original[start:end] for start, end in said)

    @property
    def whole(self) -> str:
        return self._original.strip()

    def _blank(self, start: int, end: int) -> None:
        self._folded = self._folded[:start] + "|" * (end - start) + self._folded[end:]


def number(text: str) -> int:
    """A number in digits or as a word without accents."""
    return NUMBER_WORDS[text] if text in NUMBER_WORDS else int(text)


def month(text: str) -> int:
    return _MONTH_WORDS[text] if text in _MONTH_WORDS else int(text)


def day_month_year(text: str) -> tuple[int, int, int | None]:
    """The three of a date as written, the year if it was."""
    figures = [int(n) for n in re.findall(r"\d+", text)]
    if len(figures) == 3 and figures[0] > 31:
        figures.reverse()
    return figures[0], figures[1], figures[2] if len(figures) == 3 else None


def dated(text: str, words: str, today: date) -> date:
    """A full date; one without its year is the next such day from `today` on. Raises Misread."""
    day, month_, year = day_month_year(text)
    try:
        if year is not None:
            return date(year, month_, day)
        return next(d for d in _next_days(today) if (d.day, d.month) == (day, month_))
    except (ValueError, OverflowError, StopIteration):
        raise Misread(
            f"Không có ngày “{words}”; hãy viết chẳng hạn: 1/12/2026.",
            f"There is no day “{words}”; write for example: 1/12/2026.",
        ) from None


def _next_days(today: date) -> Iterator[date]:
    return (today + timedelta(days=n) for n in range(4 * 366 + 1))


def fold(text: str) -> str:
    """A text without case and accents, as people search: "Tiêm chủng" is "tiem chung"."""
    plain = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(map(_fold, plain)).split())


def _fold(character: str) -> str:
    """One character without case and accents; the length of a text must not change."""
    if character in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else " "
