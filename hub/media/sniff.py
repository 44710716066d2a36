"""What an upload is, by its own bytes and never by its name, and whether it was cut off. Pure.

FFmpeg is then told which demuxer to use: left to guess, it takes a playlist named .mp3 for what it is and opens
the addresses inside.
"""

import struct
from dataclasses import dataclass

HEAD_BYTES = 256 * 1024
"""How much of the beginning `sniff` wants to see."""
TAIL_BYTES = 128 * 1024
"""How much of the end: more than the longest Ogg page (65,307 bytes) plus the start of another."""

_ID3_HEADER = 10
_OGG_HEADER = 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A format we read. `has_length` says whether the duration the demuxer declares is a count of the file's
    own maker, and not FFmpeg's guess from the bit rate."""

    demuxer: str
    has_length: bool
    is_cut: bool = False


def sniff(head: bytes, tail: bytes, size: int) -> Kind | None:
    """Judge the first HEAD_BYTES and the last TAIL_BYTES of a file of `size` bytes; None is no format of ours."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Kind(demuxer="wav", has_length=False, is_cut=_is_wav_cut(head, size))
    if head[:4] == b"OggS":
        return Kind(demuxer="ogg", has_length=True, is_cut=_is_ogg_cut(tail))
    if head[4:8] == b"ftyp":
        return Kind(demuxer="mov", has_length=True)
    body = _skip_id3(head)
    if body[:4] == b"fLaC":
        return Kind(demuxer="flac", has_length=_has_flac_length(body))
    if head[:3] == b"ID3" or _is_mp3_frame(body):
        return Kind(demuxer="mp3", has_length=_has_xing(body))
    return None


def _skip_id3(head: bytes) -> bytes:
    """Drop an ID3v2 tag; a picture inside may make it larger than the head, and then nothing is left."""
    if head[:3] != b"ID3" or len(head) < _ID3_HEADER:
        return head
    size = 0
    for septet in head[6:10]:
        size = size << 7 | septet & 0x7F
    return head[_ID3_HEADER + size :]


def _is_mp3_frame(body: bytes) -> bool:
    """A frame header of MPEG 1, 2 or 2.5, layer III, with a bit rate and a sample rate that exist."""
    if len(body) < 4 or body[0] != 0xFF or body[1] & 0xE0 != 0xE0:
        return False
    version, layer = body[1] >> 3 & 3, body[1] >> 1 & 3
    bit_rate, sample_rate = body[2] >> 4, body[2] >> 2 & 3
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sample_rate != 3


def _has_xing(body: bytes) -> bool:
    """Whether the first frame is the encoder's index: VBRI, or Xing or Info with a count of frames (flag 1)."""
    if body[36:40] == b"VBRI":
        return True
    for mark in (b"Xing", b"Info"):
        at = body.find(mark, 0, 64)
        if at >= 0:
            return len(body) >= at + 8 and bool(body[at + 7] & 1)
    return False


def _has_flac_length(body: bytes) -> bool:
    """Whether STREAMINFO, the first block, counts the samples (36 bits; 0 is unknown)."""
    return len(body) >= 26 and (body[21] & 0x0F, body[22:26]) != (0, bytes(4))


def _is_wav_cut(head: bytes, size: int) -> bool:
    """Whether the data chunk claims more bytes than the file has; also true where there is no such chunk."""
    at = 12
    while at + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            return bool(at + 8 + length > size)
        at += 8 + length + (length & 1)
    return at + 8 > size


def _is_ogg_cut(tail: bytes) -> bool:
    """Whether the last page is longer than what is left of the file."""
    at = tail.rfind(b"OggS")
    if at < 0 or at + _OGG_HEADER > len(tail):
        return True
    segments = tail[at + 26]
    lacing = tail[at + _OGG_HEADER : at + _OGG_HEADER + segments]
    return len(lacing) < segments or at + _OGG_HEADER + segments + sum(lacing) > len(tail)
