"""What `loa-hub when` answers: the airings of a rule in words, one ISO instant with its offset a line. Pure."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.rules import calendar, wording
from hub.rules.lunar import FIRST_YEAR, LAST_YEAR
from hub.rules.reading import DATE, Misread, dated

USUAL_DAYS = 45


def lines(rule: str, first: str, last: str, zone: str, now: datetime) -> Iterator[str]:
    """The airings that belong to the days from `first` (empty: today) to `last` (empty: 45 days on). Raises Misread."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    start = _day(first, today) if first else today
    end = _day(last, start) if last else start + timedelta(days=USUAL_DAYS)
    if end < start:
        raise Misread(
            f"Ngày cuối “{last}” trước ngày đầu; hãy viết chẳng hạn: --from 1/12/2026 --to 31/12/2026.",
            "The last day is before the first; write for example: --from 1/12/2026 --to 31/12/2026.",
        )
    found = calendar.on_days(wording.parse(rule, start, zone), start, end)
    return (o.at.astimezone(place).isoformat() for o in found)


def _day(text: str, today: date) -> date:
    written = " ".join(text.split())
    day = dated(written, written, today) if re.fullmatch(DATE, written) else None
    if day is not None and not FIRST_YEAR < day.year < LAST_YEAR:
        raise Misread(
            f"Ngày “{written}” ở ngoài các năm {FIRST_YEAR + 1} đến {LAST_YEAR - 1}; hãy viết chẳng hạn: 1/12/2026.",
            f"The day “{written}” is not of {FIRST_YEAR + 1} to {LAST_YEAR - 1}; write for example: 1/12/2026.",
        )
    if day is None:
        raise Misread(
            f"Không hiểu ngày “{written}”; hãy viết chẳng hạn: 2026-12-01 hoặc 1/12/2026.",
            f"The day “{written}” was not understood; write for example: 2026-12-01 or 1/12/2026.",
        )
    return day
