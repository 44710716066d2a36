"""`speaker.toml`: the sound card, the amplifier's relay, and the limits this village allows itself."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from contract.form import require
from contract.limits import Limits
from contract.settings import setting
from contract.terms import Priority

STREAM_LEAD_S = 3.0
"""What the audio child needs to start, open the card, and feed silence until the card's clock can be believed."""
PIN_FACTORIES = ("lgpio", "native", "mock")


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AmplifierSettings:
    """The relay that powers the amplifier."""

    pin: int = setting(-1, "GPIO number (BCM) of the relay that powers the amplifier; -1 where none is wired.")
    active_high: bool = setting(True, "true where a high pin closes the relay; false for the usual inverted boards.")
    pin_factory: str = setting("lgpio", "How the pin is reached: 'lgpio', 'native', or 'mock' for a bench without one.")
    warm_up_s: float = setting(2.0, "Seconds from power to clear sound: nothing is played before they have passed.")
    hold_s: float = setting(5.0, "Seconds the amplifier stays on after a play, so that it does not flap between two.")
    max_on_s: float = setting(3700.0, "Longest time on for one play; then power goes off whatever else happens.")

    def __post_init__(self) -> None:
        require(-1 <= self.pin <= 53, "pin: -1, or 0 to 53")
        require(self.pin_factory in PIN_FACTORIES, f"pin_factory: one of {', '.join(PIN_FACTORIES)}")
        require(0 <= self.warm_up_s <= 60, "warm_up_s: 0 to 60")
        require(0 <= self.hold_s <= 600, "hold_s: 0 to 600")
        require(0 < self.max_on_s <= 90_000, "max_on_s: above 0, at most 90000")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerSettings:
    """Everything in `speaker.toml`."""

    card: str = setting("", "Part of the sound card's name, for example 'USB Audio'; empty for the system's default.")
    volume_pct: int = setting(100, "Volume of this house, in percent: every play, emergencies too, is scaled by it.")
    arm_ahead_s: float = setting(
        6.0,
        "Seconds before its instant that a play is made ready: amplifier on, card open, silence fed.\n"
        f"At least warm_up_s, and {STREAM_LEAD_S:g} seconds for the card.",
    )
    blind_classes: tuple[Priority, ...] = setting(
        (Priority.EMERGENCY,),
        "The classes that are played even by a clock that cannot be believed: 'emergency', 'priority', 'routine'.\n"
        "Everything else waits until the clock is right.",
    )
    amplifier: AmplifierSettings = setting(AmplifierSettings(), "The relay that powers the amplifier.")
    limits: LimitSettings = setting(
        LimitSettings(), "What this house refuses to exceed, whatever it is sent. The hub may tighten it, never loosen."
    )

    def __post_init__(self) -> None:
        require(0 <= self.volume_pct <= 100, "volume_pct: 0 to 100")
        least_s = max(self.amplifier.warm_up_s, STREAM_LEAD_S)
        require(least_s <= self.arm_ahead_s <= 120, f"arm_ahead_s: {least_s:g} to 120")
        longest_s = max(self.limits.longest_s, self.limits.emergency_longest_s) + self.arm_ahead_s
        require(self.amplifier.max_on_s >= longest_s, f"amplifier.max_on_s: at least {longest_s:g}, the longest play")
