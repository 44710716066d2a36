"""What all tables have in common: one `metadata`, and how an instant lies in a column."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, MetaData
from sqlalchemy.types import TypeDecorator

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_US = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST_US = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole microseconds since 1970 UTC: the same, exact and in order, on both engines.

    Refuses a naive one, and one so near the ends of the calendar that no time zone could show it (ValueError).
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value}: an instant needs its time zone")
        since_us = (value - _EPOCH) // _MICROSECOND
        if not _FIRST_US <= since_us <= _LAST_US:
            raise ValueError(f"{value}: out of the calendar")
        return since_us

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND
