"""How the node asks a target: by ICMP, DNS or HTTP, or, in tests, by a script.

One question takes at most the time it is given, except for finding a host name's address, which is the system's
resolver's own business.
"""

import errno
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edge.netmon import wire
from edge.netmon.config import AUTO, Target

TIMEOUT_S = 3.0
ROUTES = Path("/proc/net/route")
RESOLV_CONF = Path("/etc/resolv.conf")
_NO_ANSWER = "không trả lời (no answer)"
_UNREACHABLE = {
    errno.ECONNREFUSED: "từ chối kết nối (refused)",
    errno.ENETUNREACH: "không có đường mạng tới (network unreachable)",
    errno.EHOSTUNREACH: "không tìm thấy máy (host unreachable)",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question got: the time to the right answer, or None and the reason."""

    rtt_ms: float | None
    detail: str = ""


class CannotMeasure(Exception):
    """This machine does not let the question be asked; it says nothing of the target."""


class Probe(Protocol):
    """Asks one target once. Several threads may ask at the same time."""

    def ask(self, target: Target) -> Answer:
        """Ask and wait for the answer. Raises CannotMeasure."""


class NetworkProbe:
    """The real probe."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._ask: dict[str, Callable[[Target, float], Answer]] = {
            "gateway": _ping,
            "dns": _resolve,
            "http204": _fetch,
        }

    def ask(self, target: Target) -> Answer:
        try:
            return self._ask[target.kind](target, self._timeout_s)
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            return Answer(None, _NO_ANSWER)
        except socket.gaierror:
            return Answer(None, "không tìm được địa chỉ của tên (name not found)")
        except OSError as error:
            return Answer(None, _UNREACHABLE.get(error.errno or 0, f"lỗi mạng: {error.strerror}"))


class ScriptedProbe:
    """The fake: answers as it was told, `up` in 10 ms unless told otherwise."""

    def __init__(self) -> None:
        self._script: dict[str, Callable[[], Answer]] = {}

    def set(self, id: str, answer: Answer | Callable[[], Answer]) -> None:
        """Answer for this target so from now on; a callable is asked each time, and may raise or take its time."""
        self._script[id] = answer if callable(answer) else lambda: answer

    def ask(self, target: Target) -> Answer:
        make = self._script.get(target.id)
        return make() if make is not None else Answer(10.0)


def _ping(target: Target, timeout_s: float) -> Answer:
    address = wire.default_gateway(_read(ROUTES)) if target.address == AUTO else target.address
    if address is None:
        return Answer(None, "chưa có mạng: không có cổng mạng mặc định (no default gateway)")
    token = os.urandom(16)
    sock, has_ip_header = _open_icmp()
    with sock:
        sock.connect((address, 0))
        started_s = time.monotonic()
        sock.send(wire.echo_request(token))
        while True:
            sock.settimeout(_left_s(started_s, timeout_s))
            if wire.is_echo_reply(sock.recv(2048), token, has_ip_header):
                return Answer(_since_ms(started_s))


def _open_icmp() -> tuple[socket.socket, bool]:
    """A socket for echoes: the unprivileged kind where net.ipv4.ping_group_range allows it, else a raw one."""
    for kind, has_ip_header in ((socket.SOCK_DGRAM, False), (socket.SOCK_RAW, True)):
        try:
            return socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP), has_ip_header
        except PermissionError:
            continue
    raise CannotMeasure("ping is not permitted: set net.ipv4.ping_group_range, or give CAP_NET_RAW")


def _resolve(target: Target, timeout_s: float) -> Answer:
    address = wire.first_resolver(_read(RESOLV_CONF)) if target.address == AUTO else target.address
    if address is None:
        return Answer(None, "chưa có mạng: không có máy chủ tên miền (no resolver)")
    question = wire.dns_question(int.from_bytes(os.urandom(2), "big"), target.name)
    family, where = _where(*wire.address_of_resolver(address), socket.SOCK_DGRAM)
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(where)
        started_s = time.monotonic()
        sock.send(question)
        while True:
            sock.settimeout(_left_s(started_s, timeout_s))
            verdict = wire.dns_verdict(question, sock.recv(4096))
            if verdict is not None:
                return Answer(None, verdict) if verdict else Answer(_since_ms(started_s))


def _fetch(target: Target, timeout_s: float) -> Answer:
    family, where = _where(*wire.address_of_page(target.address), socket.SOCK_STREAM)
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        started_s = time.monotonic()
        sock.settimeout(timeout_s)
        sock.connect(where)
        sock.sendall(wire.http_request(target.address))
        head = b""
        while b"\r\n" not in head and len(head) < 1024:
            sock.settimeout(_left_s(started_s, timeout_s))
            piece = sock.recv(1024)
            if not piece:
                return Answer(None, _NO_ANSWER) if not head else Answer(None, wire.http_verdict(head))
            head += piece
        verdict = wire.http_verdict(head)
        return Answer(None, verdict) if verdict else Answer(_since_ms(started_s))


def _where(host: str, port: int, kind: int) -> tuple[int, tuple[Any, ...]]:
    """The first address of a host, ready to connect to."""
    family, _, _, _, where = socket.getaddrinfo(host, port, type=kind)[0]
    return family, where


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""


def _left_s(started_s: float, timeout_s: float) -> float:
    """Seconds left to wait. Raises TimeoutError where there are none."""
    left_s = started_s + timeout_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _since_ms(started_s: float) -> float:
    return (time.monotonic() - started_s) * 1000
