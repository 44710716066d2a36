"""What was typed behind a spoken recording, so that it can be corrected and spoken again."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from hub.store import tables as t
from hub.store.database import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """As it was typed, and in words, a sentence a line, as it was spoken; by whom, and how fast."""

    typed: str
    words: str
    voice: str
    words_a_minute: int


def put(c: Connection, sha256: str, text: Text) -> None:
    new = insert(c, t.texts).values(sha256=sha256, **asdict(text))
    c.execute(new.on_conflict_do_update(index_elements=["sha256"], set_=asdict(text)))


def text(c: Connection, sha256: str) -> Text | None:
    """None for what was not typed, or typed before texts were kept."""
    row = c.execute(select(t.texts).where(t.texts.c.sha256 == sha256)).mappings().first()
    return None if row is None else Text(**{name: row[name] for name in row if name != "sha256"})
