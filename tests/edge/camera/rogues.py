"""Cameras that are broken, badly made or hostile: small scripted servers, one kind a script."""

import base64
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

Script = Callable[[socket.socket], None]
"""What it does with one connection; it is closed afterwards."""

HOLD_S = 8.0
"""Longer than any look: a script that only wants to be silent waits so long, or until it is hung up on."""


def hold(wire: socket.socket) -> None:
    """Read on until the other side goes."""
    wire.settimeout(HOLD_S)
    with suppress(OSError):
        while wire.recv(65536):
            pass


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback; yields its port."""

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, StopIteration, IndexError), connection:
            connection.settimeout(HOLD_S)
            if tls is None:
                script(connection)
                return
            with tls.wrap_socket(connection, server_side=True) as wrapped:
                script(wrapped)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def read_request(wire: socket.socket) -> tuple[bytes, dict[bytes, bytes]]:
    """The first line, and the headers by small names."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = wire.recv(4096)
        if not piece:
            raise ConnectionResetError
        data += piece
    first, *lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


# Pictures ---------------------------------------------------------------------------------------------------------


def key_picture(codec: str = "libx264", width: int = 320, height: int = 180) -> list[bytes]:
    """The units of one key picture of noise, parameter sets first."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, 10)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    if codec == "libx265":
        encoder.options |= {"x265-params": "log-level=none:annexb=1"}
    frame = VideoFrame.from_ndarray(noise(width, height), format="gray").reformat(format="yuv420p")
    frame.pts = 0
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    units = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    skipped = {6, 9} if codec == "libx264" else {35, 39, 40}
    return [each for each in units if (each[0] & 31 if codec == "libx264" else each[0] >> 1 & 63) not in skipped]


def noise(width: int, height: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    return np.random.default_rng(7).integers(0, 256, (height, width), dtype=np.uint8)


def jpeg_picture(width: int = 320, height: int = 180) -> bytes:
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 10)
    frame = VideoFrame.from_ndarray(noise(width, height), format="gray").reformat(format="yuvj420p")
    frame.pts = 0
    return bytes([*encoder.encode(frame), *encoder.encode(None)][0])


def resize_claim(jpeg: bytes, width: int, height: int) -> bytes:
    """The same picture with another size in its frame header: a bomb, where it is believed."""
    at = next(at for mark in (b"\xff\xc0", b"\xff\xc2") if (at := jpeg.find(mark)) >= 0)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


class _Bits:
    """Writes numbers as H.264 does."""

    def __init__(self) -> None:
        self._bits = ""

    def plain(self, value: int, width: int) -> "_Bits":
        self._bits += format(value, f"0{width}b")
        return self

    def exp(self, *values: int) -> "_Bits":
        for value in values:
            text = format(value + 1, "b")
            self._bits += "0" * (len(text) - 1) + text
        return self

    def data(self) -> bytes:
        bits = self._bits + "1"
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")


def bomb_units(width: int, height: int) -> list[bytes]:
    """Parameter sets that promise a picture of this size, and the beginning of one."""
    blocks = (-(-width // 16) - 1, -(-height // 16) - 1)
    sps = _Bits().plain(66, 8).plain(0, 8).plain(62, 8).exp(0, 0, 2, 1).plain(0, 1).exp(*blocks)
    sps.plain(1, 1).plain(1, 1).plain(0, 1).plain(0, 1)
    pps = _Bits().exp(0, 0).plain(0, 2).exp(0, 0, 0).plain(0, 3).exp(0, 0, 0).plain(0, 3)
    slice_ = _Bits().exp(0, 7, 0).plain(0, 4).exp(0).plain(0, 2).exp(0)
    return [b"\x67" + sps.data(), b"\x68" + pps.data(), b"\x65" + slice_.data() + b"\x55" * 400]


# RTP --------------------------------------------------------------------------------------------------------------

STEP = 9000
"""A tenth of a second."""


def rtp(number: int, stamp: int, payload: bytes, *, is_last: bool = True, kind: int = 96) -> bytes:
    mark = 128 if is_last else 0
    return struct.pack(">BBHII", 0x80, mark | kind, number & 0xFFFF, stamp & 0xFFFFFFFF, 7) + payload


def on_channel(data: bytes, channel: int = 0) -> bytes:
    return b"$" + bytes([channel]) + len(data).to_bytes(2, "big") + data


def split_h264(unit: bytes, size: int = 1200) -> list[bytes]:
    """A unit as payloads: alone, or in fragments (FU-A)."""
    if len(unit) <= size:
        return [unit]
    pieces = [unit[at : at + size] for at in range(1, len(unit), size)]
    last = len(pieces) - 1
    return [
        bytes([unit[0] & 0xE0 | 28, (0x80 if n == 0 else 0) | (0x40 if n == last else 0) | unit[0] & 31]) + piece
        for n, piece in enumerate(pieces)
    ]


def split_h265(unit: bytes, size: int = 1200) -> list[bytes]:
    if len(unit) <= size:
        return [unit]
    pieces = [unit[at : at + size] for at in range(2, len(unit), size)]
    last, kind = len(pieces) - 1, unit[0] >> 1 & 63
    head = bytes([unit[0] & 0x81 | 49 << 1, unit[1]])
    return [
        head + bytes([(0x80 if n == 0 else 0) | (0x40 if n == last else 0) | kind]) + piece
        for n, piece in enumerate(pieces)
    ]


def stream(
    units: list[bytes],
    *,
    step: int = STEP,
    split: Callable[[bytes], list[bytes]] = split_h264,
    other: bytes = b"\x41" + b"\x9a" * 300,
) -> Iterator[bytes]:
    """RTP packets: a key picture, then others that follow `step` after each other, without end."""
    number = 0
    for picture in itertools.count():
        whole = [each for unit in units for each in split(unit)] if picture % 50 == 0 else [other]
        for at, payload in enumerate(whole):
            yield rtp(number, 1_000_000 + picture * step, payload, is_last=at == len(whole) - 1)
            number += 1


def paced(packets: Iterable[bytes], every_s: float = 0.002) -> Iterator[bytes]:
    for packet in packets:
        time.sleep(every_s)
        yield packet


# RTSP -------------------------------------------------------------------------------------------------------------


def sdp(codec: str = "H264/90000", *, control: str = "track1", more: str = "") -> bytes:
    text = (
        f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n{more}"
        f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {codec}\r\na=control:{control}\r\n"
    )
    return text.encode()


@dataclass
class Rtsp:
    """A camera over RTSP that does all as it should, but for what is said otherwise."""

    packets: Callable[[], Iterable[bytes]]
    """Frames of the connection, `$` and all, after PLAY."""
    body: bytes = field(default_factory=sdp)
    base: str = ""
    number: Callable[[bytes], bytes] = lambda number: number
    refusal: Callable[[bytes, dict[bytes, bytes]], bytes] = lambda _first, _headers: b""
    """The status and headers of a refusal, or nothing."""
    asked: list[bytes] = field(default_factory=list)

    def __call__(self, wire: socket.socket) -> None:
        while True:
            first, headers = read_request(wire)
            self.asked.append(first)
            cseq = b"CSeq: " + self.number(headers[b"cseq"]) + b"\r\n"
            refused = self.refusal(first, headers)
            if refused:
                wire.sendall(b"RTSP/1.0 " + refused.replace(b"\r\n", b"\r\n" + cseq, 1) + b"\r\n")
                continue
            method = first.split()[0]
            more, body = b"", b""
            if method == b"DESCRIBE":
                body = self.body
                base = f"Content-Base: {self.base}\r\n" if self.base else ""
                more = f"{base}Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n".encode()
            elif method == b"SETUP":
                more = b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 12;timeout=60\r\n"
            wire.sendall(b"RTSP/1.0 200 OK\r\n" + cseq + more + b"\r\n" + body)
            if method == b"PLAY":
                for frame in self.packets():
                    wire.sendall(frame)
                hold(wire)
                return


def frames(packets: Iterable[bytes]) -> Callable[[], Iterator[bytes]]:
    """Packets on channel 0, in the pace of a fast camera."""
    return lambda: (on_channel(packet) for packet in paced(packets))


def basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())
