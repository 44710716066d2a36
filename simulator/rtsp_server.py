"""Simulated cameras over real RTSP: GStreamer's RTSP server sends pre-encoded H.264, several cameras in one process.

Run by the system's own Python, which has GStreamer's bindings; so it imports the standard library and `gi` alone.

    /usr/bin/python3 rtsp_server.py FOLDER CODEC LOGIN NAME...

CODEC is `h264` or `h265`; FOLDER holds `live.CODEC` and, by the time they are shown, others like it (Annex B, ten
pictures a second, each behind an access unit delimiter): `covered.CODEC` is the feed `covered`. LOGIN is
`USER:PASSWORD`, to be said by Digest, or `-` where everybody may look.
On start it prints `NAME PORT` for each camera. A line `NAME FEED` on standard input switches a camera, and is printed
back once done. The feeds beside those of the files: `frozen` (packets flow, always the same picture), `silent` (takes
connections and never says a word) and `off` (takes none). It ends when standard input does.
"""

import signal
import sys
import time
from io import FileIO
from pathlib import Path
from typing import Any

import gi

gi.require_versions({"Gst": "1.0", "GstRtsp": "1.0", "GstRtspServer": "1.0"})
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURES_PER_S = 10
HOST = "127.0.0.1"
NOT_SENDING = ("silent", "off")

_DELIMITERS = {"h264": b"\x00\x00\x00\x01\x09", "h265": b"\x00\x00\x00\x01\x46"}
_PIPELINE = (
    "( appsrc name=feed is-live=true format=time do-timestamp=true"
    " caps=video/x-{codec},stream-format=byte-stream,alignment=au"
    " ! rtp{codec}pay name=pay0 pt=96 config-interval=-1 )"
)


def read_pictures(path: Path) -> list[bytes]:
    """Cut an Annex B file into its coded pictures."""
    delimiter = _DELIMITERS[path.suffix[1:]]
    return [delimiter + rest for rest in path.read_bytes().split(delimiter)[1:]]


def _structure(role: str) -> Any:
    """What that role may do."""
    text = f"{role},media.factory.access=(boolean)true,media.factory.construct=(boolean)true"
    return Gst.Structure.new_from_string(text)


def demand(login: str) -> Any:
    """What lets only those look who say this login by Digest."""
    user, _, password = login.partition(":")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth.add_digest(user, password, token)
    return auth


class Clips:
    """The files of the folder; each is read when it is first shown."""

    def __init__(self, folder: Path, codec: str) -> None:
        self._folder = folder
        self._codec = codec
        self._read: dict[str, list[bytes]] = {}

    def has(self, feed: str) -> bool:
        return feed in self._read or self._path(feed).exists()

    def of(self, feed: str) -> list[bytes]:
        if feed not in self._read:
            self._read[feed] = read_pictures(self._path(feed))
        return self._read[feed]

    def _path(self, feed: str) -> Path:
        return self._folder / f"{feed}.{self._codec}"


class Camera:
    """One camera at its own port, as a real one has its own address."""

    def __init__(self, name: str, clips: Clips, codec: str, login: str) -> None:
        self._clips = clips
        self._feed = "off"
        self.port = 0
        self._listening = 0
        self._silence: Any = None
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(_PIPELINE.format(codec=codec))
        factory.set_shared(True)
        factory.connect("media-configure", self._start_feeding)
        self._server = GstRtspServer.RTSPServer()
        self._server.set_address(HOST)
        if login != "-":
            factory.add_role_from_structure(_structure("viewer"))
            self._server.set_auth(demand(login))
        self._server.get_mount_points().add_factory(f"/{name}", factory)

    def can_show(self, feed: str) -> bool:
        return feed in ("frozen", *NOT_SENDING) or self._clips.has(feed)

    def show(self, feed: str) -> None:
        """Switch to a feed. Viewers of a feed that sends nothing are thrown out."""
        if feed in NOT_SENDING or self._feed in NOT_SENDING:
            self._hang_up()
            if feed not in NOT_SENDING:
                self._listen()
            elif feed == "silent":
                self._keep_silent()
        self._feed = feed

    def _listen(self) -> None:
        self._server.set_service(str(self.port))
        self._listening = self._server.attach(None)
        if not self._listening:
            raise SystemExit(f"port {self.port} on {HOST} is taken")
        self.port = self._server.get_bound_port()

    def _keep_silent(self) -> None:
        held: list[Any] = []
        self._silence = Gio.SocketService()
        self._silence.connect("incoming", lambda _service, connection, _source: held.append(connection))
        self._silence.add_address(
            Gio.InetSocketAddress.new_from_string(HOST, self.port),
            Gio.SocketType.STREAM,
            Gio.SocketProtocol.TCP,
            None,
        )

    def _hang_up(self) -> None:
        if self._listening:
            GLib.source_remove(self._listening)
            self._listening = 0
            self._server.client_filter(lambda _server, _client: GstRtspServer.RTSPFilterResult.REMOVE)
        if self._silence is not None:
            self._silence.stop()
            self._silence.close()
            self._silence = None

    def _start_feeding(self, _factory: Any, media: Any) -> None:
        """The first viewer came: hand over pictures until the last one has gone."""
        source = media.get_element().get_by_name("feed")
        timer = GLib.timeout_add(1000 // PICTURES_PER_S, self._push, source)
        media.connect("unprepared", lambda _media: GLib.source_remove(timer))

    def _push(self, source: Any) -> bool:
        if self._feed not in NOT_SENDING:
            source.emit("push-buffer", Gst.Buffer.new_wrapped(self._picture()))
        return True

    def _picture(self) -> bytes:
        """The picture of this very moment, so that two viewings never begin alike."""
        if self._feed == "frozen":
            return self._clips.of("live")[0]
        clip = self._clips.of(self._feed)
        return clip[int(time.monotonic() * PICTURES_PER_S) % len(clip)]


def obey(cameras: dict[str, Camera], line: str) -> None:
    name, _, feed = line.partition(" ")
    if name in cameras and cameras[name].can_show(feed):
        cameras[name].show(feed)
        say(line)
    else:
        say(f"? {line}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path, codec: str, login: str, names: list[str]) -> None:
    Gst.init(None)
    clips = Clips(folder, codec)
    cameras = {name: Camera(name, clips, codec, login) for name in names}
    for name, camera in cameras.items():
        camera.show("live")
        say(f"{name} {camera.port}")
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)

    def hear(stream: FileIO, _condition: Any) -> bool:
        line = stream.readline()
        if not line:
            loop.quit()
            return False
        obey(cameras, line.decode().strip())
        return True

    GLib.io_add_watch(FileIO(0, closefd=False), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, hear)
    loop.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
