"""A commune of villages that fail and come back, told minute by minute, for the tests of incidents."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.incidents.book import Book, Setting
from hub.incidents.fold import Heard, advance
from hub.incidents.incident import NODE, Incident, Step, Turn
from hub.nodes.fleet import HUB, Flip
from hub.nodes.windows import Window

T0 = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
VILLAGES = tuple(f"xa-thon-{n}" for n in range(1, 31))


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def window(node: str, start: float, end: float, camera: str = "") -> Window:
    return Window(
        id=f"m{start}",
        node=node,
        camera=camera,
        starts_at=at(start),
        ends_at=at(end),
        reason="thay dây",
        made_by="tam",
        made_at=at(start),
    )


@dataclass
class Commune:
    """Say what happens, then look what the incidents are."""

    villages: tuple[str, ...] = VILLAGES
    windows: dict[str, list[Window]] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    steps: list[Step] = field(default_factory=list)
    told: list[Heard] = field(default_factory=list)

    @property
    def setting(self) -> Setting:
        return Setting(frozenset(self.villages), self.windows)

    def say(
        self, minutes: float, node: int | str, subject: str, value: str, began: float | None = None, detail: str = ""
    ) -> None:
        """The hub hears at that minute what began then, or sooner."""
        name = node if isinstance(node, str) else VILLAGES[node]
        since = at(minutes if began is None else began)
        self.told.append(Heard(Flip(node=name, subject=subject, value=value, at=since, detail=detail), at(minutes)))

    def lose(self, minutes: float, *nodes: int) -> None:
        """Their power goes: late by half a minute, down at one and a half."""
        for node in nodes:
            self.say(minutes + 0.4, node, NODE, "late")
            self.say(minutes + 1.5, node, NODE, "down")

    def regain(self, minutes: float, *nodes: int) -> None:
        for node in nodes:
            self.say(minutes, node, NODE, "up")

    def restart_hub(self, minutes: float) -> None:
        self.say(minutes, HUB, HUB, "up")

    def go_to(self, minutes: float) -> list[Incident]:
        """Tell all that was said; returns what is open then."""
        heard, self.told = self.told, []
        self.told = [h for h in heard if h.at > at(minutes)]
        self.steps += advance(self.book, heard, self.setting, at(minutes))
        return self.book.lasting

    @property
    def opened(self) -> int:
        return count(self.steps, Turn.OPENED)


def count(steps: Iterable[Step], turn: Turn) -> int:
    return sum(step.turn is turn for step in steps)
