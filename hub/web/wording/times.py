"""Instants and spans as people here write them: 05:00:02, ngày 23/11/2026, 2 phút 05 giây. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from hub.rules.lunar import lunar_date
from hub.web.wording.words import Words, mark

_WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Times:
    """Writes instants in one zone and one language."""

    zone: ZoneInfo
    words: Words

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def second(self, at: datetime) -> str:
        return f"{self.local(at):%H:%M:%S}"

    def minute(self, at: datetime) -> str:
        return f"{self.local(at):%H:%M}"

    def day(self, at: datetime) -> str:
        return self.words.gettext("%(date)s", date=f"{self.local(at):%d/%m/%Y}")

    def short_day(self, at: datetime) -> str:
        return f"{self.local(at):%d/%m}"

    def weekday(self, at: datetime) -> str:
        return self.words.gettext(_WEEKDAYS[self.local(at).weekday()])

    def moment(self, at: datetime, now: datetime) -> str:
        """The minute; with its date where it is not today's, and the year where it is not this one."""
        local, today = self.local(at), self.local(now)
        if local.date() == today.date():
            return self.minute(at)
        date = f"{local:%d/%m}" if local.year == today.year else f"{local:%d/%m/%Y}"
        return self.words.gettext("%(time)s on %(date)s", time=self.minute(at), date=date)

    def near_day(self, at: datetime, now: datetime) -> str:
        """Today, tomorrow, or the weekday with its date."""
        days = (self.local(at).date() - self.local(now).date()).days
        near = {0: mark("today"), 1: mark("tomorrow")}
        return self.words.gettext(near[days]) if days in near else f"{self.weekday(at)}, {self.day(at)}"

    def lunar(self, at: datetime) -> str:
        """The lunar date of the local day."""
        told = lunar_date(self.local(at).date())
        msgid = mark("%(day)s/%(month)s lunar, leap month") if told.is_leap else mark("%(day)s/%(month)s lunar")
        return self.words.gettext(msgid, day=told.day, month=told.month)

    def field(self, at: datetime) -> str:
        """As a date field and a time field hold it."""
        return f"{self.local(at):%Y-%m-%dT%H:%M}"

    def duration(self, seconds: float) -> str:
        return spell_duration(self.words, seconds)

    def number(self, value: float, decimals: int = 0) -> str:
        """A figure with this language's decimal mark, and its mark between thousands."""
        text = f"{value:,.{decimals}f}".replace("-", "−")
        return text.translate(str.maketrans(",.", ".,")) if self.words.language == "vi" else text

    def share(self, value: float) -> str:
        """A part of a whole, 0 to 1, in per cent; never rounded up: whoever reads 100 is to be sure of it."""
        figure = self.number(floor(value * 10_000 + 1e-6) / 100, 2).removesuffix("00").rstrip(",.")
        return f"{figure}\N{NO-BREAK SPACE}%" if self.words.language == "vi" else f"{figure}%"

    def day_names(self, days: Iterable[int]) -> str:
        """Weekdays by their numbers, Monday 0."""
        return ", ".join(self.words.gettext(_WEEKDAYS[day]) for day in days)

    def clock_minutes(self, minutes: int) -> str:
        """Minutes after midnight as a time of day."""
        return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spell_duration(words: Words, seconds: float) -> str:
    """A span in its two largest units; from two days on in days."""
    minutes, rest = divmod(round(seconds), 60)
    hours = minutes // 60
    if hours >= 48:
        return words.gettext("%(days)s days", days=hours // 24)
    if hours:
        return words.gettext("%(hours)s h %(minutes)02d min", hours=hours, minutes=minutes % 60)
    if minutes:
        return words.gettext("%(minutes)s min %(seconds)02d s", minutes=minutes, seconds=rest)
    return words.gettext("%(seconds)s s", seconds=rest)


def day_span(at: datetime, zone: ZoneInfo, days: int = 1) -> tuple[datetime, datetime]:
    """The local day of `at`, and as many days from it as asked for: its first instant and the one after its last."""
    start = _midnight(at.astimezone(zone).date(), zone)
    return start, start + timedelta(days=days)


def month_span(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The month that begins on this day: its first instant and the one after its last."""
    return _midnight(first, zone), _midnight((first + timedelta(days=31)).replace(day=1), zone)


def read_month(text: str) -> date | None:
    """The first day of what a month field says (2026-11); None where it says nothing sensible."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def read_local(day: str, time: str, zone: ZoneInfo) -> datetime | None:
    """What a date field and a time field say (2026-11-23, 05:00); None where they say nothing sensible."""
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """What a page said with `iso`; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo is None else at


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
