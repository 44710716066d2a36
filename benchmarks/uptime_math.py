"""Is the uptime right? Random histories against a second computation that paints ticks instead of cutting spans.

Changes come shuffled and partly twice, as late ones do. Each history is measured whole and in two halves. Told
besides: how long 90 days of one thing take.
    python -m benchmarks.uptime_math [--histories 10000] [--seed 39]
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta

from benchmarks._result import report, say
from benchmarks._ticks import TICK_S, History, paint
from hub.nodes import uptime
from hub.nodes.fleet import Flip
from hub.nodes.uptime import State
from hub.nodes.windows import Window

START = datetime(2026, 9, 1, tzinfo=UTC)
VALUES = {
    "node": ("up", "up", "late", "down"),
    "target:internet": ("up", "down"),
    "camera:gate": ("ok", "", "offline", "frozen", "covered", "blurred", "no_signal"),
}
TICKS, LEAD = 400, 60


def main() -> None:
    parser = argparse.ArgumentParser(description="uptime against an independent computation")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=39)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    say(f"seed {options.seed}, {options.histories} histories of {TICKS} ticks")
    say(f"{'thing':16} {'histories':>9} {'changes':>8} {'outages':>8} {'unknown':>8} {'wrong':>6}")
    rows = {thing: [0, 0, 0, 0, 0] for thing in VALUES}
    for _ in range(options.histories):
        history = make(rng)
        painted = paint(history)
        found = measured(history, rng)
        row = rows[history.thing]
        row[0] += 1
        row[1] += len(history.changes)
        row[2] += len(painted.outages)
        row[3] += painted.ticks["unknown"]
        row[4] += found != (painted.ticks, painted.outages)
    for thing, (count, changes, outages, unknown, wrong) in rows.items():
        share_pct = 100 * unknown / max(count * TICKS, 1)
        say(f"{thing:16} {count:9} {changes:8} {outages:8} {share_pct:6.1f} % {wrong:6}")
    report("uptime_90_days_ms", round(long_history_ms(rng), 2), "ms", 50)
    report("uptime_wrong", sum(row[4] for row in rows.values()), "histories", 0)


def make(rng: random.Random, ticks: int = TICKS, changes: int = 12) -> History:
    """One thing of one node: its changes, those of its node, of what watches it, of the hub, and maintenance."""
    thing = rng.choice(list(VALUES))
    last = ticks + LEAD // 2

    def some(subject: str, values: tuple[str, ...], most: int) -> list[tuple[int, str, str]]:
        return [(rng.randrange(-LEAD, last), subject, rng.choice(values)) for _ in range(rng.randint(0, most))]

    found = some("node", VALUES["node"], changes) + some("boot", ("ok",), 3)
    if rng.random() < 0.5:
        found += some("hub", ("up", "up", "down"), 4)
    if thing != "node":
        process = "process:camera" if thing.startswith("camera") else "process:netmon"
        found += some(thing, VALUES[thing], changes) + some(process, ("silent", "ok", "ok"), 3)
    windows = []
    for _ in range(rng.randint(0, 3)):
        begin = rng.randrange(-LEAD, last)
        windows.append((begin, begin + rng.randint(1, 40), rng.choice(("", "gate", "yard"))))
    return History(thing, ticks, tuple(found), tuple(windows), lead=LEAD, end=last + LEAD)


def measured(history: History, rng: random.Random) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """By the hub's own module: ticks by state, and outages. Halves that do not add up to the whole spoil the answer."""
    flips = [_flip(*change) for change in history.changes]
    flips += rng.sample(flips, len(flips) // 3)
    rng.shuffle(flips)
    windows = [_window(*window) for window in history.windows]
    middle = rng.randrange(1, history.ticks)
    whole, *halves = (
        uptime.measure(history.thing, flips, windows, _at(since), _at(until))
        for since, until in ((0, history.ticks), (0, middle), (middle, history.ticks))
    )
    adds_up = all(whole.lasted[s] == sum((half.lasted[s] for half in halves), timedelta()) for s in State)
    ticks = {s.value: _ticks(whole.lasted[s]) if adds_up else -1 for s in State}
    return ticks, [(_ticks(each.starts_at - START), _ticks(each.lasted)) for each in whole.outages]


def long_history_ms(rng: random.Random) -> float:
    """The median of some: 90 days by the minute, 400 changes at most of a thing and as many of its node."""
    took_ms = []
    for _ in range(21):
        history = make(rng, 90 * 24 * 60, 400)
        flips, windows = [_flip(*change) for change in history.changes], [_window(*each) for each in history.windows]
        began_s = time.perf_counter()
        uptime.measure(history.thing, flips, windows, START, _at(history.ticks))
        took_ms.append((time.perf_counter() - began_s) * 1000)
    return sorted(took_ms)[len(took_ms) // 2]


def _at(tick: int) -> datetime:
    return START + timedelta(seconds=tick * TICK_S)


def _ticks(span: timedelta) -> int:
    return span // timedelta(seconds=TICK_S)


def _flip(tick: int, subject: str, value: str) -> Flip:
    return Flip(node="hub" if subject == "hub" else "xa-dong", subject=subject, value=value, at=_at(tick))


def _window(begin: int, end: int, camera: str) -> Window:
    return Window(
        id="m",
        node="xa-dong",
        camera=camera,
        starts_at=_at(begin),
        ends_at=_at(end),
        reason="",
        made_by="",
        made_at=START,
    )


if __name__ == "__main__":
    main()
