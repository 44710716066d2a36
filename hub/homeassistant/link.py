"""The hub's connection to Home Assistant's broker: it only publishes, and reads back its own descriptions.

Nothing that comes from there acts on anything here. paho's own thread moves the bytes and connects again.
"""

import logging
import threading
from contextlib import suppress
from secrets import token_hex

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from hub.homeassistant.address import BrokerAddress
from hub.homeassistant.discovery import OFFLINE, ONLINE, Topics

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
RETRY_LONGEST_S = 60
GOODBYE_S = 2.0
FOUND_MAX = 10_000
"""Descriptions that are held until somebody takes them; more are not read."""


class HomeLink:
    """`connection` rises with every connection, and is 0 while there is none."""

    def __init__(self, address: BrokerAddress, topics: Topics) -> None:
        self._topics = topics
        self._lock = threading.Lock()
        self._found: dict[str, bytes] = {}
        self._count = 0
        self._connection = 0
        self._client = Client(CallbackAPIVersion.VERSION2, f"loa-{token_hex(6)}", protocol=MQTTProtocolVersion.MQTTv311)
        if address.user:
            self._client.username_pw_set(address.user, address.password)
        if address.is_tls:
            self._client.tls_set()
        self._client.will_set(topics.availability, OFFLINE, 1, retain=True)
        self._client.reconnect_delay_set(1, RETRY_LONGEST_S)
        self._client.on_connect = self._greet
        self._client.on_disconnect = self._note_break
        self._client.on_message = self._keep
        self._client.connect_async(address.host, address.port, KEEPALIVE_S)

    @property
    def connection(self) -> int:
        return self._connection

    def start(self) -> None:
        self._client.loop_start()

    def stop(self) -> None:
        """Say that the hub goes away, and close."""
        if self._connection:
            with suppress(RuntimeError, ValueError):  # it broke just now: then the last will says so
                self._client.publish(self._topics.availability, OFFLINE, 1, retain=True).wait_for_publish(GOODBYE_S)
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Lay a message for whoever comes; empty takes it away."""
        self._client.publish(topic, payload, 1, retain=True)

    def take_found(self) -> dict[str, bytes]:
        """Descriptions that lay at the broker before this connection, by topic; each once."""
        with self._lock:
            found, self._found = self._found, {}
        return found

    def _greet(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("máy chủ MQTT của Home Assistant từ chối / Home Assistant's broker refuses: %s", reason)
            return
        client.subscribe(self._topics.descriptions, 1)
        client.publish(self._topics.availability, ONLINE, 1, retain=True)
        self._count += 1
        self._connection = self._count

    def _note_break(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._connection = 0
        log.info("connection to Home Assistant's broker ended: %s", reason)

    def _keep(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        with self._lock:
            if message.retain and len(self._found) < FOUND_MAX:
                self._found[message.topic] = bytes(message.payload)
