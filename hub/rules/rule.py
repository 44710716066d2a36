"""A rule says when a broadcast airs again and again: which days, at what times, save when. Pure; valid by construction.

What follows from a rule is in `calendar`, how people write one in `wording`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from contract.form import require

ZONE = "Asia/Ho_Chi_Minh"
MAX_TIMES = 24
"""Airings a day by their written times, and repeats of each."""
MAX_REPEATS = 12
DAY_MIN = 24 * 60


class Kind(StrEnum):
    """How a set of days is told."""

    DATES = "dates"
    SPAN = "span"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    LUNAR_MONTHLY = "lunar_monthly"
    LUNAR_YEARLY = "lunar_yearly"
    BEFORE_TET = "before_tet"
    NAMED = "named"


class Leap(StrEnum):
    """What counts where the calendar doubles a month: both halves, only the first, or only the leap month."""

    BOTH = "both"
    FIRST = "first"
    LEAP = "leap"


class Name(StrEnum):
    """The sets of days that a commune names once and every rule may leave out."""

    HOLIDAY = "holiday"
    MOURNING = "mourning"
    EXAM = "exam"


def _rises(values: tuple[date, ...] | tuple[int, ...]) -> bool:
    return all(a < b for a, b in pairwise(values))  # type: ignore[operator]


_LUNAR = (Kind.LUNAR_MONTHLY, Kind.LUNAR_YEARLY)
_EVERY = (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY)
_DAYS = (Kind.MONTHLY, Kind.YEARLY, *_LUNAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A set of days. Which fields count follows from `kind`; the others keep their defaults.

    DATES: `dates`. SPAN: `dates`, the first and the last. DAILY, WEEKLY (`weekdays`, Monday 0) and MONTHLY (`days`,
    -1 the last): every `every`-th. YEARLY and LUNAR_YEARLY: `days` of `month`. LUNAR_MONTHLY: `days`. BEFORE_TET:
    `before` days before the first of the year. NAMED: `name`. A day that a month does not have is left out.
    """

    kind: Kind
    dates: tuple[date, ...] = ()
    every: int = 1
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    month: int = 0
    before: int = 0
    leap: Leap = Leap.BOTH
    name: Name | None = None

    def __post_init__(self) -> None:
        kind = self.kind
        require(_rises(self.dates) and _rises(self.weekdays) and _rises(self.days), "days: each once, in order")
        require(bool(self.dates) == (kind in (Kind.DATES, Kind.SPAN)), "dates: of dates and spans alone")
        require(kind is not Kind.SPAN or len(self.dates) == 2, "span: a first and a last date")
        require(1 <= self.every <= 99 and (self.every == 1 or kind in _EVERY), "every: 1 to 99")
        require(bool(self.weekdays) == (kind is Kind.WEEKLY), "weekdays: of a week alone")
        require(set(self.weekdays) <= set(range(7)), "weekdays: 0 to 6")
        require(bool(self.days) == (kind in _DAYS), "days: of a month alone")
        most = 30 if kind in _LUNAR else 31
        require(all(1 <= n <= most or (n == -1 and kind is Kind.MONTHLY) for n in self.days), f"days: 1 to {most}")
        is_of_year = kind in (Kind.YEARLY, Kind.LUNAR_YEARLY)
        require(1 <= self.month <= 12 if is_of_year else self.month == 0, "month: 1 to 12")
        require(1 <= self.before <= 60 if kind is Kind.BEFORE_TET else self.before == 0, "before: 1 to 60 days")
        require(self.leap is Leap.BOTH or kind in _LUNAR, "leap: of the lunar calendar alone")
        require((self.name is not None) == (kind is Kind.NAMED), "name: of a named set alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Days on which a rule does not air, or airs something else: `replacement` names that sound by its SHA-256."""

    days: tuple[Days, ...]
    replacement: str = ""

    def __post_init__(self) -> None:
        require(bool(self.days), "exemption: which days")
        require(all(d.every == 1 for d in self.days), "exemption: every one of its days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something airs. `times` are minutes after local midnight of a day of `days`, from `first` up to `last`.

    Each time airs `repeats` times, `gap_min` apart from start to start. What crosses midnight belongs to the day whose
    time it was written for, exemptions too. Of several exemptions the first that holds counts.
    """

    days: Days
    times: tuple[int, ...]
    first: date | None = None
    last: date | None = None
    repeats: int = 1
    gap_min: int = 0
    exemptions: tuple[Exemption, ...] = ()
    zone: str = ZONE

    def __post_init__(self) -> None:
        require(self.days.kind not in (Kind.SPAN, Kind.NAMED), "rule: no span and no named set")
        require(0 < len(self.times) <= MAX_TIMES and _rises(self.times), f"times: 1 to {MAX_TIMES}, in order")
        require(all(0 <= t < DAY_MIN for t in self.times), "times: minutes of a day")
        require(self.days.kind is not Kind.DATES or self.first is self.last is None, "dates: need no span")
        require(self.first is None or self.last is None or self.first <= self.last, "first: not after last")
        require(self.days.every == 1 or self.first is not None, "every: counts from a first day")
        require(1 <= self.repeats <= MAX_REPEATS, f"repeats: 1 to {MAX_REPEATS}")
        require(1 <= self.gap_min <= DAY_MIN if self.repeats > 1 else self.gap_min == 0, "gap: goes with repeats")

    @property
    def is_endless(self) -> bool:
        return self.last is None and self.days.kind is not Kind.DATES

    @property
    def overhang(self) -> timedelta:
        """How far after the first midnight of a day its last repeat may begin."""
        return timedelta(minutes=self.times[-1] + (self.repeats - 1) * self.gap_min)


@dataclass(frozen=True, slots=True)
class DaySets:
    """What the named sets hold, as the commune keeps them. Hashable, so that expansions may be remembered."""

    holiday: tuple[Days, ...] = ()
    mourning: tuple[Days, ...] = ()
    exam: tuple[Days, ...] = ()

    def of(self, name: Name) -> tuple[Days, ...]:
        held: tuple[Days, ...] = getattr(self, name.value)
        return held


HOLIDAYS = (
    Days(kind=Kind.YEARLY, days=(1,), month=1),
    Days(kind=Kind.YEARLY, days=(30,), month=4),
    Days(kind=Kind.YEARLY, days=(1,), month=5),
    Days(kind=Kind.YEARLY, days=(1, 2), month=9),
    Days(kind=Kind.LUNAR_YEARLY, days=(1, 2, 3, 4), month=1, leap=Leap.FIRST),
    Days(kind=Kind.LUNAR_YEARLY, days=(10,), month=3, leap=Leap.FIRST),
    Days(kind=Kind.BEFORE_TET, before=1),
)
"""Labour Code 2019, article 112: what a commune starts from. The days next to Tết and 2/9 are decided each year."""
USUAL_SETS = DaySets(holiday=HOLIDAYS)
