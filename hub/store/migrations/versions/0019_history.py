"""What nodes measured: samples, and rollups of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "samples",
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("ms", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    for name in ("rollups", "rollups_due"):
        body = [sa.Column("body", sa.LargeBinary, nullable=False)] if name == "rollups" else []
        op.create_table(
            name,
            sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
            sa.Column("starts_at", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("node", sa.String, primary_key=True),
            *body,
            sqlite_with_rowid=False,
        )
