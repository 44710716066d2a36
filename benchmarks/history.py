"""What it costs to keep what nodes measured: bytes a node, processor of the rollups, processor a heartbeat.

A thousand nodes on wifi, with the standard targets, send a minute's heartbeat for an hour, fifty for two days, into
SQLite with synchronous FULL, through the hub's own functions. Lengths of keeping are the standard ones.
    python -m benchmarks.history [--nodes 1000] [--days 2]
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from benchmarks._result import report, say
from contract.reports import ClockReport, Heartbeat, NetworkReport, PlanReport, TargetReport, Vitals, Wifi
from contract.terms import NetworkCause, Trust
from hub.config import HistorySettings
from hub.history import figures
from hub.history.levels import Level
from hub.history.roller import Roller
from hub.store import history, nodes
from hub.store.database import Database

START = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TARGETS = ("gateway", "dns", "resolver", "internet", "internet-2", "hub", "dhcp")
ROWS_A_DAY = {Level.MINUTE: 1440, Level.FIVE_MINUTES: 288, Level.HOUR: 24, Level.DAY: 1}
MINUTE = timedelta(minutes=1)
Heard = list[tuple[str, Heartbeat, datetime]]
COMMUNE = 50
"""Nodes whose days are kept to see what a row takes."""


def main() -> None:
    parser = argparse.ArgumentParser(description="the cost of keeping what nodes measured")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--days", type=int, default=2)
    options = parser.parse_args()
    measure_hour(options.nodes)
    measure_bytes(options.days)


def measure_hour(count: int) -> None:
    """An hour of so many nodes: what their samples add to the heartbeats, and what it takes to roll them up."""
    chance, fleet = random.Random(43), [f"binhminh-thon-{n}" for n in range(count)]
    with _database() as (database, _):
        plain_s = kept_s = 0.0
        for n in range(60):
            now = START + n * MINUTE
            heard = [(node, beat(now, chance), now) for node in fleet]
            with database.write() as c:
                plain_s += _took(nodes.note_heartbeats, c, heard)
                kept_s += _took(_keep, c, heard)
        roller = Roller(database, lambda: START + timedelta(minutes=62), ZONE, HistorySettings().keep)
        longest_s = rolled_s = 0.0
        is_more = True
        while is_more:
            began_s = time.perf_counter()
            used_s = time.process_time()
            is_more = roller.step()
            rolled_s += time.process_time() - used_s
            longest_s = max(longest_s, time.perf_counter() - began_s)
    each_us = 1e6 / (60 * count)
    say(f"{count} nodes, an hour: the last heartbeat kept {plain_s * each_us:.1f} µs a message, its sample besides "
        f"{kept_s * each_us:.1f} µs; longest transaction of the rollups {longest_s * 1000:.0f} ms")  # fmt: skip
    report("history_sample_us", round(kept_s * each_us, 1), "µs", 70)
    report("history_rollup_cpu_s", round(rolled_s * 1000 / count, 2), "s of a core, 1,000 nodes, an hour", 10)


def measure_bytes(days: int) -> None:
    """What a row of each level takes, and so a node when everything is as old as it gets."""
    chance, fleet = random.Random(44), [f"binhminh-thon-{n}" for n in range(COMMUNE)]
    with _database() as (database, path):
        for n in range(days * 1440):
            now = START + n * MINUTE
            with database.write() as c:
                _keep(c, [(node, beat(now, chance), now) for node in fleet])
        roller = Roller(database, lambda: START + timedelta(days=days, minutes=2), ZONE, HistorySettings().keep)
        while roller.step():
            pass
        row_bytes = _row_bytes(database)
        with database.write() as c:
            c.execute(text("DROP TABLE heartbeats"))
        file_mb = path.stat().st_size / 1e6
    say(f"{COMMUNE} nodes, {days} days, rolled up: the file has {file_mb:.1f} MB")
    say(f"{'level':14} {'rows a day':>10} {'bytes a row':>11} {'kept days':>9} {'rows a node':>11} {'MB a node':>9}")
    total = 0.0
    for level, keep in HistorySettings().keep.items():
        rows = ROWS_A_DAY[level] * (keep.days + 1)
        total += rows * row_bytes[level]
        say(f"{level.name:14} {ROWS_A_DAY[level]:10} {row_bytes[level]:11.0f} {keep.days:9} {rows:11} "
            f"{rows * row_bytes[level] / 1e6:9.2f}")  # fmt: skip
    for count in (1, 50, 1000, 100_000):
        say(f"{count:7} nodes: {total * count / 1e9:9.3f} GB")
    report("history_node_mb", round(total / 1e6, 2), "MB", 6)
    report("history_node_year_kb", round(365 * row_bytes[Level.DAY] / 1e3), "kB a node for each year more", 250)


def beat(at: datetime, chance: random.Random) -> Heartbeat:
    """A heartbeat of the standard targets, one question in a hundred lost."""
    targets = tuple(
        TargetReport(
            id=id,
            is_up=True,
            since_at=START,
            loss_pct=round(100 * sum(chance.random() < 0.01 for _ in range(30)) / 30, 1),
            rtt_ms=round(chance.uniform(1, 60), 2),
            jitter_ms=round(chance.uniform(0.1, 9), 2),
            rtt_p95_ms=round(chance.uniform(60, 300), 2),
        )
        for id in TARGETS
    )
    vitals = Vitals(
        uptime_s=1e6,
        temperature_c=round(chance.uniform(40, 75), 1),
        throttled=0,
        disk_free_pct=round(chance.uniform(60, 61), 1),
        memory_free_mb=round(chance.uniform(400, 700), 1),
        load_1min=round(chance.uniform(0, 2), 2),
        written_mb=round(chance.uniform(900, 950), 1),
    )
    wifi = Wifi(interface="wlan0", rssi_dbm=chance.randint(-75, -55), busy_pct=chance.randint(5, 60), clients=4)
    return Heartbeat(
        at=at,
        plan=PlanReport(),
        clock=ClockReport(trust=Trust.TRUSTED),
        vitals=vitals,
        targets=targets,
        network=NetworkReport(cause=NetworkCause.NONE, since_at=START, wifi=wifi),
    )


def _keep(c: Connection, heard: Heard) -> None:
    history.keep_samples(c, [(node, at, figures.sample(each)) for node, each, at in heard])


def _took(act: Callable[[Connection, Heard], None], c: Connection, heard: Heard) -> float:
    used_s = time.process_time()
    act(c, heard)
    return time.process_time() - used_s


def _row_bytes(database: Database) -> dict[Level, float]:
    """Bytes of the file by row: pages of a table, shared out by what its rows hold."""
    with database.read() as c:
        pages = {
            row.name: row.bytes for row in c.execute(text("SELECT name, sum(pgsize) bytes FROM dbstat GROUP BY name"))
        }
        s = c.execute(text("SELECT count(*) n FROM samples")).one()
        held = c.execute(text("SELECT level, count(*) n, sum(length(body)) bytes FROM rollups GROUP BY level")).all()
    share = pages["rollups"] / sum(row.bytes for row in held)
    return {Level.MINUTE: pages["samples"] / s.n} | {Level(row.level): share * row.bytes / row.n for row in held}


@contextmanager
def _database() -> Iterator[tuple[Database, Path]]:
    with tempfile.TemporaryDirectory(prefix="loa-history-") as folder:
        path = Path(folder) / "hub.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        yield database, path
        database.dispose()


if __name__ == "__main__":
    main()
