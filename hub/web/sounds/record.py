"""/audio/record: the browser records what the microphone hears; what is saved comes in by /uploads like any file."""

from fastapi import APIRouter
from fastapi.responses import Response

from hub.media.job import IntakeLimits
from hub.media.rejection import say_duration, say_size
from hub.titles import TITLE_MAX
from hub.web.visit import Orderer

router = APIRouter()

LONGEST_S = 30 * 60
"""Seconds; in a phone's memory these are 86 MB."""
OVERSHOOT_S = 1
"""It stops a piece or two after the limit; the hub is to take that as well."""
BYTES_A_SECOND = 2 * 48_000
"""Of a WAV file with one channel, where the browser cannot record at less than 48 kHz."""


@router.get("/audio/record")
def show_recorder(visit: Orderer) -> Response:
    limits = visit.desk.limits
    limit_s = longest_s(limits)
    return visit.page(
        "record.html",
        limit_s=limit_s,
        limit=visit.words.pick(*say_duration(limit_s)),
        least_s=limits.min_duration_s,
        title_max=TITLE_MAX,
        unfinished=(),
        max_bytes=limits.max_bytes,
        max_size=visit.words.pick(*say_size(limits.max_bytes)),
        max_duration=visit.words.pick(*say_duration(limits.max_duration_s)),
    )


def longest_s(limits: IntakeLimits) -> int:
    """How long one may record, so that the hub takes what comes of it."""
    return int(min(LONGEST_S, limits.max_duration_s - OVERSHOOT_S, limits.max_bytes / BYTES_A_SECOND))
