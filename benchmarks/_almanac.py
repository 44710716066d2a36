"""The Vietnamese lunar calendar once more, from an ephemeris (libastro through PyEphem) and the definition alone.

Shares nothing with `hub.rules.lunar`: new moons are searched in the ephemeris, solar terms by the instant at which the
sun reaches a multiple of 30 degrees, and a month holds a term when the term's local day lies in it.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import ephem

_DEGREES_A_DAY = 360 / 365.2422
_EPHEM_DAY_0 = date(1899, 12, 31).toordinal() + 0.5
"""PyEphem counts days from noon of 31 December 1899, universal time."""


@dataclass(frozen=True, slots=True)
class AlmanacMonth:
    """One month: the lunar year and number it has, and the day it begins."""

    year: int
    number: int
    is_leap: bool
    first: date


class Almanac:
    """The months of the lunar calendar over some years, `utc_offset_h` east of Greenwich."""

    def __init__(self, first_year: int, last_year: int, utc_offset_h: float = 7.0) -> None:
        self._offset_h = utc_offset_h
        self.new_moons = list(_new_moons(first_year - 2, last_year + 2))
        starts = [self.local_day(at) for at in self.new_moons]
        terms = [self.local_day(at) for at in _principal_terms(first_year - 2, last_year + 2)]
        solstices = [self.local_day(_term_near(270.0, year, 12, 21)) for year in range(first_year - 1, last_year + 2)]
        self.months: list[AlmanacMonth] = []
        for before, after in pairwise(solstices):
            eleventh, next_eleventh = bisect_right(starts, before) - 1, bisect_right(starts, after) - 1
            self.months += _named(starts[eleventh : next_eleventh + 1], terms, before.year)

    def __call__(self, day: date) -> tuple[int, int, int, bool]:
        """Year, month, day, and whether the month is a leap month."""
        month = self.months[bisect_right([m.first for m in self.months], day) - 1]
        return month.year, month.number, (day - month.first).days + 1, month.is_leap

    def local_day(self, at: float) -> date:
        return date.fromordinal(math.floor(self._local(at)))

    def from_midnight_s(self, at: float) -> float:
        """How far an instant is from the nearest local midnight."""
        fraction = self._local(at) % 1.0
        return min(fraction, 1.0 - fraction) * 86_400

    def _local(self, at: float) -> float:
        return at + _EPHEM_DAY_0 + self._offset_h / 24


def _named(starts: list[date], terms: list[date], year: int) -> Iterator[AlmanacMonth]:
    """The months from the 11th of lunar year `year` up to before the next 11th, which ends the list."""
    is_long = len(starts) == 14
    number, has_leapt = 10, False
    for first, following in pairwise(starts):
        has_term = bisect_right(terms, following - timedelta(days=1)) > bisect_right(terms, first - timedelta(days=1))
        is_leap = is_long and not has_leapt and not has_term
        has_leapt = has_leapt or is_leap
        number += not is_leap
        yield AlmanacMonth(year if number <= 12 else year + 1, (number - 1) % 12 + 1, is_leap, first)


def _new_moons(first_year: int, last_year: int) -> Iterator[float]:
    at = ephem.Date((first_year, 1, 1))
    while at < ephem.Date((last_year, 12, 31)):
        at = ephem.next_new_moon(at)
        yield float(at)
        at = ephem.Date(at + 1)


def _principal_terms(first_year: int, last_year: int) -> Iterator[float]:
    for year in range(first_year, last_year + 1):
        for month in range(1, 13):
            yield _term_near((270.0 + 30 * month) % 360, year, month, 21)


def _term_near(longitude_deg: float, year: int, month: int, day: int) -> float:
    """The instant near a date at which the sun's apparent longitude is this."""
    at = float(ephem.Date((year, month, day)))
    for _ in range(6):
        at += ((longitude_deg - _sun_longitude_deg(at) + 180) % 360 - 180) / _DEGREES_A_DAY
    return at


def _sun_longitude_deg(at: float) -> float:
    now = ephem.Date(at)
    sun = ephem.Sun()
    sun.compute(now, epoch=now)
    seen = ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=now)
    return math.degrees(float(ephem.Ecliptic(seen, epoch=now).lon))
