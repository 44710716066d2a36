"""The node's one connection to its hub, and the only file of the node that knows the MQTT library.

The library and all its callbacks live in one thread, which does nothing but queue; the link decides in its `step`.
"""

import contextlib
import logging
import queue
import random
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract import codec
from contract.form import require
from contract.orders import Receipt
from contract.reports import Birth, State
from contract.settings import setting
from contract.topics import HUB_STATE, Address
from edge import access, parcel, uplink
from edge.access import Access, Plaint
from edge.backlog import Backlog
from edge.clock import Clock
from edge.config import Paths
from edge.fetch import Fetcher, FetchThread
from edge.forward import Forwarder
from edge.identity import NodeSettings
from edge.inbox import Inbox
from edge.report import Reporter
from edge.spool import Spool, ring
from edge.stream import Streams

KEEPALIVE_S = 15
CONNECT_TIMEOUT_S = 10.0
STEP_S = 1.0
NEWS_MAX = 1000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """`link.toml`, where there is one."""

    audio_limit_mb: int = setting(2048, "Most room for sounds on the card, in MB; the least needed go first.")

    def __post_init__(self) -> None:
        require(self.audio_limit_mb > 0, "audio_limit_mb: above 0")


DEFAULTS = LinkSettings()


@dataclass(frozen=True, slots=True)
class Up:
    """The broker has accepted the connection."""


@dataclass(frozen=True, slots=True)
class Down:
    """There is no connection, and why."""

    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """What came on a topic."""

    topic: str
    payload: bytes


News = Up | Down | Message


class Session:
    """Keeps a connection in a thread of its own, for ever anew, and trades messages with it through queues."""

    def __init__(self, hub: Access, address: Address, bell: Path) -> None:
        self._hub = hub
        self._topics = [HUB_STATE, *(address.topic(kind) for kind in ("plan", "command", "receipt"))]
        self._state_topic = address.topic("state")
        self._bell = bell
        self._tls = hub.tls()
        self._news: queue.Queue[News] = queue.Queue(NEWS_MAX)
        self._outgoing: deque[tuple[str, bytes, int]] = deque()
        self._refusal = ""
        self._is_closing = threading.Event()
        self._wake, self._waker = socket.socketpair()
        for end in (self._wake, self._waker):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def news(self) -> Iterator[News]:
        """What has happened since the last call, in order."""
        while True:
            try:
                yield self._news.get_nowait()
            except queue.Empty:
                return

    def send(self, topic: str, payload: bytes, qos: int) -> None:
        """Queue a message for the present connection; it dies with it."""
        self._outgoing.append((topic, payload, qos))
        self._rouse()

    def close(self) -> None:
        """Say goodbye to the broker, for at most two seconds."""
        self._is_closing.set()
        self._rouse()
        self._thread.join(timeout=2.0)
        if not self.is_alive:
            self._wake.close()
            self._waker.close()

    def _rouse(self) -> None:
        with contextlib.suppress(OSError):  # roused often enough, or closed
            self._waker.send(b"!")

    def _run(self) -> None:
        failures = 0
        while not self._is_closing.is_set():
            began_s = time.monotonic()
            self._tell(Down(self._connect()))
            failures = 0 if time.monotonic() - began_s >= uplink.STABLE_S else failures + 1
            self._is_closing.wait(uplink.backoff_s(max(failures - 1, 0), random.random()))

    def _connect(self) -> str:
        """One connection from its beginning to its end; returns why it ended."""
        client = self._client()
        self._refusal = ""
        self._outgoing.clear()
        try:
            client.connect(self._hub.host, self._hub.mqtt_port, KEEPALIVE_S)
        except OSError as error:
            return access.explain(error)
        while (wire := client.socket()) is not None and not self._is_closing.is_set():
            self._pump(client, wire.fileno())
        if self._is_closing.is_set():
            self._part(client)
        return self._refusal or "kết nối với máy chủ bị ngắt / the connection to the hub was cut"

    def _client(self) -> Client:
        """A fresh client each time: what an old one still holds must not be sent behind the outbox's back."""
        client = Client(CallbackAPIVersion.VERSION2, self._hub.node, protocol=MQTTProtocolVersion.MQTTv311)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.username_pw_set(self._hub.node, self._hub.secret)
        client.tls_set_context(self._tls)
        client.will_set(self._state_topic, codec.encode(State(is_online=False)), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _pump(self, client: Client, wire: int) -> None:
        """Let bytes flow for at most a second, or until there is something to do."""
        is_writing = client.want_write()
        select.select([wire, self._wake.fileno()], [wire] if is_writing else [], [], 1.0)
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(1024)
        client.loop_read()
        while isinstance(rest := client.socket(), ssl.SSLSocket) and rest.pending():
            client.loop_read()
        while self._outgoing and client.is_connected():
            topic, payload, qos = self._outgoing.popleft()
            client.publish(topic, payload, qos, retain=topic == self._state_topic)
        if client.want_write():
            client.loop_write()
        client.loop_misc()

    def _part(self, client: Client) -> None:
        client.publish(self._state_topic, codec.encode(State(is_online=False)), qos=1, retain=True)
        client.disconnect()
        until_s = time.monotonic() + 1.0
        while client.socket() is not None and client.want_write() and time.monotonic() < until_s:
            client.loop_write()

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            is_credential = code.getName() in ("Not authorized", "Bad user name or password")
            self._refusal = access.BAD_CREDENTIAL if is_credential else f"máy chủ từ chối / the hub refuses: {code}"
            return
        client.subscribe([(topic, 1) for topic in self._topics])
        self._tell(Up())

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if len(message.payload) > codec.MESSAGE_MAX:
            _log.warning("dropped %d bytes on %s", len(message.payload), message.topic)
        else:
            self._tell(Message(message.topic, bytes(message.payload)))

    def _tell(self, news: News) -> None:
        self._news.put(news)  # a flood fills the queue, then waits at the broker
        ring(self._bell)


class Link:
    """The link's process: `step` is one look at everything. `bell` (run/link.bell) rings when it has reason to."""

    def __init__(self, paths: Paths, node: NodeSettings, clock: Clock, settings: LinkSettings = DEFAULTS) -> None:
        hub = access.load(paths, node)
        spool = Spool(paths.spool)
        self._clock = clock
        self._run = paths.run
        self._address = node.address
        self._inbox = Inbox(spool, lambda: ring(paths.run / "speaker.bell"))
        self._forwarder = Forwarder(paths.state)
        self._reporter = Reporter(paths.run, clock)
        self._backlog = Backlog(clock.monotonic())
        self._fetcher = Fetcher(spool, hub, settings.audio_limit_mb * 1_000_000, self._inbox.ring_speaker)
        self._fetching = FetchThread(self._fetcher, clock.monotonic)
        self._streams = Streams(paths.run, clock)
        self._session = Session(hub, node.address, paths.run / "link.bell")
        self._plaint = Plaint(_log)
        self._pictures_plaint = Plaint(_log)
        self.is_connected = False
        self.is_hub_online = False

    def step(self) -> float:
        """Take what came, send what is due. Returns seconds until the next wish.

        Raises RuntimeError where one of its threads has died: only a new process can be trusted then.
        """
        if not (self._session.is_alive and self._fetching.is_alive):
            raise RuntimeError("a thread of the link has died")
        for news in self._session.news():
            self._take(news)
        self._inbox.settle()
        self._fetcher.look.set()
        if self.is_connected:
            self._send()
        self._mind_backlog()
        self._send_pictures()
        return min(STEP_S, self._streams.step())

    def close(self) -> None:
        self._streams.close()
        self._session.close()
        self._fetching.close()
        self._forwarder.close()

    def _take(self, news: News) -> None:
        match news:
            case Up():
                _log.info("connected to the hub's broker")
                self._plaint.say("")
                self.is_connected, self.is_hub_online = True, False
                self._session.send(self._address.topic("state"), codec.encode(State(is_online=True)), qos=1)
                self._fetcher.retry_now()
                self._start_over()
            case Down(text):
                self.is_connected = self.is_hub_online = False
                self._plaint.say(text)
            case Message(topic, payload) if topic == HUB_STATE:
                self._hear_hub(payload)
            case Message(topic, payload) if topic == self._address.topic("receipt"):
                self._take_receipt(payload)
            case Message(topic, payload):
                self._inbox.take(topic.rpartition("/")[2], payload)

    def _hear_hub(self, payload: bytes) -> None:
        """Events wait while the hub is away; when it comes, it hears everything that it may have missed."""
        was_online = self.is_hub_online
        try:
            self.is_hub_online = codec.decode(payload, State).is_online
        except codec.Malformed as error:
            _log.warning("the hub's state is malformed: %s", error)
            self.is_hub_online = False
        if self.is_hub_online and not was_online:
            self._start_over()

    def _take_receipt(self, payload: bytes) -> None:
        try:
            self._forwarder.confirm(codec.decode(payload, Receipt))
        except codec.Malformed as error:
            _log.warning("dropped a malformed receipt: %s", error)

    def _start_over(self) -> None:
        self._reporter.renew()
        self._forwarder.resend()

    def _send(self) -> None:
        for report in self._reporter.due(self._inbox.received):
            is_birth = isinstance(report, Birth)
            topic = self._address.topic("birth" if is_birth else "report")
            self._session.send(topic, codec.encode(report), qos=1 if is_birth else 0)
        if self.is_hub_online:
            for event in self._forwarder.due(self._clock.monotonic()):
                self._session.send(self._address.topic("event"), event, qos=1)

    def _mind_backlog(self) -> None:
        """Keep figures while the hub is away; hand them over, a few at a time, while it is there."""
        now_s = self._clock.monotonic()
        if self.is_connected and self.is_hub_online:
            self._backlog.hear(now_s)
            if (kept := self._backlog.take(now_s)) is not None:
                self._session.send(self._address.topic("report"), kept, qos=1)
        elif self._backlog.is_due(now_s):
            self._backlog.keep(self._reporter.present(self._inbox.received), now_s)

    def _send_pictures(self) -> None:
        """Hand over what the camera process was asked for; while there is nobody to take it, it waits and expires."""
        now_s = self._clock.monotonic()
        try:
            if not (self.is_connected and self.is_hub_online):
                parcel.expire(self._run, now_s)
                return
            for each in parcel.collect(self._run, now_s):
                _log.info("pictures of %s sent, for command %d.%d", each.camera, each.command.epoch, each.command.n)
                self._session.send(self._address.topic("picture"), codec.encode(each), qos=1)
        except OSError as error:
            self._pictures_plaint.say(f"hình không lấy được / pictures cannot be taken: {error}")
