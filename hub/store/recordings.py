"""The library: one row a sound, named by its content. What is removed stays in the bin."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, exists, func, or_, select, update

from hub.orders.broadcasts import Recording
from hub.rules.reading import fold
from hub.store import tables as t
from hub.store.database import insert


def add(c: Connection, recording: Recording) -> None:
    """Keep a sound, as the last version of its work.

    The same sound again takes the new title, and moves to the top, out of the bin too; its work and folder stay.
    """
    work, r = recording.work or recording.sha256, t.recordings.c
    count = select(func.coalesce(func.max(r.version), 0) + 1).where(r.work == work).scalar_subquery()
    values = {**asdict(recording), "work": work, "version": count, "folded": ""}
    new = insert(c, t.recordings).values(values)
    kept = {name: new.excluded[name] for name in ("title", "uploaded_by", "uploaded_at")}
    c.execute(new.on_conflict_do_update(index_elements=["sha256"], set_=kept))
    folder = c.execute(select(r.folder).where(r.sha256 == recording.sha256)).scalar_one()
    name(c, recording.sha256, recording.title, folder)
    set_removed(c, recording.sha256, None)
    choose(c, recording.sha256)


def recording(c: Connection, sha256: str) -> Recording | None:
    """One of the library or of the bin."""
    row = c.execute(select(t.recordings).where(t.recordings.c.sha256 == sha256)).mappings().first()
    return None if row is None else _recording(dict(row))


def titles(c: Connection, digests: Collection[str]) -> dict[str, str]:
    """What those of the digests are called that are recordings."""
    r = t.recordings.c
    return {row.sha256: row.title for row in c.execute(select(r.sha256, r.title).where(r.sha256.in_(digests)))}


def offered(c: Connection, sha256: str) -> Recording | None:
    """One that may be chosen: of the library, not of the bin. In a writing transaction nobody removes it meanwhile."""
    found = locked(c, sha256)
    return None if found is None or found.removed_at is not None else found


def locked(c: Connection, sha256: str) -> Recording | None:
    """One of the library or of the bin, for a writing transaction: others wait with it until that is over."""
    row = c.execute(select(t.recordings).where(t.recordings.c.sha256 == sha256).with_for_update()).mappings().first()
    return None if row is None else _recording(dict(row))


def recordings(
    c: Connection,
    words: str = "",
    folder: str | None = None,
    besides: Collection[str] = (),
    most: int | None = None,
) -> list[Recording]:
    """One version of each work and those (SHA-256) `besides` it, the newest first, as many as `most`; those only that
    have all of these words, whatever their accents, and lie in this folder."""
    r = t.recordings.c
    found = [r.folded.contains(word, autoescape=True) for word in fold(words).split()]
    wanted = [r.removed_at.is_(None), or_(_is_chosen(), r.sha256.in_(besides)), *found]
    return _all(c, [*wanted, r.folder == folder] if folder is not None else wanted, most)


def removed(c: Connection) -> list[Recording]:
    """What lies in the bin, one version of each work, the last removed first."""
    r = t.recordings.c
    is_gone = and_(r.removed_at.is_not(None), _is_chosen())
    rows = c.execute(select(t.recordings).where(is_gone).order_by(r.removed_at.desc(), r.sha256))
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


def versions(c: Connection, work: str) -> list[Recording]:
    """All of a work, the first made first."""
    r = t.recordings.c
    rows = c.execute(select(t.recordings).where(r.work == work).order_by(r.version, r.sha256)).mappings()
    return [_recording(dict(row)) for row in rows]


def chosen(c: Connection, work: str) -> Recording:
    """The version of a work that is shown, and that new orders take."""
    r = t.recordings.c
    latest = select(t.recordings).where(r.work == work).order_by(r.chosen.desc(), r.sha256.desc()).limit(1)
    return _recording(dict(c.execute(latest).mappings().one()))


def doubled(library: Iterable[Recording]) -> set[str]:
    """The works of which more than one version is among these, so that they have to be told apart."""
    return {work for work, count in Counter(r.work for r in library).items() if count > 1}


def counts(c: Connection, works: Collection[str]) -> dict[str, int]:
    """How many versions each of these works has."""
    r = t.recordings.c
    rows = c.execute(select(r.work, func.count().label("n")).where(r.work.in_(works)).group_by(r.work))
    return {row.work: row.n for row in rows}


def choose(c: Connection, sha256: str) -> None:
    """Let this version of its work be the one that is shown."""
    r, other = t.recordings.c, t.recordings.alias()
    highest = select(func.max(other.c.chosen)).where(other.c.work == _work(sha256)).scalar_subquery()
    c.execute(update(t.recordings).where(r.sha256 == sha256).values(chosen=highest + 1))


def name(c: Connection, sha256: str, title: str, folder: str) -> None:
    """The name of the whole work that this is a version of."""
    values = {"title": title, "folder": folder, "folded": _folded(title, folder)}
    c.execute(update(t.recordings).where(t.recordings.c.work == _work(sha256)).values(values))


def set_removed(c: Connection, sha256: str, at: datetime | None) -> None:
    """The whole work that this is a version of."""
    c.execute(update(t.recordings).where(t.recordings.c.work == _work(sha256)).values(removed_at=at))


def _work(sha256: str) -> ScalarSelect[str]:
    one = t.recordings.alias()
    return select(one.c.work).where(one.c.sha256 == sha256).scalar_subquery()


def _is_chosen() -> ColumnElement[bool]:
    r, other = t.recordings.c, t.recordings.alias()
    is_later = or_(other.c.chosen > r.chosen, and_(other.c.chosen == r.chosen, other.c.sha256 > r.sha256))
    return ~exists().where(other.c.work == r.work, is_later)


def _all(c: Connection, wanted: list[ColumnElement[bool]], most: int | None = None) -> list[Recording]:
    r = t.recordings.c
    query: Select[Any] = select(t.recordings).where(*wanted).order_by(r.uploaded_at.desc(), r.sha256).limit(most)
    return [_recording(dict(row)) for row in c.execute(query).mappings()]


def _recording(row: dict[str, Any]) -> Recording:
    del row["folded"], row["chosen"]
    return Recording(**row)


def _folded(title: str, folder: str) -> str:
    return fold(f"{title} {folder}")
