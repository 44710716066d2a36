"""What the headers of a resumable upload say (tus 1.0.0: core, creation, termination, expiration). Pure.

https://tus.io/protocols/resumable-upload
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE_TYPE = "application/offset+octet-stream"
METADATA_MAX = 4096
"""Characters of the metadata header."""
_DIGITS_MAX = 15
NUMBER_MAX = 10**_DIGITS_MAX - 1


class BadHeader(Exception):
    """The request does not follow the protocol: the status to answer with, and the header that is wrong."""

    def __init__(self, status: int, header: str) -> None:
        super().__init__(header)
        self.status = status
        self.header = header


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new upload is to be."""

    size: int
    title: str
    name: str
    mark: str


def require_version(headers: Mapping[str, str]) -> None:
    if headers.get("tus-resumable") != VERSION:
        raise BadHeader(412, "Tus-Resumable")


def wish(headers: Mapping[str, str]) -> Wish:
    """What a creation asks for; a length that is to be told later is not taken. Raises BadHeader."""
    require_version(headers)
    told = metadata(headers.get("upload-metadata", ""))
    size = number(headers, "Upload-Length")
    return Wish(size, told.get("title", ""), told.get("filename", ""), told.get("mark", ""))


def offset(headers: Mapping[str, str]) -> int:
    """Where the bytes of a request begin. Raises BadHeader."""
    require_version(headers)
    if headers.get("content-type") != PIECE_TYPE:
        raise BadHeader(415, "Content-Type")
    return number(headers, "Upload-Offset")


def number(headers: Mapping[str, str], name: str) -> int:
    """A count of bytes. Raises BadHeader for anything but digits."""
    text = headers.get(name.lower(), "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise BadHeader(400, name)
    return int(text)


def metadata(text: str) -> dict[str, str]:
    """Comma-separated pairs of a key and a value in Base64. Raises BadHeader."""
    if len(text) > METADATA_MAX:
        raise BadHeader(400, "Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:  # no Base64, or letters beyond ASCII; no UTF-8 in it
            raise BadHeader(400, "Upload-Metadata") from None
    return found


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
