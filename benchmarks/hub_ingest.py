"""Events of 200 bytes from twenty nodes into the running hub: how many a second, at what cost, and none lost.

The hub is `loa-hub serve` itself: TLS, its private Mosquitto, SQLite with synchronous FULL, a receipt for each
event after its commit. The load runs beside it on the same machine.
"""

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
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import _load
from benchmarks._result import report, say
from hub import authority
from hub.broker import hash_password
from hub.config import HubSettings
from hub.fleet import Node
from hub.ports import free_port
from hub.store import nodes
from hub.store.database import Database

NODES = [f"binhminh-thon-{n}" for n in range(1, 21)]
SECRET = "only-for-this-benchmark"
EVENTS = 200_000
WINDOW = 500
KILLS = 20
EVENTS_A_KILL = 20_000
PATIENCE_S = 60


class HubProcess:
    """`loa-hub serve` in a folder of its own, with twenty nodes of one secret."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "hub.toml"
        settings = HubSettings(data_dir=str(folder / "data"))
        self.database = settings.home.database
        self.ca = settings.home.keys / "ca.pem"
        self._config.write_text(
            f'data_dir = "{settings.data_dir}"\nnode_host = "127.0.0.1"\nmqtt_port = {self.port}\n'
            f"media_port = {free_port()}\npage_port = {free_port()}\n"
        )
        settings.home.make()
        authority.ensure(settings.home.keys, [settings.public_host])
        _add_nodes(settings.database_url)
        self._child: subprocess.Popen[bytes] | None = None

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

    @property
    def process(self) -> psutil.Process:
        assert self._child is not None
        return psutil.Process(self._child.pid)

    @property
    def broker(self) -> psutil.Process:
        return next(child for child in self.process.children() if child.name() == "mosquitto")

    def count_rows(self) -> int:
        with sqlite3.connect(self.database) as c:
            count: int = c.execute("SELECT count(*) FROM flips WHERE stream LIKE 'load-%'").fetchone()[0]
        return count


def _add_nodes(url: str) -> None:
    database = Database(url)
    database.migrate()
    hashed = hash_password(SECRET)
    with database.write() as c:
        for id in NODES:
            nodes.add_node(c, Node(id=id, title=id, added_at=datetime.now(UTC)), "0" * 64, hashed)
    database.dispose()
