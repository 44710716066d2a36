"""Draws the sounds that came in before there were waveforms, one after another, behind everything else."""

import logging
from threading import Event

from hub.media import intake
from hub.media.rejection import Rejected
from hub.orders.desk import Desk
from hub.store import waveforms

log = logging.getLogger(__name__)


def draw_missing(desk: Desk, is_stopping: Event) -> None:
    """Returns when all are drawn, or the hub stops. What cannot be decoded is said in the log and tried again at the
    next start."""
    with desk.database.read() as c:
        undrawn = waveforms.undrawn(c)
    for sha256 in undrawn:
        if is_stopping.is_set():
            return
        try:
            drawn = intake.survey(sha256, desk.shelf)
        except Rejected as rejected:
            log.warning("chưa vẽ được sóng âm của / no waveform of %s: %s", sha256, rejected)
            continue
        with desk.database.write() as c:
            waveforms.put(c, sha256, drawn)
    if undrawn:
        desk.news.tell("recordings")
