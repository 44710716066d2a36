"""A sound file as named by its content, opened only where it is exactly that.

What is checked is the descriptor that is then played: a file swapped by name afterwards changes nothing.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from contract.terms import Reason

RATE_HZ = 48_000
"""Ogg Opus counts its time in samples of 48 kHz, whatever it was made from (RFC 7845)."""

_PIECE = 256 * 1024
_PAGE_MAX = 65_307


@dataclass(frozen=True)
class Track:
    """One stored sound: Ogg Opus, `size` in bytes."""

    path: Path
    sha256: str
    size: int


class Unusable(Exception):
    """A track that may not be played; `reason` is NO_AUDIO or BAD_AUDIO."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def open_track(track: Track) -> int:
    """Open a track and check size and SHA-256 through the descriptor returned; the caller closes it.

    Reads the whole file (blocks). Raises Unusable.
    """
    try:
        fd = os.open(track.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unusable(Reason.NO_AUDIO, f"{track.path.name}: {error.strerror}") from None
    try:
        _verify(fd, track)
    except Unusable:
        os.close(fd)
        raise
    except OSError as error:
        os.close(fd)
        raise Unusable(Reason.BAD_AUDIO, f"{track.path.name}: {error.strerror}") from None
    return fd


def measure_duration(fd: int) -> float:
    """Read how many seconds an Ogg Opus file lasts. Raises Unusable."""
    return measure_frames(fd) / RATE_HZ


def measure_frames(fd: int) -> int:
    """Read how many samples an Ogg Opus file has, from its first and last page. Raises Unusable."""
    size = os.fstat(fd).st_size
    head = os.pread(fd, 64, 0)
    tail = os.pread(fd, _PAGE_MAX, max(0, size - _PAGE_MAX))
    last_page = tail.rfind(b"OggS")
    is_opus = len(head) >= 40 and head[:4] == b"OggS" and head[28:36] == b"OpusHead"
    if not is_opus or len(tail) < last_page + 14:
        raise Unusable(Reason.BAD_AUDIO, "no Ogg Opus")
    pre_skip = int.from_bytes(head[38:40], "little")
    granule = int.from_bytes(tail[last_page + 6 : last_page + 14], "little", signed=True)
    return max(0, granule - pre_skip)


def _verify(fd: int, track: Track) -> None:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise Unusable(Reason.BAD_AUDIO, f"{track.path.name}: not a file")
    if status.st_size != track.size:
        raise Unusable(Reason.BAD_AUDIO, f"{track.path.name}: {status.st_size} bytes, not {track.size}")
    digest = hashlib.sha256()
    at = 0
    while piece := os.pread(fd, _PIECE, at):
        digest.update(piece)
        at += len(piece)
    if digest.hexdigest() != track.sha256:
        raise Unusable(Reason.BAD_AUDIO, f"{track.path.name}: its content is not what its name says")
