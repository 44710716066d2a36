"""Where Home Assistant's broker is, from one line of the settings. Pure."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PREFIX = "homeassistant"
"""Under which Home Assistant looks for devices, unless it was told otherwise."""
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = ""
    prefix: str = PREFIX

    @classmethod
    def parse(cls, text: str) -> "BrokerAddress":
        """Read `mqtt://user:password@host:port/prefix` (mqtts for TLS); port and prefix may lack. A name and password
        with special characters are percent-encoded. Raises ValueError where it is no such address."""
        parts = urlsplit(text)
        if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("write it as mqtt://user:password@host, or mqtts:// for TLS")
        prefix = parts.path.strip("/") or PREFIX
        if not prefix.isprintable() or set(prefix) & set("+# "):
            raise ValueError("the prefix may have no spaces, + or #")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            is_tls=parts.scheme == "mqtts",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            prefix=prefix,
        )
