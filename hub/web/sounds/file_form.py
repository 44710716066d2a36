"""A file and its title as a plain form sends them (multipart/form-data), read piece by piece: for browsers without
JavaScript, and for a phone's own recorder.
"""

from collections.abc import Iterator

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

FILE_FIELD = "file"
FIELD_MAX = 2000
"""Bytes of a field that is no file; the rest is left out."""

_BOUNDARY_MAX = 200
"""Bytes; RFC 2046 allows 70. A longer one is cut, and separates nothing."""


class NoFile(Exception):
    """The form cannot be read, or no file was chosen."""


def boundary_of(content_type: str) -> bytes | None:
    """What separates the parts; None for anything but such a form."""
    kind, options = parse_options_header(content_type)
    return options.get(b"boundary", b"")[:_BOUNDARY_MAX] or None if kind == b"multipart/form-data" else None


class FileForm:
    """Fed with the body's pieces; gives back the file's bytes as they come, and keeps the other fields."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.has_file = False
        self._field = ""
        self._header = self._value = b""
        self._text = bytearray()
        self._found: list[bytes] = []
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_name,
                "on_header_value": self._add_value,
                "on_header_end": self._end_header,
                "on_part_data": self._add_data,
                "on_part_end": self._end,
            },
        )

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The file's bytes in this piece of the body. Raises NoFile for what is no such form."""
        try:
            self._parser.write(piece)
        except MultipartParseError as error:
            raise NoFile from error
        yield from self._found
        self._found.clear()

    def _begin(self) -> None:
        self._field, self._text = "", bytearray()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            options = parse_options_header(self._value)[1]
            self._field = options.get(b"name", b"").decode(errors="replace")
            self.has_file |= self._field == FILE_FIELD and bool(options.get(b"filename"))
        self._header = self._value = b""

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._field == FILE_FIELD:
            self._found.append(data[start:end])
        elif len(self._text) < FIELD_MAX:
            self._text += data[start : min(end, start + FIELD_MAX)]

    def _end(self) -> None:
        if self._field and self._field != FILE_FIELD:
            self.fields[self._field] = self._text.decode(errors="replace")
