"""A table as a file that spreadsheets open: CSV in UTF-8 with its mark, fields after commas."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would work out instead of showing."""


def plain(cell: str) -> str:
    """What somebody typed, so that a spreadsheet shows it and does not reckon."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows, to be saved under this name; the first names the columns."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
