"""Streams over plain HTTP on loopback: a live HLS playlist, and servers that misbehave as servers do.

`WebServer` hands each connection to a function; `Hls` is such a function for segments made with PyAV.
"""

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from simulator.icecast import HOST, to_frame

RATE_HZ = 48_000
SEGMENT_S = 2
KEPT = 5
_FRAME = 1024

Answer = Callable[[str, socket.socket], None]
"""Given a path and the wire: answers as it likes, then the connection is closed."""


class WebServer:
    """A thread a connection. `asked` are the paths in their order; a wire that breaks ends its answer."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[str] = []
        self._answer = answer
        self._socket = socket.create_server((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, name="web", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                wire, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(wire,), name="web-answer", daemon=True).start()

    def _serve(self, wire: socket.socket) -> None:
        with wire, contextlib.suppress(OSError, IndexError):
            wire.settimeout(30)
            path = wire.recv(4096).split()[1].decode("latin-1")
            self.asked.append(path)
            self._answer(path, wire)


def respond(wire: socket.socket, body: bytes, kind: str, status: str = "200 OK", more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    wire.sendall(head.encode() + body)


class Hls:
    """A live stream of `samples`, in segments of two seconds; three are there at once, another comes as each is over.

    `elsewhere` puts its segments on another server.
    """

    def __init__(self, samples: NDArray[np.int16], elsewhere: str = "") -> None:
        self._segments = list(make_segments(samples))
        self._elsewhere = elsewhere
        self._begun_s = time.monotonic()

    def __call__(self, path: str, wire: socket.socket) -> None:
        if path == "/master.m3u8":
            text = (
                "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000\nfull.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=96000\nlive.m3u8\n"
            )
            respond(wire, text.encode(), "application/vnd.apple.mpegurl")
        elif path == "/live.m3u8":
            respond(wire, self._playlist().encode(), "application/vnd.apple.mpegurl")
        elif path.startswith("/segment-"):
            respond(wire, self._segments[int(path[9:].removesuffix(".ts"))], "video/mp2t")
        else:
            respond(wire, b"", "text/plain", "404 Not Found")

    def _playlist(self) -> str:
        there = min(len(self._segments), 3 + int((time.monotonic() - self._begun_s) / SEGMENT_S))
        first = max(0, there - KEPT)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SEGMENT_S}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, there):
            lines += [f"#EXTINF:{SEGMENT_S}.0,", f"{self._elsewhere}/segment-{number}.ts"]
        return "\n".join(lines) + "\n"


def make_segments(samples: NDArray[np.int16]) -> Iterator[bytes]:
    """Cut mono samples of 48 kHz into MPEG-TS segments of AAC, as one encoder's run."""
    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE_HZ, "mono", "fltp", 128_000
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
    size = SEGMENT_S * RATE_HZ
    packets = []
    for at in range(0, len(samples) - _FRAME, _FRAME):
        for frame in resampler.resample(to_frame(samples[at : at + _FRAME], at)):
            packets += encoder.encode(frame)
    for start in range(0, len(samples) - size, size):
        file = io.BytesIO()
        with av.open(file, "w", format="mpegts") as container:
            stream = container.add_stream("aac", rate=RATE_HZ, layout="mono")
            for packet in packets:
                if packet.pts is not None and start <= packet.pts + _FRAME < start + size:
                    packet.stream = stream
                    container.mux(packet)
        yield file.getvalue()
