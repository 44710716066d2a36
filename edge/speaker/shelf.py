"""Which sounds lie ready on disk: size and SHA-256, read once for every file and again when it changes.

This tells the link what to fetch and the hub what is ready. A file that is not what its name says is thrown away, so
that the link fetches it anew: cards rot. What is played is verified once more through the descriptor it is played from.
"""

import contextlib
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from contract.orders import Audio
from contract.terms import Reason
from edge.spool import Spool, Wanted

if TYPE_CHECKING:
    from hashlib import _Hash

SLICE_BYTES = 2 * 1024 * 1024
"""Read in one step: some 20 ms on a Pi, so that an emergency never waits for a long file."""

WANTED_MAX = 900
"""As many sounds fit into what the link reads at once; the rest follow as the first are over."""

_Identity = tuple[int, int, int]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """A file being hashed, slice by slice."""

    audio: Audio
    identity: _Identity
    file: BinaryIO
    digest: "_Hash"


class Shelf:
    """Looks after the sounds named by `want`. One `work` a step."""

    def __init__(self, spool: Spool) -> None:
        self.missing: tuple[str, ...] = ()
        """Of the wanted sounds those not verified on disk, soonest first."""
        self._spool = spool
        self._wanted = Wanted()
        self._is_told = False
        self._verified: dict[str, _Identity] = {}
        self._bad: set[str] = set()
        self._unread: list[Audio] = []
        self._reading: _Reading | None = None
        self._stamp_ns = 0

    def want(self, wanted: Wanted) -> None:
        """From now on look after these, and tell the link where they are others than before. Raises OSError."""
        if self._is_told and wanted == self._wanted:
            return
        self._wanted = wanted
        self._is_told = False
        self.look_again()
        self._spool.put_wanted(Wanted(audio=wanted.audio[:WANTED_MAX], firm=min(wanted.firm, WANTED_MAX)))
        self._is_told = True

    def look_again(self) -> None:
        """Compare every wanted file with what is known of it at the next `work`."""
        self._stamp_ns = 0

    def doubt(self, sounds: Iterable[str]) -> None:
        """These could not be played although they had been verified: read them again."""
        for sha in sounds:
            self._verified.pop(sha, None)
        self.look_again()

    def work(self) -> bool:
        """Look where the folder changed, then read one slice; True where more is left to read."""
        stamp_ns = self._spool.audio.stat().st_mtime_ns
        if stamp_ns != self._stamp_ns:
            self._stamp_ns = stamp_ns
            self._scan()
        if self._reading is None and self._unread:
            self._begin(self._unread.pop(0))
        if self._reading is not None:
            self._read_slice(self._reading)
        return self._reading is not None or bool(self._unread)

    def lack(self, sounds: Iterable[Audio]) -> Reason:
        """NO_AUDIO or BAD_AUDIO where one of these cannot be played; NONE where all may be, as far as is known."""
        return next((reason for each in sounds if (reason := self._lack(each)) is not Reason.NONE), Reason.NONE)

    def close(self) -> None:
        if self._reading is not None:
            self._reading.file.close()
            self._reading = None

    def _lack(self, audio: Audio) -> Reason:
        identity = _identify(self._spool.audio_path(audio.sha256))
        if identity is None:
            return Reason.BAD_AUDIO if audio.sha256 in self._bad else Reason.NO_AUDIO
        return Reason.NONE if identity[2] == audio.size else Reason.BAD_AUDIO

    def _scan(self) -> None:
        found = {a.sha256: _identify(self._spool.audio_path(a.sha256)) for a in self._wanted.audio}
        self._verified = {sha: seen for sha, seen in self._verified.items() if found.get(sha) == seen}
        known = {*self._verified, self._reading.audio.sha256 if self._reading else ""}
        self._unread = [a for a in self._wanted.audio if found[a.sha256] is not None and a.sha256 not in known]
        self._tell_missing()

    def _begin(self, audio: Audio) -> None:
        path = self._spool.audio_path(audio.sha256)
        identity = _identify(path)
        if identity is None:
            return
        if identity[2] != audio.size:
            self._throw_away(audio, identity)
            return
        with contextlib.suppress(OSError):  # gone since, or unreadable: it stays missing
            self._reading = _Reading(audio, identity, path.open("rb"), hashlib.sha256())

    def _read_slice(self, reading: _Reading) -> None:
        try:
            piece = reading.file.read(SLICE_BYTES)
        except OSError:  # an unreadable sector: this file will not do
            piece = b""
        reading.digest.update(piece)
        if len(piece) == SLICE_BYTES:
            return
        self.close()
        if reading.digest.hexdigest() == reading.audio.sha256:
            self._verified[reading.audio.sha256] = reading.identity
            self._bad.discard(reading.audio.sha256)
        else:
            self._throw_away(reading.audio, reading.identity)
        self._tell_missing()

    def _throw_away(self, audio: Audio, identity: _Identity) -> None:
        """Unless the link has replaced it meanwhile."""
        path = self._spool.audio_path(audio.sha256)
        self._bad.add(audio.sha256)
        _log.error("%s is not what its name says, thrown away", audio.sha256[:12])
        if _identify(path) == identity:
            path.unlink(missing_ok=True)

    def _tell_missing(self) -> None:
        self.missing = tuple(a.sha256 for a in self._wanted.audio if a.sha256 not in self._verified)


def _identify(path: Path) -> _Identity | None:
    """Changes whenever a file was replaced or written to; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
