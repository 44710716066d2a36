"""The schema of the newest version, and how Python values lie in its columns. Steps to it are in `migrations`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)
from sqlalchemy.types import TypeDecorator

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


metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

users = Table(
    "users",
    metadata,
    Column("name", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("pin_hash", Text, nullable=False, server_default=""),
    Column("villages", Text, nullable=False, server_default="[]"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("given_until", Instant),
    Column("seen_at", Instant),
    Column("totp_secret", Text, nullable=False, server_default=""),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("user", String, ForeignKey("users.name", name="sessions_user", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("agent", Text, nullable=False, server_default=""),
    Column("waits_for", String, nullable=False, server_default=""),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user", String, ForeignKey("users.name", name="recovery_codes_user", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("user", String, ForeignKey("users.name", name="tokens_user", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scope", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_used_at", Instant),
)

notes = Table(
    "notes",
    metadata,
    Column("at", Instant, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("who", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
"""`n` counts those of the same instant. No number is drawn by the engine, so rows can be copied to another one."""

nodes = Table(
    "nodes",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("broker_hash", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
)

presences = Table(
    "presences",
    metadata,
    Column("node", String, primary_key=True),
    Column("is_online", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("heard_at", Instant),
)

births = Table(
    "births",
    metadata,
    Column("node", String, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("node", String, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("loudness_lufs", Float, nullable=False),
    Column("true_peak_dbtp", Float, nullable=False),
    Column("title", Text, nullable=False),
    Column("uploaded_by", String, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("is_kept", Boolean, nullable=False, server_default=false()),
    Column("folder", Text, nullable=False, server_default=""),
    Column("folded", Text, nullable=False, server_default=""),
    Column("removed_at", Instant),
    Column("work", String(64), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("chosen", Integer, nullable=False, server_default="1"),
    Index("recordings_by_work", "work"),
)
"""`folded` is what is searched: title and folder without case and accents. Of a work the version with the highest
`chosen` is the one that is shown; title, folder and bin are the work's, the same in every version."""

texts = Table(
    "texts",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("typed", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("voice", String, nullable=False),
    Column("words_a_minute", Integer, nullable=False),
)

waveforms = Table(
    "waveforms",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("peaks", LargeBinary, nullable=False),
    Column("means", LargeBinary, nullable=False),
    Column("begins_s", Float, nullable=False),
    Column("ends_s", Float, nullable=False),
)
"""Apart from `recordings`, which is read whole for every list."""

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("audio", Text, nullable=False),
    Column("nodes", Text, nullable=False),
    Column("priority", String, nullable=False),
    Column("starts_at", Instant),
    Column("stage", String, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("approved_by", String, nullable=False),
    Column("approved_at", Instant),
    Column("approval", String, nullable=False),
    Column("rule", Text, nullable=False, server_default=""),
    Column("ends_at", Instant),
    Column("substitutes", Text, nullable=False, server_default="[]"),
    Column("late", String, nullable=False, server_default="whole"),
    Column("yields", String, nullable=False, server_default="drop"),
    Column("dropped", Text, nullable=False, server_default="[]"),
    Column("outro", Text, nullable=False, server_default="[]"),
    Column("stream", Text, nullable=False, server_default=""),
    Column("stream_s", Float, nullable=False, server_default="0"),
    Column("variants", Text, nullable=False, server_default="[]"),
    Column("patience_s", Float, nullable=False, server_default="0"),
    Column("returned_by", String, nullable=False, server_default=""),
    Column("returned_for", Text, nullable=False, server_default=""),
    Index("broadcasts_by_start", "starts_at"),
    Index("broadcasts_by_end", "ends_at"),
)
"""`rule` is empty for one that airs but once. `ends_at` is when no airing can begin any more; null for a rule without
an end, and for what has no instant yet."""

day_sets = Table(
    "day_sets",
    metadata,
    Column("name", String, primary_key=True),
    Column("days", Text, nullable=False),
)

abbreviations = Table(
    "abbreviations",
    metadata,
    Column("short", String, primary_key=True),
    Column("spoken", Text, nullable=False),
    Column("put_by", String, nullable=False),
    Column("put_at", Instant, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("broadcast", String, primary_key=True),
    Column("repeat_for_s", Float, nullable=False),
    Column("repeat_gap_s", Float, nullable=False),
    Column("cleared_at", Instant),
    Column("cleared_by", String, nullable=False),
    Column("all_clear", String, nullable=False),
)
"""What an emergency of the red button has besides its broadcast; `all_clear` is the broadcast that ended it."""

plans = Table(
    "plans",
    metadata,
    Column("node", String, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("wire", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("node", String, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("issued_at", Instant, nullable=False),
)
"""Every plan that went out lately: how far ahead the one reaches that a node says it holds."""

carried = Table(
    "carried",
    metadata,
    Column("node", String, primary_key=True),
    Column("broadcast", String, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Index("carried_by_broadcast", "broadcast"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String, primary_key=True),
    Column("node", String, nullable=False),
    Column("order", String, nullable=False),
    Column("broadcast", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("epoch", BigInteger),
    Column("n", BigInteger),
    Column("nonce", String, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("camera", String, nullable=False, server_default=""),
    Column("asked_by", String, nullable=False, server_default=""),
    Index("orders_by_broadcast", "broadcast"),
    Index("orders_by_end", "until_at"),
)
"""`camera` and `asked_by` are of what is asked of a camera; empty for what sounds."""

counters = Table(
    "counters",
    metadata,
    Column("node", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
)

playouts = Table(
    "playouts",
    metadata,
    Column("node", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("cue", String, nullable=False),
    Column("broadcast", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("first_sample_at", Instant),
    Column("last_sample_at", Instant),
    Column("level_dbfs", Float),
    Column("rung", Integer, nullable=False, server_default="0"),
    Column("interruptions", Integer, nullable=False, server_default="0"),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("offset_s", Float, nullable=False, server_default="0"),
    Index("playouts_by_broadcast", "broadcast"),
    Index("playouts_by_plan", "planned_at"),
    sqlite_with_rowid=False,
)

flips = Table(
    "flips",
    metadata,
    Column("node", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("flips_by_subject", "node", "subject", "received_at"),
    Index("flips_by_arrival", "received_at"),
    sqlite_with_rowid=False,
)
"""What nodes report as Change, and what the hub itself finds; the hub's own have the empty stream, no node's may be."""

subjects = Table(
    "subjects",
    metadata,
    Column("node", String, primary_key=True),
    Column("subject", String, primary_key=True),
)
"""Everything that ever changed: `flips` would have to be read whole to find that out."""

refusals = Table(
    "refusals",
    metadata,
    Column("node", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index("refusals_by_arrival", "received_at"),
    sqlite_with_rowid=False,
)

thumbnails = Table(
    "thumbnails",
    metadata,
    Column("node", String, primary_key=True),
    Column("camera", String, primary_key=True),
    Column("order", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("now", LargeBinary, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    Column("fault", String, nullable=False),
    Column("fault_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Index("thumbnails_by_end", "expires_at"),
)
"""Small pictures that somebody asked for, of each camera the newest; gone when their time is over, and in no backup."""

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", String, primary_key=True),
    Column("node", String, nullable=False),
    Column("camera", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String, nullable=False),
    Index("maintenance_by_node", "node", "starts_at"),
    Index("maintenance_by_end", "ends_at"),
)
"""When somebody works on a node, or (`camera` is not empty) on one of its cameras. `ended_at`: it was over sooner."""
