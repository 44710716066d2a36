"""How each sound looks along its length; the hub draws those that are here already by and by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waveforms",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
        sa.Column("means", sa.LargeBinary, nullable=False),
        sa.Column("begins_s", sa.Float, nullable=False),
        sa.Column("ends_s", sa.Float, nullable=False),
    )
