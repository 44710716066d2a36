"""A place that alerts go to: whose it is, of what it is told, and when it is left in peace. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

DAY_MIN = 24 * 60
AFTER_MAX_MIN = DAY_MIN


class Kind(StrEnum):
    """By what way it is reached; OTHER is any address that apprise knows."""

    TELEGRAM = "telegram"
    ZALO = "zalo"
    EMAIL = "email"
    WEBHOOK = "webhook"
    OTHER = "other"


class Hears(StrEnum):
    """Of what it is told: everything, what lasts longer than `after_min`, or what nobody knew of by then."""

    ALL = "all"
    LASTING = "lasting"
    TURN = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`url` is secret and opens the way; `shown` is what people may see of it. Minutes are after local midnight.

    `villages` is empty where it is the whole commune. A digest comes at `digest_min`, also where there is nothing to
    say if `has_empty_digest`. One that was removed stays, without its `url`, since the record names it.
    """

    id: str
    title: str
    kind: Kind
    url: str = field(repr=False)
    shown: str
    added_at: datetime
    villages: frozenset[str] = frozenset()
    hears: Hears = Hears.ALL
    after_min: int = 0
    quiet_from_min: int | None = None
    quiet_until_min: int | None = None
    digest_min: int | None = None
    has_empty_digest: bool = False
    language: str = "vi"
    is_removed: bool = False

    @property
    def after(self) -> timedelta:
        """How long an incident must have lasted."""
        return timedelta() if self.hears is Hears.ALL else timedelta(minutes=self.after_min)

    def is_about(self, villages: Collection[str]) -> bool:
        """Whether one of these is this place's."""
        return not self.villages or not self.villages.isdisjoint(villages)

    def awake_at(self, at: datetime, zone: tzinfo) -> datetime:
        """When it may be disturbed by what is not grave: `at`, or the end of its quiet hours."""
        start, end = self.quiet_from_min, self.quiet_until_min
        if start is None or end is None or start == end:
            return at
        local = at.astimezone(zone)
        minute = 60 * local.hour + local.minute
        is_quiet = start <= minute < end if start < end else minute >= start or minute < end
        if not is_quiet:
            return at
        ends = _on_day(local, end)
        return ends if ends > at else _on_day(local + timedelta(days=1), end)

    def next_digest(self, after: datetime, zone: tzinfo) -> datetime | None:
        """The first instant later than `after` at which it gets its digest; None where it wants none."""
        if self.digest_min is None:
            return None
        local = after.astimezone(zone)
        at = _on_day(local, self.digest_min)
        return at if at > after else _on_day(local + timedelta(days=1), self.digest_min)


def _on_day(local: datetime, minute: int) -> datetime:
    """That minute of this local day."""
    return local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
