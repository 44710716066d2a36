"""Single values of the hub that outlive a restart, by name."""

from sqlalchemy import Connection, select

from hub.store.database import insert
from hub.store.tables import meta


def get(c: Connection, key: str) -> str | None:
    return c.execute(select(meta.c.value).where(meta.c.key == key)).scalar()


def put(c: Connection, key: str, value: str) -> None:
    statement = insert(c, meta).values(key=key, value=value)
    c.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
