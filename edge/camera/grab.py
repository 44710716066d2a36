"""The decoding child: `python -m edge.child decoder`. It takes a stream apart so that nothing else has to.

One JSON line on standard input, `{"url": ...}`, is one look; one JSON line of facts on standard output answers it.
The parent kills it where an answer does not come. It knows no secret but the address it was just given, keeps nothing
between looks, can write no file and open few, and imports nothing of this program but how to measure a picture: a
hostile camera gains little here.

PyAV takes the stream apart and decodes one key picture of it, since OpenCV's own reader decodes every picture and
tells neither why it got none nor the stream's time stamps; OpenCV measures the picture.
"""

import contextlib
import json
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import av
import av.subtitles.stream  # PyAV loads it at the first look, when this process may no longer read its folder
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from edge.camera.picture import Grey, measure
from edge.confine import confine

OPEN_S = 2.5
READ_S = 2.0
LOOK_S = 2.8
"""After so long no further packet is waited for; the longest look is LOOK_S + READ_S, below the parent's limit."""
CONNECT_S = 1.0

MIN_PACKETS = 3
MEMORY_MAX = 768 * 1024 * 1024
"""Bytes of address space: Python, FFmpeg's and OpenCV's libraries alone map 375 MB."""

_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "fpsprobesize": "0",
    "analyzeduration": "1000",
    "threads": "1",
}

Facts = dict[str, object]


def look(url: str) -> Facts:
    """Look at a stream once, for at most 5 s. The keys are those of `edge.camera.health.Look`."""
    started_s = time.monotonic()
    try:
        container = av.open(url, format="rtsp", timeout=(OPEN_S, READ_S), options=_OPTIONS)
    except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError):
        return {"obstacle": "login"}
    except av.error.HTTPNotFoundError:
        return {"obstacle": "address"}
    except av.error.FFmpegError:
        return {"obstacle": knock(url)}
    with container:
        return watch(container, started_s + LOOK_S)


def knock(url: str) -> str:
    """Tell a camera that says nothing useful from one that is not there."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 554), CONNECT_S).close()
    except ConnectionRefusedError:
        return "refused"
    except (OSError, UnicodeError):
        return "unreachable"
    return "silent"


def watch(container: InputContainer, until_s: float) -> Facts:
    """Take packets until the stream has shown one key picture and that its time moves."""
    if not container.streams.video:
        return {"obstacle": "silent"}
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    packets, stamps_s, keys = 0, list[float](), 0
    picture: Facts = {}
    for packet in _packets(container, stream):
        packets += 1
        if packet.pts is not None and packet.time_base is not None:
            stamps_s.append(float(packet.pts * packet.time_base))
        if packet.is_keyframe and not picture:
            keys += 1
            picture = _decode(stream, packet)
        is_moving = len(stamps_s) > 1 and stamps_s[-1] > stamps_s[0]
        if (picture and is_moving and packets >= MIN_PACKETS) or time.monotonic() > until_s:
            break
    progress_s = stamps_s[-1] - stamps_s[0] if len(stamps_s) > 1 else None
    is_garbled = keys > 0 and not picture
    obstacle = "garbled" if is_garbled else "" if packets else "silent"
    return {"obstacle": obstacle, "packets": packets, "progress_s": progress_s, **picture}


def _packets(container: InputContainer, stream: VideoStream) -> Iterator["av.Packet[VideoStream]"]:
    """The stream's packets for as long as they come; a silence of READ_S or an error ends them."""
    with contextlib.suppress(av.error.FFmpegError):
        for packet in container.demux(stream):
            if packet.size:
                yield packet


def _decode(stream: VideoStream, packet: "av.Packet[VideoStream]") -> Facts:
    """Decode one key picture by itself. Empty where nothing comes out of it."""
    context = stream.codec_context
    with contextlib.suppress(av.error.FFmpegError):
        frames = [*context.decode(packet), *context.decode(None)]
        context.flush_buffers()
        if frames:
            return describe(frames[0])
    return {}


def describe(frame: VideoFrame) -> Facts:
    """Reduce a picture to its checksum at full size, and to its measures in grey levels (0 black, 255 white)."""
    return {"picture": checksum(frame), **measure(grey(frame))}


def grey(frame: VideoFrame) -> Grey:
    """The picture in full-range grey, at its own size."""
    return frame.reformat(format="gray", threads=1).to_ndarray().astype(np.uint8, copy=False)


def checksum(frame: VideoFrame) -> int:
    """Sum up the luma without the padding behind each row, which may hold anything."""
    luma = frame.planes[0]
    row_bytes = min(frame.width * ((frame.format.components[0].bits + 7) // 8), luma.line_size)
    rows = np.frombuffer(memoryview(luma), np.uint8).reshape(luma.height, luma.line_size)
    return zlib.crc32(rows[:, :row_bytes].tobytes())


def main() -> None:
    av.logging.set_level(None)
    cv2.setNumThreads(1)
    confine(MEMORY_MAX)
    say({"is_ready": True})
    for line in sys.stdin:
        say(look(json.loads(line)["url"]))


def say(facts: Facts) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
