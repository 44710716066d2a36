"""The authority that people's phones trust: a CA for the pages alone, and their certificate, short-lived and renewed.

The CA binds itself (name constraints, server authentication only) to the hub's own name, to names that exist only in a
local network and to private addresses: whoever steals its key can imitate no bank. It is kept by `public_host`, so
that a name tried by mistake costs nobody the trust in the right one. See docs/decisions/0020-https.md.
"""

import ipaddress
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from hub.security import certificates
from hub.security.certificates import FOR_SERVERS, BadAuthority, Pair, Span, alternative

LIFE = timedelta(days=398)
"""Apple's systems refuse a server's certificate that is valid for more than 825 days (support.apple.com/103769)."""
BACKDATED = timedelta(days=1)
"""A phone's clock may be behind the hub's."""
RENEW_BEFORE = timedelta(days=60)
CA_SPAN = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC))

LOCAL_DOMAINS = ("localhost", "local", "home.arpa", "internal")
"""RFC 6761, RFC 6762, RFC 8375, and ICANN's reservation of 2024."""
LOCAL_NETWORKS = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)

_CA, _CA_KEY = "ca.pem", "ca.key"
_SERVER, _SERVER_KEY = "server.pem", "server.key"


@dataclass(frozen=True, slots=True)
class PageCertificates:
    """`ca_der` is what phones are to trust; `certificate` (server and CA) and `key` are what the pages' port shows."""

    ca_der: bytes
    certificate: Path
    key: Path
    names: tuple[str, ...]
    serial: int

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.ca_der)


def fingerprint(ca_der: bytes) -> str:
    """The SHA-256 of a certificate as phones show it: pairs of hexadecimal digits."""
    return x509.load_der_x509_certificate(ca_der).fingerprint(hashes.SHA256()).hex(":").upper()


def ensure(folder: Path, host: str, names: Sequence[str], now: datetime) -> PageCertificates:
    """Make what is missing below `folder`: the CA of `host` once, the server's certificate anew whenever it does not
    name `host` and all of `names` that the CA may vouch for, is not yet valid, or nears its end. Raises BadAuthority.
    """
    own = folder / host.replace("/", "_")
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        ca = certificates.load(own / _CA, own / _CA_KEY) or _make_ca(own, host, names)
        vouched = [name for name in dict.fromkeys((host, *names)) if _is_permitted(ca.certificate, name)]
        server = certificates.load(own / _SERVER, own / _SERVER_KEY)
        if server is None or not _is_fit(server.certificate, ca.certificate, vouched, now):
            server = certificates.make_server(vouched, Span(now - BACKDATED, now - BACKDATED + LIFE), ca)
            certificates.store(server, own / _SERVER, own / _SERVER_KEY, ca.pem)
    except ValueError as error:
        raise BadAuthority(f"{own}: {error}") from None
    der, serial = ca.certificate.public_bytes(Encoding.DER), server.certificate.serial_number
    return PageCertificates(der, own / _SERVER, own / _SERVER_KEY, tuple(vouched), serial)


class PageSeal:
    """The pages' certificate in use: a TLS context that shows the newest to each connection that begins."""

    def __init__(
        self, folder: Path, host: str, names: Callable[[], Sequence[str]], now: Callable[[], datetime]
    ) -> None:
        """Raises BadAuthority and OSError."""
        self._folder, self._host, self._names, self._now = folder, host, names, now
        self.held = ensure(folder, host, names(), now())
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.held.certificate, self.held.key)

    def renew(self) -> bool:
        """Look whether names or time ask for another certificate, and show it from now on. True where it is another.

        Raises BadAuthority and OSError; the old one stays in use.
        """
        fresh = ensure(self._folder, self._host, self._names(), self._now())
        if fresh.serial == self.held.serial:
            return False
        self.context.load_cert_chain(fresh.certificate, fresh.key)
        self.held = fresh
        return True


def _make_ca(own: Path, host: str, names: Sequence[str]) -> Pair:
    if (own / _CA).exists():
        raise ValueError(f"{_CA} is here but {_CA_KEY} is not; phones trust this CA, so none is made in its place")
    bare = [name for name in names if "." not in name and ":" not in name]
    ca = certificates.make_ca(f"Loa Lang {host}", CA_SPAN, FOR_SERVERS, _limits((host, *bare)))
    certificates.store(ca, own / _CA, own / _CA_KEY)
    return ca


def _limits(own: Sequence[str]) -> x509.NameConstraints:
    """Not critical: an old phone that does not know them must not refuse the CA, and one that does keeps to them."""
    domains = [x509.DNSName(name) for name in LOCAL_DOMAINS]
    networks = [x509.IPAddress(ipaddress.ip_network(each)) for each in LOCAL_NETWORKS]
    ours = [_as_constraint(alternative(name)) for name in own]
    return x509.NameConstraints(
        permitted_subtrees=list(dict.fromkeys((*ours, *domains, *networks))), excluded_subtrees=None
    )


def _as_constraint(name: x509.DNSName | x509.IPAddress) -> x509.DNSName | x509.IPAddress:
    return name if isinstance(name, x509.DNSName) else x509.IPAddress(ipaddress.ip_network(name.value))


def _is_permitted(ca: x509.Certificate, name: str) -> bool:
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    meant = alternative(name)
    if isinstance(meant, x509.DNSName):
        return any(f".{meant.value}".endswith(f".{each.value}") for each in limits if isinstance(each, x509.DNSName))
    networks = [ipaddress.ip_network(each.value) for each in limits if isinstance(each, x509.IPAddress)]
    return any(ipaddress.ip_address(name) in network for network in networks)


def _is_fit(server: x509.Certificate, ca: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    is_in_time = server.not_valid_before_utc <= now < server.not_valid_after_utc - RENEW_BEFORE
    return is_in_time and certificates.is_fit(server, ca, names)
