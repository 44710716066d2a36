"""A crowd of nodes on raw sockets: sends events as fast as receipts allow, and again what got no receipt.

Like a node's outbox it waits for the hub's own state, keeps what it sent until the receipt, and survives a hub that
is killed. An MQTT library's publisher would be the bottleneck here.
"""

import argparse
import json
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator


import msgspec

from contract import codec
from contract.orders import Receipt
from contract.reports import State
from contract.topics import HUB_STATE, Address

EVENT_BYTES = 200
RESEND_AFTER_S = 5.0
_READ_BYTES = 256 * 1024
_BODY = (
    '{{"v":1,"kind":"change","key":{{"stream":"{stream}","seq":{seq}}},"at":"2026-03-02T05:00:00.123456Z",'
    '"subject":"camera:gate","value":"frozen","detail":"{detail}"}}'
)


def event(stream: str, seq: int) -> bytes:
    """One event of exactly EVENT_BYTES."""
    bare = len(_BODY.format(stream=stream, seq=seq, detail=""))
    return _BODY.format(stream=stream, seq=seq, detail="x" * (EVENT_BYTES - bare)).encode()


class Node:
    """One connection. `waiting` holds what was sent and has no receipt yet, by sequence number."""

    def __init__(self, id: str, secret: str, port: int, count: int, window: int) -> None:
        self._id, self._secret, self._port = id, secret, port
        self._address = Address.of_node(id)
        self._stream = f"load-{id}"
        self._count, self._window = count, window
        self._next = 1
        self.waiting: dict[int, float] = {}
        self._socket: socket.socket | None = None
        self._unread = b""
        self._unsent = b""
        self._is_hub_online = False
        self._mid = 0
        self.resent = 0

    @property
    def is_done(self) -> bool:
        return self._next > self._count and not self.waiting

    @property
    def socket(self) -> socket.socket | None:
        return self._socket

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def connect(self) -> None:
        """Raises OSError where the broker is not there."""
        connection = socket.create_connection(("127.0.0.1", self._port), 5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self._socket, self._unread, self._is_hub_online = connection, b"", False
        hello = (
            _text("MQTT") + struct.pack("!BBH", 4, 0xC2, 60) + b"".join(map(_text, (self._id, self._id, self._secret)))
        )
        wanted = b"".join(_text(topic) + b"\x01" for topic in (HUB_STATE, self._address.topic("receipt")))
        self._unsent = _packet(0x10, hello) + _packet(0x82, b"\x00\x01" + wanted)

    def read(self) -> None:
        """Take what arrived; a broken connection is closed, and what was on its way will be sent again."""
        assert self._socket is not None
        try:
            arrived = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            arrived = b""
        if not arrived:
            self._socket.close()
            self._socket, self._unsent = None, b""
            self.waiting = dict.fromkeys(self.waiting, 0.0)
            return
        self._unread += arrived
        for head, body in self._packets():
            if head >> 4 == 3:
                self._take(head, body)

    def send(self, now: float) -> None:
        """Send new events as far as the window goes, old ones again where no receipt came."""
        if self._socket is None:
            return
        if self._is_hub_online and len(self._unsent) < _READ_BYTES:
            self._unsent += b"".join(self._events(now))
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self._unsent = b""

    def _events(self, now: float) -> Iterator[bytes]:
        if self.waiting and next(iter(self.waiting.values())) < now - RESEND_AFTER_S:
            late = [seq for seq, sent_at in self.waiting.items() if sent_at < now - RESEND_AFTER_S]
            self.resent += len(late)
            for seq in late:
                del self.waiting[seq]
                self.waiting[seq] = now
                yield self._publish(seq)
        fresh = min(self._window - len(self.waiting), self._count - self._next + 1)
        for seq in range(self._next, self._next + fresh):
            self.waiting[seq] = now
            yield self._publish(seq)
        self._next += max(fresh, 0)

    def _publish(self, seq: int) -> bytes:
        self._mid = self._mid % 65535 + 1
        topic = _text(self._address.topic("event"))
        return _packet(0x32, topic + struct.pack("!H", self._mid) + event(self._stream, seq))

    def _take(self, head: int, body: bytes) -> None:
        size = int.from_bytes(body[:2], "big")
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        if head & 6:
            self._unsent += b"\x40\x02" + rest[:2]
            rest = rest[2:]
        if topic == HUB_STATE:
            self._is_hub_online = codec.decode(rest, State).is_online
        else:
            for seq in msgspec.json.decode(rest, type=Receipt).seqs:
                self.waiting.pop(seq, None)

    def _packets(self) -> Iterator[tuple[int, bytes]]:
        data, at = self._unread, 0
        while at + 2 <= len(data):
            size = shift = 0
            place = at + 1
            while place < len(data) and data[place] & 128:
                size |= (data[place] & 127) << shift
                place, shift = place + 1, shift + 7
            if place >= len(data):
                break
            size |= data[place] << shift
            end = place + 1 + size
            if end > len(data):
                break
            yield data[at], data[place + 1 : end]
            at = end
        self._unread = data[at:]


def run(nodes: list[Node]) -> dict[str, float]:
    """Send all events of all nodes and return once each has its receipt: seconds, processor seconds, resent."""
    begun, tried_at = 0.0, 0.0
    while not all(node.is_done for node in nodes):
        now = time.monotonic()
        for node in nodes:
            if node.socket is None and now - tried_at > 0.1:
                try:
                    node.connect()
                except OSError:
                    tried_at = now
                    break
            node.send(now)
            if node.waiting and not begun:
                begun = now
        watch = {node.socket.fileno(): node for node in nodes if node.socket is not None}
        poll = select.poll()
        for number, node in watch.items():
            poll.register(number, select.POLLIN | (select.POLLOUT if node.has_unsent else 0))
        for number, what in poll.poll(50):
            if what & ~select.POLLOUT:
                watch[number].read()

    return {
        "seconds": time.monotonic() - begun,
        "processor_s": time.process_time(),
        "resent": sum(node.resent for node in nodes),
    }


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--nodes", nargs="+", required=True)
    parser.add_argument("--count", type=int, required=True, help="events of each node")
    parser.add_argument("--window", type=int, required=True, help="events of a node without a receipt yet")
    options = parser.parse_args()
    crowd = [Node(id, options.secret, options.port, options.count, options.window) for id in options.nodes]
    json.dump(run(crowd), sys.stdout)


if __name__ == "__main__":
    main()
