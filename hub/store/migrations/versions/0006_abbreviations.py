"""The commune's own abbreviations for what is spoken."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "abbreviations",
        sa.Column("short", sa.String, primary_key=True),
        sa.Column("spoken", sa.Text, nullable=False),
        sa.Column("put_by", sa.String, nullable=False),
        sa.Column("put_at", sa.BigInteger, nullable=False),
    )
