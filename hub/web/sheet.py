"""A table as a file that spreadsheets open: CSV in UTF-8 with its mark, fields after commas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from fastapi.responses import Response, StreamingResponse

PORTION = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would work out instead of showing."""


def plain(cell: str) -> str:
    """What somebody typed, so that a spreadsheet shows it and does not reckon."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def stream(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """As `answer`, row by row as they come: for tables of any length."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _pieces(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff"
    rest = iter(rows)
    while portion := list(islice(rest, PORTION)):
        text = io.StringIO()
        csv.writer(text).writerows(portion)
        yield text.getvalue()


def answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows, to be saved under this name; the first names the columns."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
