"""The sets of days that a commune names: holidays, mourning, exams. One row a set that differs from the usual ones."""

from dataclasses import replace

import msgspec
from sqlalchemy import Connection, select

from contract import codec
from hub.rules.rule import USUAL_SETS, Days, DaySets, Name
from hub.store import tables as t
from hub.store.database import insert


def day_sets(c: Connection) -> DaySets:
    """All sets, the usual ones where the commune has put down none."""
    held = {row.name: msgspec.json.decode(row.days, type=tuple[Days, ...]) for row in c.execute(select(t.day_sets))}
    return replace(USUAL_SETS, **held)


def put(c: Connection, name: Name, days: tuple[Days, ...]) -> None:
    new = insert(c, t.day_sets).values(name=name.value, days=codec.encode(days).decode())
    c.execute(new.on_conflict_do_update(index_elements=["name"], set_={"days": new.excluded["days"]}))
