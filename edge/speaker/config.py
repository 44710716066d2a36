"""`speaker.toml`: the sound card, the amplifier's relay, and the limits this village allows itself."""

from dataclasses import dataclass

from contract.form import require
from contract.limits import LimitSettings
from contract.settings import setting
from contract.terms import Priority

STREAM_LEAD_S = 3.0
"""What the audio child needs to start, open the card, and feed silence until the card's clock can be believed."""
PIN_FACTORIES = ("lgpio", "native", "mock")


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
