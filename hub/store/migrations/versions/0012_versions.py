"""Recordings have versions, and those that were typed keep their text."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("work", sa.String(64), nullable=False, server_default=""))
    op.add_column("recordings", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("recordings", sa.Column("chosen", sa.Integer, nullable=False, server_default="1"))
    recordings = sa.table("recordings", sa.column("sha256"), sa.column("work"))
    op.execute(sa.update(recordings).values(work=recordings.c.sha256))
    op.create_index("recordings_by_work", "recordings", ["work"])
    op.create_table(
        "texts",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("typed", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("voice", sa.String, nullable=False),
        sa.Column("words_a_minute", sa.Integer, nullable=False),
    )
