"""What a calendar file of another program says, as far as it can become broadcasts here. Pure.

Every event is understood as a whole or told with its line and the reason; nothing is guessed without a word.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import vDDDTypes, vRecur
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from hub.ics import recurrence
from hub.ics.lines import Block, Line, Taken, plain, take_apart
from hub.ics.recurrence import Repeats
from hub.rules.reading import Misread
from hub.rules.rule import Rule
from hub.titles import TITLE_MAX

USUAL_TIME = time(5)
"""Of what lasts all day and so has no time of its own; the officer is told to choose one."""
_YEARS = range(2010, 2100)
_ZONE_NAME = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event that is still ahead. `at` is the next time it takes place; `line` is where it begins in the file."""

    line: int
    title: str
    place: str
    at: datetime
    rule: Rule | None = None
    is_all_day: bool = False
    is_cut: bool = False
    """Only what a year holds of it is told, in single dates."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that was not understood: where, which, and why in a sentence in both languages."""

    line: int
    title: str
    message_vi: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, in the order of time; `past` and `cancelled` count what was passed over."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    past: int = 0
    cancelled: int = 0


class _Unclear(Exception):
    def __init__(self, line: int, message_vi: str, message_en: str) -> None:
        super().__init__(message_en)
        self.line, self.message_vi, self.message_en = line, message_vi, message_en


@dataclass(frozen=True, slots=True)
class _Reader:
    """The zones of the file and of the hub, and what counts as ahead."""

    offsets: dict[str, timedelta]
    zone: ZoneInfo
    now: datetime

    def instants(self, line: Line) -> list[tuple[datetime, bool]]:
        """The instants of a DTSTART or an EXDATE, each in its own zone; and is it a whole day? Raises _Unclear."""
        try:
            parameters, value = line.parts()
            told = [vDDDTypes.from_ical(each) for each in value.split(",")]  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise _no_time(line) from None
        return [self._instant(line, parameters, each) for each in told]

    def _instant(self, line: Line, parameters: dict[str, str], told: object) -> tuple[datetime, bool]:
        if not isinstance(told, date) or told.year not in _YEARS:
            raise _no_time(line)
        if not isinstance(told, datetime):
            return datetime.combine(told, USUAL_TIME, self.zone), True
        at = told.replace(second=0)
        if at.tzinfo is not None:
            return at.replace(tzinfo=UTC), False
        return at.replace(tzinfo=self._zone(line, parameters.get("TZID", ""))), False

    def _zone(self, line: Line, name: str) -> tzinfo:
        """No name is the hub's own zone: the time on the wall."""
        if not name:
            return self.zone
        for known in (WINDOWS_TO_OLSON.get(name, ""), name, "/".join(name.split("/")[-2:])):
            if _ZONE_NAME.fullmatch(known):
                try:
                    return ZoneInfo(known)
                except (ZoneInfoNotFoundError, ValueError, OSError):
                    continue
        if plain(name) in self.offsets:
            return timezone(self.offsets[plain(name)])
        raise _Unclear(
            line.number,
            f"Không biết múi giờ “{plain(name)[:60]}”.",
            f"The time zone “{plain(name)[:60]}” is not known.",
        )

    def entry(self, block: Block, moved: Collection[datetime]) -> Entry | None:
        """What the event says; None where it is over. `moved` are its instants that other events tell."""
        begin = block.first("DTSTART")
        if begin is None:
            raise _no_time(Line(block.number, "DTSTART", ""))
        ((start, is_all_day), *_) = self.instants(begin)
        repeats = self._repeats(block, start, moved)
        today = datetime.combine(self.now.astimezone(self.zone).date(), time(), self.zone)
        if repeats.at < (today if is_all_day else self.now):
            return None
        return Entry(
            line=block.number,
            title=_title(block),
            place=_plain_of(block, "LOCATION"),
            at=repeats.at.astimezone(UTC),
            rule=repeats.rule,
            is_all_day=is_all_day,
            is_cut=repeats.is_cut,
        )

    def _repeats(self, block: Block, start: datetime, moved: Collection[datetime]) -> Repeats:
        recur, added = block.all("RRULE"), block.all("RDATE")
        left_out = {at.astimezone(UTC) for line in block.all("EXDATE") for at in self._days_out(line, start)}
        left_out |= set(moved)
        if not recur and not added:
            return Repeats(start.astimezone(UTC))
        if len(recur) > 1 or (recur and added):
            raise _Unclear(
                (added or recur)[-1].number,
                "Việc này lặp lại theo hai cách. Hãy tự đặt buổi phát này.",
                "It repeats in two ways. Order this one by hand.",
            )
        try:
            if not recur:
                told = {start.astimezone(UTC), *(at.astimezone(UTC) for each in added for at, _ in self.instants(each))}
                return recurrence.dated({at for at in told - left_out if at >= self.now}, start, self.zone)
            return recurrence.understood(_recur(recur[0]), start, left_out, self.now, self.zone)
        except Misread as error:
            raise _Unclear((recur or added)[0].number, error.message_vi, error.message_en) from None

    def _days_out(self, line: Line, start: datetime) -> Iterator[datetime]:
        """A day alone leaves out what begins on it."""
        for at, is_day in self.instants(line):
            yield datetime.combine(at.date(), start.time(), start.tzinfo) if is_day else at


def read(data: bytes, now: datetime, zone: ZoneInfo) -> Found:
    """Look through a file as it came. Raises Refused for one that is no calendar or too large."""
    taken = take_apart(data)
    reader = _Reader(taken.offsets, zone, now)
    entries: dict[tuple[str, datetime, Rule | None], Entry] = {}
    faults: list[Fault] = []
    moved = _moved(reader, taken)
    past = cancelled = 0
    for block in taken.events:
        if _plain_of(block, "STATUS").upper() == "CANCELLED":
            cancelled += 1
            continue
        own = () if block.first("RECURRENCE-ID") else moved.get(_plain_of(block, "UID"), ())
        try:
            entry = reader.entry(block, own)
        except _Unclear as error:
            faults.append(Fault(error.line, _title_of(block), error.message_vi, error.message_en))
            continue
        if entry is None:
            past += 1
        else:
            entries.setdefault((entry.title, entry.at, entry.rule), entry)
    ordered = sorted(entries.values(), key=lambda entry: (entry.at, entry.line))
    return Found(tuple(ordered), tuple(faults), past, cancelled)


def _moved(reader: _Reader, taken: Taken) -> dict[str, set[datetime]]:
    """Which instants of a repeated event another event of the file replaces, by the UID of both."""
    found: dict[str, set[datetime]] = {}
    for block in taken.events:
        line = block.first("RECURRENCE-ID")
        if line is not None:
            try:
                told = {at.astimezone(UTC) for at, _ in reader.instants(line)}
            except _Unclear:
                continue
            found.setdefault(_plain_of(block, "UID"), set()).update(told)
    return found


def _recur(line: Line) -> vRecur:
    try:
        recur: vRecur = vRecur.from_ical(line.parts()[1])
        return recur
    except (ValueError, TypeError, OverflowError):
        raise Misread(
            "Không hiểu cách lặp lại. Hãy tự đặt buổi phát này.",
            "The repetition is not understood. Order this one by hand.",
        ) from None


def _title(block: Block) -> str:
    title = _title_of(block)
    if not title:
        raise _Unclear(block.number, "Việc này không có tên.", "This event has no name.")
    return title


def _title_of(block: Block) -> str:
    return _plain_of(block, "SUMMARY")[:TITLE_MAX].strip()


def _plain_of(block: Block, name: str) -> str:
    line = block.first(name)
    if line is None:
        return ""
    try:
        return plain(line.parts()[1])
    except ValueError:
        return ""


def _no_time(line: Line) -> _Unclear:
    return _Unclear(
        line.number, "Không hiểu ngày giờ của việc này.", "The date and time of this event are not understood."
    )
