"""What the commune has settled besides its orders, as plans rest on it."""

from datetime import datetime

from sqlalchemy import Connection

from hub.planning import Ground
from hub.store import alarms, day_sets


def ground(c: Connection, now: datetime) -> Ground:
    return Ground(sets=day_sets.day_sets(c), kept=alarms.ready_sounds(c, now))
