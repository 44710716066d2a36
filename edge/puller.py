"""The pulling child: `python -m edge.puller`. It takes a stream from the internet apart so that nothing else has to.

One JSON line on standard input says which address, and at which socket its samples are wanted (mono, 16 bit, 48 kHz).
It opens that server and no other, for as long as somebody listens at the socket. Each line on standard output says how
it goes: what is wrong, or nothing where sound flows. It knows no secret, can write no file and open few. What comes is
decoded by a demuxer and by decoders that are named here, never by what FFmpeg guesses from a name.
"""

import contextlib
import encodings.idna  # noqa: F401 (loaded at the first look-up of a name, when files may be out of reach)
import json
import os
import resource
import socket
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Protocol

import av
import av.audio.resampler  # PyAV loads some of itself at need, when this process may no longer read its folder
import av.subtitles.stream
from av.audio.frame import AudioFrame

from edge import landlock, playlist
from edge.origin import Body, Origin, Refused
from edge.playlist import BadPlaylist

RATE_HZ = 48_000
BACKOFF_S = (0.5, 1.0, 2.0, 4.0)
STABLE_S = 10.0
AHEAD_S = {"hls": 2.0}
AHEAD_ELSE_S = 6.0
"""How far ahead of time samples are handed on: a live server's first burst, but nothing that could be a file."""
SEGMENT_MAX = 8 * 1024 * 1024
FIRST_BYTES = 1024
MEMORY_MAX = 512 * 1024 * 1024
"""Bytes of address space, not of memory in use: Python's and FFmpeg's libraries alone map 200 MB."""
NOBODY = 65534
SPEAK_S = 1.0
ERRORS_MAX = 100
"""Packets in a row that do not decode; then it is no sound."""

FAILURES_MAX = 10
"""In a row; then a fresh process begins anew, which sees fresh settings of the network."""
SEEN = (
    "/usr", "/lib", "/lib64", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
    "/etc/ld.so.cache", "/etc/services", "/etc/ssl", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf",
)  # fmt: skip
"""What looking up a name and verifying a certificate need of the file system. Not the link's secret, nor the spool."""

KINDS = {
    "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/aac": "aac", "audio/aacp": "aac", "audio/x-aac": "aac",
    "application/ogg": "ogg", "audio/ogg": "ogg", "audio/opus": "ogg", "video/mp2t": "mpegts",
    "application/vnd.apple.mpegurl": "hls", "application/x-mpegurl": "hls", "audio/mpegurl": "hls",
    "audio/x-mpegurl": "hls",
}  # fmt: skip
OPTIONS = {
    "codec_whitelist": "mp3float,mp3,aac,aac_latm,opus,libopus,vorbis,flac",
    "probesize": "65536",
    "analyzeduration": "1000000",
    "threads": "1",
}
_NO_SOUND = "không giải mã được thành tiếng / it is no sound that can be decoded"


class Source(Protocol):
    """Bytes in their order, as PyAV reads them; b"" at the end."""

    def read(self, most: int) -> bytes: ...


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
    first = body.read(FIRST_BYTES)
    form = find_form(body.kind, first)
    if form != "hls":
        return Replay(first, body), form, form
    rest = body.read_all(playlist.TEXT_MAX)
    body.close()
    found, url = playlist.read(first + rest, body.url), body.url
    if found.variants:
        url = found.best
        found = playlist.read(fetch(origin, url, playlist.TEXT_MAX), url)
    if not found.segments:
        raise BadPlaylist("danh sách trong danh sách / a playlist of playlists of playlists")
    source = Segments(origin, url, found)
    return source, find_form("", source.peek(FIRST_BYTES)), "hls"


def decode(source: Source, form: str) -> Iterator[bytes]:
    """Samples of the first sound in a run of bytes. Raises Refused where there is none, FFmpegError, OSError."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(source, "r", format=form, options=OPTIONS, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise Refused(_NO_SOUND)
        errors = 0
        for packet in container.demux(container.streams.audio[0]):
            try:
                frames = packet.decode()
                errors = 0
            except av.error.InvalidDataError:
                errors += 1
                if errors > ERRORS_MAX:
                    raise Refused(_NO_SOUND) from None
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    yield from (bytes(out.planes[0])[: 2 * out.samples] for out in resampler.resample(frame))


class Bringer:
    """Brings samples to the socket, not faster than they are to be heard, and says so now and then."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._begun_s: float | None = None
        self._brought_s = 0.0
        self._said_s = 0.0

    def start_over(self, ahead_s: float) -> None:
        self._begun_s, self._brought_s, self._ahead_s = None, 0.0, ahead_s

    def bring(self, samples: bytes) -> None:
        """Raises Parted where nobody listens any more."""
        now_s = time.monotonic()
        if self._begun_s is None:
            self._begun_s = now_s
        self._brought_s += len(samples) / 2 / RATE_HZ
        lead_s = self._brought_s - (now_s - self._begun_s) - self._ahead_s
        if lead_s > 0:
            time.sleep(min(lead_s, SPEAK_S))
        elif lead_s < -self._ahead_s:  # it fell behind: what is late is not made good by haste
            self._begun_s = now_s - self._brought_s
        if now_s - self._said_s >= SPEAK_S:
            self._said_s = now_s
            say("")
        try:
            self._door.sendall(samples)
        except OSError as error:
            raise Parted(str(error)) from None


class Parted(Exception):
    """Nobody listens any more."""


def pull(address: str, origin: Origin, bringer: Bringer) -> str:
    """Bring the stream until it ends; returns why it did, in words. Raises Parted."""
    try:
        source, form, way = open_source(address, origin)
        bringer.start_over(AHEAD_S.get(way, AHEAD_ELSE_S))
        for samples in decode(source, form):
            bringer.bring(samples)
    except (Refused, BadPlaylist) as error:
        return str(error)
    except av.error.FFmpegError:
        return _NO_SOUND
    except TimeoutError:
        return "máy chủ im lặng / the server is silent"
    except (OSError, HTTPException, ValueError) as error:
        return f"không kết nối được / no connection: {error or type(error).__name__}"
    return "máy chủ ngắt luồng / the server ended the stream"


def confine() -> None:
    """Give up what pulling does not need: sight of files, root, files to write, many descriptors, boundless memory.

    Where memory runs out in spite of it, this process goes first.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    landlock.see_only([Path(sys.prefix), *map(Path, SEEN)])
    if os.geteuid() == 0:  # the demo; the service is never root
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def say(text: str) -> None:
    sys.stdout.write(" ".join(text.split()) + "\n")
    sys.stdout.flush()


def main() -> None:
    order = json.loads(sys.stdin.readline())
    av.logging.set_level(None)
    origin = Origin(order["address"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.connect(order["door"])
        confine()
        bringer, failures = Bringer(door), 0
        while failures < FAILURES_MAX:
            begun_s = time.monotonic()
            try:
                say(pull(order["address"], origin, bringer))
            except Parted:
                return
            failures = 1 if time.monotonic() - begun_s >= STABLE_S else failures + 1
            time.sleep(BACKOFF_S[min(failures, len(BACKOFF_S)) - 1])


if __name__ == "__main__":
    main()
