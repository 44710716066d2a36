"""What technicians asked of the villages' cameras, and when they work on something."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from hub.store.tables.base import Instant, metadata

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
    Column("series", String, nullable=False, server_default=""),
    Index("maintenance_by_node", "node", "starts_at"),
    Index("maintenance_by_end", "ends_at"),
)
"""When somebody works on a node, or (`camera` is not empty) on one of its cameras. `ended_at`: it was over sooner.
`series`: the id of the first of those that were planned together."""
