"""Where a village lies: coordinates as people paste them, and whether they can be meant. Pure."""

import re
from dataclasses import dataclass

POSITION_MAX = 200
"""Characters: a whole address of a map page is taken too."""
VIETNAM = (6.0, 24.0, 102.0, 118.0)
"""South, north, west and east of the country with Hoàng Sa and Trường Sa, in degrees, roundly."""
DECIMALS = 6
"""Of a degree: a tenth of a metre."""

_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
_PLAIN = re.compile(rf"\(?({_NUMBER})\s*°?\s*([NS]?)(?:\s*[,;]\s*|\s+)({_NUMBER})\s*°?\s*([EW]?)\)?")
_ANGLE = r"(\d{1,3})\s*°\s*(\d{1,2})\s*['′’]\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|'')\s*"
_ANGLES = re.compile(rf"{_ANGLE}([NS])[\s,;]+{_ANGLE}([EW])")
_ADDRESS = re.compile(r"https?://\S*?[@=/](-?\d+\.\d+)(?:,|%2C)(-?\d+\.\d+)\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees north and east (WGS 84, as phones and maps give them)."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"{self.latitude:.{DECIMALS}f}, {self.longitude:.{DECIMALS}f}"

    @property
    def is_in_vietnam(self) -> bool:
        south, north, west, east = VIETNAM
        return south <= self.latitude <= north and west <= self.longitude <= east


class BadPosition(ValueError):
    """What was given is no place on Earth."""


def at(latitude: float, longitude: float) -> Position:
    """Raises BadPosition."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadPosition
    return Position(round(latitude, DECIMALS), round(longitude, DECIMALS))


def read(text: str) -> Position:
    """What a map page or a phone gives: "21.0285, 105.8542", with decimal commas, in degrees, minutes and seconds, or
    the address of a page of Google Maps. A longitude that stands first is known by that no latitude is so large.
    Raises BadPosition.
    """
    text = " ".join(text.split())
    if len(text) > POSITION_MAX:
        raise BadPosition
    if found := _ANGLES.fullmatch(text):
        return at(_degrees(*found.groups()[:4]), _degrees(*found.groups()[4:]))
    if found := _ADDRESS.fullmatch(text):
        return _in_order(float(found[1]), float(found[2]))
    if found := _PLAIN.fullmatch(text):
        south, west = (-1 if found[2] == "S" else 1), (-1 if found[4] == "W" else 1)
        return _in_order(south * _number(found[1]), west * _number(found[3]))
    raise BadPosition


def _in_order(first: float, second: float) -> Position:
    return at(second, first) if abs(first) > 90 else at(first, second)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _degrees(degrees: str, minutes: str, seconds: str, side: str) -> float:
    found = int(degrees) + int(minutes) / 60 + _number(seconds) / 3600
    return -found if side in "SW" else found
