"""A rule in the words of an officer, and back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rules.reading import Misread
from hub.rules.rule import Days, Exemption, Kind, Leap, Name, Rule
from hub.rules.wording import MAX_TEXT, parse, words

TODAY = date(2026, 11, 25)

UNDERSTOOD = [
    ("hằng ngày 5:00 và 17:00", "hằng ngày 5:00, 17:00"),
    ("hàng ngày 5h, 17h", "hằng ngày 5:00, 17:00"),
    ("HANG NGAY 5H VA 17H", "hằng ngày 5:00, 17:00"),
    ("mỗi ngày lúc 5 giờ sáng và 5 giờ chiều", "hằng ngày 5:00, 17:00"),
    ("ngày nào cũng phát 5 giờ 15 phút", "hằng ngày 5:15"),
    ("hằng ngày 23:50", "hằng ngày 23:50"),
    ("hằng ngày 0h10", "hằng ngày 0:10"),
    ("hằng ngày 7 giờ tối", "hằng ngày 19:00"),
    ("hằng ngày 1 giờ trưa", "hằng ngày 13:00"),
    ("hằng ngày 5h rưỡi", "hằng ngày 5:30"),
    ("thứ 2-6 16:45", "thứ 2-6 16:45"),
    ("thứ 2–6 16h45", "thứ 2-6 16:45"),
    ("thu 2 den thu 6 luc 16 gio 45", "thứ 2-6 16:45"),
    ("từ thứ hai đến thứ sáu 16h45", "thứ 2-6 16:45"),
    ("T2-T6 5h", "thứ 2-6 5:00"),
    ("t2-cn 5h", "thứ 2-7, chủ nhật 5:00"),
    ("T7 17:00", "thứ 7 17:00"),
    ("CN 6:00", "chủ nhật 6:00"),
    ("cn,t7 6g30", "thứ 7, chủ nhật 6:30"),
    ("chủ nhật 6h30", "chủ nhật 6:30"),
    ("Chu Nhat hang tuan 6h30", "chủ nhật 6:30"),
    ("thứ hai, thứ tư, thứ sáu 5h", "thứ 2, thứ 4, thứ 6 5:00"),
    ("thứ 2, 4, 6 lúc 5h", "thứ 2, thứ 4, thứ 6 5:00"),
    ("t2,t4,t6 5h00", "thứ 2, thứ 4, thứ 6 5:00"),
    ("thứ 3 và 5 17:00", "thứ 3, thứ 5 17:00"),
    ("thứ tư 5 giờ chiều", "thứ 4 17:00"),
    ("mỗi tuần thứ ba 5:00", "thứ 3 5:00"),
    ("cuối tuần 7 giờ", "thứ 7, chủ nhật 7:00"),
    ("ngày thường 5 giờ rưỡi", "thứ 2-6 5:30"),
    ("các ngày trong tuần 5:00", "thứ 2-6 5:00"),
    ("2 tuần một lần thứ bảy 7:30 từ 1/12/2026", "2 tuần một lần thứ 7 7:30 từ 1/12/2026"),
    ("hai tuần 1 lần thứ bảy 7:30 từ ngày 1/12/2026", "2 tuần một lần thứ 7 7:30 từ 1/12/2026"),
    ("cách tuần thứ bảy 7:30 từ 1/12/2026", "2 tuần một lần thứ 7 7:30 từ 1/12/2026"),
    ("2 tuần một lần 7:30 từ 5/12/2026", "2 tuần một lần thứ 7 7:30 từ 5/12/2026"),
    ("2 tuần một lần thứ bảy 7:30", "2 tuần một lần thứ 7 7:30 từ 25/11/2026"),
    ("hai ngày một lần 5:00 từ 1/12/2026", "2 ngày một lần 5:00 từ 1/12/2026"),
    ("cách ngày 5:00 từ 1/12/2026", "2 ngày một lần 5:00 từ 1/12/2026"),
    ("3 tháng một lần ngày 5 7:00 từ 1/1/2027", "3 tháng một lần ngày 5 7:00 từ 1/1/2027"),
    ("hằng tháng ngày 5 17h", "hằng tháng ngày 5 17:00"),
    ("ngày 5 hằng tháng 17:00", "hằng tháng ngày 5 17:00"),
    ("ngày 5 và 20 hằng tháng 17:00", "hằng tháng ngày 5, ngày 20 17:00"),
    ("hằng tháng cuối tháng 17:00", "hằng tháng ngày cuối tháng 17:00"),
    ("ngày 15/12/2026 17:00", "ngày 15/12/2026 17:00"),
    ("15-12-2026 17:00", "ngày 15/12/2026 17:00"),
    ("17h ngày 15.12.2026", "ngày 15/12/2026 17:00"),
    ("2026-12-15 17:00", "ngày 15/12/2026 17:00"),
    ("ngày 15 tháng 12 năm 2026 lúc 17:00", "ngày 15/12/2026 17:00"),
    ("15/12 17:00", "ngày 15/12/2026 17:00"),
    ("ngày 1/3 17:00", "ngày 1/3/2027 17:00"),
    ("2/9 hằng năm 7:00", "hằng năm ngày 2/9 7:00"),
    ("rằm và mùng một 6:00", "mùng 1, rằm 6:00"),
    ("ram, mong mot hang thang 6h", "mùng 1, rằm 6:00"),
    ("ngày rằm 6:00", "rằm 6:00"),
    ("ngày 1 và 15 âm lịch 5:00", "mùng 1, rằm 5:00"),
    ("ngày 20 âm lịch hằng tháng 5:00", "ngày 20 âm lịch 5:00"),
    ("rằm 6:00 không tính tháng nhuận", "rằm không tính tháng nhuận 6:00"),
    ("rằm tháng giêng 6h", "rằm tháng 1 âm lịch 6:00"),
    ("rằm tháng bảy 6h", "rằm tháng 7 âm lịch 6:00"),
    ("mùng 10 tháng 3 âm lịch 7:00", "mùng 10 tháng 3 âm lịch 7:00"),
    ("10/3 âm lịch 7h", "mùng 10 tháng 3 âm lịch 7:00"),
    ("10/3 AL 7h", "mùng 10 tháng 3 âm lịch 7:00"),
    ("giỗ Tổ Hùng Vương 7:00", "mùng 10 tháng 3 âm lịch 7:00"),
    ("mồng mười tháng ba 7:00 cả tháng nhuận", "mùng 10 tháng 3 âm lịch tính cả tháng nhuận 7:00"),
    ("23 tháng chạp 8h", "ngày 23 tháng 12 âm lịch 8:00"),
    ("trung thu 18:00", "rằm tháng 8 âm lịch 18:00"),
    ("mùng 1 Tết 8:00", "mùng 1 tháng 1 âm lịch 8:00"),
    ("mùng 1, mùng 2 tết 8:00", "mùng 1 tháng 1 âm lịch, mùng 2 tháng 1 âm lịch 8:00"),
    ("3 ngày trước Tết 18:00", "3 ngày trước Tết 18:00"),
    ("ba ngày trước tết nguyên đán 18:00", "3 ngày trước Tết 18:00"),
    ("giao thừa 18:00", "1 ngày trước Tết 18:00"),
    ("từ 1/12/2026 đến 31/12/2026 hằng ngày 5:00", "hằng ngày 5:00 từ 1/12/2026 đến 31/12/2026"),
    ("hằng ngày 5:00 từ 1/12 đến 15/1", "hằng ngày 5:00 từ 1/12/2026 đến 15/1/2027"),
    ("hằng ngày 5:00 đến hết ngày 31/12/2026", "hằng ngày 5:00 đến 31/12/2026"),
    ("hằng ngày 5:00 kể từ 2026-12-01", "hằng ngày 5:00 từ 1/12/2026"),
    ("hằng ngày 5:00 trừ 2/9, 30/4", "hằng ngày 5:00 trừ 30/4, 2/9"),
    ("hằng ngày 5:00 trừ 10/3 âm lịch", "hằng ngày 5:00 trừ mùng 10 tháng 3 âm lịch"),
    ("hằng ngày trừ chủ nhật 5:00", "hằng ngày 5:00 trừ chủ nhật"),
    ("hằng ngày 5:00 trừ ngày lễ, chủ nhật và quốc tang", "hằng ngày 5:00 trừ chủ nhật, ngày lễ, ngày quốc tang"),
    ("hằng ngày 5:00 trừ từ 1/6/2027 đến 10/6/2027", "hằng ngày 5:00 trừ từ 1/6/2027 đến 10/6/2027"),
    ("hằng ngày 5:00 ngoại trừ mùa thi", "hằng ngày 5:00 trừ ngày thi"),
    ("hằng ngày 5:00 2 lần cách 10 phút", "hằng ngày 5:00 2 lần cách 10 phút"),
    ("hằng ngày 5:00, ba lần, mỗi lần cách nhau 1 giờ", "hằng ngày 5:00 3 lần cách 60 phút"),
    ("  thứ 2-6    16:45  ", "thứ 2-6 16:45"),
    ("sáng chủ nhật 6h30", "chủ nhật 6:30"),
    ("chiều thứ 6 5h", "thứ 6 17:00"),
    ("tối thứ 7 lúc 7 giờ 5 phút", "thứ 7 19:05"),
    ("5h 15/12/2026", "ngày 15/12/2026 5:00"),
    ("hằng tháng rằm 6:00", "rằm 6:00"),
    ("giỗ tổ hằng năm 7:00", "mùng 10 tháng 3 âm lịch 7:00"),
    ("thứ 2 tới thứ 6 16:45", "thứ 2-6 16:45"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "shown"), UNDERSTOOD, ids=[w for w, _ in UNDERSTOOD])
def test_what_officers_write_is_understood(written: str, shown: str) -> None:
    rule = parse(written, TODAY)
    assert words(rule) == shown
    assert parse(shown, TODAY) == rule


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("blah 5:00", "“blah”"),
        ("thứ 2-6 16:45 xyz abc", "“xyz abc”"),
        ("khi nào rảnh", "“khi nào rảnh”"),
        ("thứ 8 5:00", "“thứ 8”"),
        ("thứ 6-2 5:00", "“thứ 6-2”"),
        ("hằng ngày 25:00", "“25:00”"),
        ("hằng ngày 5:75", "“5:75”"),
        ("hằng ngày 12 giờ đêm", "“12 giờ đêm”"),
        ("ngày 31/2/2027 5:00", "“ngày 31/2/2027”"),
        ("mùng 31 5:00", "“mùng 31”"),
        ("rằm tháng 13 5:00", "“rằm tháng 13”"),
        ("tháng một 5:00", "“tháng một”"),
        ("ngày 5 5:00", "“ngày 5”"),
        ("hằng ngày 5:00 trừ foo", "“foo”"),
        ("hằng ngày 5:00 trừ", "trừ những ngày nào"),
        ("hằng ngày", "mấy giờ"),
        ("5:00", "ngày nào"),
        ("", "mấy giờ"),
        ("hằng ngày và rằm 5:00", "“hằng ngày” và “rằm”"),
        ("hằng ngày 5:00 từ 31/12/2026 đến 1/12/2026", "trước khi bắt đầu"),
        ("hằng ngày 5:00 99 lần cách 10 phút", "“99 lần cách 10 phút”"),
        ("0 tuần một lần thứ 7 5:00", "“0 tuần một lần”"),
        ("thứ 7 hằng tháng 5:00", "“hằng tháng”"),
        ("hằng năm thứ 7 5:00", "“hằng năm”"),
        ("15/12/2026 hằng năm 5:00", "“hằng năm”"),
        ("2 tháng một lần thứ 7 5:00", "“2 … một lần”"),
        ("2 tuần một lần rằm 5:00", "“rằm”"),
        ("chủ nhật đầu tiên hằng tháng 7:00", "“đầu tiên”"),
        ("hằng ngày từ 5:00 đến 6:00", "“từ, đến”"),
        ("hằng ngày 5:00 <script>", "“<script>”"),
        ("x" * 5000, "“xxxxxxxxxxxxxxxxxxxx…”"),
    ],
)
def test_what_is_not_understood_is_named_in_one_sentence_with_an_example(written: str, named: str) -> None:
    with pytest.raises(Misread) as refused:
        parse(written, TODAY)
    sentence = refused.value.message_vi
    assert named in sentence
    assert "chẳng hạn: " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert refused.value.message_en


def test_a_replacement_is_named_by_its_sound() -> None:
    sha = "0123456789abcdef" * 4
    rule = parse(f"hằng ngày 5:00 trừ ngày lễ thay bằng {sha} trừ chủ nhật", TODAY)
    assert [e.replacement for e in rule.exemptions] == [sha, ""]
    assert parse(words(rule), TODAY) == rule


WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s)))
DATES = st.dates(date(2024, 1, 1), date(2100, 12, 31))
MONTH_DAYS = st.sets(st.integers(1, 31) | st.just(-1), min_size=1, max_size=4).map(lambda s: tuple(sorted(s)))
LUNAR_DAYS = st.sets(st.integers(1, 30), min_size=1, max_size=4).map(lambda s: tuple(sorted(s)))
LEAPS = st.sampled_from(list(Leap))
SOUND = st.text("0123456789abcdef", min_size=64, max_size=64)


def yearly(month: int) -> st.SearchStrategy[Days]:
    return st.sets(st.integers(1, 28), min_size=1, max_size=3).map(
        lambda d: Days(kind=Kind.YEARLY, days=tuple(sorted(d)), month=month)
    )


def lunar_yearly(leap: st.SearchStrategy[Leap] = LEAPS) -> st.SearchStrategy[Days]:
    return st.builds(Days, kind=st.just(Kind.LUNAR_YEARLY), days=LUNAR_DAYS, month=st.integers(1, 12), leap=leap)


def patterns(every: st.SearchStrategy[int]) -> st.SearchStrategy[Days]:
    dates = st.sets(DATES, min_size=1, max_size=3).map(lambda s: tuple(sorted(s)))
    return st.one_of(
        st.builds(Days, kind=st.just(Kind.DATES), dates=dates),
        st.builds(Days, kind=st.just(Kind.DAILY), every=every),
        st.builds(Days, kind=st.just(Kind.WEEKLY), weekdays=WEEKDAYS, every=every),
        st.builds(Days, kind=st.just(Kind.MONTHLY), days=MONTH_DAYS, every=every),
        st.integers(1, 12).flatmap(yearly),
        st.builds(Days, kind=st.just(Kind.LUNAR_MONTHLY), days=LUNAR_DAYS, leap=LEAPS),
        lunar_yearly(),
        st.builds(Days, kind=st.just(Kind.BEFORE_TET), before=st.integers(1, 60)),
    )


def spans() -> st.SearchStrategy[Days]:
    return st.tuples(DATES, st.integers(1, 99)).map(
        lambda s: Days(kind=Kind.SPAN, dates=(s[0], s[0] + timedelta(days=s[1])))
    )


def exemptions() -> st.SearchStrategy[Exemption]:
    names = st.sampled_from(list(Name)).map(lambda name: Days(kind=Kind.NAMED, name=name))
    one = st.one_of(patterns(st.just(1)), spans(), names).map(lambda d: (d,))
    usual = lunar_yearly(st.just(Leap.FIRST))
    several = st.tuples(spans(), st.integers(1, 12).flatmap(yearly), usual, names)
    return st.builds(Exemption, days=one | several, replacement=st.just("") | SOUND)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    days = draw(patterns(st.integers(1, 9)))
    first, last = draw(st.none() | DATES), draw(st.none() | DATES)
    if days.every > 1 and first is None:
        first = TODAY
    if days.kind is Kind.DATES:
        first = last = None
    if first and last and first > last:
        first, last = last, first
    repeats = draw(st.integers(1, 12))
    return Rule(
        days=days,
        times=tuple(sorted(draw(st.sets(st.integers(0, 1439), min_size=1, max_size=5)))),
        first=first,
        last=last,
        repeats=repeats,
        gap_min=draw(st.integers(1, 1440)) if repeats > 1 else 0,
        exemptions=tuple(draw(st.lists(exemptions(), max_size=2))),
    )


@given(rules())
def test_every_rule_can_be_said_and_read_again(rule: Rule) -> None:
    assert parse(words(rule), TODAY) == rule


SCRAPS = ["hằng", "ngày", "thứ", "2", "-", "6", "rằm", "5:00", "từ", "đến", "1/12", "trừ", "Tết", "lần", "cách", "mùng"]


@given(st.text(max_size=80) | st.lists(st.sampled_from(SCRAPS), max_size=12).map(" ".join))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        rule = parse(text, TODAY)
    except Misread:
        return
    assert parse(words(rule), TODAY) == rule


def test_a_rule_fits_the_field_it_is_written_in() -> None:
    assert len(words(parse("thứ 2, 4, 6 5:00, 17:00 2 lần cách 10 phút trừ ngày lễ, quốc tang", TODAY))) < MAX_TEXT
