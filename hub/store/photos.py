"""Photos of incidents."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from hub.store import tables as t


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """Who took it, and when it came; the picture itself is asked for alone."""

    id: str
    incident: int
    at: datetime
    who: str


def add(c: Connection, photo: Photo, jpeg: bytes) -> None:
    c.execute(insert(t.incident_photos).values(asdict(photo) | {"jpeg": jpeg}))


def of(c: Connection, incident: int) -> Sequence[Photo]:
    """Those of one incident, the first first."""
    p = t.incident_photos.c
    query = select(p.id, p.incident, p.at, p.who).where(p.incident == incident).order_by(p.at, p.id)
    return [Photo(**row) for row in c.execute(query).mappings()]


def picture(c: Connection, incident: int, id: str) -> bytes | None:
    p = t.incident_photos.c
    found: bytes | None = c.execute(select(p.jpeg).where(p.incident == incident, p.id == id)).scalar()
    return found


def remove(c: Connection, incident: int, id: str) -> bool:
    """Whether there was one."""
    p = t.incident_photos.c
    return c.execute(delete(t.incident_photos).where(p.incident == incident, p.id == id)).rowcount == 1


def has_older(c: Connection, before: datetime) -> bool:
    return bool(c.execute(select(exists().where(t.incident_photos.c.at < before))).scalar())


def forget(c: Connection, before: datetime) -> None:
    c.execute(delete(t.incident_photos).where(t.incident_photos.c.at < before))
