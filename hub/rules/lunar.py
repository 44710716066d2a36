"""The Vietnamese lunar calendar from its astronomical definition, in UTC+7. Pure.

A month begins on the local day of the new moon; month 11 holds the winter solstice; where 13 months lie between two
solstices, the first without a principal solar term is the leap month. New moons and the sun's longitude follow
J. Meeus, Astronomical Algorithms (2nd ed.), chapters 49 and 25, ours with the planets' largest pulls: a few seconds
and about half a minute of arc off. `benchmarks/lunar.py` holds every day of 2024 to 2100 against an ephemeris.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import cos, floor, radians, sin

VIETNAM_H = 7.0
"""Hours east of Greenwich by which Vietnam has counted its lunar days since 1968; China's 8 give other dates."""
FIRST_YEAR, LAST_YEAR = 1968, 2199
"""Lunar years that are answered for; outside of 2024 to 2100 no benchmark vouches for the days."""

_J2000 = 2451545.0
_JD_OF_DAY_0 = 1721424.5
"""Julian date at midnight UTC of `date.fromordinal(0)`, were there one."""
# Meeus 49, new moon: days, then multiples of the sun's anomaly, the moon's, and its argument of latitude.
_NEW_MOON = (
    (-0.40720, 0, 1, 0), (0.17241, 1, 0, 0), (0.01608, 0, 2, 0), (0.01039, 0, 0, 2), (0.00739, -1, 1, 0),
    (-0.00514, 1, 1, 0), (0.00208, 2, 0, 0), (-0.00111, 0, 1, -2), (-0.00057, 0, 1, 2), (0.00056, 1, 2, 0),
    (-0.00042, 0, 3, 0), (0.00042, 1, 0, 2), (0.00038, 1, 0, -2), (-0.00024, -1, 2, 0), (-0.00007, 2, 1, 0),
    (0.00004, 0, 2, -2), (0.00004, 3, 0, 0), (0.00003, 1, 1, -2), (0.00003, 0, 2, 2), (-0.00003, 1, 1, 2),
    (0.00003, -1, 1, 2), (-0.00002, -1, 1, -2), (-0.00002, 1, 3, 0), (0.00002, 0, 4, 0),
)  # fmt: skip
# Meeus 49, the planets: days, degrees at k = 0, degrees a month.
_PLANETS = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar; a leap month carries the number of the month before it."""

    year: int
    month: int
    day: int
    is_leap: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One lunar month: the year and number it has, the day it begins, and 29 or 30 days."""

    year: int
    number: int
    is_leap: bool
    first: date
    length: int

    def day(self, n: int) -> date | None:
        """The date of its n-th day; None where it has no such day."""
        return self.first + timedelta(days=n - 1) if 1 <= n <= self.length else None


def lunar_date(day: date, utc_offset_h: float = VIETNAM_H) -> LunarDate:
    """The lunar date of a day. Raises ValueError outside of the years answered for."""
    months = around(day.year, utc_offset_h)
    month = months[bisect_right([m.first for m in months], day) - 1]
    return LunarDate(month.year, month.number, (day - month.first).days + 1, month.is_leap)


def tet(year: int, utc_offset_h: float = VIETNAM_H) -> date:
    """The first day of a lunar year."""
    return next(m.first for m in _solstice_year(year, utc_offset_h) if m.number == 1)


def months_between(first: date, last: date) -> list[Month]:
    """All lunar months that share a day with the span."""
    found = {m.first: m for year in range(first.year, last.year + 1) for m in around(year, VIETNAM_H)}
    return [m for start, m in sorted(found.items()) if start <= last and start + timedelta(days=m.length) > first]


@lru_cache(maxsize=256)
def around(year: int, utc_offset_h: float) -> tuple[Month, ...]:
    """The lunar months that a calendar year touches, in order, and some after it."""
    return _solstice_year(year, utc_offset_h) + _solstice_year(year + 1, utc_offset_h)


@lru_cache(maxsize=512)
def _solstice_year(year: int, utc_offset_h: float) -> tuple[Month, ...]:
    """From the month with the winter solstice before `year` up to the next such month: 11, 12, 1 … 10."""
    if not FIRST_YEAR <= year <= LAST_YEAR + 1:
        raise ValueError(f"no lunar calendar for {year}")
    k = _month_of_solstice(year - 1, utc_offset_h)
    end = _month_of_solstice(year, utc_offset_h)
    firsts = [_new_moon_day(n, utc_offset_h) for n in range(k, end + 1)]
    terms = [_term(day, utc_offset_h) for day in firsts]
    is_long = end - k == 13
    months: list[Month] = []
    number, has_leapt = 10, not is_long
    for i in range(end - k):
        is_leap = not has_leapt and terms[i] == terms[i + 1]
        has_leapt = has_leapt or is_leap
        number += 0 if is_leap else 1
        named = (number - 1) % 12 + 1
        of_year = year - 1 if number <= 12 else year
        months.append(Month(of_year, named, is_leap, date.fromordinal(firsts[i]), firsts[i + 1] - firsts[i]))
    return tuple(months)


def _month_of_solstice(year: int, utc_offset_h: float) -> int:
    """Number the new moon that begins the month with the winter solstice (270 degrees) of a calendar year."""
    k = floor((year - 2000) * 12.3685 + 13)
    while _term(_new_moon_day(k, utc_offset_h), utc_offset_h) >= 9 or _new_moon_day(k, utc_offset_h) > _end_of(year):
        k -= 1
    return k


def _end_of(year: int) -> int:
    return date(year, 12, 31).toordinal()


@lru_cache(maxsize=4096)
def _new_moon_day(k: int, utc_offset_h: float) -> int:
    """The local day of the k-th new moon after that of 6 January 2000, as an ordinal."""
    return floor(new_moon_jd(k) + utc_offset_h / 24 - _JD_OF_DAY_0)


def new_moon_jd(k: int) -> float:
    """The instant of the k-th new moon as a Julian date in universal time."""
    t = k / 1236.85
    e = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3 - 0.000000058 * t**4)
    latitude = radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3 + 0.000000011 * t**4)
    node = radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3)
    jd = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2 - 0.00000015 * t**3 + 0.00000000073 * t**4
    jd += sum(c * e ** abs(s) * sin(s * sun + m * moon + f * latitude) for c, s, m, f in _NEW_MOON)
    jd -= 0.00017 * sin(node)
    jd += sum(c * sin(radians(at_0 + a_month * k)) for c, at_0, a_month in _PLANETS)
    return jd - delta_t_s(jd) / 86_400


def _term(day: int, utc_offset_h: float) -> int:
    """Which twelfth of the ecliptic (0 to 11, 9 begins at the winter solstice) the sun is in as the day begins."""
    return floor(sun_longitude_deg(day + _JD_OF_DAY_0 - utc_offset_h / 24) / 30)


def sun_longitude_deg(jd: float) -> float:
    """The sun's apparent longitude, 0 to 360, at a Julian date in universal time."""
    t = (jd + delta_t_s(jd) / 86_400 - _J2000) / 36_525
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    node = radians(125.04 - 1934.136 * t)
    longitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre + _pull_deg(t)
    return (longitude - 0.00569 - 0.00478 * sin(node)) % 360.0


def _pull_deg(t: float) -> float:
    """Venus (two terms), Jupiter, the moon, and a slow one: Meeus, Astronomical Formulae for Calculators, 18."""
    t += 1.0  # that book counts its centuries from 1900
    return (
        0.00134 * cos(radians(153.23 + 22518.7541 * t))
        + 0.00154 * cos(radians(216.57 + 45037.5082 * t))
        + 0.00200 * cos(radians(312.69 + 32964.3577 * t))
        + 0.00179 * sin(radians(350.74 + 445267.1142 * t - 0.00144 * t * t))
        + 0.00178 * sin(radians(231.19 + 20.20 * t))
    )


def delta_t_s(jd: float) -> float:
    """Terrestrial less universal time by the polynomials of Espenak and Meeus (NASA, 2006), from 1961 on.

    The earth's rotation to come is a forecast. Of all new moons up to 2100 that of 15 November 2077 hangs on it: it
    stands 9 s before midnight here, and would be one of the 16th were this below some 143 s then (152 s are forecast).
    """
    year = 2000 + (jd - _J2000) / 365.25
    t = year - 2000
    if year < 1986:
        since_1975 = year - 1975
        return 45.45 + 1.067 * since_1975 - since_1975**2 / 260 - since_1975**3 / 718
    if year < 2005:
        return 63.86 + 0.3345 * t - 0.060374 * t**2 + 0.0017275 * t**3 + 0.000651814 * t**4 + 0.00002373599 * t**5
    if year < 2050:
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * max(0.0, 2150 - year)
