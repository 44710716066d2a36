"""What emergencies have besides their broadcasts, and the sounds every village holds ready for the next one."""

import dataclasses
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from contract.orders import Audio
from hub.alarms import emergency
from hub.alarms.emergency import Alarm
from hub.orders.broadcasts import Broadcast
from hub.store import broadcasts, meta, recordings
from hub.store import tables as t

PREPARED_FOR = timedelta(minutes=15)
LONGEST = timedelta(days=1)
"""No alarm is out longer than this: bounds what is looked at."""
PREPARED_KEY = "prepared"


def add(c: Connection, alarm: Alarm) -> None:
    """Raises sqlalchemy.exc.IntegrityError where this broadcast has one."""
    c.execute(insert(t.alarms).values(asdict(alarm)))


def alarm(c: Connection, broadcast: str) -> Alarm | None:
    row = c.execute(select(t.alarms).where(t.alarms.c.broadcast == broadcast)).mappings().first()
    return None if row is None else Alarm(**row)


def standing(c: Connection, now: datetime) -> list[tuple[Alarm, Broadcast]]:
    """Those that are out now, the newest first."""
    b = t.broadcasts.c
    together = select(t.alarms).join(t.broadcasts, b.id == t.alarms.c.broadcast)
    query = together.where(t.alarms.c.cleared_at.is_(None), b.starts_at >= now - LONGEST).order_by(b.starts_at.desc())
    alarms = [Alarm(**row) for row in c.execute(query).mappings()]
    found = [(each, broadcasts.broadcast(c, each.broadcast)) for each in alarms]
    return [(each, b) for each, b in found if b is not None and emergency.is_standing(b, each, now)]


def cleared(c: Connection, since: datetime) -> set[str]:
    """The broadcasts of those that were cancelled at `since` or later: they leave the air free."""
    a = t.alarms.c
    return set(c.execute(select(a.broadcast).where(a.cleared_at >= since)).scalars())


def replace(c: Connection, alarm: Alarm) -> None:
    c.execute(update(t.alarms).where(t.alarms.c.broadcast == alarm.broadcast).values(asdict(alarm)))


def end(c: Connection, broadcast: str | None, at: datetime, who: str, within: Collection[str] = ()) -> None:
    """Note that an ordinary stop or cancellation ended this alarm, or (None) all that are out.

    One that is heard beyond the villages `within` (empty: all are meant) goes on, and stays out.
    """
    for each, sent in standing(c, at):
        if broadcast in (None, each.broadcast) and (not within or set(sent.nodes) <= set(within)):
            replace(c, dataclasses.replace(each, cleared_at=at, cleared_by=who))


def prepare(c: Connection, sha256: str, now: datetime) -> None:
    """The villages may begin to fetch this sound while a person still looks at what they are about to send."""
    meta.put(c, PREPARED_KEY, f"{sha256} {(now + PREPARED_FOR).timestamp():.0f}")


def ready_sounds(c: Connection, now: datetime) -> tuple[Audio, ...]:
    """What every village is to hold ready: the recordings kept for emergencies, and the one just prepared."""
    held = {r.sha256: r.audio for r in recordings.kept(c)}
    sha256, _, until_s = (meta.get(c, PREPARED_KEY) or "").partition(" ")
    if sha256 and now < datetime.fromtimestamp(float(until_s), UTC):
        prepared = recordings.recording(c, sha256)
        held |= {} if prepared is None else {sha256: prepared.audio}
    return tuple(held[sha] for sha in sorted(held))
