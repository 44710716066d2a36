"""What goes down to the nodes: plans, single orders, and the counters they are signed with."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Table

from hub.store.tables.base import Instant, metadata

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
