"""Reads the playlists of a stream over HTTP (HLS: RFC 8216) as far as a radio needs them. Pure.

What comes is hostile until it is shown to be otherwise: sizes are bounded before, addresses are judged after.
"""

from dataclasses import dataclass, field
from urllib.parse import urljoin

TEXT_MAX = 256 * 1024
SEGMENTS_MAX = 2000
VARIANTS_MAX = 64
BEHIND = 3
"""Segments before the end at which a live stream is joined (RFC 8216, 6.3.3)."""
BANDWIDTH_WANTED = 200_000
"""Bits a second: speech and music in mono are not better above."""
_TARGET_S = (1.0, 30.0)


class BadPlaylist(Exception):
    """It is no playlist of a radio; the text says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Playlist:
    """Either `variants` (one is to be read in its turn), or `segments` in their order."""

    variants: tuple[tuple[int, str], ...] = ()
    segments: tuple[Segment, ...] = ()
    target_s: float = 10.0
    is_ended: bool = False

    @property
    def best(self) -> str:
        """The address of the variant to hear: the fullest within what is wanted, else the least."""
        fitting = [each for each in self.variants if each[0] <= BANDWIDTH_WANTED]
        return max(fitting)[1] if fitting else min(self.variants)[1]

    def after(self, number: int | None) -> tuple[Segment, ...]:
        """The segments that follow `number`; where there is none, or the server began anew, the latest few."""
        if number is not None and self.segments and number <= self.segments[-1].number + 1:
            return tuple(each for each in self.segments if each.number > number)
        return self.segments[-BEHIND:] if not self.is_ended else self.segments


@dataclass
class _Reading:
    """A playlist as far as it is read."""

    base: str
    number: int = 0
    bandwidth: int | None = None
    target_s: float = 10.0
    is_ended: bool = False
    variants: list[tuple[int, str]] = field(default_factory=list)
    audio: dict[str, str] = field(default_factory=dict)
    group: str = ""
    segments: list[Segment] = field(default_factory=list)

    def take(self, line: str) -> None:
        tag, _, value = line.partition(":")
        match tag:
            case "#EXT-X-STREAM-INF":
                marks = _attributes(value)
                self.bandwidth, self.group = _number(marks.get("BANDWIDTH", "0")), marks.get("AUDIO", "")
            case "#EXT-X-MEDIA":
                marks = _attributes(value)
                if marks.get("TYPE") == "AUDIO" and marks.get("URI"):
                    self.audio.setdefault(marks.get("GROUP-ID", ""), urljoin(self.base, marks["URI"]))
            case "#EXT-X-TARGETDURATION":
                self.target_s = min(max(float(_number(value)), _TARGET_S[0]), _TARGET_S[1])
            case "#EXT-X-MEDIA-SEQUENCE":
                self.number = _number(value)
            case "#EXT-X-ENDLIST":
                self.is_ended = True
            case "#EXT-X-KEY" if _attributes(value).get("METHOD", "NONE") != "NONE":
                raise BadPlaylist("luồng bị mã hóa / the stream is encrypted")
            case "#EXT-X-MAP" | "#EXT-X-BYTERANGE":
                raise BadPlaylist(f"dạng HLS chưa hỗ trợ / a form of HLS that is not supported: {tag}")
            case _ if line and not line.startswith("#"):
                self._address(urljoin(self.base, line))

    def _address(self, url: str) -> None:
        if self.bandwidth is not None:
            self.variants.append((self.bandwidth, self.audio.get(self.group, url)))
            self.bandwidth = None
        else:
            self.segments.append(Segment(self.number + len(self.segments), url))
        if len(self.segments) > SEGMENTS_MAX or len(self.variants) > VARIANTS_MAX:
            raise BadPlaylist("danh sách quá dài / the playlist is too long")


def read(data: bytes, base: str) -> Playlist:
    """Understand a playlist that was read from `base`. Raises BadPlaylist."""
    lines = data.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines()
    if not lines or not lines[0].startswith("#EXTM3U"):
        raise BadPlaylist("không phải danh sách HLS / no HLS playlist")
    reading = _Reading(base)
    try:
        for line in lines[1:]:
            reading.take(line.strip())
    except ValueError as error:  # a number, or an address that is none
        raise BadPlaylist(f"danh sách HLS hỏng / a broken HLS playlist: {error}") from None
    found = Playlist(tuple(reading.variants), tuple(reading.segments), reading.target_s, reading.is_ended)
    if not found.variants and not found.segments:
        raise BadPlaylist("danh sách HLS trống / an empty HLS playlist")
    return found


def _attributes(text: str) -> dict[str, str]:
    """NAME=value,NAME="value, with commas",..."""
    found: dict[str, str] = {}
    while text:
        name, _, rest = text.partition("=")
        if rest.startswith('"'):
            value, _, text = rest[1:].partition('"')
            text = text.lstrip(",")
        else:
            value, _, text = rest.partition(",")
        found[name.strip()] = value
    return found


def _number(text: str) -> int:
    """Raises ValueError, for a number of no sense too."""
    if len(text) > 18:
        raise ValueError("a number too long")
    number = int(float(text)) if "." in text else int(text)
    if number < 0:
        raise ValueError("a number below 0")
    return number
