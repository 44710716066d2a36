"""A decoding child that a camera has taken over still gains nothing of its parent: what it says is judged, bounded, and
never a place to connect to."""

import base64
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from edge.camera.config import Camera
from edge.camera.decoder import LIMIT_S
from edge.camera.door import OPENINGS_MAX
from edge.camera.probe import RtspProbe
from edge.camera.view.picture import packed
from edge.camera.view.seen import Obstacle
from tests.edge.camera.rogues import hold, serving

pytestmark = pytest.mark.real

OPENING = "import os, socket, sys, time\nprint('{\"is_ready\": true}', flush=True)\nsys.stdin.readline()\n"
LIES = {
    "nothing": "",
    "no JSON": "print('x', flush=True)",
    "an end": "sys.exit()",
    "bytes without end": "while True: os.write(1, b'x' * 65536)",
    "a line without end": "while True: os.write(1, b'{\"note\": \"' + b'x' * 3000)",
    "a note too long": 'print(\'{"obstacle": "silent", "note": "\' + \'x\' * 500 + \'"}\', flush=True)',
    "no such obstacle": 'print(\'{"obstacle": "root"}\', flush=True)',
    "a brightness beyond white": (
        'print(\'{"obstacle": "", "packets": 3, "measures": {"brightness": 1e999, "contrast": 1}}\', flush=True)'
    ),
    "fewer packets than none": 'print(\'{"obstacle": "", "packets": -3}\', flush=True)',
    "packets and no count": 'print(\'{"obstacle": ""}\', flush=True)',
    "a list": "print('[' * 2000, flush=True)",
}


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], RtspProbe]]:
    """Start probes whose child does this instead of looking."""
    started: list[RtspProbe] = []

    def start(script: str) -> RtspProbe:
        def command(_name: str, _mode: str, *arguments: str) -> list[str]:
            return [sys.executable, "-c", OPENING + script + "\ntime.sleep(60)", *arguments]

        monkeypatch.setattr("edge.camera.decoder.child_command", command)
        started.append(RtspProbe())
        return started[-1]

    yield start
    for probe in started:
        probe.close()


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_a_look_that_failed_in_time(name: str, turn: Callable[[str], RtspProbe]) -> None:
    probe = turn(LIES[name])
    camera = Camera(id="cong", url="rtsp://127.0.0.1:1/x")
    until_s = time.monotonic() + 20
    while not probe.prepare() and time.monotonic() < until_s:
        time.sleep(0.02)
    started_s = time.monotonic()
    assert probe.look(camera).obstacle is Obstacle.CRASHED
    assert time.monotonic() - started_s < LIMIT_S + 1
    assert probe.note(camera) == ""


BIG = base64.b64encode(packed(np.zeros((180, 320), np.uint8))).decode()
LIES_OF_PICTURES = {
    "nothing": "",
    "no JSON": "print('x', flush=True)",
    "bytes without end": "while True: os.write(1, b'x' * 65536)",
    "one that is not small": f'print(\'{{"pictures": ["{BIG}", "{BIG}"]}}\', flush=True)',
    "none that is asked for": "print('{\"pictures\": []}', flush=True)",
    "more than asked for": 'print(\'{"pictures": ["", "", ""]}\', flush=True)',
    "no JPEG": 'print(\'{"pictures": ["eHh4", "/9j/4A=="]}\', flush=True)',
}


@pytest.mark.parametrize("name", LIES_OF_PICTURES)
def test_no_picture_leaves_but_a_small_one(name: str, turn: Callable[[str], RtspProbe]) -> None:
    probe = turn(LIES_OF_PICTURES[name])
    started_s = time.monotonic()
    assert probe.reduce([b"a picture"] * 2) == [b"", b""]
    assert time.monotonic() - started_s < LIMIT_S + 2


def test_it_reaches_the_camera_it_was_to_look_at_and_that_only_so_often(turn: Callable[[str], RtspProbe]) -> None:
    """It asks for everything under the sun, a thousand times."""
    script = (
        "door = socket.socket(fileno=int(sys.argv[1]))\n"
        "peers = set()\n"
        "got = 0\n"
        "for n in range(1000):\n"
        "    door.send(b'rtsp://192.0.2.1:80/ udp device')\n"
        "    _, fds, _, _ = socket.recv_fds(door, 64, 4)\n"
        "    got += len(fds)\n"
        "    peers |= {socket.socket(fileno=fd).getpeername()[1] for fd in fds}\n"
        'print(\'{"obstacle": "silent", "note": "%d %s"}\' % (got, peers), flush=True)'
    )
    with serving(hold) as port, closing(turn(script)) as probe:
        camera = Camera(id="cong", url=f"rtsp://127.0.0.1:{port}/x")
        assert probe.look(camera).obstacle is Obstacle.SILENT
        assert probe.note(camera) == f"{OPENINGS_MAX} {{{port}}}"


def test_nothing_of_a_camera_moves_the_cursor_of_a_terminal_or_adds_a_line_to_the_journal(
    turn: Callable[[str], RtspProbe], caplog: pytest.LogCaptureFixture
) -> None:
    probe = turn('print(\'{"obstacle": "silent", "note": "a\\\\u001b[2J\\\\nroot: all is well"}\', flush=True)')
    camera = Camera(id="cong", url="rtsp://127.0.0.1:1/x")
    assert probe.look(camera).obstacle is Obstacle.SILENT
    assert probe.note(camera) == "a[2Jroot: all is well"
    assert [record.getMessage() for record in caplog.records] == ["cong: a[2Jroot: all is well"]
