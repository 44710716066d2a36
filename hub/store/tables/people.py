"""People, what lets them and their programs in, and what they did."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, true

from hub.store.tables.base import Instant, metadata

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
