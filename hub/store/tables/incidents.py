"""What was wrong in the villages, one row a cause, and all that it took away."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables.base import Instant, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("about", String, nullable=False),
    Column("is_wide", Boolean, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("returned_at", Instant),
    Column("reopenings", Integer, nullable=False),
    Column("merged_into", BigInteger, nullable=False),
    Column("known_by", String, nullable=False, server_default=""),
    Column("known_at", Instant),
    Column("assigned_to", String, nullable=False, server_default=""),
    Index("incidents_by_end", "closed_at"),
    Index("incidents_by_start", "opened_at"),
)
"""`known_by`, `known_at` and `assigned_to` are people's; all else follows from the flips. Notes are in `notes`."""

incident_members = Table(
    "incident_members",
    metadata,
    Column("incident", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("left_at", Instant),
    Index("incident_members_by_node", "node", "incident"),
)

incident_photos = Table(
    "incident_photos",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", String, nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
    Index("incident_photos_by_incident", "incident", "at"),
    Index("incident_photos_by_age", "at"),
)
"""What people took of what is broken: small, and forgotten after a year."""
