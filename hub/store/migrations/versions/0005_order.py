"""What an order may have besides: an outro, a station in place of its recording, other recordings by language, patience
with what it interrupts. Villages have a language."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("language", sa.Text, nullable=False, server_default=""))
    op.add_column("broadcasts", sa.Column("outro", sa.Text, nullable=False, server_default="[]"))
    op.add_column("broadcasts", sa.Column("stream", sa.Text, nullable=False, server_default=""))
    op.add_column("broadcasts", sa.Column("stream_s", sa.Float, nullable=False, server_default="0"))
    op.add_column("broadcasts", sa.Column("variants", sa.Text, nullable=False, server_default="[]"))
    op.add_column("broadcasts", sa.Column("patience_s", sa.Float, nullable=False, server_default="0"))
