"""Takes messages out of the outbox and has them sent, each place for itself: a slow one keeps no other waiting.

At least once: a hub that is killed after a message went out and before that was written sends it again, with the same
id.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hub.alerts.content import as_document, as_text
from hub.alerts.letter import NOWHERE, UNREACHED, Answer, Fault, Letter
from hub.alerts.place import Place
from hub.alerts.retry import GIVE_UP_AFTER, next_try
from hub.alerts.sending import Interrupted
from hub.news import News
from hub.store import alerts
from hub.store.alerts import Posted, Ticket
from hub.store.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 4
"""So many places are spoken to at the same time: each takes a child of some 55 MB for a second."""
LOOK_S = 1.0
FORGET_EVERY = timedelta(hours=1)
LINK_VALID = timedelta(days=7)
CLAIMED_FOR = timedelta(minutes=1)
"""A try is written down before it is made: where its outcome cannot be, the next one is not sooner."""
TURNS_TO_KNOW = frozenset({"gone", "again"})


class Delivery:
    """One thread that looks, and some that send. `page` is the pages' address as a phone elsewhere reaches it; empty
    where it cannot: then messages carry no links."""

    def __init__(
        self,
        database: Database,
        news: News,
        now: Callable[[], datetime],
        page: Callable[[], str],
        send: Callable[[Letter], Answer],
    ) -> None:
        self._database = database
        self._news = news
        self._now = now
        self._page = page
        self._send = send
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hub-alerts")
        self._flying: dict[str, Future[None]] = {}
        self._forget_at: datetime | None = None
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-alerts", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way is waited for; whoever sends it has been told to stop."""
        self._is_stopping.set()
        self._thread.join()
        self._pool.shutdown()

    def look(self) -> None:
        """Begin to send what is due, the first of each place."""
        now = self._now()
        self._flying = {place: future for place, future in self._flying.items() if not future.done()}
        with self._database.read() as c:
            for posted in alerts.due(c, now):
                if len(self._flying) >= AT_ONCE:
                    break
                if posted.place not in self._flying:
                    self._flying[posted.place] = self._pool.submit(self._deliver, posted)
        if self._forget_at is None or now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY
            with self._database.write() as c:
                alerts.forget(c, now)

    def settle(self) -> None:
        """Wait until all that was begun has its end."""
        wait(self._flying.values())

    def _run(self) -> None:
        while not self._is_stopping.wait(LOOK_S):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.error("the database refuses, to be tried again: %s", error)
            except Exception:  # a row that it trips over must not keep it silent for ever
                log.exception("alerts cannot be sent, to be tried again")

    def _deliver(self, due: Posted) -> None:
        """Send what is due; what its place could not be reached for goes before it, so that the last word is the last
        to arrive."""
        posted = due
        try:
            with self._database.read() as c:
                place, posted = alerts.place(c, due.place), alerts.ahead_of(c, due)
            if place is None or place.is_removed:
                self._note(due, posted, Fault.REMOVED)
            elif self._now() - posted.made_at > GIVE_UP_AFTER:
                self._note(due, posted, Fault.STALE)
            else:
                self._note(due, posted, self._send(self._letter(place, due, posted)).fault)
        except Interrupted:
            log.info("alert %s is sent when the hub runs again", posted.id)
        except SQLAlchemyError as error:
            log.error("what became of alert %s could not be written: %s", posted.id, error)
        except Exception:  # one message that it trips over must not be tried without end
            log.exception("alert %s cannot be sent", posted.id)
            self._note(due, posted, Fault.OTHER)

    def _letter(self, place: Place, due: Posted, posted: Posted) -> Letter:
        page = self._page()
        with self._database.write() as c:
            for id in {due.id, posted.id}:
                alerts.claim(c, id, self._now() + CLAIMED_FOR)
            links = self._make_links(c, posted, page) if page else {}
        return Letter(
            url=place.url,
            subject=posted.content.subject,
            text=as_text(posted.content, links, f"{page}/incidents" if page else ""),
            document=as_document(posted.id, posted.kind, posted.content, links),
        )

    def _make_links(self, c: Connection, posted: Posted, page: str) -> dict[int, str]:
        """One a fresh incident, to say that one knows. Each try has its own: only their SHA-256 is kept."""
        wanted = [item.incident for item in posted.content.items if item.turn in TURNS_TO_KNOW]
        tokens = {incident: secrets.token_urlsafe(24) for incident in wanted}
        expires_at = self._now() + LINK_VALID
        found = [(sealed(token), Ticket(incident, posted.place, expires_at)) for incident, token in tokens.items()]
        alerts.add_tickets(c, found)
        return {incident: f"{page}/known/{token}" for incident, token in tokens.items()}

    def _note(self, due: Posted, posted: Posted, fault: Fault | None) -> None:
        """What became of the one that was sent. Where its place could not be reached that counts for the one that was
        due, which is tried again first; else its turn is now."""
        now = self._now()
        tried = due if fault in UNREACHED else posted
        with self._database.write() as c:
            if tried is not due:
                alerts.claim(c, due.id, now)
            if fault is None:
                alerts.note_sent(c, posted.id, now)
            else:
                next_at = next_try(tried.tries + 1, tried.made_at, now, fault)
                alerts.note_failed(c, tried.id, fault, next_at)
                if fault in NOWHERE and next_at is not None:
                    alerts.put_off(c, due.place, next_at)
        self._news.tell("alerts")


def sealed(token: str) -> str:
    """How the token of a link is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
