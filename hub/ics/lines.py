"""A file of RFC 5545 taken apart: its events as lines that know where they stand, and its time zones. Pure.

Nothing in it is believed: a file that is too large, too deep or no calendar is refused, with words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from icalendar.parser import Contentline

from hub.refusals import Refused

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 300
_MAX_DEPTH = 6
_MAX_LINE = 20_000
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One property, unfolded; `number` is where it begins in the file."""

    number: int
    name: str
    text: str

    def parts(self) -> tuple[dict[str, str], str]:
        """Its parameters and its value. Raises ValueError."""
        _, parameters, value = Contentline(self.text).parts()  # type: ignore[no-untyped-call]
        return {str(name).upper(): str(told) for name, told in parameters.items()}, str(value)


@dataclass(frozen=True, slots=True)
class Block:
    """One component between BEGIN and END, with its own lines and without those of the components in it."""

    number: int
    name: str
    lines: list[Line] = field(default_factory=list)
    inner: list["Block"] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]


@dataclass(frozen=True, slots=True)
class Taken:
    """The events of a file; the zones that it describes itself and that have but one offset, by their name."""

    events: list[Block]
    offsets: dict[str, timedelta]


def take_apart(data: bytes) -> Taken:
    """Raises Refused for what is no calendar, or more of one than can be looked through."""
    if len(data) > MAX_BYTES:
        raise Refused(
            "Tệp lịch lớn quá 1 MB. Hãy xuất ít ngày hơn rồi thử lại.",
            "The calendar file is larger than 1 MB. Export fewer days and try again.",
        )
    whole = _blocks(_text(data))
    events = [block for block in whole.inner if block.name == "VEVENT"]
    if len(events) > MAX_EVENTS:
        raise Refused(
            f"Tệp có {len(events)} việc, nhiều nhất được {MAX_EVENTS}. Hãy xuất ít ngày hơn rồi thử lại.",
            f"The file has {len(events)} events, at most {MAX_EVENTS} are taken. Export fewer days and try again.",
        )
    return Taken(events, dict(_offsets(block for block in whole.inner if block.name == "VTIMEZONE")))


def plain(value: str) -> str:
    """A text value as people wrote it, on one line."""
    told = re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _no_calendar() from None
    if "\0" in text or not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise _no_calendar()
    return text


def _blocks(text: str) -> Block:
    """All that stands directly in a VCALENDAR, as one block."""
    whole = Block(0, "")
    open_ = [("", whole)]
    for line in _unfolded(text):
        told, inside = line.text.partition(":")[2].strip().upper(), open_[-1][1]
        if line.name == "BEGIN":
            is_calendar = told == "VCALENDAR" and len(open_) == 1
            open_.append((told, whole if is_calendar else Block(line.number, told)))
            if not is_calendar:
                inside.inner.append(open_[-1][1])
            if len(open_) > _MAX_DEPTH:
                raise _broken(line.number)
        elif line.name == "END":
            if open_.pop()[0] != told or not open_:
                raise _broken(line.number)
        else:
            inside.lines.append(line)
    if len(open_) > 1:
        raise Refused(
            "Tệp lịch bị cắt ngang, thiếu phần cuối. Hãy xuất lại từ chương trình lịch.",
            "The calendar file ends in the middle. Export it again from the calendar program.",
        )
    return whole


def _unfolded(text: str) -> Iterator[Line]:
    """A line that begins with a space goes on with the one before."""
    number, parts = 0, list[str]()
    for at, line in enumerate((*re.split(r"\r\n|\n|\r", text), "END"), 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        joined = "".join(parts)
        if len(joined) > _MAX_LINE:
            raise _broken(number)
        name = _NAME.match(joined)
        if joined.strip():
            yield Line(number, name[0].upper() if name else "", joined)
        number, parts = at, [line]


def _offsets(zones: Iterator[Block]) -> Iterator[tuple[str, timedelta]]:
    for zone in zones:
        name = zone.first("TZID")
        told = {line.text.partition(":")[2].strip() for part in zone.inner for line in part.all("TZOFFSETTO")}
        offset = _OFFSET.fullmatch(told.pop()) if len(told) == 1 else None
        if name is not None and offset is not None:
            span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
            if span < timedelta(hours=15):
                yield plain(name.text.partition(":")[2]), -span if offset[1] == "-" else span


def _no_calendar() -> Refused:
    return Refused(
        "Đây không phải tệp lịch (.ics). Hãy xuất lịch từ Google Calendar, Outlook hoặc điện thoại rồi chọn tệp đó.",
        "This is no calendar file (.ics). Export one from Google Calendar, Outlook or a phone and choose that.",
    )


def _broken(number: int) -> Refused:
    return Refused(
        f"Tệp lịch hỏng ở dòng {number}. Hãy xuất lại từ chương trình lịch.",
        f"The calendar file is broken at line {number}. Export it again from the calendar program.",
    )
