"""The life of one process of the node: start, step, tell systemd, stop.

The watchdog is fed by the loop's own steps: a loop that hangs is restarted, one that merely idles is not.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

from edge import lean

MAX_WAIT_S = 1.0
"""A lost ring of the doorbell costs at most this."""


def configure_logging(name: str) -> logging.Logger:
    """Log to standard error, one line an event; the journal adds time and unit."""
    logging.basicConfig(level=logging.INFO, format=f"{name}: %(levelname)s %(message)s")
    return logging.getLogger(name)


def run(step: Callable[[], float], wait: Callable[[float], object]) -> None:
    """Call `step` until SIGTERM or SIGINT. It returns how many seconds it may wait for its next call.

    `wait` sleeps for at most that long and returns early when there is news.
    """
    is_stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        is_stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    lean.let_go()
    notify("READY=1")
    while not is_stopping:
        due_s = step()
        notify("WATCHDOG=1")
        if not is_stopping and due_s > 0:
            wait(min(due_s, MAX_WAIT_S))
    notify("STOPPING=1")


def notify(state: str) -> None:
    """Tell systemd, where it listens (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as bell:
        bell.sendto(state.encode(), address)
