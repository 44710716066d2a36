"""Fetches the sounds the speaker wants, one at a time, soonest first, into `spool/audio/`.

Runs in a thread of the link, which it never keeps waiting. A sound appears under its name only whole, verified and
synced; what was cut off is resumed. The speaker verifies again what it plays.
"""

import contextlib
import hashlib
import http.client
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from contract.orders import Audio
from edge.access import BAD_CREDENTIAL, Access, Plaint, explain
from edge.spool import Spool, Wanted, sync_folder

RETRY_MIN_S = 5.0
RETRY_MAX_S = 300.0
ATTEMPT_MAX_S = 600.0
"""A server that trickles is cut off here: what came is kept, and other sounds get their turn."""
READ_TIMEOUT_S = 15.0
LOOK_S = 5.0
RESERVE_BYTES = 64 * 1024 * 1024
"""Left free on the card whatever the limit says: a full card must not stop the speaker's ledger."""
_BLOCK = 64 * 1024
_PART = ".part"

_log = logging.getLogger(__name__)


class FetchFailed(Exception):
    """A sound could not be fetched this time; the text says why."""


class Paused(Exception):
    """A download was left for later, its part kept: the process stops, or a sound is needed sooner."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """When a sound that did not come is asked for again, and how long was waited last."""

    retry_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the audio spool."""

    name: str
    size: int
    modified_s: float


def surplus(held: list[Held], wanted: Wanted, audio: Audio, room: int) -> list[str] | None:
    """Which files must go so that `audio` fits into `room` bytes; None where even that would not do.

    First what nobody lists, oldest first; then what is needed later than `audio`, latest first. Never the firm
    ones, and never what is needed sooner.
    """
    rank = {each.sha256: place for place, each in enumerate(wanted.audio)}
    own = rank[audio.sha256]
    files = [h for h in held if h.name.removesuffix(_PART) != audio.sha256]
    known = {h.name: rank.get(h.name.removesuffix(_PART)) for h in files}
    unlisted = sorted((h for h in files if known[h.name] is None), key=lambda h: h.modified_s)
    later = [h for h in files if (place := known[h.name]) is not None and place >= max(wanted.firm, own)]
    later.sort(key=lambda h: -(known[h.name] or 0))
    gone: list[str] = []
    for file in [*unlisted, *later]:
        if room >= audio.size:
            break
        gone.append(file.name)
        room += file.size
    return gone if room >= audio.size else None


class Fetcher:
    """Decides what to fetch next, and does it: `step` is one look.

    `look` is set by whoever knows that something else may be wanted now, `is_closing` by whoever wants it to end.
    """

    def __init__(self, spool: Spool, access: Access, limit_bytes: int, ring_speaker: Callable[[], None]) -> None:
        self.look = threading.Event()
        self.is_closing = threading.Event()
        self._spool = spool
        self._limit = limit_bytes
        self._ring = ring_speaker
        self._failed: dict[str, _Failure] = {}
        self._plaint = Plaint(_log)
        self._access = access

    @property
    def status(self) -> str:
        """What keeps sounds from coming, for a person; empty when nothing does."""
        return self._plaint.text

    def step(self, now_s: float) -> bool:
        """Fetch the soonest sound that is missing and not waiting after a failure; True if one was tried."""
        wanted = self._spool.wanted()
        audio = self._next(wanted, now_s)
        if audio is None:
            return False
        try:
            self._make_room(audio, wanted)
            self._fetch(audio, now_s)
        except Paused:
            _log.info("%s waits while another sound is needed sooner", audio.sha256[:12])
        except (FetchFailed, OSError) as error:
            before = self._failed.get(audio.sha256)
            wait_s = min(RETRY_MAX_S, 2 * before.wait_s) if before else RETRY_MIN_S
            self._failed[audio.sha256] = _Failure(now_s + wait_s, wait_s)
            self._plaint.say(f"chưa tải được âm thanh / sound not fetched: {error}")
        else:
            self._failed.pop(audio.sha256, None)
            self._plaint.say("")
            _log.info("fetched %s (%d bytes)", audio.sha256[:12], audio.size)
            self._ring()
        return True

    def retry_now(self) -> None:
        """The hub is back: what failed before may succeed."""
        self._failed.clear()
        self.look.set()

    def _next(self, wanted: Wanted, now_s: float) -> Audio | None:
        for audio in wanted.audio:
            failure = self._failed.get(audio.sha256)
            if (failure is None or failure.retry_s <= now_s) and not self._has(audio):
                return audio
        return None

    def _has(self, audio: Audio) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return self._spool.audio_path(audio.sha256).stat().st_size == audio.size
        return False

    def _make_room(self, audio: Audio, wanted: Wanted) -> None:
        held = list(_held(self._spool.audio))
        begun = sum(h.size for h in held if h.name == audio.sha256 + _PART)
        disk = os.statvfs(self._spool.audio)
        free = disk.f_bavail * disk.f_frsize - RESERVE_BYTES
        room = min(self._limit - sum(h.size for h in held), free) + begun
        gone = surplus(held, wanted, audio, room)
        if gone is None:
            raise FetchFailed("thẻ nhớ không đủ chỗ / there is no room left on the card")
        for name in gone:
            _log.info("%s makes room", name[:12])
            (self._spool.audio / name).unlink(missing_ok=True)

    def _fetch(self, audio: Audio, now_s: float) -> None:
        path = self._spool.audio_path(audio.sha256)
        part = path.with_name(path.name + _PART)
        with part.open("ab") as file:
            if file.tell() > audio.size:
                file.truncate(0)
            if file.tell() < audio.size:
                self._download(audio, file, now_s)
            file.flush()
            os.fsync(file.fileno())
        if _sha256(part) != audio.sha256:
            part.unlink()
            raise FetchFailed("âm thanh tải về bị sai, sẽ tải lại / wrong content, fetched anew later")
        part.rename(path)
        sync_folder(path.parent)

    def _download(self, audio: Audio, file: BinaryIO, now_s: float) -> None:
        """Append what is missing. Raises FetchFailed or Paused; what has come so far stays."""
        offset = file.tell()
        deadline_s = time.monotonic() + ATTEMPT_MAX_S
        with contextlib.closing(self._access.https(READ_TIMEOUT_S)) as connection:
            response = self._ask(connection, audio, offset)
            offset = _accept(response, offset, file)
            for block in _blocks(response):
                offset += len(block)
                if offset > audio.size:
                    file.truncate(0)
                    raise FetchFailed("máy chủ gửi quá dài / the hub sends more than the sound is long")
                file.write(block)
                self._keep_on(audio, now_s)
                if time.monotonic() > deadline_s:
                    raise FetchFailed("mạng quá chậm, sẽ tải tiếp / the network is too slow, to be resumed")
        if offset < audio.size:
            raise FetchFailed("máy chủ gửi thiếu, sẽ tải tiếp / cut short, to be resumed")

    def _ask(self, connection: http.client.HTTPSConnection, audio: Audio, offset: int) -> http.client.HTTPResponse:
        headers = {"Authorization": self._access.authorization, "User-Agent": "loa-edge"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with _in_words():
            connection.request("GET", f"/media/{audio.sha256}", headers=headers)
            return connection.getresponse()

    def _keep_on(self, audio: Audio, now_s: float) -> None:
        """Between two blocks: raises Paused where this is no longer the sound to fetch."""
        if self.look.is_set():
            self.look.clear()
            if self.is_closing.is_set() or self._next(self._spool.wanted(), now_s) != audio:
                raise Paused


class FetchThread:
    """Repeats the fetcher's look: when called, at the latest every LOOK_S, and at once while there is work."""

    def __init__(self, fetcher: Fetcher, monotonic: Callable[[], float]) -> None:
        self._fetcher = fetcher
        self._monotonic = monotonic
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop within one read; a download in progress is resumed at the next start."""
        self._fetcher.is_closing.set()
        self._fetcher.look.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._fetcher.is_closing.is_set():
            if not self._fetcher.step(self._monotonic()):
                self._fetcher.look.wait(LOOK_S)
                self._fetcher.look.clear()


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """What the network does wrong becomes FetchFailed; what the disk does is not to happen in here."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(explain(error)) from None


def _blocks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """The answer's body as it comes."""
    with _in_words():
        while block := response.read1(_BLOCK):
            yield block


def _accept(response: http.client.HTTPResponse, offset: int, file: BinaryIO) -> int:
    """Check the answer's head; returns where its body belongs. Raises FetchFailed."""
    match response.status:
        case 206 if (response.getheader("Content-Range") or "").startswith(f"bytes {offset}-"):
            return offset
        case 200:
            file.truncate(0)
            return 0
        case 206 | 416:
            file.truncate(0)
            raise FetchFailed("máy chủ không tiếp được, sẽ tải lại / cannot be resumed, fetched anew later")
        case 401 | 403:
            raise FetchFailed(BAD_CREDENTIAL)
        case 404:
            raise FetchFailed("máy chủ không có âm thanh này / the hub does not hold this sound")
        case code:
            raise FetchFailed(f"máy chủ báo lỗi / the hub answers with an error ({code})")


def _held(folder: Path) -> Iterator[Held]:
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            yield Held(path.name, stat.st_size, stat.st_mtime)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
