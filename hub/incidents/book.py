"""What the hub must remember to tell incidents: each village's faults, and incidents that are open or may reopen. Pure.

A book goes into the database as it is, together with what it led to: so a hub that was killed writes nothing twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from contract.terms import NetworkCause
from hub.cameras.causes import TOGETHER
from hub.incidents.incident import NODE, UPS, About, Incident
from hub.nodes.fleet import Status
from hub.nodes.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When things belong together, and how long is waited. Why: decision 40."""

    together: timedelta = TOGETHER
    least: int = 3
    share: float = 0.02
    many: int = 6
    chance: float = 0.001
    """So many villages within `together` have a cause in common: `least`, and `share` of the fleet. `many` are enough
    in any that is not so large that `chance` of it is more."""
    follow: timedelta = timedelta(minutes=30)
    """So long what is lost still counts to an incident of many: batteries run out one by one. What does not belong to
    it is left behind when the others come back."""
    battery: timedelta = timedelta(hours=12)
    """Assumed: by then it is empty. Who loses contact later has another trouble, and what is told of the battery may be
    wrong."""
    reopen: timedelta = timedelta(minutes=20)
    """What is back for less has not been mended."""
    reopen_flapping: timedelta = timedelta(hours=1)
    flapping_from: int = 2
    """After so many reopenings it takes `reopen_flapping` to be believed."""
    left_behind: timedelta = timedelta(minutes=30)
    """What is still away so long after the last of the others came back has a cause of its own."""
    grace: timedelta = timedelta(minutes=5)
    """How long cameras and all else of a village get after their node is back."""
    settle_network: timedelta = timedelta(seconds=80)
    """By then a node whose own line is gone is late (75 s at most): the network's targets are its least trouble."""
    settle_hub: timedelta = timedelta(minutes=2)
    """Nothing opens so soon after the hub began to listen."""
    freeze_share: float = 0.5
    freeze_for: timedelta = timedelta(minutes=10)

    def least_of(self, fleet: int) -> int:
        """How many villages of so many are more than chance."""
        return max(self.least, min(self.many, ceil(self.share * fleet)), ceil(self.chance * fleet))


RULES = Rules()


@dataclass(slots=True, kw_only=True)
class Fault:
    """What is wrong with one thing now; `incident` is 0 while something keeps it from opening one."""

    value: str
    detail: str
    since_at: datetime
    incident: int = 0


@dataclass(slots=True)
class Village:
    """Of one node: whether there is contact, the first sign that it was going, what is wrong, when those on whom others
    depend came back, and the cause that it tells of its network; None where it never did."""

    status: str = ""
    sign_at: datetime | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
    returned: dict[str, datetime] = field(default_factory=dict)
    network: str | None = None


@dataclass(slots=True)
class Book:
    """`now` is how far it is told. `incidents` are those that are open or may still reopen."""

    now: datetime | None = None
    quiet_until: datetime | None = None
    serial: int = 0
    villages: dict[str, Village] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)

    def village(self, node: str) -> Village:
        return self.villages.setdefault(node, Village())

    @property
    def lasting(self) -> list[Incident]:
        return [i for i in self.incidents.values() if not i.is_closed]

    def waiting(self) -> Iterator[tuple[str, str, Fault]]:
        """Faults that no incident has yet, the first first."""
        found = [(n, s, f) for n, v in self.villages.items() for s, f in v.faults.items() if not f.incident]
        yield from sorted(found, key=lambda each: (each[2].since_at, each[0], each[1]))

    def signs(self, about: About) -> dict[str, datetime]:
        """Since when villages have no contact (late ones too), no mains power or no network."""
        if about is About.CONTACT:
            return {n: v.sign_at for n, v in self.villages.items() if v.sign_at is not None}
        if about is About.MAINS:
            return {n: v.faults[UPS].since_at for n, v in self.villages.items() if UPS in v.faults}
        seen = {
            n: [f.since_at for s, f in v.faults.items() if s.startswith("target:")]
            for n, v in self.villages.items()
            if v.network != NetworkCause.NONE
        }
        return {node: min(times) for node, times in seen.items() if times}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is so at the hub besides flips: which nodes there are, and when somebody works on them."""

    fleet: frozenset[str]
    windows: Mapping[str, Sequence[Window]] = field(default_factory=dict)

    def maintained_until(self, node: str, subject: str, at: datetime) -> datetime | None:
        """When the work on this ends that is going on `at`; None where there is none."""
        kind, _, name = subject.partition(":")
        camera = name if kind == "camera" else ""
        ends = [w.until_at for w in self.windows.get(node, ()) if w.is_at(at) and w.is_about(camera)]
        return max(ends, default=None)


def is_frozen(book: Book, setting: Setting, now: datetime, rules: Rules = RULES) -> bool:
    """Whether so much of the fleet changed at once that nothing should be done by itself: look at the hub first."""
    fresh = [n for n, at in book.signs(About.CONTACT).items() if n in setting.fleet and now - at <= rules.freeze_for]
    return len(fresh) >= max(rules.least_of(len(setting.fleet)), rules.freeze_share * len(setting.fleet))


def is_away(village: Village) -> bool:
    """No contact, or doubtful."""
    return village.status == Status.LATE or NODE in village.faults
