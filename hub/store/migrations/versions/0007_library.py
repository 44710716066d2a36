"""The library: recordings have a folder, are found without accents, and what is removed can be put back."""

import sqlalchemy as sa
from alembic import op

from hub.rules.reading import fold

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("folder", sa.Text, nullable=False, server_default=""))
    op.add_column("recordings", sa.Column("folded", sa.Text, nullable=False, server_default=""))
    op.add_column("recordings", sa.Column("removed_at", sa.BigInteger))
    recordings = sa.table("recordings", sa.column("sha256"), sa.column("title"), sa.column("folded"))
    c = op.get_bind()
    for row in c.execute(sa.select(recordings.c.sha256, recordings.c.title)).all():
        c.execute(sa.update(recordings).where(recordings.c.sha256 == row.sha256).values(folded=fold(row.title)))
