"""The limits a node keeps: quiet hours, quotas, volume caps; and how people write them. What follows is in `rules`."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from contract.form import require, require_text
from contract.settings import setting

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a node refuses to exceed, kept in its own file; a signed plan may tighten it, never loosen.

    Times are minutes after local midnight; a quiet span may cross midnight. Emergencies pass the quiet
    hours and the quotas, yet have their own volume, longest duration and daily minutes. Plays that follow one another
    within `session_gap_s` are one session. `days` are the weekdays on which anything else is played, Monday 0.
    `volumes` are steps (minute of the day, percent), the last one holding on past midnight; none means 100.
    """

    time_zone: str = "Asia/Ho_Chi_Minh"
    quiet_from_min: int = 21 * 60
    quiet_until_min: int = 4 * 60 + 30
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    sessions_a_day: int = 12
    session_gap_s: float = 300.0
    minutes_a_day: int = 180
    longest_s: float = 3600.0
    volume_cap_pct: int = 100
    volumes: tuple[tuple[int, int], ...] = ()
    emergency_volume_cap_pct: int = 100
    emergency_longest_s: float = 3600.0
    emergency_minutes_a_day: int = 240

    def __post_init__(self) -> None:
        require_text("time_zone", self.time_zone, 64)
        for name in ("quiet_from_min", "quiet_until_min"):
            require(0 <= getattr(self, name) <= 1440, f"{name}: 0 to 1440 minutes")
        for name in ("sessions_a_day", "minutes_a_day", "emergency_minutes_a_day"):
            require(0 <= getattr(self, name) <= 1440, f"{name}: 0 to 1440")
        for name in ("longest_s", "emergency_longest_s"):
            require(0 < getattr(self, name) <= 86_400, f"{name}: above 0, at most a day")
        for name in ("volume_cap_pct", "emergency_volume_cap_pct"):
            require(0 <= getattr(self, name) <= 100, f"{name}: 0 to 100")
        require(0 <= self.session_gap_s <= 3600, "session_gap_s: 0 to an hour")
        require(list(self.days) == sorted({*self.days} & {*range(7)}), "days: 0 (Monday) to 6, each once, in order")
        minutes = [minute for minute, _ in self.volumes]
        require(minutes == sorted({*minutes} & {*range(1440)}), "volumes: minutes 0 to 1439, each once, in order")
        require(all(0 <= pct <= 100 for _, pct in self.volumes), "volumes: 0 to 100 percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """The node's own limits as a technician writes them; `limits` is the form both sides reckon with."""

    time_zone: str = setting("Asia/Ho_Chi_Minh", "The zone in which days and hours are counted.")
    quiet_from: str = setting("21:00", "From this hour on nothing but an emergency is played ...")
    quiet_until: str = setting("04:30", "... until this one. Write the same hour twice for no quiet hours.")
    days: tuple[str, ...] = setting(WEEKDAYS, "The days on which anything but an emergency is played.")
    sessions_a_day: int = setting(12, "Most sessions a day, rebroadcasts counted, emergencies not.")
    session_gap_s: float = setting(300.0, "Plays that follow one another within so many seconds are one session.")
    minutes_a_day: int = setting(180, "Most minutes a day, emergencies not counted.")
    longest_s: float = setting(3600.0, "Longest single play in seconds.")
    volume_cap_pct: int = setting(100, "Loudest volume, in percent of full scale.")
    volumes: dict[str, int] = setting(
        {}, "Volume by time of day, from each hour to the next, in percent: for example {'04:30' = 60, '07:00' = 100}."
    )
    emergency_volume_cap_pct: int = setting(100, "Loudest volume of an emergency.")
    emergency_longest_s: float = setting(3600.0, "Longest single emergency in seconds.")
    emergency_minutes_a_day: int = setting(240, "Most minutes of emergencies a day.")

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, OSError, ValueError):  # ZoneInfo's: not found, unreadable, not a name at all
            raise ValueError(f"time_zone: {self.time_zone!r} is not known here; for example Asia/Ho_Chi_Minh") from None
        _ = self.limits

    @property
    def limits(self) -> Limits:
        """Raises ValueError where a value is out of its range."""
        return Limits(
            time_zone=self.time_zone,
            quiet_from_min=_minutes("quiet_from", self.quiet_from),
            quiet_until_min=_minutes("quiet_until", self.quiet_until),
            days=_days(self.days),
            sessions_a_day=self.sessions_a_day,
            session_gap_s=self.session_gap_s,
            minutes_a_day=self.minutes_a_day,
            longest_s=self.longest_s,
            volume_cap_pct=self.volume_cap_pct,
            volumes=tuple(sorted((_minutes("volumes", hour), pct) for hour, pct in self.volumes.items())),
            emergency_volume_cap_pct=self.emergency_volume_cap_pct,
            emergency_longest_s=self.emergency_longest_s,
            emergency_minutes_a_day=self.emergency_minutes_a_day,
        )

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """The same limits as people write them."""
        return cls(
            time_zone=limits.time_zone,
            quiet_from=_hour(limits.quiet_from_min),
            quiet_until=_hour(limits.quiet_until_min),
            days=tuple(WEEKDAYS[day] for day in limits.days),
            sessions_a_day=limits.sessions_a_day,
            session_gap_s=limits.session_gap_s,
            minutes_a_day=limits.minutes_a_day,
            longest_s=limits.longest_s,
            volume_cap_pct=limits.volume_cap_pct,
            volumes={_hour(minute): pct for minute, pct in limits.volumes},
            emergency_volume_cap_pct=limits.emergency_volume_cap_pct,
            emergency_longest_s=limits.emergency_longest_s,
            emergency_minutes_a_day=limits.emergency_minutes_a_day,
        )


def _hour(minutes: int) -> str:
    """'HH:MM' of minutes after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(name: str, hour: str) -> int:
    """Minutes after midnight of 'HH:MM' ('24:00' too). Raises ValueError."""
    hours, colon, minutes = hour.partition(":")
    is_written = colon and len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isdecimal()
    require(bool(is_written), f"{name}: write it as HH:MM, for example 21:00")
    total = int(hours) * 60 + int(minutes)
    require(int(minutes) < 60 and total <= 1440, f"{name}: 00:00 to 24:00")
    return total


def _days(names: tuple[str, ...]) -> tuple[int, ...]:
    """Weekdays as numbers, Monday 0. Raises ValueError."""
    for name in names:
        require(name in WEEKDAYS, f"days: {name!r} is none of {', '.join(WEEKDAYS)}")
    return tuple(sorted({WEEKDAYS.index(name) for name in names}))
