"""Incidents: one for each cause, and what it took away."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("is_wide", sa.Boolean, nullable=False),
        sa.Column("since_at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("returned_at", sa.BigInteger),
        sa.Column("reopenings", sa.Integer, nullable=False),
        sa.Column("merged_into", sa.BigInteger, nullable=False),
        sa.Column("known_by", sa.String, nullable=False, server_default=""),
        sa.Column("known_at", sa.BigInteger),
        sa.Column("assigned_to", sa.String, nullable=False, server_default=""),
    )
    op.create_index("incidents_by_end", "incidents", ["closed_at"])
    op.create_index("incidents_by_start", "incidents", ["opened_at"])
    op.create_table(
        "incident_members",
        sa.Column("incident", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("since_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
    )
    op.create_index("incident_members_by_node", "incident_members", ["node", "incident"])
