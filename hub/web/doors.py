"""Where the pages are reached: by HTTPS, and the plain door that helps phones to trust it and leads there."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HTTP_PORT, HTTPS_PORT = 80, 443


@dataclass(frozen=True, slots=True)
class Doors:
    """`ca_der` is what a phone must trust; empty where the certificate is one that it trusts already.

    `names` tells all that the certificate vouches for at the moment, `plain_port` is 0 where there is no plain door.
    """

    host: str
    names: Callable[[], Sequence[str]]
    page_port: int
    plain_port: int
    ca_der: bytes = b""

    def page_url(self, asked: str) -> str:
        """The pages' address, for one who asked under the host `asked`; a name that is not ours is not repeated."""
        return f"https://{self._host(asked)}{_port(self.page_port, HTTPS_PORT)}"

    def plain_url(self, asked: str) -> str:
        """The plain door's address; the pages' own where there is none."""
        if not self.plain_port:
            return self.page_url(asked)
        return f"http://{self._host(asked)}{_port(self.plain_port, HTTP_PORT)}"

    def invitation(self, asked: str) -> str:
        """The plain door's address for another device."""
        return self.plain_url(self.invited(asked))

    def invited(self, asked: str) -> str:
        """A name under which another device finds this machine: `asked` where it serves, else the public one, else an
        address.
        """
        names = list(self.names())
        known = [name for name in (self.host, *filter(_is_address, names), *names) if not is_here(name)]
        return asked if asked in known else next(iter(known), self.host)

    def _host(self, asked: str) -> str:
        name = asked if asked in self.names() else self.host
        return f"[{name}]" if ":" in name else name


def is_here(name: str) -> bool:
    """Whether a name means whatever machine says it."""
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _port(port: int, usual: int) -> str:
    return "" if port == usual else f":{port}"
