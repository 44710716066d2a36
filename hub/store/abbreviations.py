"""The commune's own abbreviations, and how each is said."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from hub.store import tables as t
from hub.store.database import insert


def abbreviations(c: Connection) -> dict[str, str]:
    """As typed, and as spoken; in the order of the alphabet."""
    rows = c.execute(select(t.abbreviations).order_by(t.abbreviations.c.short))
    return {row.short: row.spoken for row in rows}


def put(c: Connection, short: str, spoken: str, by: str, at: datetime) -> None:
    new = insert(c, t.abbreviations).values(short=short, spoken=spoken, put_by=by, put_at=at)
    changed = {name: new.excluded[name] for name in ("spoken", "put_by", "put_at")}
    c.execute(new.on_conflict_do_update(index_elements=["short"], set_=changed))


def drop(c: Connection, short: str) -> None:
    c.execute(delete(t.abbreviations).where(t.abbreviations.c.short == short))
