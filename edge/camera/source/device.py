"""Takes one picture from a camera on the Pi itself, by Video4Linux (V4L2): USB, and what else the kernel shows so.

The descriptor is open already; `ioctl` and `map_memory` come in, so that a test can stand in for a kernel. A camera on
the Pi's ribbon cable that only gives raw Bayer data (libcamera's) is refused.
"""

import contextlib
import errno
import fcntl
import mmap
import os
import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from edge.camera.source.wire import Met

FRAMES_MAX = 8
"""The exposure takes a few pictures to find itself: the last of these is looked at."""
SIZE_MAX = 64 * 1024 * 1024

_CAPTURE, _MAPPED = 1, 1
_SET_FORMAT, _REQUEST, _QUERY, _QUEUE, _DEQUEUE = 0xC0D05605, 0xC0145608, 0xC0585609, 0xC058560F, 0xC0585611
_ON, _OFF = 0x40045612, 0x40045613
_BUFFERS = 2

Call = Callable[[int, int, Any], object]
Map = Callable[[int, int, int], Any]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as the device gave it. `progress_s`: from the first one's time stamp to this one's."""

    form: Literal["MJPG", "YUYV"]
    width: int
    height: int
    data: bytes
    count: int
    progress_s: float


def _map(fd: int, length: int, offset: int) -> mmap.mmap:
    return mmap.mmap(fd, length, mmap.MAP_SHARED, mmap.PROT_READ, offset=offset)


def shoot(fd: int, until_s: float, call: Call = fcntl.ioctl, map_memory: Map = _map) -> Shot:
    """Take some pictures and give the last. Raises Met."""
    try:
        form, width, height = _choose_format(fd, call)
        views = _prepare(fd, call, map_memory)
        call(fd, _ON, struct.pack("i", _CAPTURE))
        try:
            return _watch(fd, until_s, call, views, (form, width, height))
        finally:
            with contextlib.suppress(OSError):
                call(fd, _OFF, struct.pack("i", _CAPTURE))
    except OSError as error:
        raise Met("silent", _explain(error)) from None


def _choose_format(fd: int, call: Call) -> tuple[Literal["MJPG", "YUYV"], int, int]:
    """Ask for JPEG pictures at 1280x720; the driver answers with what it can do nearest to that."""
    wish = bytearray(208)
    struct.pack_into("=I", wish, 0, _CAPTURE)
    struct.pack_into("=II4s", wish, 8, 1280, 720, b"MJPG")
    call(fd, _SET_FORMAT, wish)
    width, height, code = struct.unpack_from("=II4s", wish, 8)
    for form in ("MJPG", "YUYV"):
        if code == form.encode() and 0 < width <= 8192 and 0 < height <= 8192:
            return form, width, height
    raise Met("garbled", f"chỉ nhận MJPG, YUYV / neither MJPG nor YUYV: {code.decode('ascii', 'replace')}")


def _prepare(fd: int, call: Call, map_memory: Map) -> list[Any]:
    wish = bytearray(struct.pack("=IIIII", _BUFFERS, _CAPTURE, _MAPPED, 0, 0))
    call(fd, _REQUEST, wish)
    views: list[Any] = []
    for index in range(min(int(struct.unpack_from("=I", wish)[0]), _BUFFERS)):
        buffer = _buffer(index)
        call(fd, _QUERY, buffer)
        offset, length = struct.unpack_from("=Q", buffer, 64)[0] & 0xFFFFFFFF, struct.unpack_from("=I", buffer, 72)[0]
        if not 0 < length <= SIZE_MAX:
            raise Met("garbled")
        views.append(map_memory(fd, length, offset))
        call(fd, _QUEUE, buffer)
    return views


def _watch(
    fd: int, until_s: float, call: Call, views: list[Any], form: tuple[Literal["MJPG", "YUYV"], int, int]
) -> Shot:
    stamps_s: list[float] = []
    while len(stamps_s) < FRAMES_MAX:
        left_s = until_s - time.monotonic()
        if left_s <= 0 or not select.select([fd], [], [], left_s)[0]:
            break
        buffer = _buffer(0)
        call(fd, _DEQUEUE, buffer)
        index, used = struct.unpack_from("=I", buffer)[0], struct.unpack_from("=I", buffer, 8)[0]
        seconds, micros = struct.unpack_from("=qq", buffer, 24)
        stamps_s.append(seconds + micros / 1e6)
        if index >= len(views):
            raise Met("garbled")
        data = bytes(views[index][: min(used, len(views[index]))])
        call(fd, _QUEUE, _buffer(index))
    if not stamps_s:
        raise Met("silent")
    return Shot(*form, data, len(stamps_s), stamps_s[-1] - stamps_s[0])


def _buffer(index: int) -> bytearray:
    buffer = bytearray(88)
    struct.pack_into("=II", buffer, 0, index, _CAPTURE)
    struct.pack_into("=I", buffer, 60, _MAPPED)
    return buffer


def _explain(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return "chương trình khác đang dùng camera này / another program uses it"
    if error.errno in (errno.ENOTTY, errno.EINVAL):
        return "thiết bị này không phải camera dùng được / this device is no camera that can be used"
    return os.strerror(error.errno or 0)
