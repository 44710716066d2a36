"""People can be deactivated, be given a password, and have a second factor; when each was last seen."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("users", sa.Column("given_until", sa.BigInteger))
    op.add_column("users", sa.Column("seen_at", sa.BigInteger))
    op.add_column("users", sa.Column("totp_secret", sa.Text, nullable=False, server_default=""))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("waits_for", sa.String, nullable=False, server_default=""))
    op.create_table(
        "recovery_codes",
        sa.Column(
            "user",
            sa.String,
            sa.ForeignKey("users.name", name="recovery_codes_user", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("sha256", sa.String(64), primary_key=True),
    )
