"""A text cut where a reader breathes: each sentence can be listened to by itself. Pure."""

import re

_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(]*[\w-])")


def sentences(text: str) -> list[str]:
    """The sentences of a text in words, line by line, without empty ones. A full stop within a word ends none."""
    pieces = (piece for line in text.splitlines() for piece in _END.split(line))
    return [piece.strip() for piece in pieces if piece.strip()]
