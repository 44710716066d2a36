"""As-run records say which fallback was heard, how far in it was joined, how often it was silenced and repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("rung", "interruptions", "repeats"):
        op.add_column("playouts", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("playouts", sa.Column("offset_s", sa.Float, nullable=False, server_default="0"))
