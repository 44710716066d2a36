"""Is every lunar date right? All days of 2024 to 2100 against an ephemeris, from the astronomical definition.

Told besides: the new moons within three minutes of midnight, where a day hangs on the forecast of the earth's rotation.
"""

from datetime import date, timedelta

from benchmarks._almanac import Almanac
from benchmarks._result import report, say
from hub.rules import lunar

FIRST, LAST = date(2024, 1, 1), date(2100, 12, 31)
NEAR_S = 180.0


def main() -> None:
    almanac = Almanac(FIRST.year, LAST.year)
    wrong = [day for day in _days() if as_told(day) != almanac(day)]
    for day in wrong[:10]:
        say(f"{day}: {as_told(day)} here, {almanac(day)} by the ephemeris")
    for at in almanac.new_moons:
        if almanac.from_midnight_s(at) < NEAR_S and almanac.local_day(at).year in range(FIRST.year, LAST.year + 1):
            say(f"new moon of {almanac.local_day(at)}: {almanac.from_midnight_s(at):.0f} s from midnight")
    say(f"{(LAST - FIRST).days + 1} days compared")
    report("lunar_wrong_days", len(wrong), "days", 0)


def as_told(day: date) -> tuple[int, int, int, bool]:
    """What the hub says of a day, in the form of the almanac."""
    told = lunar.lunar_date(day)
    return told.year, told.month, told.day, told.is_leap


def _days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


if __name__ == "__main__":
    main()
