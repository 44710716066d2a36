"""A crowd of nodes on raw TLS sockets: sends events as fast as receipts allow, and again what got no receipt.

Like a node's outbox it waits for the hub's own state, holds what it sent until the receipt, and survives a hub that
is killed. The publisher of an MQTT library would be the bottleneck here.
"""

import argparse
import json
import select
import socket
import ssl
import struct
import sys
import time
from collections.abc import Iterator

from contract import codec
from contract.orders import Receipt
from contract.reports import State
from contract.topics import HUB_STATE, Address

EVENT_BYTES = 200
RESEND_AFTER_S = 5.0
RETRY_S = 0.1
_READ_BYTES = 256 * 1024
_BODY = (
    '{{"v":1,"kind":"change","key":{{"stream":"{stream}","seq":{seq}}},"at":"2026-03-02T05:00:00.123456Z",'
    '"subject":"camera:gate","value":"frozen","detail":"{detail}"}}'
)


def event(stream: str, seq: int) -> bytes:
    """One event of exactly EVENT_BYTES."""
    bare = len(_BODY.format(stream=stream, seq=seq, detail=""))
    return _BODY.format(stream=stream, seq=seq, detail="x" * (EVENT_BYTES - bare)).encode()


class Outbox:
    """What one node has to say. `waiting` holds when each event without a receipt was last sent, oldest first."""

    def __init__(self, stream: str, count: int, window: int) -> None:
        self.waiting: dict[int, float] = {}
        self.resent = 0
        self._stream, self._count, self._window = stream, count, window
        self._next = 1

    @property
    def is_done(self) -> bool:
        return self._next > self._count and not self.waiting

    def take(self, receipt: Receipt) -> None:
        for seq in receipt.seqs:
            self.waiting.pop(seq, None)

    def lose(self) -> None:
        """The connection broke: all that is waiting is to be sent again."""
        self.waiting = dict.fromkeys(self.waiting, 0.0)

    def due(self, now: float) -> Iterator[bytes]:
        """Old events that got no receipt, then new ones as far as the window goes."""
        if self.waiting and next(iter(self.waiting.values())) < now - RESEND_AFTER_S:
            late = [seq for seq, sent_at in self.waiting.items() if sent_at < now - RESEND_AFTER_S]
            self.resent += len(late)
            for seq in late:
                del self.waiting[seq]
                self.waiting[seq] = now
                yield event(self._stream, seq)
        while self._next <= self._count and len(self.waiting) < self._window:
            self.waiting[self._next] = now
            yield event(self._stream, self._next)
            self._next += 1


class Node:
    """One connection to the broker, and the outbox behind it."""

    def __init__(self, id: str, secret: str, port: int, tls: ssl.SSLContext, outbox: Outbox) -> None:
        self.outbox = outbox
        self.stream: ssl.SSLSocket | None = None
        self._id, self._secret, self._port, self._tls = id, secret, port, tls
        self._address = Address.of_node(id)
        self._topic = _text(self._address.topic("event"))
        self._unread = self._unsent = b""
        self._is_hub_online = False
        self._number = 0

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def connect(self) -> None:
        """Raises OSError where the broker is not there."""
        plain = socket.create_connection(("127.0.0.1", self._port), 5)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self._tls.wrap_socket(plain, server_hostname="localhost")
        self.stream.setblocking(False)
        self._unread, self._is_hub_online = b"", False
        named = b"".join(map(_text, (self._id, self._id, self._secret)))
        wanted = b"".join(_text(topic) + b"\x01" for topic in (HUB_STATE, self._address.topic("receipt")))
        hello = _packet(0x10, _text("MQTT") + struct.pack("!BBH", 4, 0xC2, 60) + named)
        self._unsent = hello + _packet(0x82, b"\x00\x01" + wanted)

    def read(self) -> None:
        """Take what arrived."""
        assert self.stream is not None
        try:
            while arrived := self.stream.recv(_READ_BYTES):
                self._unread += arrived
            self._break()
        except ssl.SSLWantReadError:
            for head, body in self._packets():
                if head >> 4 == 3:
                    self._take(head, body)
        except OSError:
            self._break()

    def send(self, now: float) -> None:
        """Send what is due, as far as the system takes it."""
        if self.stream is None:
            return
        if self._is_hub_online and len(self._unsent) < _READ_BYTES:
            self._unsent += b"".join(self._publish(each) for each in self.outbox.due(now))
        try:
            while self._unsent:
                self._unsent = self._unsent[self.stream.send(self._unsent) :]
        except ssl.SSLWantWriteError:
            return
        except OSError:
            self._break()

    def _break(self) -> None:
        assert self.stream is not None
        self.stream.close()
        self.stream, self._unsent = None, b""
        self.outbox.lose()

    def _publish(self, payload: bytes) -> bytes:
        self._number = self._number % 65535 + 1
        return _packet(0x32, self._topic + struct.pack("!H", self._number) + payload)

    def _take(self, head: int, body: bytes) -> None:
        size = int.from_bytes(body[:2], "big")
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        if head & 6:
            self._unsent += b"\x40\x02" + rest[:2]
            rest = rest[2:]
        if topic == HUB_STATE:
            self._is_hub_online = codec.decode(rest, State).is_online
        else:
            self.outbox.take(codec.decode(rest, Receipt))

    def _packets(self) -> Iterator[tuple[int, bytes]]:
        """Cut what was read into packets; an unfinished one stays."""
        data, at = self._unread, 0
        while True:
            size, place = 0, at + 1
            while place < len(data) and data[place] & 128:
                size |= (data[place] & 127) << 7 * (place - at - 1)
                place += 1
            if place >= len(data):
                break
            size |= data[place] << 7 * (place - at - 1)
            end = place + 1 + size
            if end > len(data):
                break
            yield data[at], data[place + 1 : end]
            at = end
        self._unread = data[at:]


def run(nodes: list[Node]) -> dict[str, float]:
    """Send all events of all nodes and return once each has its receipt."""
    begun = 0.0
    retry_at = dict.fromkeys(nodes, 0.0)
    while not all(node.outbox.is_done for node in nodes):
        now = time.monotonic()
        poll = select.poll()
        watched: dict[int, Node] = {}
        for node in nodes:
            if node.stream is None and now > retry_at[node]:
                retry_at[node] = now + RETRY_S
                _try_to_connect(node)
            node.send(now)
            if node.stream is not None:
                watched[node.stream.fileno()] = node
                poll.register(node.stream, select.POLLIN | (select.POLLOUT if node.has_unsent else 0))
        begun = begun or (now if any(node.outbox.waiting for node in nodes) else 0.0)
        for number, what in poll.poll(50):
            if what & ~select.POLLOUT:
                watched[number].read()
    resent = sum(node.outbox.resent for node in nodes)
    return {"seconds": time.monotonic() - begun, "processor_s": time.process_time(), "resent": resent}


def _try_to_connect(node: Node) -> None:
    try:
        node.connect()
    except OSError:
        node.stream = None


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("!H", len(raw)) + raw


def _packet(head: int, body: bytes) -> bytes:
    size, length = len(body), b""
    while True:
        size, low = size >> 7, size & 127
        length += bytes([low | (128 if size else 0)])
        if not size:
            return bytes([head]) + length + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--nodes", nargs="+", required=True)
    parser.add_argument("--count", type=int, required=True, help="events of each node")
    parser.add_argument("--window", type=int, required=True, help="events of a node that may lack a receipt")
    options = parser.parse_args()
    tls = ssl.create_default_context(cafile=options.ca)
    crowd = [
        Node(id, options.secret, options.port, tls, Outbox(f"load-{id}", options.count, options.window))
        for id in options.nodes
    ]
    json.dump(run(crowd), sys.stdout)


if __name__ == "__main__":
    main()
