"""The hub's standing work: plans and commands go down, statuses are looked at, credentials are kept, pictures
forgotten, figures rolled up.

Woken by news, at the latest every second. One pass that fails is logged and tried again: the next may succeed.
Commands have a thread of their own: an emergency waits for no plan of another village; and so have incidents and the
figures of the past, since no plan waits for what is told of faults.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from hub.history.roller import Roller
from hub.incidents.keeper import Keeper
from hub.incidents.photos import KEPT_FOR
from hub.news import News
from hub.nodes.broker import Broker
from hub.nodes.dispatch import Dispatch
from hub.nodes.watch import Watch
from hub.store import nodes, photos, thumbnails
from hub.store.database import Database
from hub.supervisor import notify

log = logging.getLogger(__name__)

LOOK_S = 1.0
ISSUE_EVERY_S = 0.5
"""Plans are compiled at most this often, however much is told meanwhile; commands go out at every wake."""
HUNG_S = 30.0
"""A thread whose pass takes longer than this is taken for dead: systemd starts the hub anew."""
CREDENTIALS_EVERY_S = 5.0
"""A revoked node is refused within a minute; this leaves room."""
FORGET_EVERY_S = 60.0
"""How much longer than it may a small picture lies in the database; it is shown no longer at once."""
ROLL_UP_EVERY_S = 20.0
BREATH_S = 0.02
"""Between two portions of rollups others get to write."""


class Clerk:
    """Four threads. They feed systemd's watchdog while `is_well` says that the hub's other threads live too."""

    def __init__(
        self,
        database: Database,
        news: News,
        dispatch: Dispatch,
        watch: Watch,
        keeper: Keeper,
        roller: Roller,
        broker: Broker,
        now: Callable[[], datetime],
        is_well: Callable[[], bool],
    ) -> None:
        self._database = database
        self._now = now
        self._news = news
        self._dispatch = dispatch
        self._watch = watch
        self._keeper = keeper
        self._roller = roller
        self._broker = broker
        self._is_well = is_well
        self._credentials = self._read_credentials()
        self._must_lay_plans = threading.Event()
        self._is_stopping = threading.Event()
        self._must_go_on = False
        self._due: dict[str, float] = {}
        self._passed_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="hub-clerk", daemon=True)
        self._courier = threading.Thread(target=self._run_commands, name="hub-courier", daemon=True)
        self._chronicler = threading.Thread(target=self._run_incidents, name="hub-incidents", daemon=True)
        self._archivist = threading.Thread(target=self._run_history, name="hub-history", daemon=True)

    @property
    def credentials(self) -> list[tuple[str, str]]:
        return self._credentials

    def start(self) -> None:
        self._passed_s = time.monotonic()
        self._courier.start()
        self._thread.start()
        self._chronicler.start()
        self._archivist.start()

    def stop(self) -> None:
        self._is_stopping.set()
        self._news.tell("stopping")
        self._thread.join()
        self._courier.join()
        self._chronicler.join()
        self._archivist.join()

    def reconnected(self) -> None:
        """Called by the link, from its own thread, when the broker is there (again)."""
        self._must_lay_plans.set()
        self._news.tell("plans")

    def _run(self) -> None:
        seen = 0
        while not self._is_stopping.is_set():
            seen = self._news.block(seen, LOOK_S)
            self._try(self._work)
            if self._is_well() and time.monotonic() - self._passed_s < HUNG_S:
                notify("WATCHDOG=1")

    def _run_commands(self) -> None:
        """All that numbers commands runs here: two threads could send them out of order, and a node that took up the
        newer refuses the older, which would then pass for taken up.
        """
        seen = 0
        while not self._is_stopping.is_set():
            seen = self._news.block(seen, LOOK_S)
            self._try(self._dispatch.send_commands)
            self._try(lambda: self._every("time", LOOK_S, self._dispatch.tell_time))
            self._passed_s = time.monotonic()

    def _run_incidents(self) -> None:
        seen = 0
        while not self._is_stopping.is_set():
            seen = self._news.block(seen, LOOK_S)
            try:
                self._try(lambda: self._every("incidents", LOOK_S, self._keeper.look))
            except Exception:  # a history that it trips over must not keep it silent for ever
                log.exception("incidents cannot be told, to be tried again")
                self._is_stopping.wait(HUNG_S)

    def _run_history(self) -> None:
        while not self._is_stopping.is_set():
            self._must_go_on = False
            try:
                self._try(self._roll_up)
            except Exception:  # figures that it trips over must not end all rolling up
                log.exception("figures cannot be rolled up, to be tried again")
                self._is_stopping.wait(HUNG_S)
            self._is_stopping.wait(BREATH_S if self._must_go_on else ROLL_UP_EVERY_S)

    def _roll_up(self) -> None:
        self._must_go_on = self._roller.step()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SQLAlchemyError as error:
            log.error("the database refuses, to be tried again: %s", error)
            self._is_stopping.wait(LOOK_S)

    def _work(self) -> None:
        if self._must_lay_plans.is_set():
            self._must_lay_plans.clear()
            self._dispatch.lay_plans()
        self._every("plans", ISSUE_EVERY_S, self._dispatch.issue_plans)
        self._every("fleet", LOOK_S, self._watch.look)
        self._every("credentials", CREDENTIALS_EVERY_S, self._keep_credentials)
        self._every("pictures", FORGET_EVERY_S, self._forget_pictures)

    def _every(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        now_s = time.monotonic()
        if now_s >= self._due.get(name, 0.0):
            self._due[name] = now_s + seconds
            act()

    def _keep_credentials(self) -> None:
        """Nodes are added and revoked on the command line, in another process: so the database is asked."""
        present = self._read_credentials()
        if present != self._credentials:
            self._broker.update(present)
            self._credentials = present

    def _forget_pictures(self) -> None:
        """Cameras' small pictures and incidents' photos whose time is over."""
        now = self._now()
        oldest = now - KEPT_FOR
        with self._database.read() as c:
            is_due = thumbnails.has_expired(c, now) or photos.has_older(c, oldest)
        if is_due:
            with self._database.write() as c:
                thumbnails.forget_expired(c, now)
                photos.forget(c, oldest)
            self._news.tell("pictures")

    def _read_credentials(self) -> list[tuple[str, str]]:
        with self._database.read() as c:
            return nodes.credentials(c)
