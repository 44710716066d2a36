"""When a picture was taken, by its name or by what its camera wrote into it (EXIF). Pure."""

import io
import re
from datetime import UTC, datetime, timedelta, timezone

import exifread

_INSTANT = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.:/]?(?P<month>[01]\d)[-_.:/]?(?P<day>[0-3]\d)"
    r"[-_T ./]*(?P<hour>[0-2]\d)[-_:.h/]?(?P<minute>[0-5]\d)"
    r"(?:[-_:.m/]?(?P<second>[0-5]\d)(?:[.,]?(?P<part>\d{1,6}))?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?(?!\d)"
)
_EXIF_TAGS = ("EXIF DateTimeOriginal", "Image DateTime")


def from_name(name: str) -> datetime | None:
    """The last instant that stands in a path: 2026-11-20T07:30:05Z, 2026-11-20_07-30-05, 202611200730 and the like.

    Without a zone it is taken as UTC: only differences and hours of the day count here. None where there is none.
    """
    found = None
    for match in _INSTANT.finditer(name):
        found = _instant(match.groupdict()) or found
    return found


def from_exif(data: bytes) -> datetime | None:
    """What the camera wrote into a JPEG. None where it wrote nothing that can be read."""
    try:
        tags = exifread.process_file(io.BytesIO(data), details=False)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, ArithmeticError):
        return None  # the library raises whatever a broken file leads it to
    for name in _EXIF_TAGS:
        if name in tags and (at := from_name(str(tags[name]))) is not None:
            return at
    return None


def _instant(parts: dict[str, str | None]) -> datetime | None:
    numbers = [int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    micro = int((parts["part"] or "0").ljust(6, "0"))
    try:
        return datetime(*numbers, micro, tzinfo=_zone(parts["zone"]))  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return UTC
    assert text is not None
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
