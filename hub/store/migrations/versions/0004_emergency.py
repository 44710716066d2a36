"""The emergency: recordings kept in the villages, leaders' PINs, the villages' phones, and what an alarm needs besides
its broadcast. Refusals are counted by arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("is_kept", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("pin_hash", sa.Text, nullable=False, server_default=""))
    op.add_column("nodes", sa.Column("phone", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "alarms",
        sa.Column("broadcast", sa.String, primary_key=True),
        sa.Column("repeat_for_s", sa.Float, nullable=False),
        sa.Column("repeat_gap_s", sa.Float, nullable=False),
        sa.Column("cleared_at", sa.BigInteger),
        sa.Column("cleared_by", sa.String, nullable=False),
        sa.Column("all_clear", sa.String, nullable=False),
    )
    op.create_index("refusals_by_arrival", "refusals", ["received_at"])
