"""A lens that gets dirty over weeks: how much of the view is dull, day by day, and when it will want cleaning. Pure.

Only the pictures of the day the camera was put up are compared with: rolling references get dirty with the lens. A
look at midday is dull in another place than one at dusk; so a day is told by the middle of its looks, and weeks by
the middle of all the slopes between their days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from edge.camera.rules import Rule

SPACED = timedelta(minutes=10)
"""Looks that follow each other show the same; one in so long is noted."""
ENOUGH_LOOKS = 6
"""So many noted looks tell a day, or that the lens was cleaned."""
KEPT_DAYS = 30
FORECAST_DAYS = 28
LEAST_DAYS = 7
"""With fewer days nothing is foretold ..."""
FAR_DAYS = 90.0
"""... nor further ahead than this."""
GROWS = 0.75
"""Dirt grows where so many of the slopes between days go up."""
CLEANED = 0.5
"""A lens is clean again where its looks are duller by less than this part of what its last days were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date, and which share of the view was dull on it."""

    on: date
    dull: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirt:
    """What is known of a lens: the days, the present one last, and the present one's looks."""

    days: tuple[Day, ...] = ()
    looks: tuple[float, ...] = ()
    noted_at: datetime | None = None


def note(dirt: Dirt, at: datetime, dull: float, zone: tzinfo) -> Dirt:
    """Take a look into account, where the one before is long enough ago."""
    if dirt.noted_at is not None and at - dirt.noted_at < SPACED:
        return dirt
    on = at.astimezone(zone).date()
    is_same_day = dirt.noted_at is not None and dirt.noted_at.astimezone(zone).date() == on
    looks = (*(dirt.looks if is_same_day else ()), dull)
    days = () if _is_cleaned(dirt.days, looks, on) else dirt.days
    if len(looks) >= ENOUGH_LOOKS:
        days = (*(d for d in days if d.on < on), Day(on=on, dull=round(median(looks), 3)))[-KEPT_DAYS:]
    return replace(dirt, days=days, looks=looks, noted_at=at)


def settled(dirt: Dirt, rule: Rule) -> float:
    """How dull the view has been on each of the last days that dirt takes to be believed; 0 where it was not."""
    last = [d.dull for d in dirt.days[-rule.dirty.days :]]
    return min(last) if len(last) == rule.dirty.days and min(last) >= rule.dirty.share else 0.0


def clean_in_days(days: Sequence[Day], rule: Rule) -> float | None:
    """In how many days from the last one dirt will be a fault, if it goes on as it did; None where it does not grow."""
    if not days:
        return None
    known = [((d.on - days[-1].on).days, d.dull) for d in days if (days[-1].on - d.on).days < FORECAST_DAYS]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for n, a in enumerate(known) for b in known[n + 1 :] if b[0] > a[0]]
    if len(known) < LEAST_DAYS or sum(s > 0 for s in slopes) < GROWS * len(slopes):
        return None
    slope = median(slopes)
    ahead = (rule.dirty.share - median([dull - slope * day for day, dull in known])) / slope
    return round(max(0.0, ahead), 1) if ahead <= FAR_DAYS else None


def median(values: Sequence[float]) -> float:
    """The middle of at least one. (The standard library's `statistics` reads in fractions and random numbers.)"""
    ordered, last = sorted(values), len(values) - 1
    return (ordered[last // 2] + ordered[(last + 1) // 2]) / 2


def _is_cleaned(days: Sequence[Day], looks: Sequence[float], on: date) -> bool:
    before = [d.dull for d in days if d.on < on][-ENOUGH_LOOKS:]
    last = looks[-ENOUGH_LOOKS:]
    return bool(before) and len(last) == ENOUGH_LOOKS and max(last) < CLEANED * median(before)
