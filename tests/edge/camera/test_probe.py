"""The real probe and its fake show the same things of the same feeds, and the real one survives bad cameras."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from contract.pictures import PICTURE_MAX
from edge.camera.config import Camera
from edge.camera.decoder import LIMIT_S, START_S
from edge.camera.probe import SMALL, Probe, RtspProbe
from edge.camera.scripted import ScriptedProbe
from edge.camera.source import jpeg
from edge.camera.view.picture import packed
from edge.camera.view.seen import Obstacle
from simulator.camera import Cameras, Feed

Show = Callable[[Feed], None]


@pytest.fixture(params=["scripted", pytest.param("rtsp", marks=pytest.mark.real)])
def scene(request: pytest.FixtureRequest) -> Iterator[tuple[Probe, Camera, Show]]:
    """A probe, a camera, and the means to switch what the camera shows."""
    if request.param == "scripted":
        fake = ScriptedProbe()
        yield fake, Camera(id="cong", url="rtsp://127.0.0.1/cong"), lambda feed: fake.show("cong", feed)
        return
    cameras: Cameras = request.getfixturevalue("cameras")
    cameras.show("cong", "live")
    with closing(RtspProbe()) as probe:
        yield probe, Camera(id="cong", url=cameras.url("cong")), lambda feed: cameras.show("cong", feed)


def test_a_probe_gets_ready_while_nobody_waits_for_it(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, _ = scene
    waits_s = 0.0
    while not probe.prepare():
        time.sleep(0.01)
        waits_s += 0.01
        assert waits_s < START_S
    assert probe.look(camera).obstacle is Obstacle.NONE


def test_a_live_camera_moves_and_never_shows_the_same_picture_twice(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, _ = scene
    first, second = probe.look(camera), probe.look(camera)
    assert first.obstacle is second.obstacle is Obstacle.NONE
    assert first.packets >= 3
    assert first.progress_s is not None
    assert first.progress_s > 0
    assert first.picture != second.picture
    assert first.measures is not None
    assert first.measures.brightness > 50


def test_a_frozen_camera_sends_but_shows_one_picture(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, show = scene
    show("frozen")
    first, second = probe.look(camera), probe.look(camera)
    assert first.packets >= 3
    assert first.progress_s is not None
    assert first.progress_s > 0
    assert first.picture == second.picture is not None


def test_a_black_picture_has_no_light_and_no_contrast(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, show = scene
    show("black")
    look = probe.look(camera)
    assert look.obstacle is Obstacle.NONE
    assert look.measures is not None
    assert (look.measures.brightness, look.measures.contrast) == (0.0, 0.0)


def test_silence_and_absence_are_told_apart_and_both_pass(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, show = scene
    show("silent")
    assert probe.look(camera).obstacle is Obstacle.SILENT
    show("off")
    assert probe.look(camera).obstacle is Obstacle.REFUSED
    show("live")
    assert probe.look(camera).obstacle is Obstacle.NONE


def test_pictures_are_made_small_and_what_is_none_stays_away(scene: tuple[Probe, Camera, Show]) -> None:
    probe, camera, _ = scene
    small = probe.look(camera).small
    now, nothing, again = probe.reduce([small, b"", small])
    assert 0 < len(now) <= PICTURE_MAX
    assert nothing == b""
    assert again == now
    assert probe.look(camera).obstacle is Obstacle.NONE


@pytest.mark.real
def test_a_picture_that_was_made_small_is_so_and_none_other_passes(probe: RtspProbe) -> None:
    (small,) = probe.reduce([packed(np.zeros((360, 640), np.uint8))])
    found = jpeg.find(small)
    assert found is not None
    assert (found.width, found.height) == SMALL
    assert probe.reduce([b"no picture", b"\xff\xd8\xff"]) == [b"", b""]


SDP = (
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
)
Answer = Callable[[socket.socket, bytes], None]


def say_nothing(_connection: socket.socket, _request: bytes) -> None:
    """Take every request and leave it at that."""


def hang_up(connection: socket.socket, _request: bytes) -> None:
    connection.close()


def babble(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(bytes(range(256)) * 64)


def drip(connection: socket.socket, _request: bytes) -> None:
    for byte in b"RTSP/1.0 200 OK\r\nX-Endless: " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def refuse_login(connection: socket.socket, request: bytes) -> None:
    challenge = b'WWW-Authenticate: Digest realm="cam", nonce="1"\r\n'
    connection.sendall(b"RTSP/1.0 401 Unauthorized\r\n" + sequence(request) + challenge + b"\r\n")


def promise_only(connection: socket.socket, request: bytes) -> None:
    """Answer politely up to PLAY, and never send a packet."""
    method = request.split(b" ", 1)[0]
    body = SDP if method == b"DESCRIBE" else b""
    extra = {
        b"DESCRIBE": b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(SDP),
        b"SETUP": b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
    }.get(method, b"")
    connection.sendall(b"RTSP/1.0 200 OK\r\n" + sequence(request) + extra + b"\r\n" + body)


def send_garbage(connection: socket.socket, request: bytes) -> None:
    """Play, but the packets hold no picture: a key picture's first byte, then noise."""
    promise_only(connection, request)
    for n in range(20 if request.startswith(b"PLAY") else 0):
        payload = b"\x65" + bytes((n * 7 + i * 13) % 251 for i in range(400))
        rtp = b"\x80\xe0" + n.to_bytes(2, "big") + (n * 9000).to_bytes(4, "big") + b"\0\0\0\1" + payload
        connection.sendall(b"$\0" + len(rtp).to_bytes(2, "big") + rtp)


def sequence(request: bytes) -> bytes:
    lines = request.split(b"\r\n")
    return next(line for line in lines if line.lower().startswith(b"cseq")) + b"\r\n"


@contextmanager
def bad_camera(answer: Answer) -> Iterator[Camera]:
    """A camera on loopback that answers each request in its own way."""

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                while request := connection.recv(65536):
                    answer(connection, request)
            except OSError:
                return

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
        yield Camera(id="xau", url=f"rtsp://admin:bi-mat@127.0.0.1:{listener.getsockname()[1]}/x")
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture(scope="module")
def probe() -> Iterator[RtspProbe]:
    with closing(RtspProbe()) as one:
        yield one


@pytest.mark.real
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (say_nothing, Obstacle.SILENT),
        (hang_up, Obstacle.SILENT),
        (babble, Obstacle.SILENT),
        (drip, Obstacle.SILENT),
        (refuse_login, Obstacle.LOGIN),
        (promise_only, Obstacle.SILENT),
        (send_garbage, Obstacle.GARBLED),
    ],
)
def test_a_bad_camera_gets_its_verdict_in_five_seconds_and_the_next_camera_is_seen(
    answer: Answer, expected: Obstacle, probe: RtspProbe, cameras: Cameras
) -> None:
    cameras.show("san", "live")
    with bad_camera(answer) as camera:
        started_s = time.monotonic()
        look = probe.look(camera)
        assert time.monotonic() - started_s <= LIMIT_S + 0.5
        assert look.obstacle is expected
        assert look.picture is None
        assert probe.look(Camera(id="san", url=cameras.url("san"))).picture is not None


@pytest.mark.real
def test_a_wrong_path_is_no_such_stream(probe: RtspProbe, cameras: Cameras) -> None:
    cameras.show("san", "live")
    look = probe.look(Camera(id="san", url=cameras.url("san") + "x"))
    assert look.obstacle is Obstacle.ADDRESS


@pytest.mark.real
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_decoder_that_dies_or_hangs_costs_one_look_and_is_started_again(
    how: signal.Signals, cameras: Cameras
) -> None:
    cameras.show("san", "live")
    camera = Camera(id="san", url=cameras.url("san"))
    before = decoders()
    with closing(RtspProbe()) as own:
        assert own.look(camera).picture is not None
        (child,) = decoders() - before
        os.kill(child, how)
        assert own.look(camera).obstacle is Obstacle.CRASHED
        assert own.look(camera).picture is not None
        assert child not in decoders()
    assert decoders() == before


@pytest.mark.real
def test_a_decoder_that_does_not_start_says_nothing_of_the_camera(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with closing(RtspProbe()) as own:
        while not caplog.records:
            assert own.look(Camera(id="san", url="rtsp://127.0.0.1/san")).obstacle is Obstacle.MONITOR
        assert not own.prepare()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.real
def test_the_decoder_is_given_no_environment_and_no_root_and_can_write_no_file(
    cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_SECRET", "bi-mat")
    cameras.show("san", "live")
    before = decoders()
    with closing(RtspProbe()) as own:
        own.look(Camera(id="san", url=cameras.url("san")))
        (child,) = decoders() - before
        proc = Path(f"/proc/{child}")
        assert b"bi-mat" not in (proc / "environ").read_bytes()
        limits = {line[:26].strip(): line[26:].split()[0] for line in (proc / "limits").read_text().splitlines()}
        assert limits["Max file size"] == "0"
        assert limits["Max core file size"] == "0"
        assert cameras.url("san") not in (proc / "cmdline").read_text()
        (uids,) = [line for line in (proc / "status").read_text().splitlines() if line.startswith("Uid:")]
        assert "0" not in uids.split(), "not even where the probe itself is run by root"
        status = (proc / "status").read_text()
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status, "it can open neither a connection nor a file: tests/edge/camera/test_door.py"


def decoders() -> set[int]:
    """The decoding children of this very process."""
    tasks = Path("/proc/self/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    return {pid for pid in children if "decoder" in Path(f"/proc/{pid}/cmdline").read_text()}
