"""The library: one row a sound, named by its content. What is removed stays in the bin."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select, update

from hub.broadcasts import Recording
from hub.reading import fold
from hub.store import tables as t
from hub.store.database import insert


def add(c: Connection, recording: Recording) -> None:
    """Keep a sound. The same sound uploaded again takes the new title, and moves to the top, out of the bin too; its
    folder stays."""
    folder = c.execute(select(t.recordings.c.folder).where(t.recordings.c.sha256 == recording.sha256)).scalar()
    folded = _folded(recording.title, recording.folder if folder is None else folder)
    new = insert(c, t.recordings).values(**asdict(recording), folded=folded)
    renamed = {name: new.excluded[name] for name in ("title", "uploaded_by", "uploaded_at", "removed_at", "folded")}
    c.execute(new.on_conflict_do_update(index_elements=["sha256"], set_=renamed))


def recording(c: Connection, sha256: str) -> Recording | None:
    """One of the library or of the bin."""
    row = c.execute(select(t.recordings).where(t.recordings.c.sha256 == sha256)).mappings().first()
    return None if row is None else _recording(dict(row))


def offered(c: Connection, sha256: str) -> Recording | None:
    """One that may be chosen: of the library, not of the bin. In a writing transaction nobody removes it meanwhile."""
    found = locked(c, sha256)
    return None if found is None or found.removed_at is not None else found


def locked(c: Connection, sha256: str) -> Recording | None:
    """One of the library or of the bin, for a writing transaction: others wait with it until that is over."""
    row = c.execute(select(t.recordings).where(t.recordings.c.sha256 == sha256).with_for_update()).mappings().first()
    return None if row is None else _recording(dict(row))


def recordings(c: Connection, words: str = "", folder: str | None = None) -> list[Recording]:
    """The newest first; those only that have all of these words, whatever their accents, and lie in this folder."""
    r = t.recordings.c
    wanted = [r.removed_at.is_(None), *(r.folded.contains(word, autoescape=True) for word in fold(words).split())]
    return _all(c, [*wanted, r.folder == folder] if folder is not None else wanted)


def removed(c: Connection) -> list[Recording]:
    """What lies in the bin, the last removed first."""
    r = t.recordings.c
    rows = c.execute(select(t.recordings).where(r.removed_at.is_not(None)).order_by(r.removed_at.desc(), r.sha256))
    return [_recording(dict(row)) for row in rows.mappings()]


def folders(c: Connection) -> list[str]:
    """Those in use, by name."""
    r = t.recordings.c
    rows = c.execute(select(r.folder).where(r.removed_at.is_(None), r.folder != "").distinct())
    return sorted((row.folder for row in rows), key=fold)


def kept(c: Connection) -> list[Recording]:
    """Those that every village holds ready, by title."""
    r = t.recordings.c
    is_there = and_(r.is_kept.is_(True), r.removed_at.is_(None))
    rows = c.execute(select(t.recordings).where(is_there).order_by(r.title, r.sha256))
    return [_recording(dict(row)) for row in rows.mappings()]


def set_kept(c: Connection, sha256: str, is_kept: bool) -> None:
    c.execute(update(t.recordings).where(t.recordings.c.sha256 == sha256).values(is_kept=is_kept))


def name(c: Connection, sha256: str, title: str, folder: str) -> None:
    values = {"title": title, "folder": folder, "folded": _folded(title, folder)}
    c.execute(update(t.recordings).where(t.recordings.c.sha256 == sha256).values(values))


def set_removed(c: Connection, sha256: str, at: datetime | None) -> None:
    c.execute(update(t.recordings).where(t.recordings.c.sha256 == sha256).values(removed_at=at))


def _all(c: Connection, wanted: list[ColumnElement[bool]]) -> list[Recording]:
    r = t.recordings.c
    query: Select[Any] = select(t.recordings).where(*wanted).order_by(r.uploaded_at.desc(), r.sha256)
    return [_recording(dict(row)) for row in c.execute(query).mappings()]


def _recording(row: dict[str, Any]) -> Recording:
    del row["folded"]
    return Recording(**row)


def _folded(title: str, folder: str) -> str:
    return fold(f"{title} {folder}")
