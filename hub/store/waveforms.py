"""How each sound of the library looks. A row may be missing: then the sound came in before any were drawn."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import Connection, select

from hub.media.waveform import Waveform
from hub.store import tables as t
from hub.store.database import insert


def put(c: Connection, sha256: str, waveform: Waveform) -> None:
    """The same sound always looks the same, so what is there already stays."""
    new = insert(c, t.waveforms).values(sha256=sha256, **asdict(waveform))
    c.execute(new.on_conflict_do_nothing(index_elements=["sha256"]))


def waveforms(c: Connection, wanted: Collection[str]) -> dict[str, Waveform]:
    """Of these sounds, by SHA-256; of those that have one."""
    rows = c.execute(select(t.waveforms).where(t.waveforms.c.sha256.in_(wanted))).mappings()
    return {row["sha256"]: Waveform(**{name: row[name] for name in row if name != "sha256"}) for row in rows}


def undrawn(c: Connection) -> list[str]:
    """The recordings without one, the newest first; what lies in the bin comes last."""
    r = t.recordings.c
    drawn = select(t.waveforms.c.sha256)
    rows = select(r.sha256).where(r.sha256.not_in(drawn))
    return list(c.execute(rows.order_by(r.removed_at.is_not(None), r.uploaded_at.desc(), r.sha256)).scalars())
