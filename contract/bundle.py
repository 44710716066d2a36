"""The one small file that makes a Pi a node: who it is, where its hub is, whom it believes, and its secret.

`loa-hub node add` writes it, `loa-edge join` installs it. It travels by hand: whoever holds it may speak as the
node, but not make one play.
"""

import re
from dataclasses import dataclass, field

from contract import codec
from contract.form import VERSION, require, require_text, require_version
from contract.limits import Limits
from contract.topics import Address

SUFFIX = ".loa"

_KEY = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9A-Fa-f:.]{2,45}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{22,128}")
_CA = re.compile(r"\s*-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s-]+-----END CERTIFICATE-----\s*")
_CA_MAX = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that a node needs from its hub. Keys are Ed25519, in hex; `secret` is random URL-safe text of at least
    128 bits; `ca_pem` the hub's own CA; `limits` go into the node's speaker.toml when that is first written."""

    v: int = VERSION
    node: str
    hub_host: str
    mqtt_port: int
    media_port: int
    secret: str = field(repr=False)
    daily_key: str
    recovery_key: str
    epoch: int = 0
    ca_pem: str = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    title: str = ""

    def __post_init__(self) -> None:
        require_version(self.v)
        Address.of_node(self.node)
        require(_HOST.fullmatch(self.hub_host) is not None, "hub_host: a host name or an address")
        for name in ("mqtt_port", "media_port"):
            require(0 < getattr(self, name) < 65536, f"{name}: 1 to 65535")
        require(_SECRET.fullmatch(self.secret) is not None, "secret: 22 to 128 of letters, digits, _ and -")
        for name in ("daily_key", "recovery_key"):
            require(_KEY.fullmatch(getattr(self, name)) is not None, f"{name}: 64 hexadecimal digits")
        require(0 <= self.epoch < 2**31, "epoch: 0 or above")
        require(len(self.ca_pem) <= _CA_MAX and _CA.fullmatch(self.ca_pem) is not None, "ca_pem: a PEM certificate")
        require_text("title", self.title, 120)
        require(self.title.isprintable(), "title: one line of text")

    @property
    def file_name(self) -> str:
        return f"{self.node}{SUFFIX}"


def encode(bundle: Bundle) -> bytes:
    return codec.encode(bundle)


def decode(data: bytes) -> Bundle:
    """Read a bundle file. Raises codec.Malformed with the reason."""
    return codec.decode(data, Bundle)
