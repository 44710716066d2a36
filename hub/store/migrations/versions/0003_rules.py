"""Broadcasts that recur, how an airing may be late or give way, named sets of days, and which plan reaches how far."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("rule", ""), ("substitutes", "[]"), ("dropped", "[]")):
        op.add_column("broadcasts", sa.Column(name, sa.Text, nullable=False, server_default=default))
    for name, default in (("late", "whole"), ("yields", "drop")):
        op.add_column("broadcasts", sa.Column(name, sa.String, nullable=False, server_default=default))
    op.add_column("broadcasts", sa.Column("ends_at", sa.BigInteger))
    op.execute("UPDATE broadcasts SET ends_at = starts_at")
    op.create_index("broadcasts_by_end", "broadcasts", ["ends_at"])
    op.create_table(
        "day_sets",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("days", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "issues",
        sa.Column("node", sa.String, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("n", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("node", "epoch", "n"),
    )
