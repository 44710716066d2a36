"""Finds one JPEG picture in what a camera sends, by its own marks, whatever boundary and length were promised. Pure."""

from dataclasses import dataclass

BEGIN = b"\xff\xd8\xff"
PICTURE_MAX = 8 * 1024 * 1024
"""Bytes. A snapshot of 4K takes two."""

_END, _SCAN = 0xD9, 0xDA
_SIZES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
"""Frame headers: they tell height and width."""


class NoJpeg(Exception):
    """What comes is no JPEG, or one that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture, and the size that it claims."""

    data: bytes
    width: int
    height: int


def find(data: bytes | bytearray) -> Picture | None:
    """The first whole picture in it; None where more must come. Raises NoJpeg."""
    start = data.find(BEGIN)
    if start < 0:
        return None
    width = height = 0
    at = start + 2
    while True:
        if len(data) - start > PICTURE_MAX:
            raise NoJpeg("longer than any picture")
        if at + 4 > len(data):
            return _whole(data, start, at + 2, width, height) if data[at : at + 2] == b"\xff\xd9" else None
        if data[at] != 0xFF:
            raise NoJpeg("a mark is missing")
        mark = data[at + 1]
        if mark == 0xFF:  # a mark may be preceded by any number of these
            at += 1
            continue
        if mark == _END:
            return _whole(data, start, at + 2, width, height)
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 2 or mark < 0xC0:
            raise NoJpeg("a mark that is none")
        if mark in _SIZES:
            if at + 9 > len(data):
                return None
            height, width = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (5, 7))
        at += 2 + size
        if mark == _SCAN:
            after = _end_of_scan(data, at)
            if after is None:
                if len(data) - start > PICTURE_MAX:
                    raise NoJpeg("longer than any picture")
                return None
            at = after


def _whole(data: bytes | bytearray, start: int, end: int, width: int, height: int) -> Picture:
    if not width or not height:
        raise NoJpeg("a picture without a size")
    return Picture(bytes(data[start:end]), width, height)


def _end_of_scan(data: bytes | bytearray, at: int) -> int | None:
    """Where the next mark stands after a scan's entropy-coded data."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return None
        following = data[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7 or following == 0xFF:
            at += 1 if following == 0xFF else 2
            continue
        return at
