"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length), nullable=False)


def _long_text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=nullable, autoincrement=False)


def _real(name: str) -> "sa.Column[float]":
    return sa.Column(name, sa.Float, nullable=False)


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean, nullable=False)


def upgrade() -> None:
    _make_people()
    _make_nodes()
    _make_broadcasts()
    _make_plans()
    _make_orders()
    _make_records()


def _make_people() -> None:
    op.create_table("meta", _text("key"), _long_text("value"), sa.PrimaryKeyConstraint("key"))
    op.create_table(
        "users",
        _text("name"),
        _long_text("title"),
        _text("role"),
        _long_text("password_hash"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sessions",
        _text("token_sha256", 64),
        _text("user"),
        _number("created_at"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("token_sha256"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="sessions_user", ondelete="CASCADE"),
    )
    op.create_table(
        "notes",
        _number("at"),
        sa.Column("n", sa.Integer, nullable=False),
        _long_text("who"),
        _long_text("act"),
        _long_text("subject"),
        _long_text("detail"),
        sa.PrimaryKeyConstraint("at", "n"),
    )


def _make_nodes() -> None:
    op.create_table(
        "nodes",
        _text("id"),
        _long_text("title"),
        _number("added_at"),
        _flag("is_revoked"),
        _text("secret_sha256", 64),
        _long_text("broker_hash"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "presences",
        _text("node"),
        _flag("is_online"),
        _number("changed_at"),
        _number("heard_at", nullable=True),
        sa.PrimaryKeyConstraint("node"),
    )
    for name in ("births", "heartbeats"):
        op.create_table(
            name, _text("node"), _number("received_at"), _long_text("body"), sa.PrimaryKeyConstraint("node")
        )


def _make_broadcasts() -> None:
    op.create_table(
        "recordings",
        _text("sha256", 64),
        sa.Column("size", sa.Integer, nullable=False),
        _real("duration_s"),
        _real("loudness_lufs"),
        _real("true_peak_dbtp"),
        _long_text("title"),
        _text("uploaded_by"),
        _number("uploaded_at"),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "broadcasts",
        _text("id"),
        _long_text("title"),
        _long_text("audio"),
        _long_text("nodes"),
        _text("priority"),
        _number("starts_at", nullable=True),
        _text("stage"),
        _text("author"),
        _number("created_at"),
        _text("approved_by"),
        _number("approved_at", nullable=True),
        _text("approval"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("broadcasts_by_start", "broadcasts", ["starts_at"])


def _make_plans() -> None:
    op.create_table(
        "plans",
        _text("node"),
        _number("epoch"),
        _number("n"),
        _text("content_digest", 64),
        sa.Column("wire", sa.LargeBinary, nullable=False),
        _number("issued_at"),
        sa.PrimaryKeyConstraint("node"),
    )
    op.create_table(
        "carried",
        _text("node"),
        _text("broadcast"),
        _number("epoch"),
        _number("n"),
        _number("issued_at"),
        sa.PrimaryKeyConstraint("node", "broadcast"),
    )
    op.create_index("carried_by_broadcast", "carried", ["broadcast"])


def _make_orders() -> None:
    op.create_table(
        "orders",
        _text("id"),
        _text("node"),
        _text("order"),
        _text("broadcast"),
        _number("created_at"),
        _number("until_at"),
        _number("epoch", nullable=True),
        _number("n", nullable=True),
        _text("nonce"),
        _flag("is_done"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("orders_by_broadcast", "orders", ["broadcast"])
    op.create_index("orders_by_end", "orders", ["until_at"])
    op.create_table(
        "counters",
        _text("node"),
        _text("kind"),
        _number("epoch"),
        _number("n"),
        sa.PrimaryKeyConstraint("node", "kind"),
    )


def _make_records() -> None:
    """Without a row number of its own SQLite keeps these in one tree, in the order of their keys."""
    _make_events(
        "playouts",
        _text("cue"),
        _text("broadcast"),
        _text("outcome"),
        _text("reason"),
        _number("planned_at"),
        _number("first_sample_at", nullable=True),
        _number("last_sample_at", nullable=True),
        sa.Column("level_dbfs", sa.Float),
    )
    op.create_index("playouts_by_broadcast", "playouts", ["broadcast"])
    op.create_index("playouts_by_plan", "playouts", ["planned_at"])
    _make_events("flips", _text("subject"), _long_text("value"), _long_text("detail"))
    op.create_index("flips_by_subject", "flips", ["node", "subject", "received_at"])
    op.create_index("flips_by_arrival", "flips", ["received_at"])
    op.create_table("subjects", _text("node"), _text("subject"), sa.PrimaryKeyConstraint("node", "subject"))
    _make_events("refusals", _text("what"), _text("reason"), _long_text("detail"))


def _make_events(name: str, *columns: "sa.Column[str] | sa.Column[int] | sa.Column[float]") -> None:
    op.create_table(
        name,
        _text("node"),
        _text("stream"),
        _number("seq"),
        _number("received_at"),
        _number("at"),
        *columns,
        sa.PrimaryKeyConstraint("node", "stream", "seq"),
        sqlite_with_rowid=False,
    )
