"""Docstrings as a page shows them: lines run on, code in backticks, indented lines as they are. Pure."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_BLANK = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZĐ`])")
_CODE = re.compile(r"`([^`]+)`")


def parts(text: str) -> tuple[str, str]:
    """The first sentence, and all that follows."""
    first, *more = _BLANK.split(text.strip(), maxsplit=1)
    found = _SENTENCE.split(first, maxsplit=1)
    return found[0], "\n\n".join([*found[1:], *more])


def line(text: str) -> Markup:
    """Within a line."""
    pieces = _CODE.split(" ".join(text.split()))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces)
    )


def paragraphs(text: str) -> Markup:
    return Markup("\n").join(_blocks(text))


def _blocks(text: str) -> Iterator[Markup]:
    for block in filter(str.strip, _BLANK.split(text)):
        if all(each.startswith("    ") for each in block.splitlines()):
            yield Markup("<pre>{}</pre>").format("\n".join(each[4:] for each in block.splitlines()))
        else:
            yield Markup("<p>{}</p>").format(line(block))
