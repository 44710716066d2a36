"""Small pictures on their way from the camera process to the link: one file a sending in `run/pictures`.

They lie on the tmpfs alone, for as long as it takes to send them and for EXPIRES_S at most: a person waits for them,
and what is lost can be asked for again.
"""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from contract import codec
from contract.pictures import Pictures
from edge.spool import ring
from edge.tray import Tray

WAITING_MAX = 8
EXPIRES_S = 300.0

_log = logging.getLogger(__name__)


def post(run: Path, pictures: Pictures, now_s: float) -> bool:
    """Put them where the link finds them, and ring; False where too many wait. Raises OSError."""
    if not _tray(run).put(f"{round(now_s * 1000):016d}", codec.encode(pictures)):
        return False
    ring(run / "link.bell")
    return True


def expire(run: Path, now_s: float) -> None:
    """Drop what has waited too long, and what is none of ours. Raises OSError."""
    tray = _tray(run)
    for name in tray.names():
        if not (name.isdecimal() and 0 <= now_s - int(name) / 1000 <= EXPIRES_S):
            with contextlib.suppress(FileNotFoundError):
                tray.take(name)
                _log.warning("pictures were not sent in time and are gone")


def collect(run: Path, now_s: float) -> Iterator[Pictures]:
    """What is to be sent, oldest first, each once. Raises OSError."""
    expire(run, now_s)
    for name, data in _tray(run).take_all():
        try:
            yield codec.decode(data, Pictures)
        except codec.Malformed as error:
            _log.error("pictures %s are malformed: %s", name, error)


def _tray(run: Path) -> Tray:
    return Tray(run, "pictures", WAITING_MAX)
