"""A table as a file that spreadsheets open by a double click: CSV in UTF-8 with its mark, in the visitor's language. A
Vietnamese spreadsheet takes semicolons between fields and decimal commas, an English one commas and points.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from fastapi.responses import Response, StreamingResponse

from hub.web.wording.words import Words

PORTION = 1000
_KIND = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would work out instead of showing."""


def plain(cell: str) -> str:
    """What somebody typed, so that a spreadsheet shows it and does not reckon."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def stream(words: Words, name: str, rows: Iterable[Sequence[object]]) -> Response:
    """As `answer`, row by row as they come: for tables of any length."""
    return StreamingResponse(_pieces(words, rows), media_type=_KIND, headers=_headers(name))


def answer(words: Words, name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows, to be saved under this name; the first names the columns."""
    return Response("".join(_pieces(words, rows)), media_type=_KIND, headers=_headers(name))


def _pieces(words: Words, rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff"
    rest = iter(rows)
    while portion := list(islice(rest, PORTION)):
        text = io.StringIO()
        written = csv.writer(text, delimiter=words.pick(";", ","))
        written.writerows([_cell(words, cell) for cell in row] for row in portion)
        yield text.getvalue()


def _cell(words: Words, cell: object) -> object:
    return words.pick(str(cell).replace(".", ","), str(cell)) if isinstance(cell, float) else cell


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
