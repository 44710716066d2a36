"""People may answer for some villages alone; all who are there have the whole commune."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("villages", sa.Text, nullable=False, server_default="[]"))
