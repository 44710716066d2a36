"""The villages' nodes, and how each was when it was last heard."""

from sqlalchemy import Boolean, Column, Float, String, Table, Text

from hub.store.tables.base import Instant, metadata

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
    Column("latitude", Float),
    Column("longitude", Float),
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
