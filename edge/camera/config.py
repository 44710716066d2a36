"""`camera.toml`: which cameras the node watches, how often, and how patient it is before it says something."""

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from contract.form import require, require_id, require_text
from contract.settings import required, setting
from edge.camera.rules import Rule
from edge.camera.source.aim import PORTS, Aim
from edge.camera.source.login import Login

MAX_CAMERAS = 64
HTTP_EVERY_S = 30.0
"""A camera is asked for a page twice a minute at most."""

_DEVICE = re.compile(r"/dev/video[0-9]{1,3}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SECRETS = re.compile(r"pass|pwd|user|token|auth", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Camera:
    """One camera. Its `url` may carry a password: log `place`, never `url`."""

    id: str = required("cong", "Short name of this camera, used on every screen and in the records.")
    title: str = setting("", "What people call it, for example 'Cổng nhà văn hóa'.")
    url: str = required(
        "rtsp://192.168.1.64:554/stream2",
        "Where its pictures are: rtsp:// or rtsps:// (the small second stream is enough and spares the camera),\n"
        "http:// or https:// (a snapshot or a stream of JPEG pictures), or /dev/video0 for one on the Pi itself.\n"
        "User and password belong into camera-login.toml, which only the camera process can read.",
    )
    transport: Literal["tcp", "udp"] = setting("tcp", "How an RTSP camera sends its pictures: tcp or udp.")
    fingerprint: str = setting(
        "",
        "For https:// and rtsps://: the SHA-256 of the camera's certificate. Left empty, the camera is refused, and\n"
        "`loa-edge doctor` tells what to write here.",
    )
    basic_unencrypted: bool = setting(
        False, "true for an old camera that only takes its password in the clear: everybody on the LAN can read it."
    )
    every_s: float = setting(20.0, "Seconds from one look to the next; by http at least 30.")
    onvif: str = setting("", "Where it answers ONVIF, as `loa-edge cameras find` writes it; empty where it does not.")

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require(len(self.id) <= 64, "id: at most 64 characters")
        require_text("title", self.title, 80)
        require(0.1 <= self.every_s <= 3600, "every_s: from 0.1 to 3600")
        require(
            _is_camera(self.url),
            f"url of camera {self.id!r}: write rtsp://address:port/path, http://address/path or /dev/video0",
        )
        require(not self.onvif or _is_onvif(self.onvif), f"onvif of camera {self.id!r}: write http://address/path")
        self._set("fingerprint", self.fingerprint.replace(":", "").casefold())
        require(
            not self.fingerprint or _FINGERPRINT.fullmatch(self.fingerprint) is not None,
            f"fingerprint of camera {self.id!r}: 64 hexadecimal digits (SHA-256)",
        )
        if self.url.startswith("http"):
            self._set("every_s", max(self.every_s, HTTP_EVERY_S))

    @property
    def place(self) -> str:
        """Where it is, without user and password, also where a maker puts them into the path."""
        if self.url.startswith("/"):
            return self.url
        parts = urlsplit(self.url)
        path = "/…" if _SECRETS.search(parts.path) else parts.path
        return f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}{path}"

    def aim(self, login: Login | None = None) -> Aim:
        """What the decoding child is asked; a login of its own file goes before one in the address."""
        parts = urlsplit(self.url)
        if login is None and parts.username:
            login = Login(unquote(parts.username), unquote(parts.password or ""))
        return Aim(
            url=parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
            transport=self.transport,
            fingerprint=self.fingerprint,
            may_basic=self.basic_unencrypted or parts.scheme in ("https", "rtsps"),
            user=login.user if login else "",
            password=login.password if login else "",
        )

    def __repr__(self) -> str:
        return f"Camera({self.id!r}, {self.place!r})"

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """The whole file. No camera at all is a valid house."""

    time_zone: str = setting("Asia/Ho_Chi_Minh", "The zone in which the hours of a camera's day are counted.")
    evidence_days: int = setting(
        30,
        "Days after which the pictures of a fault (before and after it) are deleted from the node, and all those of a\n"
        "camera that no longer stands here.",
    )
    rule: Rule = setting(Rule(), "When a fault is believed, and when it is over.")
    cameras: tuple[Camera, ...] = setting((), "One such table for each camera.")

    def __post_init__(self) -> None:
        ids = [camera.id for camera in self.cameras]
        require(len(ids) <= MAX_CAMERAS, f"cameras: at most {MAX_CAMERAS}")
        require(1 <= self.evidence_days <= 365, "evidence_days: from 1 to 365")
        for id in ids:
            require(ids.count(id) == 1, f"cameras: the id {id!r} stands twice")


def _is_camera(url: str) -> bool:
    if url.startswith("/"):
        return _DEVICE.fullmatch(url) is not None
    return _is_address(url, PORTS)


def _is_onvif(url: str) -> bool:
    return _is_address(url, ("http", "https")) and "@" not in url


def _is_address(url: str, schemes: Container[str]) -> bool:
    """One that stands on one line: what follows goes into a request as it is."""
    try:
        parts = urlsplit(url)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        return is_plain and parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
