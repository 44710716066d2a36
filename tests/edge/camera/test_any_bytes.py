"""Whatever bytes a camera answers with, a look ends in time with a glimpse or an obstacle, never in another error."""

import contextlib
import itertools
import socket
import threading
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.camera.door import Door
from edge.camera.source import glimpse
from edge.camera.source.aim import Aim
from tests.edge.camera.rogues import jpeg_picture, key_picture, on_channel, sdp, stream

OBSTACLES = {"", "silent", "garbled", "login", "address", "refused", "unreachable"}
SDP = sdp()
JPEG = jpeg_picture()
PACKETS = b"".join(on_channel(packet) for packet in itertools.islice(stream(key_picture()), 60))
RTSP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: %d\r\n\r\n" % len(SDP) + SDP
    + b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 7\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    + b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n" + PACKETS
)  # fmt: skip
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n" + JPEG[:9] + b"\r\nfffff\r\n" + JPEG[9:]
CHALLENGE = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="1", qop="auth"\r\n\r\n'


def look(url: str, said: bytes) -> glimpse.Glimpse:
    """Look at a camera that says this at once and then nothing more, whatever it is asked; each time it is asked. It
    hears what it is asked to the end: a closed ear would make of the answer, too, none at all."""
    door = Door()
    is_over = threading.Event()
    ears: list[socket.socket] = []

    def answer() -> None:
        while not is_over.is_set():
            try:
                door._mine.recv(64)
            except OSError:
                continue
            ours, theirs = socket.socketpair()
            ears.append(theirs)
            with ours:
                theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, len(said) + 65536)
                theirs.sendall(said)
                theirs.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    socket.send_fds(door._mine, [b"open"], [ours.fileno()])

    door._mine.settimeout(0.05)
    parent = threading.Thread(target=answer)
    parent.start()
    try:
        return glimpse.see(Aim(url=url, user="loa", password="mat-khau"), door.theirs)
    finally:
        is_over.set()
        parent.join()
        door.close()
        for ear in ears:
            ear.close()


@st.composite
def spoilt(draw: st.DrawFn, good: bytes) -> bytes:
    """A good conversation with some of it cut out, doubled or made something else."""
    data = bytearray(good)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.integers(0, 40))
        how = draw(st.sampled_from(["other", "cut", "double", "end"]))
        if how == "other":
            data[at : at + size] = draw(st.binary(max_size=40))
        elif how == "cut":
            del data[at : at + size]
        elif how == "double":
            data[at:at] = data[at : at + size]
        else:
            del data[at:]
    return bytes(data)


def judge(url: str, said: bytes) -> None:
    started_s = time.monotonic()
    seen = look(url, said)
    assert seen.obstacle in OBSTACLES
    assert time.monotonic() - started_s < 5
    assert len(seen.note) <= 300
    assert "mat-khau" not in seen.note


def test_what_is_spoilt_below_is_good_to_begin_with() -> None:
    assert look("rtsp://192.0.2.1/x", RTSP).frame is not None
    for good in (HTTP, CHUNKED):
        assert look("http://192.0.2.1/x", good).frame is not None


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt(RTSP) | spoilt(RTSP[:600]) | st.binary(max_size=300))
def test_by_rtsp(said: bytes) -> None:
    judge("rtsp://192.0.2.1/x", said)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt(HTTP) | spoilt(CHUNKED) | spoilt(CHALLENGE) | spoilt(HTTP[:200]) | st.binary(max_size=300))
def test_by_http(said: bytes) -> None:
    judge("http://192.0.2.1/x", said)
