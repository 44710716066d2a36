"""When each fault of a picture is believed: `camera.toml`'s part on patience and thresholds, one table a fault.

Where a number comes from: benchmarks/camera_health.py, over the clips that are not measured on.
"""

from dataclasses import dataclass

from contract.form import require
from contract.settings import setting

_OPENS = "A fault is believed when this many ..."
_OF = "... of so many last looks show it ..."
_LASTS = "... and it has lasted for so many seconds."
_CLEARS = "It is over, or has become another one, after so many looks in a row."
_MANY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many looks it takes to believe a change."""

    opens_after: int = setting(2, _OPENS)
    of: int = setting(3, _OF)
    lasts_s: float = setting(0.0, _LASTS)
    clears_after: int = setting(2, _CLEARS)

    def __post_init__(self) -> None:
        require(1 <= self.opens_after <= self.of <= _MANY, "opens_after and of: 1 <= opens_after <= of <= 20")
        require(1 <= self.clears_after <= _MANY, "clears_after: from 1 to 20")
        require(0 <= self.lasts_s <= 30 * 86_400, "lasts_s: from 0 to 2592000 (30 days)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Patience):
    """No connection, or connected and no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(Patience):
    """Told by time stamps that stand still and by pictures equal to the last bit; there is no threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dark(Patience):
    """Nothing can be made out for want of light."""

    brightness: float = setting(10.0, "The picture's mean is below this (0 to 255) ...")
    contrast: float = setting(4.0, "... and its standard deviation below this: nothing can be made out.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0 <= self.brightness <= 255, "brightness: from 0 to 255")
        require(0 <= self.contrast <= 128, "contrast: from 0 to 128")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bright(Patience):
    """Nothing can be made out for too much of it."""

    clipped: float = setting(0.5, "This share of the picture is plain white (0 to 1), where it never was at this hour.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0.05 <= self.clipped <= 1, "clipped: from 0.05 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered(Patience):
    """Something stays before the lens."""

    share: float = setting(0.33, "This share of the view's fixed edges is hidden by something that stays (0 to 1).")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0.05 <= self.share <= 1, "share: from 0.05 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Patience):
    """The view is found elsewhere in the picture, or not at all."""

    shift: float = setting(0.025, "The view went by this part of its width or height (0 to 1) ...")
    rotation_deg: float = setting(1.5, "... or turned by so many degrees.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0.005 <= self.shift <= 1, "shift: from 0.005 to 1")
        require(0.5 <= self.rotation_deg <= 90, "rotation_deg: from 0.5 to 90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blurred(Patience):
    """The fine structure of the view is gone, the coarse is not."""

    sharpness: float = setting(0.42, "So much of the fine structure is left, beside the coarse (0 to 1).")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0.05 <= self.sharpness <= 0.9, "sharpness: from 0.05 to 0.9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy(Patience):
    """Snow or stripes over the view."""

    times: float = setting(4.0, "Noise or stripes are so many times what they are at this hour.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(1.5 <= self.times <= 100, "times: from 1.5 to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class IrCut(Patience):
    """A sticking infrared filter; storms switch cameras to grey by day too, so this takes long to believe."""

    lasts_s: float = setting(1800.0, _LASTS)
    colour: float = setting(8.0, "Colours differ by this much (0 to 128) from those of this hour.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(1 <= self.colour <= 128, "colour: from 1 to 128")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirty(Patience):
    """Against the pictures of the day the camera was put up; days count here, not looks."""

    share: float = setting(0.3, "This share of the view has lost half of its contrast against the rest (0 to 1) ...")
    days: int = setting(3, "... on so many days together.")

    def __post_init__(self) -> None:
        Patience.__post_init__(self)
        require(0.05 <= self.share <= 1, "share: from 0.05 to 1")
        require(1 <= self.days <= 30, "days: from 1 to 30")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One table a fault. The usual values suit a fixed camera looked at every 20 s."""

    gone: Gone = setting(Gone(), "No connection, or no picture.")
    frozen: Frozen = setting(Frozen(), "The picture stands still.")
    dark: Dark = setting(Dark(), "Nothing but darkness, at an hour when there was more to see.")
    bright: Bright = setting(Bright(), "Nothing but light.")
    covered: Covered = setting(Covered(), "Something stands or hangs before the lens.")
    moved: Moved = setting(Moved(), "The camera looks elsewhere.")
    blurred: Blurred = setting(Blurred(), "Out of focus.")
    noisy: Noisy = setting(Noisy(), "Snow or stripes.")
    ir_cut: IrCut = setting(IrCut(), "Colour in the night, pink or grey by day.")
    dirty: Dirty = setting(Dirty(), "The lens has been getting dirty.")
