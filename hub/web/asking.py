"""What a request brings with it, of a person's browser (`Visit`) and of a program (`api.caller`) alike."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from anyio import CapacityLimiter
from fastapi import Request

from hub.alerts.places import Send
from hub.media.incoming import Incoming
from hub.orders.desk import Desk
from hub.web.doors import Doors
from hub.web.intake_queue import Uploads
from hub.web.memory import Memory
from hub.web.pages import Pages
from hub.web.patience import Patience
from hub.web.sight import OnlineSince
from hub.web.wording.alert_words import AlertWords
from hub.web.wording.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """All that the pages reach; put together in `site`.

    `hashing` bounds how many passwords are looked at at once: each takes 64 MiB and a core; `speaking` does so for
    typed words that become speech (`listening`: for whom right now), and `alarming` for those of an emergency, which
    wait for no others. `wait` holds back who guesses, by seconds of `monotonic`:
    `patience` one who guesses one thing, `crowd` many guesses that come together. `doors` is None where the pages are
    for this computer alone. `closing` is set when the hub is about to stop. `send` brings an alert to its place, or
    says whether an address can be used.
    """

    desk: Desk
    online_since: OnlineSince
    memory: Memory
    pages: Pages
    languages: Mapping[str, Words]
    incoming: Incoming
    uploads: Uploads
    patience: Patience
    crowd: Patience
    hashing: CapacityLimiter
    speaking: CapacityLimiter
    listening: set[str]
    alarming: CapacityLimiter
    wait: Callable[[float], Awaitable[None]]
    monotonic: Callable[[], float]
    is_https: bool
    doors: Doors | None
    closing: Event
    alert_words: AlertWords
    send: Send


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, the hub it asks, and the language of the answer; a subclass adds who asks."""

    request: Request
    hub: Hub
    words: Words

    @property
    def desk(self) -> Desk:
        return self.hub.desk

    @property
    def now(self) -> datetime:
        return self.hub.desk.clock()
