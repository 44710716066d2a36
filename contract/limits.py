"""The limits a node keeps: quiet hours, quotas, volume caps. What follows from them is in `rules`."""

from dataclasses import dataclass

from contract.form import require, require_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a node refuses to exceed, kept in its own file; a signed plan may tighten it, never loosen.

    Times are minutes after local midnight; a quiet span may cross midnight. Emergencies pass the quiet
    hours and the quotas, yet have their own volume, longest duration and daily minutes.
    """

    time_zone: str = "Asia/Ho_Chi_Minh"
    quiet_from_min: int = 21 * 60
    quiet_until_min: int = 4 * 60 + 30
    sessions_a_day: int = 12
    minutes_a_day: int = 180
    longest_s: float = 3600.0
    volume_cap_pct: int = 100
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
