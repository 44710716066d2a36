"""Numbers with what they count: money, shares, units, ranges, signs between them; in words. Pure."""

import re

from hub.speech import numbers
from hub.speech.abbreviations import ABBREVIATIONS
from hub.speech.reader import Place, Rule, rule
from hub.speech.terms import CURRENCIES, SCALES, UNITS

_WHOLE = r"\d{1,3}(?:\.\d{3})+|\d+"
_NUMBER = rf"(?:{_WHOLE})(?:[,.]\d+)?"
_TO = r"\s?-\s?"
_UNIT = "|".join(re.escape(unit) for unit in sorted([*UNITS, *CURRENCIES], key=len, reverse=True))
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
_PER = {"h": "giờ"}
_PERCENT = {"%": "phần trăm", "‰": "phần nghìn"}
_SCORES = r"tỷ số|tỉ số|kết quả|thắng|thua|hòa|hoà|dẫn|dẫn trước|luân lưu|chung cuộc"
_CODES = (
    r"số tài khoản|stk|tài khoản|căn cước công dân|cccd|cmnd|căn cước|mã số thuế|mã số|mã|mst|số thẻ|biển số"
    r"|mã khách hàng"
)
_ACCOUNT_MIN = 9
"""Figures without a dot from which on nobody reads a number."""


def number(written: str) -> str:
    """A number as typed: dots in threes are thousands, else a dot or a comma is the decimal mark."""
    match = re.fullmatch(rf"({_WHOLE})([,.]?)(\d*)", written)
    assert match is not None
    whole, mark, fraction = match.groups()
    plain = whole.replace(".", "")
    if mark:
        return numbers.decimal(int(plain), fraction)
    if len(plain) > 2 and plain.startswith("0"):
        return numbers.digits(plain)
    return numbers.cardinal(int(plain))


def _signed(sign: str | None, written: str) -> str:
    return f"âm {number(written)}" if sign else number(written)


def _measure(match: re.Match[str], place: Place) -> str | None:
    """A number or two with a sign of percentage, a currency or a unit, and "/" what for each."""
    unit = match["unit"]
    if unit and unit not in _PERCENT and not _is_unit(match, place):
        return None
    if unit == "đ" and re.match(r"/c(?!\w)", place.after):  # 24 đ/c: comrades, no money
        return None
    words = _signed(match["sign"], match["first"])
    if match["last"]:
        words += f" đến {_signed(None, match['last'])}"
    scale = f" {SCALES[match['scale']]}" if match["scale"] else ""
    name = _PERCENT.get(unit) or CURRENCIES.get(unit) or UNITS.get(unit, "")
    return " ".join(filter(None, (words + scale, name)))


def _is_unit(match: re.Match[str], place: Place) -> bool:
    """A single letter right behind a class, a house or a storey is its name: "lớp 5m" is none of metres."""
    return not (len(match["unit"]) == 1 and place.follows("lớp|nhà số|tầng|khu|ngõ"))


def _dollars(match: re.Match[str], _place: Place) -> str:
    return f"{number(match[1])} đô la Mỹ"


def _thousands(match: re.Match[str], place: Place) -> str:
    first, last = match[1], match[2]
    words = number(first) + (f" đến {number(last)}" if last else "")
    return f"{words} nghìn" + ("" if place.precedes("đồng|đ|vnđ|vnd") else " đồng")


def _times(match: re.Match[str], _place: Place) -> str:
    words = " nhân ".join(number(each) for each in re.split(r"\s?[xX×*]\s?", match[1]))
    return " ".join(filter(None, (words, UNITS.get(match[2] or "", ""))))


def _reckoned(match: re.Match[str], _place: Place) -> str:
    return {"+": " cộng ", "=": " bằng ", ">": " lớn hơn ", "<": " nhỏ hơn ", "≥": " từ ", "≤": " không quá "}[match[1]]


def _each(match: re.Match[str], place: Place) -> str | None:
    """ "/ha" behind a number and what it counts: so much for one."""
    counted = r"\d[\d.,]*\s?(?:[^\W\d_]+ ){0,3}(?:%|[^\W\d_]+[\d²³]?)(?:/[^\W\d_]+)*$"
    if not re.search(rf"{counted}|\d\.\d{{3}}(?:/[^\W\d_]+)*$", place.before):
        return None
    return f" một {_PER.get(match[1]) or UNITS.get(match[1]) or ABBREVIATIONS.get(match[1], match[1])}"


def _on(match: re.Match[str], place: Place) -> str | None:
    """From one measure to the next: "30% - 50%", "5m x 20m", "300mm/24h"; and so many times a day for so long."""
    is_measure = re.search(rf"\d\s?(?:%|‰|{_UNIT}|{_SCALE})$", place.before)
    if not is_measure and not (match[1] == "x" and re.search(r"\d [^\W\d_]+/[^\W\d_]+$", place.before)):
        return None
    return {"-": " đến ", "/": " trên "}.get(match[1], " nhân ")


def _half(match: re.Match[str], _place: Place) -> str:
    """ "2tr5": the figure is hundreds of thousands."""
    return f"{number(match[1])} triệu {numbers.DIGITS[int(match[2])]} trăm nghìn đồng"


def _spaced(match: re.Match[str], place: Place) -> str | None:
    """ "1 500 000 đồng" """
    return numbers.cardinal(int(match[1].replace(" ", ""))) if place.precedes("đ|đồng|vnđ|vnd|VNĐ|VND|người") else None


def _score(match: re.Match[str], place: Place) -> str | None:
    is_aside = place.before.endswith("(") and place.after.startswith(")")
    if not (is_aside or place.follows(_SCORES)) or place.precedes("bàn|điểm|lần|trận|người|phút|giờ|ngày"):
        return None
    return f"{number(match[1])} {number(match[2])}"


def names_code(place: Place) -> bool:
    """Whether the figures that follow are somebody's number, not how many there are."""
    return place.follows(rf"(?:{_CODES})(?: hồ sơ| khách hàng| định danh| hộ| số)?(?: là)?(?: ?:)?")


def _code(match: re.Match[str], place: Place) -> str | None:
    figures = match[0].replace(" ", "")
    if " " in match[0] and not names_code(place):
        return None
    is_read_so = len(figures) >= _ACCOUNT_MIN or (len(figures) > 3 and names_code(place))
    return numbers.digits(figures) if is_read_so else None


def _range(match: re.Match[str], _place: Place) -> str:
    return f"{number(match[1])} đến {number(match[2])}"


RULES: list[Rule] = [
    rule(r"(\d{1,3}(?: \d{3})+)(?! ?\d)", _spaced),
    Rule(re.compile(rf"\$\s?({_NUMBER})(?!\w)"), _dollars),
    rule(r"(\d+)\s?-\s?(\d+)(?!\s?[%\d])", _score),
    rule(rf"((?:{_NUMBER})(?:\s?[xX×*]\s?(?:{_NUMBER}))+)(?:\s?({_UNIT}))?", _times),
    Rule(
        re.compile(
            rf"(?<![\w,.%‰°)])(?P<sign>-(?=\d))?(?P<first>{_NUMBER})(?:{_TO}(?P<last>{_NUMBER}))?"
            rf"(?:\s?(?P<scale>{_SCALE})(?!\w))?(?:\s?(?P<unit>[%‰]|(?:{_UNIT})(?!\w)))"
        ),
        _measure,
    ),
    rule(rf"({_NUMBER})(?:{_TO}({_NUMBER}))?[kK]", _thousands),
    rule(rf"(?P<sign>)(?P<first>{_NUMBER})(?:{_TO}(?P<last>{_NUMBER}))?(?:\s?(?P<scale>tr))(?P<unit>)", _measure),
    Rule(re.compile(r"(?<=[\w'’%]) ?(?:([+=<>≥≤])) ?(?=\d)"), _reckoned),
    Rule(re.compile(rf"(?<=[\w%])/\s?((?:{_UNIT})(?!\w)|[^\W\d_]+(?!\w))"), _each),
    Rule(re.compile(r"(?<=[\w%‰°])\s?([-x×/])\s?(?=\d)"), _on),
    rule(r"(\d+)tr(\d)", _half),
    rule(r"\d+(?: \d+)+", _code),
    rule(r"\d{4,}", _code),
    rule(rf"({_NUMBER}){_TO}({_NUMBER})(?!-)", _range),
    Rule(re.compile(rf"(?<![\w,.)-])(-)({_NUMBER})(?!\w|-)"), lambda m, _: f"âm {number(m[2])}"),
    rule(_NUMBER, lambda m, _: number(m[0])),
]
