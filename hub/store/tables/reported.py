"""What comes up from the nodes: what was played, what changed, what was refused."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from hub.store.tables.base import Instant, metadata

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
