"""What the decoder is given beside a camera's address: pictures to compare its own with. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture to compare with; one that is not near is of another hour, and stands in where others lack. The first
    ones are of the time when the camera was put up: the lens was clean."""

    is_grey: bool
    picture: bytes
    is_near: bool = True
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What the decoder is given beside the address: pictures to compare with, and the look before this one."""

    references: tuple[Shown, ...] = ()
    before: bytes = b""


NOTHING_KNOWN = Question()
