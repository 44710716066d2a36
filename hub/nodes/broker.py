"""Runs the hub's private Mosquitto as a child: writes its files, starts it, starts it again when it dies, and takes
changed credentials to it. It dies with the hub, and nothing it holds needs to survive.
"""

import logging
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from contract.topics import HUB_ID
from hub.nodes import mosquitto
from hub.nodes.mosquitto import SALT_BYTES, Setup
from hub.ports import PortTaken, free_port, require_free
from hub.security.authority import Certificates

log = logging.getLogger(__name__)

READY_WITHIN_S = 10.0
PORT_FREED_WITHIN_S = 2.0
"""A port may still be held by the broker of a hub that was killed a moment ago."""
STOPPED_WITHIN_S = 5.0
RESTART_FIRST_S = 0.2
RESTART_LONGEST_S = 5.0
SETTLED_AFTER_S = 30.0
"""A broker that lived this long is started again at once when it dies."""

_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


class BrokerFailed(Exception):
    """The broker cannot be started; the text says why and what to do."""


def hash_password(secret: str) -> str:
    """The hash that `Broker` takes for a node's secret, salted anew each time."""
    return mosquitto.hash_password(secret, os.urandom(SALT_BYTES))


class Broker:
    """One Mosquitto with a plain port on loopback for the hub and a TLS port for the nodes.

    `folder` must belong to the hub alone (0700). Credentials are pairs of node id and `hash_password`.
    """

    def __init__(
        self,
        folder: Path,
        node_host: str,
        node_port: int,
        certificates: Certificates,
        hub_port: int = 0,
        program: str = "mosquitto",
    ) -> None:
        self.hub_port = hub_port or free_port()
        self.hub_password = secrets.token_urlsafe(32)
        self._setup = Setup(
            folder=folder,
            user=pwd.getpwuid(os.geteuid()).pw_name,
            hub_port=self.hub_port,
            node_host=node_host,
            node_port=node_port,
            certificate=certificates.certificate,
            key=certificates.key,
        )
        self._program = program
        self._hub_hash = hash_password(self.hub_password)
        self._files = threading.Lock()
        self._spawning = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._last_words: list[str] = []
        self._has_answered = threading.Event()
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-broker", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process now running; None while there is none."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self, credentials: Sequence[tuple[str, str]]) -> None:
        """Start, and return once both ports answer.

        Raises PortTaken where a port is held by another program, BrokerFailed where Mosquitto is missing or stops.
        """
        self._command()
        self._await_ports()
        self._write(credentials)
        self._thread.start()
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_answering():
            if time.monotonic() > deadline or not self._thread.is_alive():
                self.stop()
                words = " | ".join(self._last_words) or "no answer"
                raise BrokerFailed(f"Mosquitto không khởi động được / did not start: {words}")
            time.sleep(0.01)
        self._has_answered.set()

    def update(self, credentials: Sequence[tuple[str, str]]) -> None:
        """Take over changed credentials. Mosquitto drops whoever no longer has his, at once."""
        self._write(credentials)
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self._is_stopping.set()
        with self._spawning:
            child = self._child
        if child is not None:
            child.terminate()
            try:
                child.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        """Keep a child alive, once it has answered. It is bound to this thread: with the thread, or the whole hub, it
        is killed."""
        pause_s = RESTART_FIRST_S
        while not self._is_stopping.is_set():
            started = time.monotonic()
            self._live_once()
            if self._is_stopping.is_set() or not self._has_answered.is_set():
                return
            lived_s = time.monotonic() - started
            pause_s = RESTART_FIRST_S if lived_s > SETTLED_AFTER_S else min(pause_s * 2, RESTART_LONGEST_S)
            log.error("the broker died after %.1f s; again in %.1f s", lived_s, pause_s)
            self._is_stopping.wait(pause_s)

    def _live_once(self) -> None:
        """Start a child and stay with it until it is gone."""
        try:
            self._require_ports()
        except PortTaken as error:
            log.error("%s", error)
            return
        with self._spawning:
            if self._is_stopping.is_set():
                return
            child = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
            )
            self._child = child
        assert child.stderr is not None
        for line in child.stderr:
            self._last_words = [*self._last_words[-2:], line.strip()]
            log.log(logging.WARNING if line.startswith("Error") else logging.DEBUG, "mosquitto: %s", line.strip())
        child.wait()
        child.stderr.close()

    def _command(self) -> list[str]:
        """Raises BrokerFailed where a program is missing."""
        path = f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM_PATH}"
        found: list[str] = []
        for name, package in (("setpriv", "util-linux"), (self._program, "mosquitto")):
            place = shutil.which(name, path=path)
            if place is None:
                raise BrokerFailed(f"thiếu {name}: apt install {package} / {name} is missing: apt install {package}")
            found.append(place)
        binder, broker = found
        return [binder, "--pdeathsig", "KILL", "--", broker, "-c", str(self._setup.configuration)]

    def _require_ports(self) -> None:
        require_free(self._setup.node_host, self._setup.node_port)
        require_free("127.0.0.1", self.hub_port)

    def _await_ports(self) -> None:
        deadline = time.monotonic() + PORT_FREED_WITHIN_S
        while True:
            try:
                return self._require_ports()
            except PortTaken:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _is_answering(self) -> bool:
        """The hub's port is opened last, so it tells for both."""
        try:
            socket.create_connection(("127.0.0.1", self.hub_port), 1.0).close()
        except OSError:
            return False
        return True

    def _write(self, credentials: Sequence[tuple[str, str]]) -> None:
        setup = self._setup
        with self._files:
            _write_private(setup.configuration, mosquitto.configuration(setup))
            _write_private(setup.passwords, mosquitto.passwords([(HUB_ID, self._hub_hash), *credentials]))
            _write_private(setup.rights, mosquitto.rights([node for node, _ in credentials]))


def _write_private(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.rename(path)
