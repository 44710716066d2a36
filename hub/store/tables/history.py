"""What nodes measured: samples of some days, and rollups of years. Time comes first in each key, so that what is
written together lies together, and what is old goes in one piece.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Dialect, Integer, LargeBinary, SmallInteger, String, Table
from sqlalchemy.types import TypeDecorator

from hub.store.tables.base import metadata

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class Minute(TypeDecorator[datetime]):
    """The minute that an instant lies in, as whole minutes since 1970 UTC."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MINUTE

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MINUTE


samples = Table(
    "samples",
    metadata,
    Column("minute", Minute, primary_key=True, autoincrement=False),
    Column("node", String, primary_key=True),
    Column("ms", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The last heartbeat of a minute, and when in it (`ms`); `body` is as `hub.history.figures` packs it."""

rollups = Table(
    "rollups",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("starts_at", Minute, primary_key=True, autoincrement=False),
    Column("node", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

rollups_due = Table(
    "rollups_due",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("starts_at", Minute, primary_key=True, autoincrement=False),
    Column("node", String, primary_key=True),
    sqlite_with_rowid=False,
)
"""Rollups to be made, or made again, because something came in that belongs to them."""
