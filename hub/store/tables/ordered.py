"""What people ask to be heard, and the days they name for it."""

from sqlalchemy import Column, Float, Index, String, Table, Text

from hub.store.tables.base import Instant, metadata

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

day_sets = Table(
    "day_sets",
    metadata,
    Column("name", String, primary_key=True),
    Column("days", Text, nullable=False),
)
