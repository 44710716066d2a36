"""Alerts: where they go, the outbox, and the links by which people say that they know."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_places",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("villages", sa.Text, nullable=False),
        sa.Column("hears", sa.String, nullable=False),
        sa.Column("after_min", sa.Integer, nullable=False),
        sa.Column("quiet_from_min", sa.Integer),
        sa.Column("quiet_until_min", sa.Integer),
        sa.Column("digest_min", sa.Integer),
        sa.Column("has_empty_digest", sa.Boolean, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("is_removed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "alert_messages",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("fault", sa.String, nullable=False),
    )
    op.create_index("alert_messages_by_next", "alert_messages", ["next_at"])
    op.create_index("alert_messages_by_time", "alert_messages", ["made_at"])
    op.create_table(
        "alert_tickets",
        sa.Column("token_sha256", sa.String, primary_key=True),
        sa.Column("incident", sa.BigInteger, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
