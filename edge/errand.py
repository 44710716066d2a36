"""Orders about a camera on their way from the speaker to the camera process: one file each in `run/errands`.

The speaker is the node's one authority for what is signed: it has judged key, counter and nonce before an order lies
here. Nobody but it and the camera process reaches the folder (systemd/), so the camera process believes what it finds.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contract import codec
from contract.form import require, require_id
from contract.orders import Counter
from contract.terms import Order
from edge.spool import ring
from edge.tray import Tray

WAITING_MAX = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One accepted order about a camera, good until the monotonic second `until_s`; `counter` is its command's."""

    counter: Counter
    order: Order
    camera: str
    until_s: float

    def __post_init__(self) -> None:
        require(self.order.is_camera, "order: one about a camera")
        require_id("camera", self.camera)

    def __str__(self) -> str:
        return f"{self.order} {self.camera} ({self.counter.epoch}.{self.counter.n})"


def give(run: Path, errand: Errand) -> None:
    """Hand an order on and ring. What cannot be handed on is logged and lost: whoever asked sees that nothing comes,
    and the speaker has other things to do."""
    name = f"{errand.counter.epoch:010d}-{errand.counter.n:016d}"
    try:
        if not _tray(run).put(name, codec.encode(errand)):
            _log.error("%s dropped: %d orders already wait for the camera process", errand, WAITING_MAX)
            return
    except OSError as error:
        _log.error("%s cannot be handed on: %s", errand, error)
        return
    _log.info("%s handed on", errand)
    ring(run / "camera.bell")


def take(run: Path) -> Iterator[Errand]:
    """The waiting orders, oldest first, each once."""
    try:
        for name, data in _tray(run).take_all():
            try:
                yield codec.decode(data, Errand)
            except codec.Malformed as error:
                _log.error("order %s is malformed: %s", name, error)
    except OSError as error:
        _log.error("the waiting orders cannot be taken: %s", error)


def _tray(run: Path) -> Tray:
    return Tray(run, "errands", WAITING_MAX)
