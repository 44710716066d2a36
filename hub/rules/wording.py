"""A rule in the words of a radio officer, and back: “thứ 2-6 16:45 từ 1/12/2026 trừ 2/9”. Pure.

`parse(words(rule), today)` is the rule again, in the zone given. Case and accents do not matter to `parse`.
"""

import re
from datetime import date

from hub.rules import day_words
from hub.rules.reading import DATE, NUMBER, Misread, Reading, dated, not_understood, number
from hub.rules.rule import DAY_MIN, MAX_TIMES, ZONE, Days, Exemption, Kind, Leap, Name, Rule

EXAMPLES = (
    "hằng ngày 5:00 và 17:00",
    "thứ 2-6 16:45",
    "rằm và mùng một 6:00",
    "2 tuần một lần thứ bảy 7:30 từ 1/12/2026",
)
MAX_TEXT = 300
_CLOCK = (
    r"([0-9]{1,2}) ?(?:(?::|h|gio|g) ?([0-5][0-9](?![/.-]\d)|[0-9](?= ?phut))|(?:h|gio|g))(?: ?(?:phut|p|'))?( ruoi)?"
    r"(?: (sang|trua|chieu|toi|dem))?"
)
_TIMES_AND_GAP = rf"({NUMBER}) lan,?(?: moi lan)? cach(?: nhau)? ({NUMBER}|\d{{3,4}}) ?(phut|p|gio|tieng|h)"
_WEEKDAYS = ("thứ 2", "thứ 3", "thứ 4", "thứ 5", "thứ 6", "thứ 7", "chủ nhật")
_UNITS = {Kind.DAILY: "ngày", Kind.WEEKLY: "tuần", Kind.MONTHLY: "tháng"}
_NAMES = {Name.HOLIDAY: "ngày lễ", Name.MOURNING: "ngày quốc tang", Name.EXAM: "ngày thi"}
_LEAPS = {Leap.BOTH: "tính cả tháng nhuận", Leap.FIRST: "không tính tháng nhuận", Leap.LEAP: "chỉ tháng nhuận"}


def parse(text: str, today: date, zone: str = ZONE) -> Rule:
    """What the words say; a date without its year is the next one from `today` on. Raises Misread."""
    if len(text) > MAX_TEXT * 4:
        raise not_understood(text[:20] + "…")
    reading = Reading(text)
    repeats, gap_min = _take_repeats(reading)
    part_of_day = reading.take(
        r"(?:vao )?(?:buoi )?(sang|trua|chieu|toi)(?= (?:thu|t\d|cn|chu|hang|moi|ngay|ram|mung))", True
    )
    times = _take_times(reading, part_of_day and part_of_day[1])
    exemptions = tuple(
        _exemption(part, today) for part in reading.cut(r"(?:ngoai )?tru(?! (?:ca )?thang nhuan)|khong phat")
    )
    first, last = _take_range(reading, today)
    found = day_words.read_days(reading, today, is_exemption=False)
    _settle(found, first)
    left = reading.left(day_words.FILLERS) or found.idle
    if left:
        raise not_understood(left)
    if not times:
        raise Misread(
            f"Chưa rõ phát lúc mấy giờ; hãy viết chẳng hạn: {EXAMPLES[0]}.",
            f"At what time? Write for example: {EXAMPLES[0]}.",
        )
    if found.every > 1 and first is None:
        first = today
    days = _only(found.days())
    if days.every != found.every:
        raise Misread(
            f"“{found.every} … một lần” không đi cùng “{days_words(days)}”; hãy viết chẳng hạn: {EXAMPLES[3]}.",
            f"“every {found.every}” does not go with “{days_words(days)}”; write for example: {EXAMPLES[3]}.",
        )
    try:
        return Rule(
            days=days,
            times=times,
            first=first,
            last=last,
            repeats=repeats,
            gap_min=gap_min,
            exemptions=exemptions,
            zone=zone,
        )
    except ValueError as error:
        raise Misread(
            f"Quy tắc chưa đúng; hãy viết chẳng hạn: {EXAMPLES[0]}.", f"{error}; write for example: {EXAMPLES[0]}."
        ) from None


def parse_days(text: str, today: date) -> tuple[Days, ...]:
    """Sets of days alone, as an exemption names them; empty for no words. Raises Misread."""
    return _exemption(Reading(text), today).days if text.strip() else ()


def words(rule: Rule) -> str:
    """The rule in the form in which pages show it."""
    said = [days_words(rule.days), ", ".join(f"{t // 60}:{t % 60:02d}" for t in rule.times)]
    said += [f"từ {_date(rule.first)}"] if rule.first else []
    said += [f"đến {_date(rule.last)}"] if rule.last else []
    said += [f"{rule.repeats} lần cách {rule.gap_min} phút"] if rule.repeats > 1 else []
    for exemption in rule.exemptions:
        said.append("trừ " + list_words(exemption.days))
        said += [f"thay bằng {exemption.replacement}"] if exemption.replacement else []
    return " ".join(said)


def shown_words(rule: Rule) -> str:
    """As `words`, for people: a sound that takes the place is not told by its digits."""
    return re.sub(r"thay bằng [0-9a-f]{64}", "thay bằng bản thu khác", words(rule))


def list_words(sets: tuple[Days, ...]) -> str:
    """Several sets, in the form that `parse_days` reads."""
    return ", ".join(days_words(d, is_exemption=True) for d in sets)


def days_words(days: Days, is_exemption: bool = False) -> str:
    """One set of days in words."""
    match days.kind:
        case Kind.DATES:
            return "ngày " + ", ".join(map(_date, days.dates))
        case Kind.SPAN:
            return f"từ {_date(days.dates[0])} đến {_date(days.dates[1])}"
        case Kind.DAILY:
            return "hằng ngày" if days.every == 1 else _every(days)
        case Kind.WEEKLY:
            return _every(days) + _weekday_words(days.weekdays)
        case Kind.MONTHLY:
            usual = "" if is_exemption else "hằng tháng "
            listed = ", ".join("ngày cuối tháng" if d == -1 else f"ngày {d}" for d in days.days)
            return (_every(days) or usual) + listed
        case Kind.YEARLY:
            return ("" if is_exemption else "hằng năm ngày ") + ", ".join(f"{d}/{days.month}" for d in days.days)
        case Kind.LUNAR_MONTHLY:
            return ", ".join(map(_lunar_day, days.days)) + _leap_words(days, Leap.BOTH)
        case Kind.LUNAR_YEARLY:
            listed = ", ".join(f"{_lunar_head(d)} tháng {days.month} âm lịch" for d in days.days)
            return listed + _leap_words(days, Leap.FIRST)
        case Kind.BEFORE_TET:
            return f"{days.before} ngày trước Tết"
        case Kind.NAMED:
            return _NAMES[days.name] if days.name else ""


def _take_repeats(reading: Reading) -> tuple[int, int]:
    told = reading.take(_TIMES_AND_GAP)
    if told is None:
        return 1, 0
    repeats, gap = number(told[1]), number(told[2])
    gap_min = gap * 60 if told[3] in ("gio", "tieng", "h") else gap
    if not (2 <= repeats <= 12 and 1 <= gap_min <= DAY_MIN):
        raise not_understood(reading.words_of(told), "hằng ngày 5:00 2 lần cách 10 phút")
    return repeats, gap_min


def _take_range(reading: Reading, today: date) -> tuple[date | None, date | None]:
    both = reading.take(rf"tu (?:ngay )?({DATE}),? ?(?:den|toi|-)(?: het)?(?: ngay)? ?({DATE})")
    if both is not None:
        first = dated(both[1], reading.words_of(both), today)
        last = dated(both[2], reading.words_of(both), first)
        if last < first:
            raise Misread(
                f"“{reading.words_of(both)}” kết thúc trước khi bắt đầu; hãy viết chẳng hạn: từ 1/1/2027 đến 9/1/2027.",
                f"“{reading.words_of(both)}” ends before it begins; write for example: từ 1/1/2027 đến 9/1/2027.",
            )
        return first, last
    since = reading.take(rf"(?:ke |bat dau )?tu (?:ngay )?({DATE})(?: tro di)?")
    until = reading.take(rf"(?:cho )?(?:den|toi)(?: het)?(?: ngay)? ({DATE})")
    return (
        dated(since[1], reading.words_of(since), today) if since else None,
        dated(until[1], reading.words_of(until), today) if until else None,
    )


def _take_times(reading: Reading, usual_part: str | None) -> tuple[int, ...]:
    times: set[int] = set()
    for told in reading.take_all(_CLOCK):
        hour = _hour(int(told[1]), told[4] or usual_part)
        if hour is None or (told[2] and told[3]):
            raise not_understood(reading.words_of(told), "hằng ngày 5:00 và 17:00")
        times.add(hour * 60 + (30 if told[3] else int(told[2] or 0)))
    if len(times) > MAX_TIMES:
        raise Misread(f"Mỗi ngày phát nhiều nhất {MAX_TIMES} lần.", f"At most {MAX_TIMES} airings a day.")
    return tuple(sorted(times))


def _hour(hour: int, part: str | None) -> int | None:
    """The hour of the day; None for one that does not exist, or may mean two."""
    is_late = part in ("chieu", "toi") or (part == "dem" and hour > 6) or (part == "trua" and hour < 4)
    if hour > 23 or (part in ("toi", "dem") and hour == 12):
        return None
    return hour + 12 if is_late and hour < 12 else hour


def _exemption(part: Reading, today: date) -> Exemption:
    told = part.take(r"thay bang ([0-9a-f]{64})")
    found = day_words.read_days(part, today, is_exemption=True)
    left = part.left(day_words.FILLERS)
    if left or found.every > 1:
        raise not_understood(left or part.whole, "hằng ngày 5:00 trừ 2/9, 30/4")
    days = tuple(found.days())
    if not days:
        raise Misread(
            "Chưa rõ trừ những ngày nào; hãy viết chẳng hạn: hằng ngày 5:00 trừ 2/9, 30/4.",
            "Except which days? Write for example: hằng ngày 5:00 trừ 2/9, 30/4.",
        )
    return Exemption(days=days, replacement=told[1] if told else "")


def _settle(found: day_words.Found, first: date | None) -> None:
    """Words that complete one another: days before a month's name, a weekday told by the first date."""
    if found.lunar_dates and found.lunar_days:
        (month_, *others) = {m for _, m in found.lunar_dates}
        if not others:
            found.lunar_dates |= {(d, month_) for d in found.lunar_days}
            found.lunar_days = set()
    if found.unit is Kind.WEEKLY and not found.weekdays and first is not None:
        found.weekdays = {first.weekday()}


def _only(made: list[Days]) -> Days:
    if not made:
        raise Misread(
            f"Chưa rõ phát vào ngày nào; hãy viết chẳng hạn: {EXAMPLES[0]}.",
            f"On which days? Write for example: {EXAMPLES[0]}.",
        )
    if len(made) > 1:
        told = " và ".join(f"“{days_words(d)}”" for d in made[:2])
        raise Misread(
            f"Mỗi buổi phát lặp lại theo một cách, ở đây có {told}; hãy tạo hai buổi phát, chẳng hạn: {EXAMPLES[1]}.",
            f"A broadcast recurs in one way, here are two: {told}; order two, for example: {EXAMPLES[1]}.",
        )
    return made[0]


def _every(days: Days) -> str:
    every = f"{days.every} {_UNITS[days.kind]} một lần"
    return "" if days.every == 1 else every if days.kind is Kind.DAILY else every + " "


def _weekday_words(weekdays: tuple[int, ...]) -> str:
    """“thứ 2-6” where three or more follow one another, else each by its name."""
    runs: list[list[int]] = []
    for day in weekdays:
        if runs and day == runs[-1][-1] + 1 and day != 6:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [[_WEEKDAYS[d] for d in run] if len(run) < 3 else [f"thứ {run[0] + 2}-{run[-1] + 2}"] for run in runs]
    return ", ".join(name for run in said for name in run)


def _lunar_head(day: int) -> str:
    return f"mùng {day}" if day <= 10 else "rằm" if day == 15 else f"ngày {day}"


def _lunar_day(day: int) -> str:
    return f"ngày {day} âm lịch" if day > 10 and day != 15 else _lunar_head(day)


def _leap_words(days: Days, usual: Leap) -> str:
    return "" if days.leap is usual else f" {_LEAPS[days.leap]}"


def _date(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
