"""What is asked of cameras, the small pictures that come back, and when somebody works on a node or a camera."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("camera", sa.String, nullable=False, server_default=""))
    op.add_column("orders", sa.Column("asked_by", sa.String, nullable=False, server_default=""))
    op.create_table(
        "thumbnails",
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("camera", sa.String, primary_key=True),
        sa.Column("order", sa.String, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("now", sa.LargeBinary, nullable=False),
        sa.Column("before", sa.LargeBinary, nullable=False),
        sa.Column("after", sa.LargeBinary, nullable=False),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("fault_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("thumbnails_by_end", "thumbnails", ["expires_at"])
    op.create_table(
        "maintenance",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("node", sa.String, nullable=False),
        sa.Column("camera", sa.String, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by", sa.String, nullable=False),
    )
    op.create_index("maintenance_by_node", "maintenance", ["node", "starts_at"])
    op.create_index("maintenance_by_end", "maintenance", ["ends_at"])
