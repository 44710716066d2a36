"""Telephone and document numbers, Roman numbers, abbreviations, letters, addresses of the web; in words. Pure."""

import re
from collections.abc import Mapping, Sequence

from hub.speech import numbers
from hub.speech.abbreviations import ABBREVIATIONS
from hub.speech.amounts import names_code, number
from hub.speech.reader import Place, Rule, rule
from hub.speech.syllables import is_word
from hub.speech.terms import DOCUMENTS, LETTERS

_UPPER = "A-ZĐƯƠÔÂĂÊ"
_CALLS = (
    r"số|gọi|ngay|báo|bấm|hotline|nóng|tổng đài|điện thoại|cảnh sát|cứu hỏa|cứu hoả|cứu thương|cấp cứu|hoặc|và|máy|đt"
    r"|sđt|11[1-5],|113|114|115|111|112|là"
)
_ROMAN_WORDS = (
    r"đại hội|khóa|khoá|lần thứ|thứ|thế kỷ|thế kỉ|quý|chương|phần|mục|kỳ|học kỳ|cấp|loại|hạng|vùng|giai đoạn|đợt|tập"
    r"|nhóm|bậc|khu vực|quân khu|quân đoàn|trung đoàn|cụm|tổ|bảng|nhiệm kỳ|đội|trung ương|chi bộ|lần|đảng bộ|hội nghị"
)
_ROMAN = r"(?=[IVXL])(?:X{0,3}|XL|L)(?:IX|IV|V?I{0,3})"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_NAMED_BY_LETTER = (
    r"khu|lớp|điểm|nhóm|tổ|lô|dãy|phòng|hội trường|sân|cửa|loại|hạng|vitamin|viêm gan|cúm|vi rút|virus|khối|bảng|nhà"
    r"|cổng|tòa|gan"
)


def roman(figures: str) -> int:
    values = [_ROMAN_VALUES[figure] for figure in figures]
    return sum(v if v >= after else -v for v, after in zip(values, [*values[1:], 0], strict=True))


def spell(letters: str) -> str:
    return " ".join(LETTERS.get(letter.upper(), letter) for letter in letters)


def _phone(match: re.Match[str], place: Place) -> str | None:
    groups = re.findall(r"\d+", match[0])
    count = sum(map(len, groups))
    if not 10 <= count <= 12 or names_code(place):
        return None
    if len(groups) == 1:
        whole = groups[0]
        groups = [whole[:4], whole[4:7], whole[7:]]
    plus = "cộng " if match[0].startswith("+") else ""
    return plus + ", ".join(numbers.digits(group) for group in groups)


def _plate(match: re.Match[str], _place: Place) -> str:
    """Of a vehicle: 37B1-456.78."""
    place, series, *figures = match.groups()
    letters = " ".join(LETTERS.get(c, "").lower() or numbers.digits(c) for c in series)
    return ", ".join([f"{number(place)} {letters}", *(numbers.digits(each) for each in figures if each)])


def _milestone(match: re.Match[str], _place: Place) -> str:
    """On a road: Km12+500."""
    return f"ki lô mét {number(match[1])}" + (f" cộng {number(match[2])}" if match[2] else "")


def _service(match: re.Match[str], _place: Place) -> str:
    return ", ".join(numbers.digits(group) for group in match.groups() if group)


def _short_call(match: re.Match[str], place: Place) -> str | None:
    return numbers.digits(match[0]) if place.follows(_CALLS) and not place.precedes(_NOT_CALLED) else None


_NOT_CALLED = r"đường|phố|ngõ|nhà|người|hộ|đồng|triệu|nghìn|tỷ|tấn|ha|m|kg|km|học sinh|đại biểu|phiếu|trường hợp|ca"


def _document(match: re.Match[str], _place: Place) -> str | None:
    parts = re.split("[/-]", match[0])
    figures = [number(part) for part in parts if part.isdigit()]
    return " trên ".join([*figures, _letters([part for part in parts if not part.isdigit()])])


def _letters(parts: Sequence[str]) -> str:
    """What stands for kind and author of a document: "QĐ", "UBND"."""
    return " ".join(DOCUMENTS.get(each) or ABBREVIATIONS.get(each) or _other(each) for each in parts)


def _other(letters: str) -> str:
    return spell(letters) if letters.isupper() else letters


def _hyphened(match: re.Match[str], _place: Place) -> str | None:
    parts = match[0].split("-")
    if parts[0] not in DOCUMENTS or not all(part in DOCUMENTS or part in ABBREVIATIONS for part in parts):
        return None
    return _letters(parts)


def _roman(match: re.Match[str], place: Place) -> str | None:
    if not place.follows(_ROMAN_WORDS):
        return None
    say = numbers.ordinal if place.follows("thứ") else numbers.cardinal
    words = say(roman(match[1]))
    if match[2]:
        words += f" đến {say(roman(match[2]))}"
    return words + (f" năm {numbers.cardinal(int(match[3]))}" if match[3] else "")


def _quarter(match: re.Match[str], _place: Place) -> str:
    return f"quý {numbers.cardinal(roman(match[1]))} năm {numbers.cardinal(int(match[2]))}"


def _heading(match: re.Match[str], place: Place) -> str | None:
    return f"{numbers.cardinal(roman(match[1]))}{match[2]}" if not place.before.strip() else None


def _bare_roman(match: re.Match[str], place: Place) -> str | None:
    beside = [*re.findall(r"^\s+(\w{2,})", place.after), *re.findall(r"(\w{2,})\s+$", place.before)]
    is_shouting = any(word.isupper() and is_word(word) for word in beside)
    return None if is_shouting else numbers.cardinal(roman(match[0]))


def _mixed(match: re.Match[str], place: Place) -> str | None:
    """Letters and figures in one: QL1A, H5N1, 5G, A3."""
    parts = re.findall(rf"[{_UPPER}]+|\d+", match[0])
    road = ABBREVIATIONS.get(parts[0]) if parts[0] in _ROADS else None
    if parts[0] == "T" and len(parts) == 2 and place.follows("tháng|thứ"):
        return None
    said = [_figures(part) if part.isdigit() else spell(part).lower() for part in parts]
    return " ".join([road, *said[1:]] if road else said)


def _figures(part: str) -> str:
    """Up to three are a number, more are a card's."""
    return number(part) if len(part) < 4 else numbers.digits(part)


_ROADS = {"QL", "TL", "ĐT", "HL"}


def _capitals(match: re.Match[str], place: Place) -> str | None:
    """Capitals that are no Vietnamese word are spelled."""
    written = match[0]
    if len(written) == 1:
        return LETTERS[written] if place.follows(_NAMED_BY_LETTER) and written in LETTERS else None
    return None if is_word(written) else spell(written)


def _mail(match: re.Match[str], _place: Place) -> str:
    return _dotted(match[0].replace("@", " a còng "))


def _web(match: re.Match[str], _place: Place) -> str:
    return _dotted(re.sub(r"^https?://", "", match[0]))


def _dotted(address: str) -> str:
    for sign, said in ((".", " chấm "), ("/", " gạch chéo "), ("-", " gạch ngang "), ("_", " gạch dưới ")):
        address = address.replace(sign, said)
    return " ".join(address.split())


def _words(words: Mapping[str, str]) -> Rule:
    longest_first = sorted(words, key=len, reverse=True)
    return rule("|".join(map(re.escape, longest_first)), lambda m, _: words[m[0]])


_PLACES = {
    "TT": "thị trấn", "P": "phường", "Q": "quận", "H": "huyện", "X": "xã", "T": "tỉnh", "TP": "thành phố",
    "Tp": "thành phố", "TX": "thị xã",
}  # fmt: skip


def _town(match: re.Match[str], _place: Place) -> str:
    return f"{_PLACES[match[1]]} "


def named(own: Mapping[str, str]) -> list[Rule]:
    """What has figures in it that are no number, and what has a name; `own` are the officer's, and go first."""
    return [*([_words(own)] if own else []), *_NAMED]


_NAMED: list[Rule] = [
    rule(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _mail),
    rule(r"(?:https?://)?(?:[\w-]+\.)+(?:vn|com|net|org|gov|edu|info)(?:\.vn)?(?:/[\w/.-]*\w)?", _web),
    Rule(
        re.compile(r"(?<![\w.,])(?:\+84|\(0\d{1,3}\)|0\d{1,3})(?:[ .-]{1,2}?\d{1,4}|\d{2,4}){2,5}(?!\w|[.,]?\d)"),
        _phone,
    ),
    rule(rf"(\d{{2}})([{_UPPER}]{{1,2}}\d?)-(\d{{3,5}})(?:\.(\d{{2}}))?", _plate),
    rule(r"[Kk][Mm]\s?(\d+)(?:\+(\d+))?", _milestone),
    rule(r"(1[89]00)[ .]?(\d{2,4})(?:[ .]?(\d{2,3}))?(?![.,]?\d)", _service),
    rule(r"11[1-5](?![.,]?\d)", _short_call),
    rule(rf"(?:\d+/)(?:\d{{4}}/)?[{_UPPER}][\w-]*[{_UPPER}g\d]", _document),
    rule(rf"\d+-[{_UPPER}][{_UPPER}r]*(?:/[{_UPPER}]+)+", _document),
    rule(rf"[{_UPPER}]\w*(?:-[{_UPPER}]\w+)+", _hyphened),
    Rule(re.compile(r"(?<!\w)([IVX]+)([.)])(?=\s)"), _heading),
    rule(r"Q\.?\s?(I{1,3}|IV)/(\d{4})", _quarter),
    rule(rf"({_ROMAN})(?:\s?-\s?({_ROMAN}))?(?:/(\d{{4}}))?", _roman),
    Rule(re.compile(rf"(?<![\w.])(TT|TP|Tp|TX|[PQHXT])\.\s?(?=[{_UPPER}][a-zà-ỹ]|\d)"), _town),
    Rule(re.compile(r"(?<![\w.])(TT|TP|Tp|TX|[PQH])\.\s?(?=[A-ZĐ]{2,})"), _town),
    rule(r"ĐT(?=\s\d{2,3}[A-Z]?(?!\d|\.\d))", lambda _m, _p: "đường tỉnh"),
    rule(r"CP", lambda _m, p: "cổ phần" if p.follows("công ty|Cty|ngân hàng|NH|tập đoàn|vốn") else None),
    rule(r"[Đđ]/[cC](?=\s?:)", lambda _m, _p: "địa chỉ"),
    Rule(re.compile(rf"(?<!\w)(TT)\s(?=[{_UPPER}][a-zà-ỹ])"), _town),
    rule(r"(?:TH)(?!\.)", lambda m, p: "tiểu học" if p.follows("trường") or p.precedes("và THCS|&") else None),
    rule(r"MN", lambda m, p: "mầm non" if p.follows("trường|TH và|tiểu học và") else None),
    _words(ABBREVIATIONS),
]

LETTERED: list[Rule] = [
    rule(rf"(?:[{_UPPER}]{{1,4}}\d+(?:[{_UPPER}]\d*)*|\d+[{_UPPER}](?:\d+)?)", _mixed),
    rule(r"(?:II|III|IV|VI{1,3}|IX|XI{1,3}|XIV|XVI{0,3}|XIX|XXI{0,3})", _bare_roman),
    rule(rf"[{_UPPER}]+", _capitals),
    Rule(re.compile(r" ?& ?"), lambda _m, _p: " và "),
]
