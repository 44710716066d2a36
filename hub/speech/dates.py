"""Dates, months, years, week days and hours in words. Pure."""

import re
from calendar import monthrange

from hub.speech.numbers import cardinal, month, ordinal
from hub.speech.reader import Place, Rule, rule

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[89]|20|21)\d\d"
_TO = r"\s?-\s?"
_SAYS_DAY = (
    r"ngày|mùng|mồng|rằm|ngày (?:bầu cử|thi|sinh|hội|lễ|giỗ|khai mạc|bế mạc|khai giảng|họp|tiêm|phát|nộp|cấp|diễn ra)"
)
_OF_DAY = rf"{_SAYS_DAY}|sáng|trưa|chiều|tối|đêm|hôm|từ"
_SHARE = r"chiếm|khoảng|hơn|gần|trên|dưới|được|đạt|còn|quá|tới|đến|bằng|giảm|tăng|chia|một nửa"
_OF = r"số|diện tích|dân số|tổng|trong|quân số|thời gian|quãng|lượng|cơ thể|viên|gói|thìa|cốc|bao|chiều|giá"
_COUNTED = (
    r"thôn|xóm|làng|bản|ấp|hộ|người|phiếu|tiêu chí|chỉ tiêu|đại biểu|xã|phường|huyện|tổ|trường|lớp|ca|nhà|em|cháu"
    r"|đồng chí|điểm|chi bộ|chi hội|đơn vị|cụm|nút|máy|trạm|công trình|sản phẩm|học sinh|đoàn viên|hội viên|khu|cụm loa"
)
_ADDRESS = r"số|số nhà|nhà số|nhà|ngõ|hẻm|ngách|kiệt|thửa|tờ|quầy|lô|căn|phòng|ki ốt"


def _is_day(day: str, month_: str, year: str | None = None) -> bool:
    return int(day) <= monthrange(int(year) if year else 2024, int(month_))[1]


def _year(year: str | None) -> str:
    """Two figures are of this century."""
    return f" năm {cardinal(int(year) if len(year) > 2 else 2000 + int(year))}" if year else ""


def _date(day: str, month_: str, year: str | None = None) -> str:
    return f"{cardinal(int(day))} tháng {month(int(month_))}{_year(year)}"


def _prefix(place: Place) -> str:
    """ "ngày", unless it has been said of this day or of those just before it."""
    is_said = place.follows(_SAYS_DAY) or re.search(r"(?i)(?<!\w)ngày(?: \d{1,2}(?:,| và| -|-))+ ?$", place.before)
    return "" if is_said else "ngày "


def _full(match: re.Match[str], place: Place) -> str | None:
    day, _, month_, year = match.groups()
    return _prefix(place) + _date(day, month_, year) if _is_day(day, month_, year) else None


def _list(match: re.Match[str], place: Place) -> str | None:
    """ "các ngày 3,4,5/8" """
    if not place.follows("ngày"):
        return None
    *head, last = (cardinal(int(day)) for day in re.findall(r"\d+", match[1]))
    joint = " và " if "và" in match[1] else ", "
    return f"{', '.join(head)}{joint}{last} tháng {month(int(match[2]))}{_year(match[3])}"


def _months_of(match: re.Match[str], place: Place) -> str | None:
    if not place.follows("tháng"):
        return None
    return f"{month(int(match[1]))} đến {month(int(match[2]))}{_year(match[3])}"


def _short(match: re.Match[str], place: Place) -> str | None:
    """`d/m`: a date, unless what stands around it says that it is a share, a count or an address."""
    day, month_ = match.groups()
    if place.follows(_ADDRESS) or place.precedes(_COUNTED):
        return f"{cardinal(int(day))} trên {cardinal(int(month_))}"
    is_part = place.follows(_SHARE) and int(month_) <= 10 and not place.follows("đến|tới")
    if (is_part or place.precedes(_OF)) and int(day) < int(month_) and not place.follows(_OF_DAY):
        return f"{cardinal(int(day))} phần {ordinal(int(month_))}"
    return _prefix(place) + _date(day, month_) if _is_day(day, month_) else None


def _ratio(match: re.Match[str], place: Place) -> str | None:
    """`a/b` that can be no date."""
    a, b = (int(each.replace(".", "")) for each in match.groups())
    is_share = place.precedes(_OF) and a < b
    return f"{cardinal(a)} {'phần' if is_share else 'trên'} {cardinal(b)}"


def _hyphened(match: re.Match[str], place: Place) -> str | None:
    """`d-m` is a date only where the word before says so."""
    day, month_ = match.groups()
    if not place.follows("ngày") or place.precedes(r"tháng|/"):
        return None
    is_meant = int(month_) <= int(day) or len(month_) == 2  # else "ngày 2-5" is from the second to the fifth
    return _date(day, month_) if is_meant and _is_day(day, month_) else None


def _span(match: re.Match[str], place: Place) -> str | None:
    first, last, month_, year = match.groups()
    if not _is_day(last, month_, year):
        return None
    return f"{_prefix(place)}{cardinal(int(first))} đến {_date(last, month_, year)}"


def _long_span(match: re.Match[str], place: Place) -> str | None:
    day, month_, year, last_day, last_month, last_year = match.groups()
    if not (_is_day(day, month_, year) and _is_day(last_day, last_month, last_year)):
        return None
    return f"{_prefix(place)}{_date(day, month_, year)} đến ngày {_date(last_day, last_month, last_year)}"


def _month_of(match: re.Match[str], place: Place) -> str | None:
    month_, year = match.groups()
    if place.follows("quý|kỳ|đợt|khóa|khoá|lần|số"):
        return f"{cardinal(int(month_))}{_year(year)}"
    if place.follows(_ADDRESS):
        return None
    return ("" if place.follows("tháng") else "tháng ") + month(int(month_)) + _year(year)


def _months(match: re.Match[str], place: Place) -> str | None:
    if not place.follows("tháng"):
        return None
    return " đến ".join(month(int(each)) for each in match.groups() if each)


def _nth(match: re.Match[str], place: Place) -> str | None:
    if not place.follows("thứ"):
        return None
    first, last = match.groups()
    return ordinal(int(first)) + (f" đến thứ {ordinal(int(last))}" if last else "")


def _next_nth(match: re.Match[str], place: Place) -> str | None:
    """The further days of "thứ 2, 4, 6"."""
    return ordinal(int(match[0])) if place.follows(r"thứ [2-7](?:, ?[2-7])*(?:,| và)") else None


def _week_day(match: re.Match[str], _place: Place) -> str:
    first, last = match.groups()
    until = "" if not last else " đến chủ nhật" if last == "CN" else f" đến thứ {ordinal(int(last))}"
    return f"thứ {ordinal(int(first))}{until}"


def _hour(hour: str, minute: str | None, second: str | None = None, is_minute_said: bool = False) -> str:
    words = f"{cardinal(int(hour))} giờ"
    if minute and (int(minute) or second):
        words += f" {cardinal(int(minute))}" + ("" if is_minute_said else " phút")
    return words + (f" {cardinal(int(second))} giây" if second and int(second) else "")


def _clock(match: re.Match[str], place: Place) -> str | None:
    hour, minute = match["hour"], match["minute"]
    is_gram = match["sign"] == "g" and not minute and not place.follows(r"lúc|từ|đến|tới|hồi|vào|trước|sau|khoảng|tận")
    if is_gram or (match["sign"] == "g" and int(hour) > 24) or place.after.startswith("/"):
        return None
    return _hour(hour, minute, is_minute_said=place.precedes("phút"))


def _clocks(match: re.Match[str], place: Place) -> str | None:
    first, first_minute, last, last_minute = match.groups()
    end = _hour(last, last_minute, is_minute_said=place.precedes("phút"))
    return f"{_hour(first, first_minute)} đến {end}"


def _hours(match: re.Match[str], place: Place) -> str | None:
    first, last, minute = match.groups()
    return f"{cardinal(int(first))} đến {_hour(last, minute, is_minute_said=place.precedes('phút'))}"


def _colons(match: re.Match[str], place: Place) -> str | None:
    hour, minute, second = match.groups()
    return None if place.follows("tỷ lệ|tỉ lệ") else _hour(hour, minute, second)


def _colon_span(match: re.Match[str], _place: Place) -> str:
    first, first_minute, last, last_minute = match.groups()
    return f"{_hour(first, first_minute)} đến {_hour(last, last_minute)}"


def _always(match: re.Match[str], _place: Place) -> str:
    hours = match[1]
    return f"hai mươi bốn trên {'bảy' if hours == '7' else 'hai mươi bốn'}{' giờ' if match[2] else ''}"


def _minutes(match: re.Match[str], _place: Place) -> str:
    return " đến ".join(cardinal(int(each)) for each in match.groups() if each) + " phút"


_H = r"\s?(?:h|H|g|giờ)"
_HOUR, _MINUTE = r"\d{1,2}", r"[0-5]\d"
_COLON = r"([01]?\d|2[0-4]):([0-5]\d)"

RULES: list[Rule] = [
    rule(r"24h?/(24|7)(\s?(?:h|giờ))?", _always),
    rule(rf"({_DAY})/({_MONTH})(?:/({_YEAR}))?{_TO}(?:ngày )?({_DAY})/({_MONTH})(?:/({_YEAR}))?(?!/)", _long_span),
    rule(rf"({_DAY}){_TO}({_DAY})/({_MONTH})(?:/({_YEAR}))?(?!/)", _span),
    rule(rf"({_DAY})([/.-])({_MONTH})\2({_YEAR})", _full),
    rule(rf"({_DAY})(/)({_MONTH})/([0-4]\d)", _full),
    rule(rf"((?:{_DAY}, ?)+{_DAY}(?: và {_DAY})?)/({_MONTH})(?:/({_YEAR}))?(?!/)", _list),
    rule(rf"({_MONTH}){_TO}({_MONTH})/({_YEAR})(?!/)", _months_of),
    rule(rf"({_MONTH})/({_YEAR})(?!/)", _month_of),
    rule(rf"T({_MONTH})/({_YEAR})", lambda m, _: f"tháng {month(int(m[1]))}{_year(m[2])}"),
    rule(rf"({_DAY})/({_MONTH})(?!/|\.\d)", _short),
    rule(rf"({_DAY})-({_MONTH})(?!/|-)", _hyphened),
    rule(r"(\d{1,3}(?:\.\d{3})+|\d+)/(\d{1,3}(?:\.\d{3})+|\d+)(?!/)", _ratio),
    rule(rf"({_MONTH})(?:{_TO}({_MONTH}))?(?!/)", _months),
    rule(rf"({_HOUR}){_H}({_MINUTE})?{_TO}({_HOUR}){_H}({_MINUTE})?", _clocks),
    rule(rf"({_HOUR}){_TO}({_HOUR}){_H}({_MINUTE})?", _hours),
    rule(rf"(?P<hour>\d{{1,3}})\s?(?P<sign>[hHg])(?:\s?(?P<minute>{_MINUTE})(?:'|p|ph)?)?", _clock),
    rule(rf"{_COLON}{_TO}{_COLON}", _colon_span),
    rule(rf"{_COLON}(?::([0-5]\d))?", _colons),
    rule(rf"(\d{{1,3}})(?:{_TO}(\d))?", _nth),
    rule(r"[2-7](?=(?:, ?[2-7])*(?: và [2-7])?(?:$|[.;)]|, [^\W\d]))", _next_nth),
    rule(rf"T([2-7])(?:{_TO}T?([2-7]|CN))?", _week_day),
    Rule(re.compile(rf"(?<!\w)(?:(\d{{1,3}}){_TO})?(\d{{1,3}})\s?(?:'|’|ph?(?!\w))"), _minutes),
]
