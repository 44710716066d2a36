"""A camera on the Pi itself, played by a script in the kernel's place: there is no such device on a test machine.

What is not shown here: that a real driver behaves so. `loa-edge doctor` on a Pi with a USB camera does.
"""

import errno
import os
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.camera import door
from edge.camera.grab import planes
from edge.camera.source import device, glimpse
from edge.camera.source.aim import Aim
from edge.camera.source.device import FRAMES_MAX, shoot
from edge.camera.source.wire import Met
from edge.camera.view.picture import measure
from tests.edge.camera.rogues import jpeg_picture

JPEG = jpeg_picture()


class Driver:
    """Answers the calls of V4L2 as the kernel's documentation says, with the same picture again and again."""

    def __init__(self, form: bytes, data: bytes, size: tuple[int, int] = (320, 180)) -> None:
        self._form, self._data, self._size = form, data, size
        self._queued: list[int] = []
        self._count = 0
        self.is_streaming = False
        self.memory = {0: bytearray(len(data) + 100), 1 << 12: bytearray(len(data) + 100)}

    def __call__(self, _fd: int, order: int, argument: Any) -> object:
        name = {
            0xC0D05605: "format", 0xC0145608: "request", 0xC0585609: "query", 0xC058560F: "queue",
            0xC0585611: "dequeue", 0x40045612: "on", 0x40045613: "off",
        }[order]  # fmt: skip
        return getattr(self, "_" + name)(argument)

    def map_memory(self, _fd: int, length: int, offset: int) -> memoryview:
        assert length == len(self.memory[offset])
        return memoryview(self.memory[offset])

    def _format(self, wish: bytearray) -> None:
        assert struct.unpack_from("=I", wish) == (1,)
        struct.pack_into("=II4s", wish, 8, *self._size, self._form)

    def _request(self, wish: bytearray) -> None:
        count, kind, memory = struct.unpack_from("=III", wish)
        assert (count, kind, memory) == (2, 1, 1)

    def _query(self, buffer: bytearray) -> None:
        (index,) = struct.unpack_from("=I", buffer)
        struct.pack_into("=Q", buffer, 64, index << 12)
        struct.pack_into("=I", buffer, 72, len(self.memory[0]))

    def _queue(self, buffer: bytearray) -> None:
        self._queued.append(struct.unpack_from("=I", buffer)[0])

    def _dequeue(self, buffer: bytearray) -> None:
        assert self.is_streaming
        index = self._queued.pop(0)
        self.memory[index << 12][: len(self._data)] = self._data
        self._count += 1
        struct.pack_into("=I", buffer, 0, index)
        struct.pack_into("=I", buffer, 8, len(self._data))
        struct.pack_into("=qq", buffer, 24, 1000, self._count * 33_000)

    def _on(self, _kind: bytes) -> None:
        self.is_streaming = True

    def _off(self, _kind: bytes) -> None:
        self.is_streaming = False


@pytest.fixture
def fd() -> Iterator[int]:
    """Something that can always be read, as a device with a picture ready."""
    one = os.open("/dev/zero", os.O_RDONLY)
    yield one
    os.close(one)


def test_the_last_of_some_pictures_is_taken_and_the_device_left_as_it_was(fd: int) -> None:
    driver = Driver(b"MJPG", JPEG)
    shot = shoot(fd, time.monotonic() + 2, driver, driver.map_memory)
    assert (shot.form, shot.width, shot.height, shot.data) == ("MJPG", 320, 180, JPEG)
    assert shot.count == FRAMES_MAX
    assert shot.progress_s == pytest.approx((FRAMES_MAX - 1) * 0.033)
    assert not driver.is_streaming


def test_a_plain_picture_is_taken_as_well(fd: int) -> None:
    data = bytes([200, 128] * 320 * 180)
    driver = Driver(b"YUYV", data)
    assert shoot(fd, time.monotonic() + 2, driver, driver.map_memory).data == data


@pytest.mark.parametrize(
    ("shot", "is_seen"),
    [
        (device.Shot("MJPG", 320, 180, JPEG, 8, 0.2), True),
        (device.Shot("MJPG", 320, 180, JPEG[:-300], 8, 0.2), False),
        (device.Shot("MJPG", 320, 180, b"\xff\xd8\xff\x00" + bytes(99), 8, 0.2), False),
        (device.Shot("YUYV", 320, 180, bytes([200, 128] * 320 * 180), 8, 0.2), True),
        (device.Shot("YUYV", 320, 180, bytes(99), 8, 0.2), False),
        (device.Shot("YUYV", 8000, 8000, bytes(99), 8, 0.2), False),
    ],
    ids=["coded", "cut off", "garbage", "plain", "too little", "too large"],
)
def test_a_shot_becomes_a_picture_or_garbage(shot: device.Shot, is_seen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "shoot", lambda _fd, _until_s: shot)
    monkeypatch.setattr(door, "ask", lambda _door, _wish: [os.open("/dev/null", os.O_RDONLY)])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        seen = glimpse.see(Aim(url="/dev/video0"), theirs)
    assert seen.obstacle == ("" if is_seen else "garbled")
    assert (seen.frame is not None) == is_seen
    assert (seen.packets, seen.progress_s) == (8, 0.2)
    if seen.frame is not None and shot.form == "YUYV":
        assert measure(planes(seen.frame)).brightness == pytest.approx((200 - 16) * 255 / 219, abs=2)


@pytest.mark.parametrize(("form", "size"), [(b"pRAA", (1640, 1232)), (b"MJPG", (0, 0)), (b"MJPG", (60_000, 60_000))])
def test_a_format_that_is_not_read_here_is_named(fd: int, form: bytes, size: tuple[int, int]) -> None:
    driver = Driver(form, JPEG, size)
    with pytest.raises(Met) as met:
        shoot(fd, time.monotonic() + 2, driver, driver.map_memory)
    assert met.value.obstacle == "garbled"


def test_a_device_that_another_program_holds_and_one_that_is_no_camera_are_told(fd: int) -> None:
    def busy(_fd: int, _order: int, _argument: Any) -> object:
        raise OSError(errno.EBUSY, "busy")

    with pytest.raises(Met, match="another program"):
        shoot(fd, time.monotonic() + 2, busy)
    null = os.open("/dev/null", os.O_RDWR)
    try:
        with pytest.raises(Met, match="no camera"):
            shoot(null, time.monotonic() + 2)
    finally:
        os.close(null)


def test_the_numbers_are_those_of_the_kernels_header() -> None:
    header = Path("/usr/include/linux/videodev2.h")
    if not header.exists():
        pytest.skip("linux-libc-dev is not installed")
    text = header.read_text()
    for name, number, order in (("S_FMT", 5, device._SET_FORMAT), ("QBUF", 15, device._QUEUE)):
        assert f"VIDIOC_{name}" in text
        assert order & 0xFF == number
        assert order >> 8 & 0xFF == ord("V")
