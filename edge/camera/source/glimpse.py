"""Gets a picture from a camera, whatever kind it is, and says what came. Runs in the decoding child.

FFmpeg is given the bytes of one coded picture and the name of its decoder, never an address, a stream or a container:
what it does not see it cannot be talked into.
"""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlsplit

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from edge.camera import door
from edge.camera.source import device, jpeg, web
from edge.camera.source.aim import Aim
from edge.camera.source.rtp import Packet, Pictures
from edge.camera.source.rtsp import Session
from edge.camera.source.sdp import Track
from edge.camera.source.wire import Met, Wire

LOOK_S = 4.2
"""The longest a look waits for anything; decoding comes after, and the parent's limit after that."""
PICTURES_MIN = 3
PIXELS_MAX = 16_000_000
"""The largest picture that is decoded: cameras of 4K have 8 million, of 12 MP 12. A Pi decodes no more in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What came: how many pictures had begun, how far their time stamps moved, and one picture of them."""

    obstacle: str = ""
    note: str = ""
    packets: int = 0
    progress_s: float | None = None
    frame: VideoFrame | None = None


def see(aim: Aim, to_parent: socket.socket) -> Glimpse:
    """Look once, for LOOK_S and one picture's decoding. `to_parent` is the child's side of the door."""
    until_s = time.monotonic() + LOOK_S
    try:
        if aim.url.startswith("/"):
            return _see_device(to_parent, until_s)
        if aim.url.startswith("http"):
            return _see_jpeg(web.fetch(aim.url, aim.login, aim.may_basic, lambda: connect(aim, to_parent, until_s)))
        return _see_stream(aim, to_parent, until_s)
    except Met as met:
        return Glimpse(obstacle=met.obstacle, note=met.note)


def connect(aim: Aim, to_parent: socket.socket, until_s: float) -> Wire:
    """A connection to the camera, encrypted where its address says so. Raises Met."""
    connection = socket.socket(fileno=door.ask(to_parent, b"tcp")[0])
    if urlsplit(aim.url).scheme in ("https", "rtsps"):
        from edge.camera.source import tls

        connection = tls.wrap(connection, aim.fingerprint, until_s)
    return Wire(connection, until_s)


def _see_stream(aim: Aim, to_parent: socket.socket, until_s: float) -> Glimpse:
    wire = connect(aim, to_parent, until_s)
    session = Session(wire, aim.url, aim.login, aim.may_basic)
    with contextlib.ExitStack() as open_now:
        open_now.callback(wire.close)
        open_now.callback(session.leave)
        track = session.describe()
        if aim.transport == "tcp":
            return watch(session.play_here(track), track, until_s)
        receivers = [socket.socket(fileno=fd) for fd in door.ask(to_parent, b"udp")]
        for each in receivers:
            open_now.enter_context(each)
        return watch(session.play_aside(track, receivers, until_s), track, until_s)


def watch(packets: Iterator[Packet], track: Track, until_s: float) -> Glimpse:
    """Take packets until the stream has shown one key picture and that its time moves."""
    pictures = Pictures(track)
    frame: VideoFrame | None = None
    is_garbled = False
    note = ""
    try:
        for packet in packets:
            coded = pictures.take(packet)
            if coded is not None and frame is None:
                frame = decode(track.codec, coded)
                is_garbled = frame is None
            if (frame is not None and _has_moved(pictures)) or time.monotonic() > until_s:
                break
    except Met as met:
        is_garbled = is_garbled or met.obstacle == "garbled"
        note = met.note
    obstacle = "garbled" if is_garbled and frame is None else "" if pictures.count else "silent"
    return Glimpse(
        obstacle=obstacle,
        note=note if obstacle else "",
        packets=min(pictures.count, 99_999),
        progress_s=pictures.progress_s,
        frame=frame,
    )


def _has_moved(pictures: Pictures) -> bool:
    return pictures.count >= PICTURES_MIN and (pictures.progress_s or 0.0) > 0


def _see_jpeg(picture: jpeg.Picture) -> Glimpse:
    if picture.width * picture.height > PIXELS_MAX:
        raise Met("garbled", f"hình quá lớn / a picture of {picture.width}x{picture.height} is not decoded")
    frame = decode("mjpeg", picture.data)
    return Glimpse(obstacle="" if frame is not None else "garbled", packets=1, frame=frame)


def _see_device(to_parent: socket.socket, until_s: float) -> Glimpse:
    fd = door.ask(to_parent, b"device")[0]
    try:
        shot = device.shoot(fd, until_s)
    finally:
        os.close(fd)
    frame = _decoded(shot) if shot.form == "MJPG" else _unpacked(shot)
    return Glimpse(
        obstacle="" if frame is not None else "garbled",
        packets=shot.count,
        progress_s=shot.progress_s if shot.count > 1 else None,
        frame=frame,
    )


def decode(codec: str, data: bytes) -> VideoFrame | None:
    """Decode one whole picture by itself. None where nothing, or only a part, comes out of it."""
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.options = {"max_pixels": str(PIXELS_MAX)}
    packet = av.Packet(data)
    packet.pts, packet.time_base = 0, Fraction(1, 90_000)
    with contextlib.suppress(av.error.FFmpegError):
        frames = [*context.decode(packet), *context.decode(None)]
        if frames and not frames[0].is_corrupt:
            return frames[0]
    return None


def _decoded(shot: device.Shot) -> VideoFrame | None:
    try:
        found = jpeg.find(shot.data)
    except jpeg.NoJpeg:
        return None
    return decode("mjpeg", found.data) if found is not None else None


def _unpacked(shot: device.Shot) -> VideoFrame | None:
    """A picture that was not coded at all."""
    if shot.width * shot.height > PIXELS_MAX:
        return None
    frame = VideoFrame(shot.width, shot.height, "yuyv422")
    plane = frame.planes[0]
    row = 2 * shot.width
    if len(shot.data) < row * shot.height:
        return None
    pad = bytes(plane.line_size - row)
    plane.update(b"".join(shot.data[at * row : (at + 1) * row] + pad for at in range(shot.height)))
    return frame
