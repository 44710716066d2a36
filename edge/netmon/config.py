"""`netmon.toml`: what the node asks to know whether wifi and internet work, and how patient it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from contract.form import require, require_id, require_text
from contract.settings import required, setting

MAX_TARGETS = 64
KINDS = ("gateway", "dns", "http204", "tls", "dhcp")
AUTO = "auto"
DNS_PORT = 53
_DEVICE = re.compile("[A-Za-z0-9_.-]{1,15}")
_LABEL = re.compile("[A-Za-z0-9_-]{1,63}")
_WRITE = {
    "gateway": "192.168.1.1, or auto",
    "dns": "1.1.1.1, or 1.1.1.1:53, or auto",
    "http204": "http://host/path",
    "tls": "host:port, or auto",
    "dhcp": "wlan0, or auto",
}


def where_of_resolver(text: str) -> tuple[str, int]:
    """Read `1.1.1.1`, `127.0.0.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`. Raises ValueError for anything else."""
    host, port = text, str(DNS_PORT)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") if rest else port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"no port: {port!r}")
    return str(ip_address(host)), int(port)


def where_of_hub(text: str) -> tuple[str, int]:
    """Read `host:port` or `[2001:db8::1]:8883`. Raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = str(ip_address(host[1:-1]))
    elif not (colon and ":" not in host and is_host(host)):
        raise ValueError(f"no host: {text!r}")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"no port: {port!r}")
    return host, int(port)


def _is_name(name: str) -> bool:
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.removesuffix(".").split("."))


def is_address(text: str) -> bool:
    """Whether it is an address, so that no name has to be looked up for it."""
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def is_host(text: str) -> bool:
    return is_address(text) or _is_name(text)


def _is_read_by(read: Callable[[str], tuple[str, int]], text: str) -> bool:
    try:
        return bool(read(text))
    except ValueError:
        return False


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        return is_plain and parts.scheme == "http" and is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to ask, and how often."""

    id: str = required("gateway", "Short name of this target, used on every screen and in the records.")
    kind: str = required(
        "gateway",
        "'gateway' is pinged (ICMP); 'dns' is asked for a name; 'http204' is a page that answers 204 and\n"
        "nothing else: anything else is a wifi's welcome page, not the internet; 'tls' is the hub, which has\n"
        "to show the certificate that this node was joined with; 'dhcp' is whoever gives out addresses: he is\n"
        "asked for an offer, which is not taken.",
    )
    address: str = setting(
        AUTO,
        "gateway: address, or 'auto' for this house's own router; dns: address or address:port, or 'auto'\n"
        "for the resolver that this network gave us; http204: http://... (never https); tls: host:port, or\n"
        "'auto' for the hub of node.toml; dhcp: the network device to ask on, or 'auto'.",
    )
    name: str = setting("vnnic.vn", "dns only: the name to ask for.")
    every_s: float = setting(10.0, "Seconds from one question to the next.")

    def __post_init__(self) -> None:
        require_id("id", self.id)
        require(len(self.id) <= 64, "id: at most 64 characters")
        require(self.kind in KINDS, f"kind of target {self.id!r}: one of {', '.join(KINDS)}")
        require_text("address", self.address, 200)
        require(0.1 <= self.every_s <= 3600, "every_s: from 0.1 to 3600")
        require(_is_name(self.name), f"name of target {self.id!r}: a host name such as vnnic.vn")
        require(self._is_askable(), f"address of target {self.id!r}: write {_WRITE[self.kind]}")

    def _is_askable(self) -> bool:
        match self.kind:
            case "http204":
                return _is_page(self.address)
            case "dns":
                return self.address == AUTO or _is_read_by(where_of_resolver, self.address)
            case "tls":
                return self.address == AUTO or _is_read_by(where_of_hub, self.address)
            case "dhcp":
                return _DEVICE.fullmatch(self.address) is not None
            case _:
                return self.address == AUTO or is_host(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many samples it takes to believe a change."""

    opens_after: int = setting(4, "A target is believed down when this many ...")
    of: int = setting(5, "... of so many last questions went unanswered.")
    clears_after: int = setting(3, "It is up again after so many answers in a row.")
    window: int = setting(30, "Loss, round trip and jitter are those of so many last questions.")

    def __post_init__(self) -> None:
        require(1 <= self.opens_after <= self.of <= 20, "opens_after and of: 1 <= opens_after <= of <= 20")
        require(1 <= self.clears_after <= 20, "clears_after: from 1 to 20")
        require(20 <= self.window <= 1000, "window: from 20 to 1000")


@dataclass(frozen=True, slots=True, kw_only=True)
class WifiSettings:
    """Which wifi is looked at."""

    interface: str = setting("", "Name of the wifi device, such as wlan0; empty for whichever has a link.")
    guest_ssid: str = setting(
        "",
        "Name of the guests' wifi of this house: how strong it is here is told too, as far as the node hears it.\n"
        "Empty where the node itself is a guest of it.",
    )

    def __post_init__(self) -> None:
        require_text("interface", self.interface, 15)
        require(len(self.guest_ssid.encode()) <= 32, "guest_ssid: at most 32 bytes")


STANDARD = (
    Target(id="gateway", kind="gateway"),
    Target(id="dns", kind="dns"),
    Target(id="resolver", kind="dns", address="1.1.1.1"),
    Target(id="internet", kind="http204", address="http://connectivitycheck.gstatic.com/generate_204"),
    Target(id="internet-2", kind="http204", address="http://cp.cloudflare.com/generate_204"),
    Target(id="hub", kind="tls", every_s=20.0),
    Target(id="dhcp", kind="dhcp", every_s=120.0),
)
"""A resolver asked by its address, and two pages of two owners: one thing that fails alone is no outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetmonSettings:
    """The whole file; without one, the standard targets."""

    rule: Rule = setting(Rule(), "When a target is believed down, and when it is up again.")
    wifi: WifiSettings = setting(WifiSettings(), "The wifi link, as its driver tells it; nothing is sent for that.")
    targets: tuple[Target, ...] = setting(
        STANDARD,
        "One such table for each target. With none at all: the router, the network's resolver and a public\n"
        "one, two pages of the internet, the hub, and DHCP. Fewer tell less: an outage of the provider is only\n"
        "told where two targets beyond the router fail, one of them without its name having to be found.",
    )

    def __post_init__(self) -> None:
        ids = [target.id for target in self.targets]
        require(len(ids) <= MAX_TARGETS, f"targets: at most {MAX_TARGETS}")
        for id in ids:
            require(ids.count(id) == 1, f"targets: the id {id!r} stands twice")
