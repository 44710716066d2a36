"""The sounds of the library, and how written words are spoken."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text, false

from hub.store.tables.base import Instant, metadata

recordings = Table(
    "recordings",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("loudness_lufs", Float, nullable=False),
    Column("true_peak_dbtp", Float, nullable=False),
    Column("title", Text, nullable=False),
    Column("uploaded_by", String, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("is_kept", Boolean, nullable=False, server_default=false()),
    Column("folder", Text, nullable=False, server_default=""),
    Column("folded", Text, nullable=False, server_default=""),
    Column("removed_at", Instant),
    Column("work", String(64), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("chosen", Integer, nullable=False, server_default="1"),
    Index("recordings_by_work", "work"),
)
"""`folded` is what is searched: title and folder without case and accents. Of a work the version with the highest
`chosen` is the one that is shown; title, folder and bin are the work's, the same in every version."""

texts = Table(
    "texts",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("typed", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("voice", String, nullable=False),
    Column("words_a_minute", Integer, nullable=False),
)

waveforms = Table(
    "waveforms",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("peaks", LargeBinary, nullable=False),
    Column("means", LargeBinary, nullable=False),
    Column("begins_s", Float, nullable=False),
    Column("ends_s", Float, nullable=False),
)
"""Apart from `recordings`, which is read whole for every list."""

abbreviations = Table(
    "abbreviations",
    metadata,
    Column("short", String, primary_key=True),
    Column("spoken", Text, nullable=False),
    Column("put_by", String, nullable=False),
    Column("put_at", Instant, nullable=False),
)
