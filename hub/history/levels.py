"""How time is cut for rollups: five minutes, hours and days as they are counted there. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from hub.nodes.course import midnight

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Level(IntEnum):
    """How fine; each but the first is made of the one before. The value is its length in minutes."""

    MINUTE = 1
    """Samples as they came, one a minute."""
    FIVE_MINUTES = 5
    HOUR = 60
    DAY = 1440


ROLLED = (Level.FIVE_MINUTES, Level.HOUR, Level.DAY)
FINER = {Level.FIVE_MINUTES: Level.MINUTE, Level.HOUR: Level.FIVE_MINUTES, Level.DAY: Level.HOUR}
COARSER = {finer: level for level, finer in FINER.items()}


def start_of(level: Level, at: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the bucket that has this instant, in UTC."""
    at = at.astimezone(UTC)
    if level is Level.DAY:
        return midnight(at.astimezone(zone).date(), zone).astimezone(UTC)
    offset = (at.astimezone(zone).utcoffset() or timedelta()) if level is Level.HOUR else timedelta()
    return at - (at + offset - _EPOCH) % timedelta(minutes=level)


def end_of(level: Level, start: datetime, zone: ZoneInfo) -> datetime:
    """Where the bucket ends that begins then. A day has 23 to 25 hours where clocks are changed."""
    if level is Level.DAY:
        return midnight(start.astimezone(zone).date() + timedelta(days=1), zone).astimezone(UTC)
    return start + timedelta(minutes=level)


def starts(level: Level, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Of every bucket that has part of the time from `since` up to before `until`, in order."""
    start = start_of(level, since, zone)
    while start < until:
        yield start
        start = end_of(level, start, zone)
