"""A draft is not yet submitted; what leaders saw as drafts until now waits for approval. A returned one says why."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcasts", sa.Column("returned_by", sa.String, nullable=False, server_default=""))
    op.add_column("broadcasts", sa.Column("returned_for", sa.Text, nullable=False, server_default=""))
    broadcasts = sa.table("broadcasts", sa.column("stage"))
    op.execute(sa.update(broadcasts).where(broadcasts.c.stage == "draft").values(stage="submitted"))
