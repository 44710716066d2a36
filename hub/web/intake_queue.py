"""Uploads and cuts on their way into the library: one is worked on at a time, and who asks hears how far it is.

What waits here lives in memory. A hub that starts takes up again what had come in whole by `incoming`; a file that was
sent at once is swept from the shelf, and a cut is forgotten.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from hub.media.cut import Cut
from hub.media.incoming import Arrival, Incoming
from hub.media.rejection import Cause, Rejected
from hub.orders.broadcasts import Recording
from hub.orders.desk import Desk
from hub.people.accounts import User
from hub.refusals import Refused
from hub.sounds import versions
from hub.store import people

log = logging.getLogger(__name__)

MAX_WAITING = 8
"""Files and cuts together."""
REMEMBERED = 100


Make = Callable[[Callable[[float], None]], Recording]
"""What is to be done with a file, in the worker's thread; it tells how far it is, 0 to 1."""


class Step(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file, or a newer version `of` a recording (SHA-256): how far it is (0 to 1), and in the end its recording or
    one sentence why not."""

    id: str
    user: str
    of: str = ""
    step: Step = Step.WAITING
    fraction: float = 0.0
    sha256: str = ""
    message_vi: str = ""
    message_en: str = ""


class Uploads:
    """Takes files over and works on them in one thread of its own."""

    def __init__(self, desk: Desk, incoming: Incoming) -> None:
        self._desk = desk
        self._incoming = incoming
        self._known: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="upload")

    @property
    def is_full(self) -> bool:
        return sum(u.step in (Step.WAITING, Step.WORKING) for u in self._known.copy().values()) >= MAX_WAITING

    def take_up(self) -> None:
        """Queue what had come in whole when the hub stopped; of people who are here no more, forget it."""
        for arrival in self._incoming.whole():
            with self._desk.database.read() as c:
                user = people.user(c, arrival.user)
            if user is None:
                self._incoming.forget(arrival)
            else:
                self.begin_arrival(arrival, user)

    def begin_arrival(self, arrival: Arrival, user: User) -> Upload:
        """Queue a file that came in whole, piece by piece; it keeps its id, and is queued once."""
        keeper = ExitStack()
        keeper.callback(self._incoming.forget, arrival)
        return self.begin(self._incoming.path(arrival), arrival.title, user, keeper, arrival.id)

    def begin(self, path: Path, title: str, user: User, keeper: ExitStack, id: str = "", of: str = "") -> Upload:
        """Queue a received file; it may be the newer version `of` a recording (SHA-256). `keeper` holds it, and is
        closed when the file is no longer needed."""
        if of:
            return self._queue("", of, user, keeper, partial(versions.add, self._desk, path, of, user))
        return self._queue(id, "", user, keeper, partial(self._desk.add_recording, path, title, user))

    def begin_cut(self, of: str, wanted: Cut | None, user: User) -> Upload:
        """Queue what is left of a recording after a cut, or (None) without the silence at its ends.

        Raises Refused, NotFound or NotAllowed for what makes no sense."""
        versions.check_cut(self._desk, of, wanted, user)
        return self._queue("", of, user, ExitStack(), partial(versions.cut, self._desk, of, wanted, user))

    def _queue(self, id: str, of: str, user: User, keeper: ExitStack, make: Make) -> Upload:
        upload = Upload(id=id or secrets.token_hex(8), user=user.name, of=of)
        with self._lock:
            if upload.id in self._known:
                return self._known[upload.id]
            self._known[upload.id] = upload
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        work = self._worker.submit(self._work, upload.id, keeper, make)
        work.add_done_callback(partial(self._settle, upload.id))
        return upload

    def find(self, id: str, user: User) -> Upload | None:
        """An upload of this person's own."""
        upload = self._known.get(id)
        return upload if upload is not None and upload.user == user.name else None

    def close(self) -> None:
        """Finish the one in work and forget the others."""
        self._worker.shutdown(cancel_futures=True)

    def _work(self, id: str, keeper: ExitStack, make: Make) -> Recording:
        with keeper:
            self._change(id, lambda upload: replace(upload, step=Step.WORKING))
            return make(partial(self._progress, id))

    def _progress(self, id: str, fraction: float) -> None:
        self._change(id, lambda upload: replace(upload, fraction=fraction))

    def _settle(self, id: str, work: "Future[Recording]") -> None:
        error = None if work.cancelled() else work.exception()
        if error is None and not work.cancelled():
            sha256 = work.result().sha256
            self._change(id, lambda upload: replace(upload, step=Step.DONE, fraction=1.0, sha256=sha256))
            return
        if not isinstance(error, Rejected | Refused):
            log.error("an upload could not be finished", exc_info=error)
            error = Rejected(Cause.FAULT)
        vi, en = error.message_vi, error.message_en
        self._change(id, lambda upload: replace(upload, step=Step.REJECTED, message_vi=vi, message_en=en))

    def _change(self, id: str, change: Callable[[Upload], Upload]) -> None:
        with self._lock:
            if id in self._known:
                self._known[id] = change(self._known[id])
