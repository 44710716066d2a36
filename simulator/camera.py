"""Simulated cameras: real RTSP, served by GStreamer in a child of the system's Python, with feeds to switch.

The pictures are encoded when they are first shown, into a folder that may be kept: a minute of a moving test card with
its seconds burnt in, and black; as H.264 or H.265, in any size. Or a yard in the place of the card, which can be
covered, blurred, moved, flooded with light and drowned in noise.
"""

import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal

import av
import av.filter
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from simulator import yard

Feed = Literal["live", "frozen", "black", "bright", "covered", "blurred", "moved", "noise", "silent", "off"]
Scene = Literal["card", "yard"]
Codec = Literal["h264", "h265"]

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")
PACKAGES = (
    "python3-gi",
    "gir1.2-gst-rtsp-server-1.0",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
)
"""What the server needs of Debian."""

WIDTH, HEIGHT, PICTURES_PER_S = 640, 360, 10
STOP_S = 5.0
_ENCODERS = {
    "h264": (
        "libx264",
        {
            "preset": "veryfast",
            "tune": "zerolatency",
            "x264-params": "scenecut=0:repeat-headers=1:annexb=1:aud=1:threads=1",
        },
    ),
    "h265": (
        "libx265",
        {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x265-params": "log-level=none:scenecut=0:open-gop=0:repeat-headers=1:annexb=1:aud=1:pools=none",
        },
    ),
}
LIVE_S = 61
"""A prime number of seconds: a monitor that looks every so many seconds never meets the same picture twice running."""
_CLIPS = {"live": ("testsrc", "", LIVE_S), "black": ("color", ":color=black", 1)}
YARD_LIVE_S, YARD_FAULT_S = 17, 7
_KEY_EVERY = {"card": PICTURES_PER_S, "yard": PICTURES_PER_S // 2}
"""Pictures from one key picture to the next: who looks at a yard without a pause waits half as long."""
_SPOILT = {
    "live": (),
    "bright": (("lutyuv", "y=min(val+150\\,maxval)"),),
    "covered": (("drawbox", "x=0:y=0:w=iw*0.6:h=ih:color=0x465a50:t=fill"),),
    "blurred": (("gblur", "sigma=6"),),
    "moved": (),
    "noise": (("noise", "alls=60:allf=t"),),
}
"""What is done to a yard's pictures, by feed."""
_AIM, _AIM_MOVED = (0.0, 0.0), (0.12, 0.06)
"""Where the camera looks: the corner of what it sees, in parts of it. The yard is larger."""


class Cameras:
    """Several cameras, each at a port of its own. Used as a context manager, or by `start` and `stop`."""

    def __init__(
        self,
        names: Sequence[str],
        folder: Path,
        codec: Codec = "h264",
        size: tuple[int, int] = (WIDTH, HEIGHT),
        login: str = "",
        grain: str = "",
        scene: Scene = "card",
    ) -> None:
        """`login` is `user:password`, which they then want by Digest; `grain` is for FFmpeg's filter `noise`, on the
        card. A card can only turn black; a yard can be spoilt in every way."""
        self._names = tuple(names)
        self._scene: Scene = scene
        self._folder = folder / scene if scene == "yard" else folder
        self._codec: Codec = codec
        self._size = size
        self._login = login
        self._grain = grain
        self._ports: dict[str, int] = {}
        self._server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the server; every camera shows `live`.

        Raises RuntimeError where the server does not come up, naming the Debian packages it needs.
        """
        self._make_clip("live")
        self._server = subprocess.Popen(
            [SYSTEM_PYTHON, "-I", str(SERVER), str(self._folder), self._codec, self._login or "-", *self._names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for _ in self._names:
            name, _, port = self._hear().partition(" ")
            self._ports[name] = int(port)

    def stop(self) -> None:
        """Close the server's standard input, upon which it ends."""
        if self._server is None:
            return
        try:
            self._server.communicate(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.communicate()
        self._server = None

    def __enter__(self) -> "Cameras":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def url(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self._ports[name]}/{name}"

    def show(self, name: str, feed: Feed) -> None:
        """Switch a camera's feed; it has happened when this returns."""
        if self._server is None or self._server.stdin is None:
            raise RuntimeError("the cameras are not started")
        self._make_clip(feed)
        self._server.stdin.write(f"{name} {feed}\n")
        self._server.stdin.flush()
        answer = self._hear()
        if answer != f"{name} {feed}":
            raise ValueError(f"no such camera or feed: {answer}")

    def _make_clip(self, feed: Feed) -> None:
        make_clip(self._folder, feed, self._codec, self._size, self._grain, self._scene)

    def _hear(self) -> str:
        if self._server is None or self._server.stdout is None:
            raise RuntimeError("the cameras are not started")
        line = self._server.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the camera server ended; it needs {', '.join(PACKAGES)}")
        return line


def make_clip(
    folder: Path,
    feed: str,
    codec: Codec = "h264",
    size: tuple[int, int] = (WIDTH, HEIGHT),
    grain: str = "",
    scene: Scene = "card",
) -> None:
    """Encode the clip of a feed that has one, where it is not there yet: in Annex B."""
    path = folder / f"{feed}.{codec}"
    is_yard = scene == "yard" and feed in _SPOILT
    if path.exists() or not (is_yard or feed in _CLIPS):
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    frames = _look_out(feed, size) if is_yard else _draw(*_CLIPS[feed], size, grain)
    part.write_bytes(_encode(frames, codec, size, _KEY_EVERY[scene]))
    part.rename(path)


def _look_out(feed: str, size: tuple[int, int]) -> Iterator[VideoFrame]:
    """The yard, spoilt in the way of this feed."""
    width, height = (side * 5 // 4 for side in size)
    x, y = (int(part * side) for part, side in zip(_AIM_MOVED if feed == "moved" else _AIM, size, strict=True))
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_buffer(
            width=width, height=height, format=av.VideoFormat("rgb24"), time_base=Fraction(1, PICTURES_PER_S)
        ),
        graph.add("crop", f"{size[0]}:{size[1]}:{x}:{y}"),
        graph.add("format", "yuv420p"),
        *(graph.add(name, options) for name, options in _SPOILT[feed]),
        graph.add("buffersink"),
    ).configure()
    seconds = YARD_LIVE_S if feed == "live" else YARD_FAULT_S
    for n, picture in enumerate(yard.pictures(seconds * PICTURES_PER_S, PICTURES_PER_S, (width, height))):
        drawn = VideoFrame.from_ndarray(picture, format="rgb24")
        drawn.pts, drawn.time_base = n, Fraction(1, PICTURES_PER_S)
        graph.vpush(drawn)
        frame = graph.vpull()
        frame.pict_type = PictureType.NONE
        yield frame


def _draw(source: str, option: str, seconds: int, size: tuple[int, int], grain: str) -> Iterator[VideoFrame]:
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add(source, f"size={size[0]}x{size[1]}:rate={PICTURES_PER_S}{option}"),
        *([graph.add("noise", grain)] if grain else []),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ).configure()
    for _ in range(seconds * PICTURES_PER_S):
        frame = graph.vpull()
        frame.pict_type = PictureType.NONE
        yield frame


def _encode(frames: Iterator[VideoFrame], codec: Codec, size: tuple[int, int], key_every: int) -> bytes:
    name, options = _ENCODERS[codec]
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, VideoCodecContext)
    (encoder.width, encoder.height), encoder.pix_fmt = size, "yuv420p"
    encoder.time_base = Fraction(1, PICTURES_PER_S)
    encoder.gop_size = key_every
    encoder.options = dict(options)
    packets = [packet for frame in frames for packet in encoder.encode(frame)]
    return b"".join(bytes(packet) for packet in [*packets, *encoder.encode(None)])
