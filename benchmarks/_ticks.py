"""Uptime computed a second time, with nothing of the hub's: time is a row of ticks, and each fact paints some of them.

A tick is one cell of a list. What is not known yet when a cell is painted is painted over later: a delay that turned
out to be an outage, a gap of which the node could not tell. No instants, no spans, no following of changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

TICK_S = 30
SETTLE_TICKS = 90 // TICK_S
NOTHING = "nothing"
_NO_USE = ("offline", "no_signal", "frozen", "dark", "bright", "covered", "moved")


@dataclass(frozen=True, slots=True)
class History:
    """Changes as (tick, subject, value), maintenance as (begin, end, camera); cells run from -lead to end."""

    thing: str
    ticks: int
    changes: tuple[tuple[int, str, str], ...]
    windows: tuple[tuple[int, int, str], ...]
    lead: int
    end: int


@dataclass(frozen=True, slots=True)
class Painted:
    """Cells by state, and each outage as (first tick, ticks known to be down)."""

    ticks: dict[str, int]
    outages: list[tuple[int, int]]


def paint(history: History) -> Painted:
    node, thing = _row(history, "node"), _row(history, history.thing)
    _repaint_delays(node)
    away = [value == "down" for value in _row(history, "hub")]
    for n in reversed(range(1, len(away))):
        if away[n - 1] and not away[n]:
            away[n : n + SETTLE_TICKS] = [True] * len(away[n : n + SETTLE_TICKS])
    unseen = _unseen(history, [a or value == "down" for a, value in zip(away, node, strict=True)])
    watcher = _row(history, "process:camera" if history.thing.startswith("camera") else "process:netmon")
    cells = []
    for n in range(history.lead, history.lead + history.ticks):
        if history.thing == "node":
            hidden = away[n] and (unseen[n] or node[n] != "up")
            state = "unknown" if hidden else {"up": "up", "late": "degraded", "down": "down"}.get(node[n], "unknown")
        else:
            hidden = unseen[n] or watcher[n] == "silent" or thing[n] == NOTHING
            state = "unknown" if hidden else _meaning(history.thing, thing[n])
        cells.append(state)
    for begin, end, camera in history.windows:
        if camera == "" or history.thing == "camera:" + camera:
            for n in range(max(begin, 0), min(end, history.ticks)):
                cells[n] = "maintenance"
    kinds = ("up", "degraded", "down", "unknown", "maintenance")
    return Painted({kind: cells.count(kind) for kind in kinds}, _outages(cells))


def _row(history: History, subject: str) -> list[str]:
    row = [NOTHING] * (history.lead + history.end)
    for tick, _, value in sorted(change for change in history.changes if change[1] == subject):
        begin = tick + history.lead
        row[begin:] = [value] * (len(row) - begin)
    return row


def _repaint_delays(row: list[str]) -> None:
    for n in reversed(range(len(row) - 1)):
        if row[n] == "late" and row[n + 1] == "down":
            row[n] = "down"


def _unseen(history: History, silent: list[bool]) -> list[bool]:
    boots = [tick + history.lead for tick, subject, _ in history.changes if subject == "boot"]
    unseen = list(silent)
    n = 0
    while n < len(silent):
        begin = n
        while n < len(silent) and silent[n]:
            n += 1
        if n > begin and n < len(silent):
            known_from = max((boot for boot in boots if boot <= n), default=n)
            for cell in range(max(known_from, begin), n):
                unseen[cell] = False
        n += 1
    return unseen


def _meaning(thing: str, value: str) -> str:
    if thing.startswith("target"):
        return value
    return "up" if value in ("", "ok") else "down" if value in _NO_USE else "degraded"


def _outages(cells: Iterable[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    is_open = False
    for n, state in enumerate(cells):
        if state == "down":
            found[-1:] = [(found[-1][0], found[-1][1] + 1)] if is_open else [*found[-1:], (n, 1)]
            is_open = True
        elif state in ("up", "degraded"):
            is_open = False
    return found
