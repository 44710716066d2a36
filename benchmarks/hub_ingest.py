"""Events of 200 bytes from twenty nodes into the running hub: how many a second, at what cost, and none lost.

The hub is `loa-hub serve` itself, with TLS, its private Mosquitto, SQLite with synchronous FULL and a receipt for each
event after its commit. The load runs beside it on the same machine.
    python -m benchmarks.hub_ingest [--events 200000] [--kills 20]
"""

import argparse
import json
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import _node_red
from benchmarks._result import report, say
from benchmarks._usage import child_named, cpu_s, memory_mb
from hub.config import HubSettings
from hub.nodes.broker import Broker, hash_password
from hub.nodes.fleet import Node
from hub.ports import free_port
from hub.security import authority
from hub.store import nodes
from hub.store.database import Database

NODES = [f"binhminh-thon-{n}" for n in range(1, 21)]
SECRET = "only-for-this-benchmark"
WINDOW = 400
"""Events of one node that may wait for a receipt; twenty nodes stay below what the broker lets be unacknowledged."""
EVENTS_BETWEEN_KILLS = 10_000
NODE_RED_EVENTS = 20_000
PATIENCE_S = 60.0
RIDE_WITHIN_S = 300.0
SAMPLE_S = 0.1
_BUILD = Path(__file__).resolve().parent.parent / "build" / "node-red"


class HubProcess:
    """`loa-hub serve` in a folder of its own, with twenty nodes of one secret."""

    def __init__(self, folder: Path) -> None:
        settings = HubSettings(data_dir=str(folder / "data"))
        self.port = free_port()
        self.ca = settings.home.keys / "ca.pem"
        self._database = settings.home.database
        self._config = folder / "hub.toml"
        self._config.write_text(
            f'data_dir = "{settings.data_dir}"\nnode_host = "127.0.0.1"\nmqtt_port = {self.port}\n'
            f'media_port = {free_port()}\npage_host = "127.0.0.1"\npage_port = {free_port()}\n'
        )
        settings.home.make()
        authority.ensure(settings.home.keys, [settings.public_host])
        _add_nodes(settings.database_url)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        """Return once the nodes' port answers."""
        command = [sys.executable, "-m", "hub", "--config", str(self._config), "serve"]
        self._child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if time.monotonic() > end or self._child.poll() is not None:
                    raise
            time.sleep(0.05)

    def end(self, how: signal.Signals) -> None:
        assert self._child is not None
        self._child.send_signal(how)
        self._child.wait(PATIENCE_S)

    def count_rows(self) -> int:
        return self._ask("SELECT count(*) FROM flips WHERE stream LIKE 'load-%'")

    def progress(self) -> int:
        """How far the first node's events are in the database."""
        return self._ask(f"SELECT coalesce(max(seq), 0) FROM flips WHERE node = '{NODES[0]}' AND stream LIKE 'load-%'")

    def _ask(self, question: str) -> int:
        with sqlite3.connect(self._database) as c:
            answer: int = c.execute(question).fetchone()[0]
        return answer


def _add_nodes(url: str) -> None:
    database = Database(url)
    database.migrate()
    hashed = hash_password(SECRET)
    with database.write() as c:
        for id in NODES:
            nodes.add_node(c, Node(id=id, title=id, added_at=datetime.now(UTC)), "0" * 64, hashed)
    database.dispose()


@dataclass(frozen=True, slots=True)
class Ride:
    """What one load came to."""

    events: int
    seconds: float
    resent: int
    load_us: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds


@contextmanager
def _load(port: int, ca: Path, events: int) -> Iterator["subprocess.Popen[str]"]:
    names = {"--port": str(port), "--ca": str(ca), "--secret": SECRET, "--window": str(WINDOW)}
    options = [word for pair in names.items() for word in pair]
    count = ["--count", str(events // len(NODES)), "--nodes", *NODES]
    command = [sys.executable, "-m", "benchmarks._load", *options, *count]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def _await_end(child: "subprocess.Popen[str]", events: int) -> Ride:
    said, _ = child.communicate(timeout=RIDE_WITHIN_S)
    told = json.loads(said)
    return Ride(events, told["seconds"], told["resent"], told["processor_s"] / events * 1e6)


def measure_rate(events: int) -> None:
    """Rate, cost and memory of one long ride."""
    with tempfile.TemporaryDirectory(prefix="loa-ingest-") as name:
        hub = HubProcess(Path(name))
        hub.start()
        with _load(hub.port, hub.ca, events // 10) as warm:
            _await_end(warm, events // 10)
        broker = child_named(hub.pid, "mosquitto")
        before = cpu_s(hub.pid), cpu_s(broker)
        with _sampled(hub.pid) as memory, _load(hub.port, hub.ca, events) as child:
            ride = _await_end(child, events)
        hub_us, broker_us = ((cpu_s(p) - b) / events * 1e6 for p, b in zip((hub.pid, broker), before, strict=True))
        hub.end(signal.SIGTERM)
    say(f"{events} events of 200 bytes in {ride.seconds:.1f} s; processor a message: hub {hub_us:.1f} µs, "
        f"Mosquitto {broker_us:.1f} µs, load {ride.load_us:.1f} µs; sent again {ride.resent}")  # fmt: skip
    fifth = memory[len(memory) // 5]
    say(f"memory of the hub: {memory[0]:.1f} MB before, {fifth:.1f} after a fifth, {memory[-1]:.1f} at the end, "
        f"peak {max(memory):.1f}: growth over the last four fifths {memory[-1] - fifth:+.1f} MB")  # fmt: skip
    report("hub_ingest_per_s", round(ride.rate), "events/s", 15_000, "higher")
    report("hub_ingest_cpu_us", round(hub_us, 1), "µs", 70)


@contextmanager
def _sampled(pid: int) -> Iterator[list[float]]:
    """Look at the memory of a process again and again; the list grows meanwhile."""
    samples, is_over = [memory_mb(pid)], threading.Event()

    def look() -> None:
        while not is_over.wait(SAMPLE_S):
            samples.append(memory_mb(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield samples
    finally:
        is_over.set()
        thread.join()


def measure_loss(kills: int) -> None:
    """Kill the hub again and again in the middle of a load; at the end each event must be there, once."""
    events = (kills + 1) * EVENTS_BETWEEN_KILLS
    chance = random.Random(2)
    with tempfile.TemporaryDirectory(prefix="loa-ingest-") as name:
        hub = HubProcess(Path(name))
        hub.start()
        with _load(hub.port, hub.ca, events) as child:
            for kill in range(1, kills + 1):
                _await_progress(hub, kill * EVENTS_BETWEEN_KILLS // len(NODES))
                time.sleep(chance.uniform(0, 0.1))
                hub.end(signal.SIGKILL)
                hub.start()
            ride = _await_end(child, events)
        rows = hub.count_rows()
        hub.end(signal.SIGTERM)
    say(f"{events} events over {kills} SIGKILLs: {rows} rows, {ride.resent} sent again, {ride.seconds:.0f} s")
    report("hub_ingest_lost", events - rows, "events", 0)


def _await_progress(hub: HubProcess, wanted: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while hub.progress() < wanted:
        if time.monotonic() > end:
            raise TimeoutError(f"no progress: {hub.progress()} of {wanted}")
        time.sleep(0.02)


def compare_with_node_red() -> None:
    try:
        script = _node_red.install(_BUILD)
        for synchronous in ("FULL", "OFF"):
            with tempfile.TemporaryDirectory(prefix="loa-node-red-") as name:
                _ride_node_red(script, Path(name), synchronous)
    except _node_red.NotHere as error:
        say(f"Node-RED is left out: {error}")
    except subprocess.TimeoutExpired:
        say(f"Node-RED is left out: {NODE_RED_EVENTS} events were not taken within {RIDE_WITHIN_S:.0f} s")


def _ride_node_red(script: Path, folder: Path, synchronous: str) -> None:
    certificates = authority.ensure(folder, ["localhost"])
    port = free_port()
    broker = Broker(folder, "127.0.0.1", port, certificates)
    hashed = hash_password(SECRET)
    broker.start([(id, hashed) for id in NODES])
    flow = folder / "flow"
    flow.mkdir()
    try:
        with _node_red.running(script, flow, broker.hub_port, broker.hub_password, synchronous) as pid:
            with _load(port, folder / "ca.pem", NODE_RED_EVENTS) as child:
                before = cpu_s(pid)
                ride = _await_end(child, NODE_RED_EVENTS)
            used_us = (cpu_s(pid) - before) / NODE_RED_EVENTS * 1e6
        rows = _node_red.count_rows(flow)
    finally:
        broker.stop()
    say(f"Node-RED with its SQLite node, synchronous {synchronous}: {ride.rate:.0f} events/s, {used_us:.0f} µs a "
        f"message, {rows} of {NODE_RED_EVENTS} rows, {ride.resent} sent again")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    measure_rate(options.events)
    measure_loss(options.kills)
    compare_with_node_red()


if __name__ == "__main__":
    main()
