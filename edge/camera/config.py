"""`camera.toml`: which cameras the node watches, how often, and how patient it is before it says something."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from contract.form import require, require_id, require_text
from contract.settings import required, setting

MAX_CAMERAS = 64
RTSP_PORT = 554


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Camera:
    """One camera. Its `url` may carry a password: log `place`, never `url`."""

    id: str = required("cong", "Short name of this camera, used on every screen and in the records.")
    title: str = setting("", "What people call it, for example 'Cổng nhà văn hóa'.")
    url: str = required(
        "rtsp://user:password@192.168.1.64:554/stream2",
        "Its RTSP address; the small second stream is enough and spares the camera.",
    )
    every_s: float = setting(20.0, "Seconds from one look to the next.")

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require(len(self.id) <= 64, "id: at most 64 characters")
        require_text("title", self.title, 80)
        require(0.1 <= self.every_s <= 3600, "every_s: from 0.1 to 3600")
        require(_is_rtsp(self.url), f"url of camera {self.id!r}: write rtsp://user:password@address:port/path")

    @property
    def place(self) -> str:
        """Where it is, without user and password."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port or RTSP_PORT}{parts.path}"

    def __repr__(self) -> str:
        return f"Camera({self.id!r}, {self.place!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many looks it takes to believe a change, and what counts as dark. Grey levels are 0 to 255."""

    opens_after: int = setting(2, "A fault is believed when this many ...")
    of: int = setting(3, "... of so many last looks show it.")
    clears_after: int = setting(2, "It is over, or has become another one, after so many looks in a row.")
    dark_brightness: float = setting(10.0, "Dark: the picture's mean is below this (0 to 255) ...")
    dark_contrast: float = setting(4.0, "... and its standard deviation below this: nothing can be made out.")

    def __post_init__(self) -> None:
        require(1 <= self.opens_after <= self.of <= 20, "opens_after and of: 1 <= opens_after <= of <= 20")
        require(1 <= self.clears_after <= 20, "clears_after: from 1 to 20")
        require(0 <= self.dark_brightness <= 255, "dark_brightness: from 0 to 255")
        require(0 <= self.dark_contrast <= 128, "dark_contrast: from 0 to 128")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """The whole file. No camera at all is a valid house."""

    rule: Rule = setting(Rule(), "When a fault is believed, and when it is over.")
    cameras: tuple[Camera, ...] = setting((), "One such table for each camera.")

    def __post_init__(self) -> None:
        ids = [camera.id for camera in self.cameras]
        require(len(ids) <= MAX_CAMERAS, f"cameras: at most {MAX_CAMERAS}")
        for id in ids:
            require(ids.count(id) == 1, f"cameras: the id {id!r} stands twice")


def _is_rtsp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "rtsp" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
