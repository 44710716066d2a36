"""Takes what the nodes say into the database: judge, commit, then acknowledge, then send receipts.

Nothing is acknowledged before it is durable, so a hub that is killed loses nothing, and since every event has its
key, nothing is kept twice. A message that nobody can use is counted and acknowledged: it must not come for ever.
What is taken but not yet committed is bounded by what the broker lets be unacknowledged.
"""

import logging
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contract import codec, topics
from contract.codec import Malformed
from contract.events import Event, Key
from contract.orders import Receipt
from contract.pictures import Pictures
from contract.reports import Birth, Heartbeat, State
from contract.topics import Address
from hub.history import figures
from hub.history.figures import Sample
from hub.nodes.link import Message
from hub.store import history, nodes, records, thumbnails
from hub.store.database import Database

log = logging.getLogger(__name__)

BATCH_MAX = 2000
GATHER_S = 0.05
BUSY_FROM = 32
"""From this many messages at once it pays to gather more for one commit; fewer are written straight away."""
RETRY_FIRST_S = 0.1
RETRY_LONGEST_S = 5.0
_LOOK_S = 0.5
KEEP_PICTURES = timedelta(hours=24)


class Source(Protocol):
    """The link, as far as it is needed here."""

    def receive(self, timeout_s: float) -> list[Message]: ...
    def acknowledge(self, messages: Iterable[Message]) -> None: ...
    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> None: ...


@dataclass(slots=True)
class Heard:
    """What a batch said, by kind, each with its node and its arrival; and what in it was of no use."""

    states: list[tuple[str, bool, datetime]] = field(default_factory=list)
    births: list[tuple[str, Birth, datetime]] = field(default_factory=list)
    heartbeats: list[tuple[str, Heartbeat, datetime]] = field(default_factory=list)
    kept: list[tuple[str, Heartbeat, datetime]] = field(default_factory=list)
    """Of earlier, when nobody heard their nodes: figures, and no word of the present."""
    events: list[tuple[str, Event, datetime]] = field(default_factory=list)
    pictures: list[tuple[str, Pictures, datetime]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    hopeless: list[tuple[str, Key]] = field(default_factory=list)
    """Events that can never be kept but have a key: they get a receipt too, or their node would send them for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed:
    """As much of an event as says which it is."""

    key: Key


class Ingest:
    """One thread between the link and the database. `tell` hears "fleet", "records" and "pictures" after each commit;
    `keep_pictures` is how long a camera's small pictures are kept."""

    def __init__(
        self,
        source: Source,
        database: Database,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
        keep_pictures: timedelta = KEEP_PICTURES,
    ) -> None:
        self.refused: Tally[str] = Tally()
        """How many messages were of no use, by topic."""
        self._source = source
        self._database = database
        self._now = now
        self._tell = tell
        self._keep_pictures = keep_pictures
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-ingest", daemon=True)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand. What is not committed is not acknowledged, and comes again."""
        self._is_stopping.set()
        self._thread.join()

    def step(self, timeout_s: float) -> int:
        """Take one batch all the way. Returns how many messages it had; 0 after `timeout_s` of silence."""
        messages = self._gather(timeout_s)
        if not messages:
            return 0
        parts = self._keep_trying(messages)
        if parts:
            self._source.acknowledge(messages)
        for heard in parts:
            self._answer(heard)
        return len(messages)

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            self.step(_LOOK_S)

    def _gather(self, timeout_s: float) -> list[Message]:
        """All that is here now, and under load what comes in the next moment too: few commits write much."""
        messages = list(self._source.receive(timeout_s))
        deadline = time.monotonic() + GATHER_S
        while 0 < len(messages) < BATCH_MAX:
            left_s = deadline - time.monotonic() if len(messages) >= BUSY_FROM else 0.0
            more = self._source.receive(max(left_s, 0.0))
            if not more:
                break
            messages += more
        return messages

    def _keep_trying(self, messages: Sequence[Message]) -> list[Heard]:
        """Commit, and while the database cannot, try again. Empty where the hub stops meanwhile."""
        pause_s = RETRY_FIRST_S
        while True:
            try:
                return self._commit(messages)
            except (DBAPIError, PoolTimeout) as error:
                log.error("%d messages wait for the database: %s", len(messages), error)
            if self._is_stopping.wait(pause_s):
                return []
            pause_s = min(pause_s * 2, RETRY_LONGEST_S)

    def _commit(self, messages: Sequence[Message]) -> list[Heard]:
        """Judge and write. Where the database refuses what one message says, the others are written without it.

        Raises DBAPIError or PoolTimeout where the database cannot write at all.
        """
        senders = {address[0] for topic, _, _ in messages if (address := _address(topic)) is not None}
        with self._database.read() as c:
            known = nodes.active(c, senders)
        heard = judge(messages, known, self._now())
        try:
            self._write(heard)
        except StatementError as error:
            is_unusable = isinstance(error, DataError | IntegrityError) or not isinstance(error, DBAPIError)
            if not is_unusable:
                raise
            if len(messages) == 1:
                refused = [(messages[0].topic, str(error.orig or error))]
                return [Heard(refused=refused, hopeless=[(node, event.key) for node, event, _ in heard.events])]
            half = len(messages) // 2
            return self._commit(messages[:half]) + self._commit(messages[half:])
        return [heard]

    def _write(self, heard: Heard) -> None:
        with self._database.write() as c:
            nodes.note_states(c, heard.states)
            nodes.note_births(c, heard.births)
            nodes.note_heartbeats(c, heard.heartbeats)
            history.keep_samples(c, _samples((*heard.heartbeats, *heard.kept)))
            nodes.note_heard(c, list({node: (node, at) for node, _, at in (*heard.events, *heard.pictures)}.values()))
            records.insert_events(c, heard.events)
            for node, pictures, at in heard.pictures:
                if not thumbnails.take(c, node, pictures, at, self._keep_pictures):
                    heard.refused.append((Address.of_node(node).topic("picture"), "no pictures that were asked for"))

    def _answer(self, heard: Heard) -> None:
        """After the commit: receipts to the nodes, news to the pages, a word about what was of no use."""
        keys = [*((node, event.key) for node, event, _ in heard.events), *heard.hopeless]
        for (node, stream), seqs in _by_stream(keys).items():
            receipt = Receipt(stream=stream, seqs=tuple(seqs))
            self._source.publish(Address.of_node(node).topic("receipt"), codec.encode(receipt))
        if heard.states or heard.births or heard.heartbeats:
            self._tell("fleet")
        if heard.events:
            self._tell("records")
        if heard.pictures:
            self._tell("pictures")
        if heard.refused:
            self.refused.update(topic for topic, _ in heard.refused)
            topic, reason = heard.refused[0]
            log.warning("%d messages refused; the first, on %s: %s", len(heard.refused), topic, reason)


def judge(messages: Iterable[Message], known: AbstractSet[str], at: datetime) -> Heard:
    """Sort messages by kind: each must come from a node in `known`, on a topic of its own, and read as its kind."""
    heard = Heard()
    for topic, payload, _ in messages:
        address = _address(topic)
        if address is None or address[0] not in known:
            heard.refused.append((topic, "not the topic of a node that may speak"))
            continue
        try:
            _sort(heard, *address, payload, at)
        except Malformed as error:
            heard.refused.append((topic, str(error)))
            if address[1] == "event":
                heard.hopeless += _keyed(address[0], payload)
    return heard


def _keyed(node: str, payload: bytes) -> list[tuple[str, Key]]:
    try:
        return [(node, codec.decode(payload, _Keyed).key)]
    except Malformed:
        return []


def _sort(heard: Heard, node: str, kind: str, payload: bytes, at: datetime) -> None:
    """Read one message into its place. Raises Malformed."""
    if kind == "event":
        heard.events.append((node, codec.decode_event(payload), at))
    elif kind == "report":
        heartbeat = codec.decode(payload, Heartbeat)
        (heard.kept if heartbeat.is_kept else heard.heartbeats).append((node, heartbeat, at))
    elif kind == "birth":
        heard.births.append((node, codec.decode(payload, Birth), at))
    elif kind == "picture":
        heard.pictures.append((node, codec.decode(payload, Pictures), at))
    elif kind == "state":
        heard.states.append((node, codec.decode(payload, State).is_online, at))
    else:
        raise Malformed("nodes do not speak here")


@lru_cache(maxsize=4096)
def _address(topic: str) -> tuple[str, str] | None:
    """Node and kind of a topic, remembered: the same few come again and again. None where it is no node's."""
    try:
        address, kind = topics.parse(topic)
    except ValueError:
        return None
    return address.node, kind


def _samples(heartbeats: Iterable[tuple[str, Heartbeat, datetime]]) -> Iterator[tuple[str, datetime, Sample]]:
    for node, heartbeat, arrived_at in heartbeats:
        at = figures.measured_at(heartbeat, arrived_at)
        if at is not None:
            yield node, at, figures.sample(heartbeat)


def _by_stream(keys: Iterable[tuple[str, Key]]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for node, key in keys:
        found.setdefault((node, key.stream), []).append(key.seq)
    return found
