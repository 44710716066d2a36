"""The authority that nodes carry from `join`: one CA, and the certificate of the hub's ports for them.

Certificates are valid from 2020, for a node may wake up with a clock that is years behind and must still be able to
ask for the time. What people's browsers trust is another (`page_authority`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.security import certificates
from hub.security.certificates import BadAuthority, Pair, Span

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2045, 1, 1, tzinfo=UTC)

_CA, _CA_KEY = "ca.pem", "ca.key"
_SERVER, _SERVER_KEY = "server.pem", "server.key"


@dataclass(frozen=True, slots=True)
class Certificates:
    """`ca_pem` is what nodes trust; `certificate` (server and CA) and `key` are what the hub's ports show."""

    ca_pem: str
    certificate: Path
    key: Path


def ensure(folder: Path, names: Sequence[str]) -> Certificates:
    """Make what is missing: the CA once, the server's certificate anew whenever it does not name all of `names`
    (host names or IP addresses, at least one). Raises BadAuthority.
    """
    if not names:
        raise ValueError("a server's certificate needs a name")
    try:
        ca = certificates.load(folder / _CA, folder / _CA_KEY) or _make_ca(folder)
        server = certificates.load(folder / _SERVER, folder / _SERVER_KEY)
        if server is None or not certificates.is_fit(server.certificate, ca.certificate, names):
            fresh = certificates.make_server(names, Span(VALID_FROM, VALID_UNTIL), ca)
            certificates.store(fresh, folder / _SERVER, folder / _SERVER_KEY, ca.pem)
    except ValueError as error:
        raise BadAuthority(f"{folder}: {error}") from None
    return Certificates(ca.pem.decode(), folder / _SERVER, folder / _SERVER_KEY)


def _make_ca(folder: Path) -> Pair:
    if (folder / _CA).exists():
        raise ValueError(f"{_CA} is here but {_CA_KEY} is not; nodes trust this CA, so none is made in its place")
    ca = certificates.make_ca("Loa Lang hub CA", Span(VALID_FROM, VALID_UNTIL))
    certificates.store(ca, folder / _CA, folder / _CA_KEY)
    return ca
