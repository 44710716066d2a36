"""Words for sets of days, in both directions: “thứ 2-6”, “rằm và mùng một”, “3 ngày trước Tết”, “ngày lễ”. Pure."""

import re
from dataclasses import dataclass, field
from datetime import date

from hub.rules.reading import (
    DATE,
    MONTH,
    NUMBER,
    NUMBER_WORDS,
    Misread,
    Reading,
    dated,
    day_month_year,
    month,
    not_understood,
    number,
)
from hub.rules.rule import Days, Kind, Leap, Name

_WEEKDAY = r"(?:(?:thu|t) ?(?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat|chua nhat|cn)"
_SAME_WEEKDAY = r"(?:(?:thu |t)?(?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat|chua nhat|cn)"
_LIST = r"(?:(?: ?, ?| va )(?:ngay |mung |mong )?\d{1,2}(?![\w/:.-]))*"
_FEASTS = {
    r"gio to(?: hung vuong)?": (10, 3),
    r"(?:tet )?trung thu": (15, 8),
    r"(?:tet )?doan ngo": (5, 5),
    r"(?:le )?vu lan": (15, 7),
    r"ong cong ong tao|ong tao": (23, 12),
    r"tet(?: nguyen dan)?": (1, 1),
}
_NAMES = {
    Name.HOLIDAY: r"(?:cac )?(?:ngay )?(?:nghi )?le(?: tet)?(?! vu lan)",
    Name.MOURNING: r"(?:cac )?(?:ngay )?(?:le )?(?:quoc )?tang",
    Name.EXAM: r"(?:cac )?(?:ngay|mua|ky) thi",
}
_UNITS = {"ngay": Kind.DAILY, "tuan": Kind.WEEKLY, "thang": Kind.MONTHLY}
_LEAPS = {
    Leap.FIRST: r"(?:khong tinh|khong ke|tru|bo) (?:ca )?thang nhuan",
    Leap.LEAP: r"chi (?:tinh )?thang nhuan",
    Leap.BOTH: r"(?:tinh |ke )?ca thang nhuan",
}
FILLERS = frozenset(
    ("vao", "luc", "cac", "ngay", "phat", "va", "thi", "deu", "buoi", "moi", "hang", "tuan", "am", "lich", "duong")
)


@dataclass
class Found:
    """What was read of days, before it is put together. Pairs are (day, month)."""

    dates: set[date] = field(default_factory=set)
    spans: list[tuple[date, date]] = field(default_factory=list)
    is_daily: bool = False
    every: int = 1
    unit: Kind | None = None
    weekdays: set[int] = field(default_factory=set)
    month_days: set[int] = field(default_factory=set)
    yearly: set[tuple[int, int]] = field(default_factory=set)
    lunar_days: set[int] = field(default_factory=set)
    lunar_dates: set[tuple[int, int]] = field(default_factory=set)
    before: set[int] = field(default_factory=set)
    names: set[Name] = field(default_factory=set)
    leap: Leap | None = None
    idle: str = ""
    """Words that would say something of days that were not named: “hằng tháng” beside a weekday."""

    def days(self) -> list[Days]:
        """The sets it amounts to, one a kind (and one a month of a year), in the order of the kinds."""
        monthly_leap, yearly_leap = self.leap or Leap.BOTH, self.leap or Leap.FIRST
        made = [Days(kind=Kind.DATES, dates=tuple(sorted(self.dates)))] if self.dates else []
        made += [Days(kind=Kind.SPAN, dates=span) for span in self.spans]
        made += [Days(kind=Kind.DAILY, every=self._every(Kind.DAILY))] if self.is_daily else []
        if self.weekdays:
            made.append(Days(kind=Kind.WEEKLY, weekdays=_sorted(self.weekdays), every=self._every(Kind.WEEKLY)))
        if self.month_days:
            made.append(Days(kind=Kind.MONTHLY, days=_sorted(self.month_days), every=self._every(Kind.MONTHLY)))
        made += [Days(kind=Kind.YEARLY, days=d, month=m) for m, d in _by_month(self.yearly)]
        if self.lunar_days:
            made.append(Days(kind=Kind.LUNAR_MONTHLY, days=_sorted(self.lunar_days), leap=monthly_leap))
        made += [
            Days(kind=Kind.LUNAR_YEARLY, days=d, month=m, leap=yearly_leap) for m, d in _by_month(self.lunar_dates)
        ]
        made += [Days(kind=Kind.BEFORE_TET, before=n) for n in sorted(self.before)]
        return made + [Days(kind=Kind.NAMED, name=name) for name in Name if name in self.names]

    def _every(self, kind: Kind) -> int:
        return self.every if self.unit is kind else 1


def _take_leap(reading: Reading) -> Leap | None:
    return next((leap for leap, pattern in _LEAPS.items() if reading.take(pattern)), None)


def read_days(reading: Reading, today: date, is_exemption: bool) -> Found:
    """Take all words that tell days. In an exemption a date without its year is every year's. Raises Misread."""
    found = Found(leap=_take_leap(reading))
    _read_every(reading, found)
    if is_exemption:
        _read_spans(reading, found, today)
        found.names = {name for name, pattern in _NAMES.items() if reading.take(pattern)}
    _read_lunar(reading, found)
    _read_feasts(reading, found, is_exemption)
    _read_lunar_days(reading, found)
    _read_weekdays(reading, found)
    yearly, monthly = reading.take("(?:hang|moi) nam"), reading.take("(?:hang|moi) thang")
    _read_dates(reading, found, today, is_yearly=is_exemption or yearly is not None)
    if is_exemption or monthly or found.unit is Kind.MONTHLY:
        _read_month_days(reading, found)
    if yearly and not (found.yearly or found.lunar_dates or found.before):
        found.idle = reading.words_of(yearly)
    if monthly and not (found.month_days or found.lunar_days):
        found.idle = reading.words_of(monthly)
    if reading.take(r"(?:hang|moi) ngay|ngay nao cung(?: phat)?") is not None:
        found.is_daily = True
    return found


def _read_every(reading: Reading, found: Found) -> None:
    told = reading.take(rf"(?:cu |moi )?({NUMBER}) (ngay|tuan|thang) ?(?:/|mot|1)? ?lan") or reading.take(
        rf"moi ({NUMBER}) (ngay|tuan|thang)"
    )
    if told is not None:
        found.every, found.unit = number(told[1]), _UNITS[told[2]]
    elif (skipped := reading.take("cach (ngay|tuan|thang)")) is not None:
        found.every, found.unit = 2, _UNITS[skipped[1]]
    if told is not None and found.every == 0:
        raise not_understood(reading.words_of(told), "2 tuần một lần thứ bảy 7:30 từ 1/12/2026")
    found.is_daily = found.unit is Kind.DAILY


def _read_spans(reading: Reading, found: Found, today: date) -> None:
    for each in reading.take_all(rf"(?:tu )?(?:ngay )?({DATE}) ?(?:den|toi|-)(?: het)?(?: ngay)? ?({DATE})"):
        first, last = (dated(text, reading.words_of(each), today) for text in each.groups())
        if first >= last:
            raise Misread(
                f"“{reading.words_of(each)}” kết thúc trước khi bắt đầu; hãy viết chẳng hạn: từ 1/6/2027 đến 9/6/2027.",
                f"“{reading.words_of(each)}” ends before it begins; write for example: từ 1/6/2027 đến 9/6/2027.",
            )
        found.spans.append((first, last))


def _read_lunar(reading: Reading, found: Found) -> None:
    for each in reading.take_all(rf"({NUMBER}) ngay truoc (?:ngay )?tet(?: nguyen dan)?"):
        found.before.add(_within(number(each[1]), 60, reading.words_of(each)))
    if reading.take(r"giao thua|(?:ngay )?(?:29|30) tet"):
        found.before.add(1)
    if reading.take(r"tet (?:duong lich|tay|duong)"):
        found.yearly.add((1, 1))
    for each in reading.take_all(rf"(?:ngay )?(?:mung|mong) ({NUMBER}) tet(?: nguyen dan)?"):
        found.lunar_dates.add((_within(number(each[1]), 30, reading.words_of(each)), 1))
    for each in reading.take_all(rf"(?:ngay )?ram thang ({MONTH})(?: am lich| am)?"):
        found.lunar_dates.add((15, _month(each[1], reading.words_of(each))))
    for each in reading.take_all(r"(?:ngay )?(\d{1,2}/\d{1,2}(?:(?: ?, ?| va )\d{1,2}/\d{1,2})*) (?:am lich|am|al)"):
        pairs = zip(*[iter(_figures(each[1]))] * 2, strict=True)
        found.lunar_dates |= {_lunar_pair(d, str(m), reading.words_of(each)) for d, m in pairs}
    dated_ = rf"(?:(?:ngay )?(?:mung|mong) ({NUMBER})|(?:ngay )?(\d{{1,2}})) thang (gieng|chap)(?: am lich| am| al)?"
    for each in reading.take_all(dated_):
        found.lunar_dates.add(_lunar_pair(number(each[1] or each[2]), each[3], reading.words_of(each)))
    for each in reading.take_all(rf"(?:ngay )?(?:mung|mong) ({NUMBER}) thang ({MONTH})(?: am lich| am| al)?"):
        found.lunar_dates.add(_lunar_pair(number(each[1]), each[2], reading.words_of(each)))
    for each in reading.take_all(rf"(?:ngay )?(\d{{1,2}}) thang ({MONTH}) (?:am lich|am|al)"):
        found.lunar_dates.add(_lunar_pair(number(each[1]), each[2], reading.words_of(each)))


def _read_feasts(reading: Reading, found: Found, is_exemption: bool) -> None:
    for pattern, (day, month_) in _FEASTS.items():
        if reading.take(pattern):
            is_tet = (day, month_) == (1, 1)
            last = 3 if is_exemption and is_tet else day  # who leaves out Tết means its three days
            found.lunar_dates |= {(d, month_) for d in range(day, last + 1)}


def _read_lunar_days(reading: Reading, found: Found) -> None:
    for _ in reading.take_all(r"(?:(?:moi |cac )?ngay )?ram(?: hang thang)?"):
        found.lunar_days.add(15)
    listed = rf"(?:ngay )?(?:mung|mong) ({NUMBER})({_LIST})(?: hang thang)?(?: am lich)?(?: hang thang)?"
    for each in reading.take_all(listed):
        words = reading.words_of(each)
        found.lunar_days |= {_within(n, 30, words) for n in (number(each[1]), *_figures(each[2]))}
    for each in reading.take_all(rf"(?:ngay )?\d{{1,2}}{_LIST}(?: hang thang)? (?:am lich|am|al)(?: hang thang)?"):
        found.lunar_days |= {_within(n, 30, reading.words_of(each)) for n in _figures(each.group())}


def _read_weekdays(reading: Reading, found: Found) -> None:
    for each in reading.take_all(rf"(?:tu )?({_WEEKDAY}) ?(?:-|den|toi)(?: het)? ?({_SAME_WEEKDAY})"):
        first, last = _weekday(each[1]), _weekday(each[2])
        if first >= last:
            raise not_understood(reading.words_of(each))
        found.weekdays |= set(range(first, last + 1))
    for each in reading.take_all(rf"{_WEEKDAY}(?:(?: ?, ?| va )[2-7](?![\w/:.-]))*"):
        head, *others = re.split(r" ?, ?| va ", each.group())
        found.weekdays |= {_weekday(head), *(int(n) - 2 for n in others)}
    if reading.take(r"(?:cac )?ngay (?:thuong|trong tuan|lam viec)"):
        found.weekdays |= {0, 1, 2, 3, 4}
    if reading.take(r"(?:ngay )?cuoi tuan"):
        found.weekdays |= {5, 6}


def _read_dates(reading: Reading, found: Found, today: date, is_yearly: bool) -> None:
    for each in reading.take_all(rf"(?:ngay )?({DATE})"):
        day, month_, year = day_month_year(each[1])
        if year is None and is_yearly:
            dated(f"{day}/{month_}", reading.words_of(each), today)
            found.yearly.add((day, month_))
        else:
            found.dates.add(dated(each[1], reading.words_of(each), today))


def _read_month_days(reading: Reading, found: Found) -> None:
    if reading.take(r"(?:ngay )?cuoi thang"):
        found.month_days.add(-1)
    for each in reading.take_all(rf"ngay \d{{1,2}}{_LIST}"):
        found.month_days |= {_within(n, 31, reading.words_of(each)) for n in _figures(each.group())}


def _weekday(text: str) -> int:
    if text in ("cn", "chu nhat", "chua nhat"):
        return 6
    named = text if text in NUMBER_WORDS else re.sub(r"^(?:thu|t) ?", "", text)
    return number(named) - 2


def _month(text: str, words: str) -> int:
    return _within(month(text), 12, words)


def _lunar_pair(day: int, month_: str, words: str) -> tuple[int, int]:
    return _within(day, 30, words), _month(month_, words)


def _within(n: int, most: int, words: str) -> int:
    if not 1 <= n <= most:
        raise not_understood(words, "mùng 10 tháng 3 âm lịch 7:00")
    return n


def _figures(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


def _sorted(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers))


def _by_month(pairs: set[tuple[int, int]]) -> list[tuple[int, tuple[int, ...]]]:
    months = sorted({m for _, m in pairs})
    return [(m, tuple(sorted(d for d, of in pairs if of == m))) for m in months]
