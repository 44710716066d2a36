"""The pulling child: `python -m edge.puller`. It takes a stream from the internet apart so that nothing else has to.

One JSON line on standard input says which address, and at which socket its samples are wanted (mono, 16 bit, 48 kHz).
It opens that server and no other, for as long as somebody listens at the socket. Each line on standard output says how
it goes: what is wrong, or nothing where sound flows. It knows no secret, can write no file and open few. What comes is
decoded by a demuxer and by decoders that are named here, never by what FFmpeg guesses from a name.
"""

import contextlib
import encodings.idna  # noqa: F401 (loaded at the first look-up of a name, when files may be out of reach)
import json
import socket
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import av
import av.audio.resampler  # PyAV loads some of itself at need, when this process may no longer read its folder
import av.subtitles.stream
from av.audio.frame import AudioFrame

from edge import landlock
from edge.confine import confine
from edge.origin import Origin, Refused
from edge.playlist import BadPlaylist
from edge.source import Source, open_source
from edge.unix import named

RATE_HZ = 48_000
BACKOFF_S = (0.5, 1.0, 2.0, 4.0)
STABLE_S = 10.0
AHEAD_S = {"hls": 2.0}
AHEAD_ELSE_S = 6.0
"""How far ahead of time samples are handed on: a live server's first burst, but nothing that could be a file."""
MEMORY_MAX = 512 * 1024 * 1024
"""Bytes of address space: Python's and FFmpeg's libraries alone map 200 MB."""
SPEAK_S = 1.0
ERRORS_MAX = 100
"""Packets in a row that do not decode; then it is no sound."""

FAILURES_MAX = 10
"""In a row; then a fresh process begins anew, which sees fresh settings of the network."""
SEEN = (
    "/usr", "/lib", "/lib64", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
    "/etc/ld.so.cache", "/etc/services", "/etc/ssl", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf",
)  # fmt: skip
"""What looking up a name and verifying a certificate need of the file system. Not the link's secret, nor the spool."""

OPTIONS = {
    "codec_whitelist": "mp3float,mp3,aac,aac_latm,opus,libopus,vorbis,flac",
    "probesize": "65536",
    "analyzeduration": "1000000",
    "threads": "1",
}
_NO_SOUND = "không giải mã được thành tiếng / it is no sound that can be decoded"


def decode(source: Source, form: str) -> Iterator[bytes]:
    """Samples of the first sound in a run of bytes. Raises Refused where there is none, FFmpegError, OSError."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(source, "r", format=form, options=OPTIONS, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise Refused(_NO_SOUND)
        errors = 0
        for packet in container.demux(container.streams.audio[0]):
            try:
                frames = packet.decode()
                errors = 0
            except av.error.InvalidDataError:
                errors += 1
                if errors > ERRORS_MAX:
                    raise Refused(_NO_SOUND) from None
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    yield from (bytes(out.planes[0])[: 2 * out.samples] for out in resampler.resample(frame))


class Bringer:
    """Brings samples to the socket, not faster than they are to be heard, and says so now and then."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._begun_s: float | None = None
        self._brought_s = 0.0
        self._said_s = 0.0

    def start_over(self, ahead_s: float) -> None:
        self._begun_s, self._brought_s, self._ahead_s = None, 0.0, ahead_s

    def bring(self, samples: bytes) -> None:
        """Raises Parted where nobody listens any more."""
        now_s = time.monotonic()
        if self._begun_s is None:
            self._begun_s = now_s
        self._brought_s += len(samples) / 2 / RATE_HZ
        lead_s = self._brought_s - (now_s - self._begun_s) - self._ahead_s
        if lead_s > 0:
            time.sleep(min(lead_s, SPEAK_S))
        elif lead_s < -self._ahead_s:  # it fell behind: what is late is not made good by haste
            self._begun_s = now_s - self._brought_s
        if now_s - self._said_s >= SPEAK_S:
            self._said_s = now_s
            say("")
        try:
            self._door.sendall(samples)
        except OSError as error:
            raise Parted(str(error)) from None


class Parted(Exception):
    """Nobody listens any more."""


def pull(address: str, origin: Origin, bringer: Bringer) -> str:
    """Bring the stream until it ends; returns why it did, in words. Raises Parted."""
    try:
        source, form, way = open_source(address, origin)
        bringer.start_over(AHEAD_S.get(way, AHEAD_ELSE_S))
        with contextlib.closing(source):
            for samples in decode(source, form):
                bringer.bring(samples)
    except (Refused, BadPlaylist) as error:
        return str(error)
    except av.error.FFmpegError:
        return _NO_SOUND
    except TimeoutError:
        return "nguồn tiếp âm im lặng / the server is silent"
    except (OSError, HTTPException, ValueError) as error:
        return f"không kết nối được / no connection: {error or type(error).__name__}"
    return "nguồn tiếp âm ngắt luồng / the server ended the stream"


def shut_in() -> None:
    """See only what pulling needs of the file system, and be confined; where memory runs out still, go first."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    landlock.see_only([Path(sys.prefix), *map(Path, SEEN)])
    confine(MEMORY_MAX)


def say(text: str) -> None:
    sys.stdout.write(" ".join(text.split()) + "\n")
    sys.stdout.flush()


def main() -> None:
    order = json.loads(sys.stdin.readline())
    av.logging.set_level(None)
    origin = Origin(order["address"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        with named(Path(order["door"])) as name:
            door.connect(name)
        shut_in()
        bringer, failures = Bringer(door), 0
        while failures < FAILURES_MAX:
            begun_s = time.monotonic()
            try:
                say(pull(order["address"], origin, bringer))
            except Parted:
                return
            failures = 1 if time.monotonic() - begun_s >= STABLE_S else failures + 1
            time.sleep(BACKOFF_S[min(failures, len(BACKOFF_S)) - 1])


if __name__ == "__main__":
    main()
