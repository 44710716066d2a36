"""The limits a node keeps: quiet hours, quotas, volume caps. What follows from them is in `rules`."""

from dataclasses import dataclass

from contract.form import require, require_text


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
