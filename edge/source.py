"""The bytes of a stream in their order, from one answer without end or from the segments of a playlist; their form."""

import contextlib
import time
from typing import Protocol

from edge import playlist
from edge.origin import Body, Origin, Refused
from edge.playlist import BadPlaylist

FIRST_BYTES = 1024
SEGMENT_MAX = 8 * 1024 * 1024
KINDS = {
    "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/aac": "aac", "audio/aacp": "aac", "audio/x-aac": "aac",
    "application/ogg": "ogg", "audio/ogg": "ogg", "audio/opus": "ogg", "video/mp2t": "mpegts",
    "application/vnd.apple.mpegurl": "hls", "application/x-mpegurl": "hls", "audio/mpegurl": "hls",
    "audio/x-mpegurl": "hls",
}  # fmt: skip


class Source(Protocol):
    """Bytes in their order, as PyAV reads them; b"" at the end."""

    def read(self, most: int) -> bytes: ...
    def close(self) -> None: ...


class Replay:
    """A body whose first bytes were looked at already."""

    def __init__(self, first: bytes, body: Body) -> None:
        self._first = first
        self._body = body

    def read(self, most: int) -> bytes:
        if self._first:
            piece, self._first = self._first[:most], self._first[most:]
            return piece
        return self._body.read(most)

    def close(self) -> None:
        self._body.close()


class Segments:
    """The segments of an HLS playlist as one run of bytes, each fetched whole when it is needed."""

    def __init__(self, origin: Origin, url: str, first: playlist.Playlist) -> None:
        self._origin = origin
        self._url = url
        self._list = first
        self._number: int | None = None
        self._read_s = time.monotonic()
        self._bytes = b""

    def peek(self, most: int) -> bytes:
        """What the next `read` begins with."""
        self._bytes = self.read(SEGMENT_MAX) + self._bytes
        return self._bytes[:most]

    def read(self, most: int) -> bytes:
        while not self._bytes:
            following = self._list.after(self._number)
            if following:
                self._number = following[0].number
                self._bytes = fetch(self._origin, following[0].url, SEGMENT_MAX)
            elif self._list.is_ended:
                return b""
            else:
                self._look_again()
        piece, self._bytes = self._bytes[:most], self._bytes[most:]
        return piece

    def close(self) -> None:
        """Nothing is open between two segments."""

    def _look_again(self) -> None:
        """A live playlist grows: look at it again after half of what a segment lasts (RFC 8216, 6.3.4)."""
        time.sleep(max(0.0, self._read_s + self._list.target_s / 2 - time.monotonic()))
        self._read_s = time.monotonic()
        self._list = playlist.read(fetch(self._origin, self._url, playlist.TEXT_MAX), self._url)


def fetch(origin: Origin, url: str, most: int) -> bytes:
    body = origin.get(url)
    try:
        return body.read_all(most)
    finally:
        body.close()


def find_form(kind: str, first: bytes) -> str:
    """Which demuxer to force, from the first bytes where they are sure, else from the content type, else from less
    sure bytes. Raises Refused."""
    if first.lstrip(b"\xef\xbb\xbf").startswith(b"#EXTM3U"):
        return "hls"
    if first.startswith(b"OggS"):
        return "ogg"
    if first[:1] == b"G" and first[188:189] in (b"G", b""):
        return "mpegts"
    if kind in KINDS:
        return KINDS[kind]
    start = first[10 + id3_size(first) :] if first.startswith(b"ID3") else first
    if len(start) > 1 and start[0] == 0xFF and start[1] & 0xF6 == 0xF0:
        return "aac"
    if len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0:
        return "mp3"
    raise Refused(f"không biết dạng âm thanh / a form of sound that is not known: {kind[:60]!r}")


def id3_size(first: bytes) -> int:
    """The length of an ID3 tag without its head: four numbers of seven bits."""
    size = 0
    for byte in first[6:10]:
        size = size << 7 | byte & 0x7F
    return size


def open_source(address: str, origin: Origin) -> tuple[Source, str, str]:
    """Ask for a stream: its bytes, the demuxer for them, and by which form of address they come. Raises Refused,
    BadPlaylist, OSError, HTTPException."""
    body = origin.get(address)
    with contextlib.ExitStack() as at_end:
        at_end.callback(body.close)
        first = body.read(FIRST_BYTES)
        form = find_form(body.kind, first)
        if form != "hls":
            at_end.pop_all()
            return Replay(first, body), form, form
        first += body.read_all(playlist.TEXT_MAX)
    found, url = playlist.read(first, body.url), body.url
    if found.variants:
        url = found.best
        found = playlist.read(fetch(origin, url, playlist.TEXT_MAX), url)
    if not found.segments:
        raise BadPlaylist("danh sách trong danh sách / a playlist of playlists of playlists")
    source = Segments(origin, url, found)
    return source, find_form("", source.peek(FIRST_BYTES)), "hls"
