"""What the decoding child is told of the camera it is to look at, and no more. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from edge.camera.source.login import Login

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`url` has neither user nor password in it; what they are stands beside it, and shows in no text."""

    url: str
    transport: Literal["tcp", "udp"] = "tcp"
    fingerprint: str = ""
    may_basic: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def login(self) -> Login | None:
        return Login(self.user, self.password) if self.user else None
