"""The library: one row a sound, named by its content."""

from dataclasses import asdict

from sqlalchemy import Connection, select, update

from hub.broadcasts import Recording
from hub.store import tables as t
from hub.store.database import insert


def add(c: Connection, recording: Recording) -> None:
    """Keep a sound. The same sound uploaded again takes the new title and moves to the top of the list."""
    new = insert(c, t.recordings).values(asdict(recording))
    renamed = {name: new.excluded[name] for name in ("title", "uploaded_by", "uploaded_at")}
    c.execute(new.on_conflict_do_update(index_elements=["sha256"], set_=renamed))


def recording(c: Connection, sha256: str) -> Recording | None:
    row = c.execute(select(t.recordings).where(t.recordings.c.sha256 == sha256)).mappings().first()
    return None if row is None else Recording(**row)


def recordings(c: Connection) -> list[Recording]:
    """The newest first."""
    rows = c.execute(select(t.recordings).order_by(t.recordings.c.uploaded_at.desc(), t.recordings.c.sha256))
    return [Recording(**row) for row in rows.mappings()]


def kept(c: Connection) -> list[Recording]:
    """Those that every village holds ready, by title."""
    r = t.recordings.c
    rows = c.execute(select(t.recordings).where(r.is_kept.is_(True)).order_by(r.title, r.sha256))
    return [Recording(**row) for row in rows.mappings()]


def set_kept(c: Connection, sha256: str, is_kept: bool) -> None:
    c.execute(update(t.recordings).where(t.recordings.c.sha256 == sha256).values(is_kept=is_kept))
