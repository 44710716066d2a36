"""How the node asks a target: by ICMP, DNS or HTTP, or, in tests, by a script.

No wait within a question is longer than its timeout, and an answer that took longer altogether is none. A page that
drips its answer byte by byte may hold the question for long: whoever asks must not wait for it.
"""

import errno
import http.client
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import icmplib

from edge.netmon import lease
from edge.netmon.config import AUTO, Target, where_of_resolver

TIMEOUT_S = 3.0
ROUTES = "proc/net/route"
RESOLV_CONF = "etc/resolv.conf"
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
    """The real probe. `root` is where proc and etc lie: `/` but in tests."""

    def __init__(self, timeout_s: float = TIMEOUT_S, root: Path = Path("/")) -> None:
        self._timeout_s = timeout_s
        self._root = root
        self._find_flaw: dict[str, Callable[[Target], str]] = {
            "gateway": self._ping,
            "dns": self._resolve,
            "http204": self._fetch,
        }

    def ask(self, target: Target) -> Answer:
        started_s = time.monotonic()
        try:
            flaw = self._find_flaw[target.kind](target)
        except (TimeoutError, ConnectionResetError, BrokenPipeError, dns.exception.Timeout):
            flaw = _NO_ANSWER
        except (socket.gaierror, icmplib.NameLookupError):
            flaw = "không tìm được địa chỉ của tên (name not found)"
        except icmplib.ICMPLibError as error:
            flaw = f"lỗi mạng: {error}"
        except OSError as error:
            flaw = _UNREACHABLE.get(error.errno or 0, f"lỗi mạng: {error.strerror}")
        took_s = time.monotonic() - started_s
        if not flaw and took_s > self._timeout_s:
            flaw = _NO_ANSWER
        return Answer(None, flaw) if flaw else Answer(took_s * 1000)

    def _ping(self, target: Target) -> str:
        """What is wrong with the gateway's answer; empty where nothing is. So do the next two."""
        address = lease.router(self._read(ROUTES)) if target.address == AUTO else target.address
        if address is None:
            return "chưa có mạng: không có cổng mạng mặc định (no default gateway)"
        return "" if _echo(address, self._timeout_s).is_alive else _NO_ANSWER

    def _resolve(self, target: Target) -> str:
        address = lease.resolver(self._read(RESOLV_CONF)) if target.address == AUTO else target.address
        if address is None:
            return "chưa có mạng: không có máy chủ tên miền (no resolver)"
        host, port = where_of_resolver(address)
        question = dns.message.make_query(target.name, dns.rdatatype.A)
        answer = dns.query.udp(question, host, self._timeout_s, port, ignore_unexpected=True, ignore_errors=True)
        if answer.rcode() != dns.rcode.NOERROR:
            return f"máy chủ tên miền báo lỗi (DNS error {dns.rcode.to_text(answer.rcode())})"
        has_address = any(records.rdtype == dns.rdatatype.A for records in answer.answer)
        return "" if has_address else "máy chủ tên miền không có địa chỉ (no address)"

    def _fetch(self, target: Target) -> str:
        parts = urlsplit(target.address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self._timeout_s)
        try:
            connection.request("GET", path, headers={"User-Agent": "loalang", "Connection": "close"})
            return _judge_status(connection.getresponse().status)
        except http.client.RemoteDisconnected:
            return _NO_ANSWER
        except http.client.HTTPException:
            return "trả lời không phải HTTP (not HTTP)"
        finally:
            connection.close()

    def _read(self, name: str) -> str:
        path = self._root / name
        return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""


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


def _echo(address: str, timeout_s: float) -> icmplib.Host:
    """Ping once: by the unprivileged socket where net.ipv4.ping_group_range allows it, else by a raw one."""
    for is_raw in (False, True):
        try:
            return icmplib.ping(address, count=1, timeout=timeout_s, privileged=is_raw)
        except icmplib.SocketPermissionError:
            continue
    raise CannotMeasure("ping is not permitted: set net.ipv4.ping_group_range, or give CAP_NET_RAW")


def _judge_status(status: int) -> str:
    if status == 204:
        return ""
    if status < 400:
        return f"bị chuyển tới trang chào của wifi (captive portal, HTTP {status})"
    return f"trang kiểm tra báo lỗi HTTP {status}"
