"""The hub's connection to its broker; the only hub file that knows paho.

Messages are handed over in bursts and acknowledged by whoever has committed them. Its thread only moves bytes:
everything slow happens elsewhere. After any break it connects again by itself.

paho keeps the connection: it greets, subscribes, publishes and keeps alive. The messages of the nodes are taken out
of the stream before it, and acknowledged beside it: its reader asks the socket for one byte, one byte and the rest of
each, and costs as much as judging and storing them.
"""

import contextlib
import logging
import queue
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract import codec
from contract.reports import State
from contract.topics import HUB_ID, HUB_STATE, PREFIX, UP_KINDS
from hub.nodes.buffered import BufferedSocket
from hub.nodes.sieve import acknowledgement

log = logging.getLogger(__name__)

KEEPALIVE_S = 15
RETRY_S = 0.2
"""Between attempts to connect: the broker is on this machine, and usually back at once."""
UNREAD_MAX = 20_000
"""Messages that wait here and need no acknowledgement; more are dropped. The others the broker holds back."""
UNANSWERED_MAX = 1000
"""Messages to nodes on the way to the broker; more wait in memory."""
_LOOK_S = 1.0


class Token(NamedTuple):
    """What acknowledges a message: its number on the connection over which it came."""

    connection: int
    number: int


class Message(NamedTuple):
    topic: str
    payload: bytes
    token: Token | None


class Link:
    """Connects to the broker's loopback port as the hub.

    `on_connected` is called from the link's own thread whenever the hub can be reached by its nodes again; it may
    only pass the word on.
    """

    def __init__(self, port: int, password: str, now: Callable[[], datetime], on_connected: Callable[[], None]) -> None:
        self._now = now
        self._on_connected = on_connected
        self._client = _make_client(port, password)
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = self._greet
        self._client.on_disconnect = self._note_break
        self._client.on_message = self._take
        self._bursts: queue.SimpleQueue[list[Message]] = queue.SimpleQueue()
        self._burst: list[Message] = []
        self._acknowledgements: deque[tuple[int, bytes]] = deque()
        self._connection = 0
        self._online_since: datetime | None = None
        self._is_stopping = threading.Event()
        self._bell_rope, self._bell = socket.socketpair()
        self._bell_rope.setblocking(False)
        self._bell.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="hub-link", daemon=True)

    @property
    def online_since(self) -> datetime | None:
        """Since when messages of the nodes arrive here; None while they do not."""
        return self._online_since

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs, connected or not."""
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Tell the nodes that the hub goes away, and close. What is not acknowledged by now comes again."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._ring()
            self._thread.join()
        self._bell_rope.close()
        self._bell.close()

    def receive(self, timeout_s: float) -> list[Message]:
        """The next messages in their order; none after `timeout_s` of silence."""
        try:
            return self._bursts.get(timeout=timeout_s)
        except queue.Empty:
            return []

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Tell the broker that these are committed. Those of an earlier connection it has forgotten itself."""
        present = self._connection
        tokens = [message.token for message in messages]
        packets = b"".join(acknowledgement(t.number) for t in tokens if t is not None and t.connection == present)
        self._acknowledgements.append((present, packets))
        self._ring()

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> None:
        """Send to a node. Dropped while there is no broker: plans are laid anew after each connection, commands
        are signed anew, and a record whose receipt was lost comes again."""
        if self._online_since is None:
            log.debug("not connected, dropped a message on %s", topic)
            return
        self._client.publish(topic, payload, qos, retain)
        self._ring()

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            try:
                self._client.reconnect()
            except OSError as error:
                log.debug("no broker yet: %s", error)
                self._is_stopping.wait(RETRY_S)
                continue
            self._serve()
            self._is_stopping.wait(RETRY_S)

    def _serve(self) -> None:
        """Move bytes until the connection ends."""
        watch = select.poll()
        watch.register(self._bell, select.POLLIN)
        stream = self._client.socket()
        assert isinstance(stream, BufferedSocket)
        self._connection += 1
        while self._client.socket() is stream:
            is_waiting = stream.has_unsent or self._client.want_write()
            watch.register(stream, select.POLLIN | (select.POLLOUT if is_waiting else 0))
            happened = dict(watch.poll(_LOOK_S * 1000))
            if happened.pop(self._bell.fileno(), 0):
                self._bell.recv(4096)
            if happened:
                self._read(stream)
            if self._is_stopping.is_set():
                self._say_goodbye()
            self._write(stream)
            self._client.loop_misc()

    def _read(self, stream: BufferedSocket) -> None:
        for topic, payload, number in stream.fill():
            if topic == HUB_STATE:
                stream.send(acknowledgement(number))
            else:
                self._burst.append(Message(topic, payload, Token(self._connection, number)))
        while stream.has_read and self._client.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            pass
        if self._burst:
            self._bursts.put(self._burst)
            self._burst = []

    def _write(self, stream: BufferedSocket) -> None:
        while self._acknowledgements and not stream.is_full:
            connection, packets = self._acknowledgements.popleft()
            if connection == self._connection:
                stream.send(packets)
        if self._client.want_write():
            self._client.loop_write()
        stream.flush()

    def _say_goodbye(self) -> None:
        self._online_since = None
        self._client.publish(HUB_STATE, codec.encode(State(is_online=False)), 1, retain=True)
        self._client.disconnect()

    def _ring(self) -> None:
        """Wake the link's thread."""
        with contextlib.suppress(BlockingIOError):  # then it has been rung often enough
            self._bell_rope.send(b"!")

    def _subscribe(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("the broker refuses the hub: %s", reason)
            return
        client.subscribe([(f"{PREFIX}/+/+/{kind}", 1) for kind in UP_KINDS])

    def _greet(
        self, client: Client, userdata: object, mid: int, granted: list[ReasonCode], properties: Properties | None
    ) -> None:
        self._online_since = self._now()
        client.publish(HUB_STATE, codec.encode(State(is_online=True)), 1, retain=True)
        self._on_connected()

    def _note_break(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._online_since = None
        if not self._is_stopping.is_set():
            log.warning("connection to the broker lost: %s", reason)

    def _take(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        """The few that come without need of acknowledgement. Only enqueue: what went wrong here would end the loop."""
        if self._bursts.qsize() < UNREAD_MAX:
            self._burst.append(Message(message.topic, bytes(message.payload), None))


class _BufferedClient(Client):
    def _create_socket(self) -> BufferedSocket:
        raw = super()._create_socket()
        if isinstance(raw, socket.socket):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return BufferedSocket(raw)


def _make_client(port: int, password: str) -> Client:
    client = _BufferedClient(CallbackAPIVersion.VERSION2, HUB_ID, protocol=MQTTProtocolVersion.MQTTv311)
    client.username_pw_set(HUB_ID, password)
    client.will_set(HUB_STATE, codec.encode(State(is_online=False)), 1, retain=True)
    client.max_inflight_messages_set(UNANSWERED_MAX)
    client.on_socket_register_write = _write_later
    client.connect_async("127.0.0.1", port, KEEPALIVE_S)
    return client


def _write_later(client: Client, userdata: object, stream: object) -> None:
    """Being set keeps paho from writing in the thread of whoever publishes; `_ring` wakes the one that writes."""
