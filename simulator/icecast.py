"""A real Icecast of Debian's, as a child with a configuration of our own on a free port, and a source that feeds it.

Nothing is a service here: it listens on loopback, and ends with the process that started it.
"""

import base64
import contextlib
import itertools
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from hub.ports import free_port
from simulator.process import Process

HOST = "127.0.0.1"
PACKAGE = "icecast2"
PASSWORD = "hackme"
RATE_HZ = 48_000
Form = Literal["mp3", "ogg"]
KINDS: dict[Form, str] = {"mp3": "audio/mpeg", "ogg": "application/ogg"}

_START_S = 10.0
_PIECE_S = 0.1
_CONFIG = """<icecast>
  <limits>
    <clients>20</clients><sources>4</sources><queue-size>524288</queue-size>
    <source-timeout>10</source-timeout><burst-on-connect>1</burst-on-connect><burst-size>65535</burst-size>
  </limits>
  <authentication>
    <source-password>{password}</source-password><relay-password>{password}</relay-password>
    <admin-user>admin</admin-user><admin-password>{password}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>{host}</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths>
    <basedir>/usr/share/icecast2</basedir><logdir>/</logdir>
    <webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>-</accesslog><errorlog>-</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>{user}</security>
</icecast>
"""


class Icecast:
    """One server, its files in `folder`. `kill` and `start` may alternate; the port stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        binary = shutil.which(PACKAGE, path="/usr/bin:/usr/local/bin")
        if binary is None:
            raise RuntimeError(f"not installed: {PACKAGE} (apt install {PACKAGE})")
        self._process = Process("icecast", [binary, "-c", str(folder / "icecast.xml")], folder / "icecast.out")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        user = ""
        if os.geteuid() == 0:  # it refuses to run as root
            user = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"
        text = _CONFIG.format(password=PASSWORD, port=self.port, host=HOST, user=user)
        (self._folder / "icecast.xml").write_text(text, encoding="utf-8")
        self._process.start()
        until_s = time.monotonic() + _START_S
        while time.monotonic() < until_s and self._process.is_running:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.02)
        self._process.check()
        raise RuntimeError("icecast does not answer")

    def kill(self) -> None:
        self._process.kill()

    def url(self, mount: str) -> str:
        return f"http://{HOST}:{self.port}/{mount}"


class Studio:
    """A source client: feeds `samples`, over and over, in real time to a mount of `icecast`, whenever that is there."""

    def __init__(self, icecast: Icecast, mount: str, samples: NDArray[np.int16], form: Form = "mp3") -> None:
        self._port = icecast.port
        self._mount = mount
        self._samples = samples
        self._form = form
        self._is_closing = threading.Event()
        self._is_on_air = threading.Event()
        self._thread = threading.Thread(target=self._run, name="studio", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._is_on_air.wait(_START_S):
            raise RuntimeError("the studio does not reach its server")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_closing.is_set():
            with contextlib.suppress(OSError):
                self._feed()
            self._is_closing.wait(0.1)

    def _feed(self) -> None:
        """One connection, until it breaks."""
        login = base64.b64encode(f"source:{PASSWORD}".encode()).decode()
        head = f"PUT /{self._mount} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Basic {login}\r\n"
        head += f"Content-Type: {KINDS[self._form]}\r\nExpect: 100-continue\r\n\r\n"
        with socket.create_connection((HOST, self._port), timeout=5) as wire:
            wire.sendall(head.encode())
            if not wire.recv(1024).startswith((b"HTTP/1.1 100", b"HTTP/1.0 200", b"HTTP/1.1 200")):
                raise OSError("the server does not take the source")
            begun_s = time.monotonic()
            for number, piece in enumerate(encode(self._samples, self._form)):
                if self._is_closing.wait(max(0.0, begun_s + number * _PIECE_S - time.monotonic())):
                    return
                wire.sendall(piece)
                self._is_on_air.set()


class _Pipe:
    """Where PyAV's muxer writes; `drain` takes it out."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, piece: bytes) -> int:
        self._bytes += piece
        return len(piece)

    def drain(self) -> bytes:
        data = bytes(self._bytes)
        self._bytes.clear()
        return data


def encode(samples: NDArray[np.int16], form: Form) -> Iterator[bytes]:
    """Endlessly encode mono samples of 48 kHz, over and over, in pieces of a tenth of a second."""
    size = round(_PIECE_S * RATE_HZ)
    pipe = _Pipe()
    with av.open(pipe, "w", format=form, options={"page_duration": "100000"} if form == "ogg" else {}) as container:
        stream = container.add_stream({"mp3": "libmp3lame", "ogg": "libopus"}[form], rate=RATE_HZ, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = 128_000
        for number in itertools.count():
            at = number * size % len(samples)
            piece = np.resize(np.roll(samples, -at)[:size], size)
            container.mux(stream.encode(to_frame(piece, number * size)))
            yield pipe.drain()


def to_frame(piece: NDArray[np.int16], at: int) -> AudioFrame:
    """Samples as PyAV's encoders take them, beginning at the sample `at`."""
    frame = AudioFrame(format="s16", layout="mono", samples=len(piece))
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, Fraction(1, RATE_HZ)
    frame.planes[0].update(piece.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    return frame
