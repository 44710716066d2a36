"""Where alerts go, what was or is to be sent there, and the tickets by which people say that they know."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from hub.store.tables.base import Instant, metadata

places = Table(
    "alert_places",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("villages", Text, nullable=False),
    Column("hears", String, nullable=False),
    Column("after_min", Integer, nullable=False),
    Column("quiet_from_min", Integer),
    Column("quiet_until_min", Integer),
    Column("digest_min", Integer),
    Column("has_empty_digest", Boolean, nullable=False),
    Column("language", String, nullable=False),
    Column("is_removed", Boolean, nullable=False),
)
"""`url` opens the way, like the secrets of second factors: it leaves the database only towards the place itself."""

messages = Table(
    "alert_messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("place", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant),
    Column("sent_at", Instant),
    Column("fault", String, nullable=False),
    Index("alert_messages_by_next", "next_at"),
    Index("alert_messages_by_time", "made_at"),
)
"""`next_at` is when it is tried (again); empty where it was sent, or given up."""

tickets = Table(
    "alert_tickets",
    metadata,
    Column("token_sha256", String, primary_key=True),
    Column("incident", BigInteger, nullable=False),
    Column("place", String, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
