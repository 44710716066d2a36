"""Asks a camera for its stream: RTSP 1.0 (RFC 2326), over one connection and, where it is wished, UDP for the pictures.

One session, the first moving picture of it, over before the look is. The camera is always asked where it was found,
whatever address its description or a redirect names.
"""

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from edge.camera.source import login, sdp
from edge.camera.source.login import CannotLogin, Challenge, Login
from edge.camera.source.rtp import Packet, read_packet
from edge.camera.source.wire import NONSENSE, READ_S, Met, Wire, header

STRAY_MAX = 8
"""Answers to nothing that was asked, in a row."""
_ADDRESS = (404, 410, 454, 455, 459, 460)
_AGENT = b"User-Agent: loalang\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Session:
    """What is said on one connection. To be left by `leave`."""

    def __init__(self, wire: Wire, url: str, own: Login | None, may_basic: bool) -> None:
        self._wire = wire
        self._url = self._whole = url
        self._login = own
        self._may_basic = may_basic
        self._challenges: list[Challenge] = []
        self._number = 0
        self._id = ""

    def describe(self) -> sdp.Track:
        """The track to look at, its `control` made whole. Raises Met."""
        said = self._ask("DESCRIBE", self._url, "Accept: application/sdp\r\n")
        try:
            track = sdp.read(said.body)
        except sdp.NoPicture as error:
            raise Met("garbled", str(error)) from None
        base = header(said.headers, "content-base") or header(said.headers, "content-location")
        self._whole = self._own(base)
        return replace(track, control=sdp.resolve(self._whole, track.control))

    def play_here(self, track: sdp.Track) -> Iterator[Packet]:
        """Have the packets sent on this connection. Raises Met; ends where the camera ends it."""
        said = self._ask("SETUP", track.control, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
        channel = _number(header(said.headers, "transport"), "interleaved", 0)
        self._play(said)
        while True:
            data = self._frame(channel)
            packet = read_packet(data) if data else None
            if packet is not None:
                yield packet

    def play_aside(self, track: sdp.Track, receivers: list[socket.socket], until_s: float) -> Iterator[Packet]:
        """Have the packets sent to the first of two UDP sockets. Those of others than the camera are passed over."""
        port = receivers[0].getsockname()[1]
        said = self._ask("SETUP", track.control, f"Transport: RTP/AVP;unicast;client_port={port}-{port + 1}\r\n")
        self._play(said)
        camera = self._wire.peer()
        while (left_s := until_s - time.monotonic()) > 0:
            if not select.select([receivers[0]], [], [], min(left_s, READ_S))[0]:
                return
            data, sender = receivers[0].recvfrom(65536)
            packet = read_packet(data) if sender[0] == camera else None
            if packet is not None:
                yield packet

    def leave(self) -> None:
        """Say goodbye without waiting for an answer: a camera has few sessions to give."""
        if self._id:
            with contextlib.suppress(Met, CannotLogin):
                self._send("TEARDOWN", self._whole, "")

    def _play(self, setup: Answer) -> None:
        self._id = header(setup.headers, "session").partition(";")[0].strip()[:128]
        self._ask("PLAY", self._whole, "Range: npt=0.000-\r\n")

    def _own(self, base: str) -> str:
        """`base` on the camera's own server, or its address where none is named."""
        return sdp.resolve(self._url, base) if "://" in base else self._url

    def _ask(self, method: str, url: str, extra: str) -> Answer:
        """Ask until it is answered for good: once more where a login is wanted. Raises Met."""
        said = self._exchange(method, url, extra)
        if said.status == 401:
            was_known = bool(self._challenges)
            self._challenges = login.read_challenges(v for name, v in said.headers if name == "www-authenticate")
            is_stale = any(each.values.get("stale", "").casefold() == "true" for each in self._challenges)
            if not was_known or is_stale:
                said = self._exchange(method, url, extra)
        if said.status in (401, 403, 407):
            raise Met("login")
        if said.status in _ADDRESS:
            raise Met("address")
        if 300 <= said.status < 400:
            raise Met("address", f"dẫn sang nơi khác, không theo / leads elsewhere: {_where(said)}")
        if said.status == 461:
            raise Met("address", "camera không gửi theo cách này: đổi transport / another transport is wanted")
        if said.status != 200:
            raise Met("silent", f"camera trả lời / it answers {said.status}")
        return said

    def _exchange(self, method: str, url: str, extra: str) -> Answer:
        self._send(method, url, extra)
        for _ in range(STRAY_MAX):
            said = self._answer()
            if said is not None:
                return said
        raise Met("silent", "camera trả lời câu không ai hỏi / it answers what nobody asked")

    def _send(self, method: str, url: str, extra: str) -> None:
        self._number += 1
        text = f"{method} {url} RTSP/1.0\r\nCSeq: {self._number}\r\n{extra}"
        if self._id:
            text += f"Session: {self._id}\r\n"
        if self._challenges:
            text += f"Authorization: {self._authorize(method, url)}\r\n"
        self._wire.send(text.encode() + _AGENT + b"\r\n")

    def _authorize(self, method: str, url: str) -> str:
        try:
            return login.answer(self._challenges, self._login, method=method, uri=url, may_basic=self._may_basic)
        except CannotLogin as error:
            raise Met("login", str(error)) from None

    def _answer(self) -> Answer | None:
        """The next answer; None where it belongs to another question. Packets before it are passed over."""
        while self._wire.first() == 0x24:
            self._packet()
        status = _status(self._wire.line())
        headers = self._wire.headers()
        length = header(headers, "content-length") or "0"
        if not length.isdecimal() or len(length) > 9 or int(length) > sdp.LONGEST:
            raise Met("garbled", "mô tả luồng hình quá dài / its description is too long")
        body = self._wire.take(int(length))
        number = header(headers, "cseq")
        return Answer(status, headers, body) if number == str(self._number) else None

    def _frame(self, channel: int) -> bytes:
        """The next packet of the pictures; empty for anything else."""
        if self._wire.first() == 0x52:  # an answer: RTSP/...
            self._answer()
            return b""
        got, data = self._packet()
        return data if got == channel else b""

    def _packet(self) -> tuple[int, bytes]:
        head = self._wire.take(4)
        if head[0] != 0x24:
            raise Met("garbled", "các gói hình dính vào nhau / the packets run into each other")
        return head[1], self._wire.take(int.from_bytes(head[2:], "big"))


def _status(line: bytes) -> int:
    version, _, rest = line.partition(b" ")
    if version.startswith(b"HTTP/"):
        raise Met("address", "đây là cổng web, không phải RTSP / a web server answers here, not RTSP")
    code = rest[:3]
    if not version.startswith(b"RTSP/") or not code.isdigit():
        raise Met("silent", NONSENSE)
    return int(code)


def _number(transport: str, name: str, default: int) -> int:
    """The first number of `name=3-4` in a Transport header."""
    for part in transport.split(";"):
        key, _, value = part.strip().partition("=")
        first = value.partition("-")[0]
        if key.casefold() == name and first.isdecimal() and len(first) < 4:
            return int(first)
    return default


def _where(said: Answer) -> str:
    """Where a redirect leads, without anything secret in it."""
    try:
        return (urlsplit(header(said.headers, "location")).hostname or "?")[:60]
    except ValueError:
        return "?"
