"""What one look at a camera found, in numbers. Pure, and without a library: who judges needs to open no picture."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from contract.form import require

BLOCKS = 144
"""A view is asked by a grid of 16x9 blocks."""


class Obstacle(StrEnum):
    """What kept a look from a picture; NONE where packets came and nothing was wrong with them."""

    NONE = ""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOGIN = "login"
    ADDRESS = "address"
    SILENT = "silent"
    GARBLED = "garbled"
    CRASHED = "crashed"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of one picture by itself, at 320x180.

    `brightness`, `contrast`: mean and standard deviation in grey levels. `colour`: how far from grey on average (0 to
    128); `blue`, `red`: the cast, how far the mean leans that way (-128 to 128). `clipped`: the share that is plain
    white.
    """

    brightness: float
    contrast: float
    colour: float = 0.0
    blue: float = 0.0
    red: float = 0.0
    clipped: float = 0.0

    def __post_init__(self) -> None:
        require(0 <= self.brightness <= 255, "brightness: 0 to 255")
        require(0 <= self.contrast <= 128, "contrast: 0 to 128")
        require(0 <= self.clipped <= 1, "clipped: 0 to 1")

    @property
    def is_grey(self) -> bool:
        """As an infrared picture is."""
        return self.colour < GREY_COLOUR

    @property
    def is_by_day(self) -> bool:
        """Neither by infrared nor by lamps."""
        return not self.is_grey and self.brightness >= NIGHT_BRIGHTNESS


NIGHT_BRIGHTNESS = 60.0
"""Grey levels: a darker picture may be one by lamplight."""
GREY_COLOUR = 1.5
"""Coding leaves about half a level of colour in a grey picture; the dullest coloured view of the clips has four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where a view went: shift in parts of the width and height (right and down are positive), rotation in degrees
    (against the clock), and how many times better the two agree there than in place."""

    dx: float = 0.0
    dy: float = 0.0
    rotation_deg: float = 0.0
    gain: float = 1.0


NO_BLOCKS = "0" * (BLOCKS // 4)
_BITS = re.compile(f"[0-9a-f]{{{BLOCKS // 4}}}")


def blocks(bits: str) -> frozenset[int]:
    """The numbers of the blocks that are marked, rows first."""
    marked = int(bits, 16)
    return frozenset(n for n in range(BLOCKS) if marked >> (BLOCKS - 1 - n) & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A picture beside what its camera used to show at this hour. All shares are 0 to 1.

    `is_known`: whether there were references of this kind (grey or coloured) and hour; else the nearest stood in.
    `dependable`: how many of the 144 blocks are. `lost`: the share of them that is not found again; `flat` and
    `still`: the share that is lost and flat, or lost and the same as at the look before. `turn`: where the view went,
    and `found`: how much of the agreement to expect there is after turning it back; `kept`: how much of it in place.
    `sharp`: the share that is lost and shows other edges than before, the same ones at both looks.
    `solid`, `gone`, `hidden`, `stays`: which blocks are dependable, lost, lost and still, lost and just as they were at
    the look before: a bit each, in hexadecimal.
    `left`: how strong edges of any kind are where it is lost, in parts of what they were there (the middle of all).
    `layout`: how well wide light and dark places agree where edges are lost, 1 being all.
    `sharpness`: how much of the fine structure is left, beside the coarse, 1 being all; `doubt`: its standard error.
    `detail`: fine beside coarse energy, noise and all, in parts of the references' least. `dull`: the share that has
    lost half of its contrast against the rest since the camera was put up, None where nothing of that hour is kept.
    """

    is_known: bool
    dependable: int
    lost: float
    flat: float
    still: float
    found: float
    sharpness: float
    doubt: float
    detail: float
    kept: float = 1.0
    layout: float = 0.0
    sharp: float = 0.0
    left: float = 1.0
    dull: float | None = None
    noise: float = 1.0
    stripes: float = 1.0
    turn: Turn = field(default_factory=Turn)

    solid: str = NO_BLOCKS
    gone: str = NO_BLOCKS
    hidden: str = NO_BLOCKS
    stays: str = NO_BLOCKS

    def __post_init__(self) -> None:
        require(0 <= self.dependable <= BLOCKS, "dependable: 0 to 144")
        for name in ("solid", "gone", "hidden", "stays"):
            require(_BITS.fullmatch(getattr(self, name)) is not None, f"{name}: 36 hexadecimal digits")


SMALL_MAX = 96 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a camera found.

    `progress_s`: how far the stream's own time stamps moved, None where fewer than two packets carried one.
    `picture`: checksum of the first key picture at full size; `measures` of it. Both are None where no key picture
    came in time. `small`: the picture at 320x180 in grey, as JPEG. `comparison`: with the references that
    were given, None where there were too few.
    """

    obstacle: Obstacle
    packets: int = 0
    progress_s: float | None = None
    picture: int | None = None
    measures: Measures | None = None
    comparison: Comparison | None = None
    small: bytes = b""

    def __post_init__(self) -> None:
        require(len(self.small) <= SMALL_MAX, "small: too large")
        require(0 <= self.packets < 100_000, "packets: 0 to 100,000")
        require(self.packets > 0 or self.obstacle is not Obstacle.NONE, "a look without packets met an obstacle")
