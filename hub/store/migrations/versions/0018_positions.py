"""Where each village lies."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("latitude", sa.Float))
    op.add_column("nodes", sa.Column("longitude", sa.Float))
