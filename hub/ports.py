"""Says whether a port is free, and if not, which program holds it."""

import contextlib
import errno
import secrets
import socket
from pathlib import Path

_LISTENING = "0A"
_FIRST, _TRIES = 10_000, 100
_USUAL_FIRST_OF_CONNECTIONS = 32_768


class PortTaken(OSError):
    """Another program listens where the hub wants to; the text names it."""


def require_free(host: str, port: int, key: str = "") -> None:
    """Raises PortTaken where this port cannot be listened on because of another program; `key` is its setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            name = owner(port)
            change = f"{key} trong hub.toml" if key else "cổng"
            raise PortTaken(
                f"cổng {port} đang bị {name or 'một chương trình khác'} dùng; tắt chương trình đó hoặc đổi {change}"
                f" / port {port} is taken by {name or 'another program'}; stop it or change {key or 'the port'}"
            ) from None


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free just now. Raises OSError where none is.

    None of those that the kernel gives to connections (ip(7), ip_local_port_range): such a port may be taken before
    anybody listens at it, and who knocks at it may meet only himself.
    """
    for port in secrets.SystemRandom().sample(range(_FIRST, _first_of_connections()), _TRIES):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
    raise OSError(errno.EADDRINUSE, "no free port")


def _first_of_connections() -> int:
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except OSError:
        return _USUAL_FIRST_OF_CONNECTIONS
    return first if first > _FIRST + _TRIES else _USUAL_FIRST_OF_CONNECTIONS


def owner(port: int) -> str:
    """Name and process number of whoever listens on a TCP port; empty where that cannot be seen from here."""
    inodes = _listening(port)
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            if str(descriptor.readlink()) in inodes:
                process = descriptor.parents[1]
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return ""


def _listening(port: int) -> set[str]:
    """Sockets that listen on the port, as links under /proc/<pid>/fd name them."""
    found: set[str] = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
