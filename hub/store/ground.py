"""What the commune has settled besides its orders, as plans rest on it."""

from datetime import datetime

from sqlalchemy import Connection

from contract.orders import Audio
from hub.nodes.planning import Ground
from hub.orders.broadcasts import Recording
from hub.store import alarms, day_sets, meta, nodes, recordings

CHIME_KEY, SUBSTITUTE_KEY, NOTICE_KEY, ALL_CLEAR_KEY = "chime", "substitute", "notice", "all_clear"


def ground(c: Connection, now: datetime) -> Ground:
    return Ground(
        sets=day_sets.day_sets(c),
        kept=alarms.ready_sounds(c, now),
        fallbacks=_fallbacks(c),
        languages=nodes.languages(c),
    )


def named(c: Connection, key: str) -> Recording | None:
    """The recording that has this part; None where none has."""
    return recordings.recording(c, meta.get(c, key) or "")


def _fallbacks(c: Connection) -> tuple[tuple[Audio, ...], ...]:
    """The substitute, then the chime with the notice, as far as they are there."""
    substitute, chime, notice = (named(c, key) for key in (SUBSTITUTE_KEY, CHIME_KEY, NOTICE_KEY))
    spoken = () if notice is None else tuple(r.audio for r in (chime, notice) if r is not None)
    return tuple(rung for rung in (() if substitute is None else (substitute.audio,), spoken) if rung)
