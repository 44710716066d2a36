"""What a camera says it sends: its session description (RFC 8866), as far as a picture needs it. Pure."""

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

LONGEST = 64 * 1024
"""Bytes. A camera's is one or two thousand."""
LINES_MAX = 2000
SETS_MAX = 16
"""Parameter sets of a track: real ones have two or three."""

Codec = Literal["h264", "hevc"]
_CODECS: dict[str, Codec] = {"H264": "h264", "H265": "hevc"}


class NoPicture(Exception):
    """There is nothing in it that can be looked at; the text says what there is."""


@dataclass(frozen=True, slots=True)
class Track:
    """The first moving picture: `sets` are its parameter sets, `clock_hz` what its time stamps count."""

    codec: Codec
    payload: int
    clock_hz: int
    control: str
    sets: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Media:
    payloads: tuple[str, ...]
    maps: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    control: str = ""


def read(data: bytes) -> Track:
    """Find the first track in a format known here. Raises NoPicture."""
    if len(data) > LONGEST:
        raise NoPicture("mô tả luồng hình quá dài / its description is too long")
    media = _videos(data.decode("utf-8", errors="replace").splitlines()[:LINES_MAX])
    if not media:
        raise NoPicture("camera không tả luồng hình nào / it describes no moving picture")
    for each in media:
        track = _track(each)
        if track is not None:
            return track
    names = sorted({name.partition("/")[0][:20] for each in media for name in each.maps}) or ["?"]
    raise NoPicture(f"chỉ nhận H.264, H.265; camera gửi {', '.join(names)} / neither H.264 nor H.265: {names[0]}")


def resolve(base: str, control: str) -> str:
    """The address to set a track up at: what `control` says below `base`, always on the server of `base`.

    A camera may name itself 0.0.0.0 or by an address of another network; it is asked where it was found all the same.
    """
    if not control or control == "*" or not control.isascii() or not control.isprintable() or " " in control:
        return base
    own = urlsplit(base)
    try:
        named = urlsplit(control)
        if named.scheme or control.startswith("/"):
            path = "/" + named.path.lstrip("/")
            return named._replace(scheme=own.scheme, netloc=own.netloc, path=path).geturl()
    except ValueError:
        return base
    return base.rstrip("/") + "/" + control


def _videos(lines: list[str]) -> list[_Media]:
    found: list[_Media] = []
    is_video = False
    for line in lines:
        if line.startswith("m="):
            fields = line[2:].split()
            is_video = len(fields) > 3 and fields[0] == "video"
            if is_video:
                found.append(_Media(tuple(fields[3:19])))
        elif is_video:
            found[-1] = _add(found[-1], line)
    return found


def _add(media: _Media, line: str) -> _Media:
    payload, _, text = line.partition(":")[2].strip().partition(" ")
    if line.startswith("a=rtpmap:") and payload in media.payloads:
        return replace(media, maps=(*media.maps, text)) if payload == media.payloads[0] else media
    if line.startswith("a=fmtp:") and payload == media.payloads[0]:
        return replace(media, formats=(*media.formats, text))
    if line.startswith("a=control:"):
        return replace(media, control=line.removeprefix("a=control:").strip())
    return media


def _track(media: _Media) -> Track | None:
    for name in media.maps:
        kind, _, rate = name.partition("/")
        codec = _CODECS.get(kind.strip().upper())
        clock = rate.partition("/")[0].strip()
        payload = media.payloads[0]
        if codec and payload.isdecimal() and int(payload) < 128:
            clock_hz = int(clock) if clock.isdecimal() and 0 < len(clock) < 10 else 0
            return Track(codec, int(payload), clock_hz or 90_000, media.control, _sets(media.formats))
    return None


def _sets(formats: tuple[str, ...]) -> tuple[bytes, ...]:
    """The parameter sets of `a=fmtp`, decoded; what is none is passed over."""
    found: list[bytes] = []
    for format in formats:
        for pair in format.split(";"):
            name, _, value = pair.strip().partition("=")
            if name.casefold() in ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"):
                found += [plain for text in value.split(",")[:SETS_MAX] if (plain := _decode(text))]
    return tuple(found[:SETS_MAX])


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip())
    except (binascii.Error, ValueError):
        return b""
