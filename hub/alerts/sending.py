"""Sends one letter through a child of its own, which is killed when it takes too long."""

import logging
import os
import subprocess
import sys
import threading

import msgspec

from hub.alerts.letter import Answer, Fault, Letter

log = logging.getLogger(__name__)

WALL_S = 30.0
"""A child that has no answer by then is killed; apprise itself waits 4 s for a connection and 10 s for an answer."""
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_WORDS_SHOWN = 300


class Interrupted(Exception):
    """The hub is about to stop, and the letter with it."""


class Sending:
    """Any number of threads may send at once; `stop` ends what is under way."""

    def __init__(self, wall_s: float = WALL_S) -> None:
        self._wall_s = wall_s
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_stopping = False

    def __call__(self, letter: Letter) -> Answer:
        """Raises Interrupted."""
        child = self._start()
        try:
            said, words = child.communicate(msgspec.json.encode(letter), timeout=self._wall_s)
        except subprocess.TimeoutExpired:
            return Answer(Fault.TIMEOUT)
        finally:
            child.kill()
            child.communicate()
            with self._lock:
                self._children.discard(child)
        if self._is_stopping:
            raise Interrupted
        try:
            return msgspec.json.decode(said, type=Answer)
        except msgspec.MsgspecError:
            last = words.decode(errors="replace").strip().rpartition("\n")[2]
            log.error("the sending child failed (exit code %s): %s", child.returncode, last[:_WORDS_SHOWN])
            return Answer(Fault.OTHER)

    def stop(self) -> None:
        with self._lock:
            self._is_stopping = True
            for child in self._children:
                child.kill()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_stopping:
                raise Interrupted
            child = subprocess.Popen(
                [sys.executable, "-I", "-B", "-m", "hub.alerts.sender"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: value for name, value in os.environ.items() if name.lower() in _PROXIES},
                start_new_session=True,
            )
            self._children.add(child)
            return child
