"""A month of a district's mishaps, every cause of them known: what `alerts_per_cause` tells the hub.

Each mishap says what the hub hears of it, as nodes and hub would: a node whose power goes is late by its last will (or,
where the line is half open, by its missing summary) and down 85 s after; what it saw without a line comes afterwards.
"""

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from hub.incidents.fold import Heard
from hub.incidents.incident import NODE
from hub.nodes.fleet import DOWN_AFTER_S, HUB, LATE_AFTER_S, WILL_AFTER_S, Flip
from hub.nodes.windows import Window

START = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 30
CAMERAS = ("cong", "san", "kho", "duong")
TARGETS = ("gateway", "dns", "internet")
CAMERA_FAULTS = ("offline", "no_signal", "frozen", "dark", "covered", "blurred", "moved", "dirty")
APART = timedelta(hours=2)
"""Two mishaps of one village are at least so far apart: so it is known by construction which is which."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something was away; `things` are (node, subject) that tell of it."""

    kind: str
    things: frozenset[tuple[str, str]]
    start: datetime
    end: datetime


@dataclass
class Month:
    """What happens; filled by the functions of `KINDS`."""

    chance: Random
    nodes: tuple[str, ...]
    causes: list[Cause] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    unblamed: Tally[str] = field(default_factory=Tally)
    """How often things happened that are nobody's fault, by kind."""
    _busy: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.chance.uniform(least, most))

    def claim(self, nodes: Sequence[str], length: timedelta) -> datetime:
        """An instant from which these villages have nothing else to suffer for so long."""
        while True:
            start = START + self.seconds(0, (DAYS - 1) * 86400 - length.total_seconds())
            end = start + length
            taken = [span for n in nodes for span in self._busy.get(n, ())]
            if all(end + APART < a or start > b + APART for a, b in taken):
                for node in nodes:
                    self._busy.setdefault(node, []).append((start, end))
                return start

    def blame(self, kind: str, things: Sequence[tuple[str, str]], start: datetime, end: datetime) -> None:
        self.causes.append(Cause(kind, frozenset(things), start, end))

    def tell(self, node: str, subject: str, value: str, at: datetime, heard_at: datetime | None = None) -> None:
        self.heard.append(Heard(Flip(node=node, subject=subject, value=value, at=at), heard_at or at))

    def lose(self, node: str, at: datetime) -> None:
        """No word any more from this node."""
        is_half_open = self.chance.random() < 0.3
        late_s = LATE_AFTER_S - self.chance.uniform(0, 60) if is_half_open else WILL_AFTER_S - self.chance.uniform(0, 7)
        self.tell(node, NODE, "late", at + timedelta(seconds=max(late_s, 1)))
        self.tell(node, NODE, "down", at + timedelta(seconds=DOWN_AFTER_S) + self.seconds(0, 2))

    def boot(self, node: str, at: datetime) -> datetime:
        """Power is back: the Pi takes a minute, its cameras longer."""
        up_at = at + self.seconds(40, 110)
        self.tell(node, NODE, "up", up_at)
        for camera in CAMERAS:
            if self.chance.random() < 0.4:
                self.tell(node, f"camera:{camera}", "offline", up_at + self.seconds(15, 30))
                self.tell(node, f"camera:{camera}", "ok", up_at + self.seconds(60, 200))
        return up_at

    def neighbours(self, least: int, most: int) -> tuple[str, ...]:
        first = self.chance.randrange(len(self.nodes) - most)
        return self.nodes[first : first + self.chance.randint(least, most)]

    def one(self) -> str:
        return self.chance.choice(self.nodes)


def cut_power(m: Month) -> None:
    """A region; a tenth has a battery for a while, and now and then a Pi does not start again."""
    nodes = m.neighbours(5, 40)
    length = m.seconds(1200, 6 * 3600)
    start = m.claim(nodes, length + timedelta(hours=3))
    m.blame("power of a region", [(n, NODE) for n in nodes], start, start + length + timedelta(minutes=10))
    for node in nodes:
        battery = m.seconds(120, 1200) if m.chance.random() < 0.1 else m.seconds(0, 10)
        m.lose(node, start + min(battery, length / 2))
        if m.chance.random() < 0.02:
            end = start + length + timedelta(hours=2, minutes=30)
            m.blame("Pi that did not start again", [(node, NODE)], start + length + timedelta(minutes=15), end)
            m.boot(node, end)
        else:
            m.boot(node, start + length + m.seconds(0, 240))


def cut_provider(m: Month) -> None:
    """The lines to the hub of a region; the nodes go on, and tell afterwards what they saw."""
    nodes = m.neighbours(4, 30)
    length = m.seconds(600, 4 * 3600)
    start = m.claim(nodes, length + timedelta(minutes=20))
    m.blame("provider of a region", [(n, NODE) for n in nodes], start, start + length + timedelta(minutes=5))
    for node in nodes:
        m.lose(node, start + m.seconds(0, 15))
        back = start + length + m.seconds(0, 60)
        _tell_network(m, node, start + m.seconds(5, 40), back - timedelta(seconds=5), back - timedelta(seconds=1))
        m.tell(node, NODE, "up", back)


def cut_internet(m: Month) -> None:
    """Behind a provider that still reaches the hub."""
    nodes = m.neighbours(4, 20)
    length = m.seconds(600, 3 * 3600)
    start = m.claim(nodes, length + timedelta(minutes=20))
    things = [(n, f"target:{t}") for n in nodes for t in TARGETS[1:]]
    m.blame("internet of a region", things, start, start + length + timedelta(minutes=5))
    for node, subject in things:
        m.tell(node, subject, "down", start + m.seconds(10, 50))
        m.tell(node, subject, "up", start + length + m.seconds(10, 50))


def _tell_network(m: Month, node: str, start: datetime, end: datetime, heard_at: datetime) -> None:
    for target in TARGETS[1:]:
        m.tell(node, f"target:{target}", "down", start, heard_at)
        m.tell(node, f"target:{target}", "up", end, heard_at)


def switch_off(m: Month) -> None:
    node, length = m.one(), m.seconds(300, 12 * 3600)
    start = m.claim([node], length + timedelta(minutes=10))
    m.blame("a node off", [(node, NODE)], start, start + length + timedelta(minutes=3))
    m.lose(node, start)
    m.boot(node, start + length)


def cut_line(m: Month) -> None:
    """One node's line; its network's targets may still be told of in the first moments."""
    node, length = m.one(), m.seconds(300, 12 * 3600)
    start = m.claim([node], length + timedelta(minutes=10))
    m.blame("a node's line", [(node, NODE)], start, start + length + timedelta(minutes=1))
    m.lose(node, start)
    back = start + length
    if m.chance.random() < 0.3:
        m.tell(node, "target:internet", "down", start + timedelta(seconds=5))
        m.tell(node, "target:internet", "up", back - timedelta(seconds=5), back - timedelta(seconds=1))
    else:
        _tell_network(m, node, start + timedelta(seconds=20), back, back - timedelta(seconds=1))
    m.tell(node, NODE, "up", back)


def flap(m: Month) -> None:
    """A line that comes and goes for hours."""
    node, length = m.one(), m.seconds(3600, 6 * 3600)
    start = m.claim([node], length + timedelta(hours=1))
    m.blame("a flapping line", [(node, NODE)], start, start + length + timedelta(hours=1))
    at = start
    while at < start + length:
        back = at + m.seconds(120, 600)
        m.lose(node, at)
        m.tell(node, NODE, "up", back)
        at = back + timedelta(seconds=60 + min(m.chance.expovariate(1 / 420), 3000))


def break_camera(m: Month) -> None:
    node, length = m.one(), m.seconds(600, 48 * 3600)
    start = m.claim([node], length)
    subject = f"camera:{m.chance.choice(CAMERAS)}"
    m.blame("a camera", [(node, subject)], start, start + length)
    m.tell(node, subject, m.chance.choice(CAMERA_FAULTS), start)
    m.tell(node, subject, "ok", start + length)


def break_switch(m: Month) -> None:
    node, length = m.one(), m.seconds(600, 24 * 3600)
    start = m.claim([node], length + timedelta(minutes=2))
    things = [(node, f"camera:{c}") for c in CAMERAS]
    m.blame("cameras of a village together", things, start, start + length + timedelta(minutes=2))
    for _, subject in things:
        m.tell(node, subject, m.chance.choice(("offline", "no_signal")), start + m.seconds(0, 60))
        m.tell(node, subject, "ok", start + length + m.seconds(0, 60))


def _break(kind: str, bad: str, good: str, choose: Callable[[Random], str]) -> Callable[[Month], None]:
    def happen(m: Month) -> None:
        node, length, subject = m.one(), m.seconds(300, 24 * 3600), choose(m.chance)
        start = m.claim([node], length)
        m.blame(kind, [(node, subject)], start, start + length)
        m.tell(node, subject, bad, start)
        m.tell(node, subject, good, start + length)

    return happen


def maintain(m: Month) -> None:
    """Somebody works there, who said so: it goes off and on, and is no fault."""
    node = m.one()
    start = m.claim([node], timedelta(hours=2))
    m.unblamed["work that was announced"] += 1
    at = start + timedelta(minutes=5)
    for _ in range(m.chance.randint(1, 3)):
        m.lose(node, at)
        at = m.boot(node, at + m.seconds(200, 900)) + timedelta(minutes=5)
    end = start + timedelta(hours=2)
    said = {"reason": "thay dây", "made_by": "tam", "made_at": start}
    m.windows.append(Window(id=f"m{len(m.windows)}", node=node, starts_at=start, ends_at=end, **said))  # type: ignore[arg-type]


def delay(m: Month) -> None:
    """A node is late and back: loss on a line."""
    node = m.one()
    start = m.claim([node], timedelta(minutes=5))
    m.unblamed["a late sign"] += 1
    m.tell(node, NODE, "late", start)
    m.tell(node, NODE, "up", start + m.seconds(3, 60))


def restart_hub(m: Month) -> None:
    """Every fourth node is not yet back when it is looked for."""
    start = m.claim(m.nodes, timedelta(minutes=10))
    m.unblamed["a restart of the hub"] += 1
    m.tell(HUB, HUB, "up", start)
    for node in m.nodes[::4]:
        m.tell(node, NODE, "late", start + timedelta(seconds=60))
        m.tell(node, NODE, "down", start + timedelta(seconds=DOWN_AFTER_S))
        m.tell(node, NODE, "up", start + m.seconds(95, 118))


KINDS: tuple[tuple[int, Callable[[Month], None]], ...] = (
    (3, restart_hub),
    (8, cut_power),
    (6, cut_provider),
    (4, cut_internet),
    (15, flap),
    (60, switch_off),
    (30, cut_line),
    (80, break_camera),
    (10, break_switch),
    (20, _break("sound of a village", "fault", "ok", lambda _: "sound")),
    (6, _break("clock of a node", "untrusted", "trusted", lambda _: "clock")),
    (15, _break("a silent process", "silent", "ok", lambda c: f"process:{c.choice(('speaker', 'camera', 'netmon'))}")),
    (25, maintain),
    (300, delay),
)
"""How often each happens in the month; the widest first, for they need the most room."""


def make(seed: int, nodes: int) -> Month:
    month = Month(Random(seed), tuple(f"huyen-thon-{n:03}" for n in range(nodes)))
    for times, happen in KINDS:
        for _ in range(times):
            happen(month)
    month.heard.sort(key=lambda h: h.at)
    return month
