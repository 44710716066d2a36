"""How the node asks a target: by ICMP, DNS, HTTP, TLS or DHCP, or, in tests, by a script.

No question takes longer than its timeout, the search for a name excepted: whoever asks must not wait for that. An
answer that took longer altogether is none.
"""

import errno
import http.client
import socket
import ssl
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

from contract.terms import Miss
from edge.netmon import dhcp, house, lease
from edge.netmon.config import AUTO, Target, where_of_hub, where_of_resolver
from edge.netmon.connection import connect

TIMEOUT_S = 3.0
ROUTES = "proc/net/route"
RESOLV_CONF = "etc/resolv.conf"
_LOGIN_REQUIRED = 511
"""The one status that says by its meaning that a portal stands between (RFC 6585)."""
_NO_ANSWER = "không trả lời (no answer)"
_UNREACHABLE = {
    errno.ECONNREFUSED: "từ chối kết nối (refused)",
    errno.ENETUNREACH: "không có đường mạng tới (network unreachable)",
    errno.EHOSTUNREACH: "không tìm thấy máy (host unreachable)",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question got: the time to the right answer, or None and the reason, and what answered in its place."""

    rtt_ms: float | None
    detail: str = ""
    miss: Miss = Miss.NONE


class CannotMeasure(Exception):
    """This machine does not let the question be asked, which says nothing of the target; why: "Việt / English"."""


class _Missed(Exception):
    """Something answered, and it was not what was asked for."""

    def __init__(self, detail: str, miss: Miss = Miss.WRONG) -> None:
        super().__init__(detail)
        self.miss = miss


@dataclass(frozen=True, slots=True)
class Hub:
    """Where this node's hub takes TLS connections, and the context that believes its certificate alone."""

    host: str
    port: int
    tls: ssl.SSLContext


class Probe(Protocol):
    """Asks one target once. Several threads may ask at the same time."""

    def ask(self, target: Target) -> Answer:
        """Ask and wait for the answer. Raises CannotMeasure."""


class NetworkProbe:
    """The real probe. `root` is where proc and etc lie: `/` but in tests. Without a hub none is asked."""

    def __init__(self, timeout_s: float = TIMEOUT_S, root: Path = Path("/"), hub: Hub | None = None) -> None:
        self._timeout_s = timeout_s
        self._root = root
        self._hub = hub
        self._find_flaw: dict[str, Callable[[Target], str]] = {
            "gateway": self._ping,
            "dns": self._resolve,
            "http204": self._fetch,
            "tls": self._shake_hands,
            "dhcp": self._seek_lease,
        }
        self._has_been_offered = False
        self._has_had_router = False

    def ask(self, target: Target) -> Answer:
        started_s = time.monotonic()
        miss = Miss.NONE
        try:
            flaw = self._find_flaw[target.kind](target)
        except (TimeoutError, ConnectionResetError, BrokenPipeError, dns.exception.Timeout):
            flaw = _NO_ANSWER
        except (socket.gaierror, icmplib.NameLookupError):
            flaw, miss = "không tìm được địa chỉ của tên (name not found)", Miss.UNNAMED
        except _Missed as error:
            flaw, miss = str(error), error.miss
        except icmplib.ICMPLibError as error:
            flaw = f"lỗi mạng: {error}"
        except OSError as error:
            flaw = _UNREACHABLE.get(error.errno or 0, f"lỗi mạng: {error.strerror}")
            miss = Miss.WRONG if isinstance(error, ConnectionRefusedError) else Miss.NONE
        took_s = time.monotonic() - started_s
        if not flaw and took_s > self._timeout_s:
            flaw = _NO_ANSWER
        return Answer(None, flaw, miss) if flaw else Answer(took_s * 1000)

    def _ping(self, target: Target) -> str:
        """What is wrong with the gateway's answer; empty where nothing is. So do the next three.

        Where the network never had one (a 4G stick, IPv6 alone), none is missed."""
        address = lease.router(self._read(ROUTES)) if target.address == AUTO else target.address
        self._has_had_router |= address is not None
        if not self._has_had_router and house.route_device(self._root) is not None:
            raise CannotMeasure("mạng này không có bộ phát nào để hỏi / this network's route has no gateway to ask")
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
            raise _Missed(f"máy chủ tên miền báo lỗi (DNS error {dns.rcode.to_text(answer.rcode())})")
        if not any(records.rdtype == dns.rdatatype.A for records in answer.answer):
            raise _Missed("máy chủ tên miền không có địa chỉ (no address)")
        return ""

    def _fetch(self, target: Target) -> str:
        parts = urlsplit(target.address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80)
        connection.sock = connect(connection.host, connection.port, self._timeout_s)
        try:
            connection.request("GET", path, headers={"User-Agent": "loalang", "Connection": "close"})
            _judge_status(connection.getresponse().status)
            return ""
        except http.client.RemoteDisconnected:
            return _NO_ANSWER
        except http.client.HTTPException:
            raise _Missed("trả lời không phải HTTP (not HTTP)") from None
        finally:
            connection.close()

    def _shake_hands(self, target: Target) -> str:
        if self._hub is None:
            raise CannotMeasure("chưa hỏi được máy chủ: nút chưa nối / the hub cannot be asked: this node joined none")
        host, port = (self._hub.host, self._hub.port) if target.address == AUTO else where_of_hub(target.address)
        plain = connect(host, port, self._timeout_s)
        try:
            with plain, self._hub.tls.wrap_socket(plain, server_hostname=host):
                return ""
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return _NO_ANSWER
        except ssl.SSLCertVerificationError as error:
            text = f"chứng chỉ không phải của máy chủ này (wrong certificate: {error.verify_message})"
            raise _Missed(text) from None
        except ssl.SSLError:
            raise _Missed("trả lời không phải TLS (not TLS)") from None

    def _seek_lease(self, target: Target) -> str:
        """Where nobody ever offered an address, as with one that was set by hand, none is missed."""
        device = lease.device(self._read(ROUTES)) if target.address == AUTO else target.address
        try:
            has_offer = device is not None and dhcp.has_offer(self._root, device, self._timeout_s)
        except PermissionError:
            raise CannotMeasure(
                "máy này không cho hỏi DHCP: chạy bằng sudo / DHCP takes CAP_NET_RAW: use sudo"
            ) from None
        except (OSError, ValueError):  # the device is gone, has no link, or is none that has an address
            has_offer = False
        self._has_been_offered |= has_offer
        if not self._has_been_offered:
            text = "không thấy ai cấp địa chỉ mạng; đặt địa chỉ bằng tay thì không sao"
            raise CannotMeasure(f"{text} / nobody offers addresses, which is fine where they were set by hand")
        return "" if has_offer else _NO_ANSWER

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
    raise CannotMeasure(
        "máy này không cho ping: chạy bằng sudo / no ping is permitted: use sudo, or set net.ipv4.ping_group_range"
    )


def _judge_status(status: int) -> None:
    """Raise what any other answer than 204 means."""
    if status == 204:
        return
    if status < 400 or status == _LOGIN_REQUIRED:
        raise _Missed(f"bị chuyển tới trang chào của wifi (captive portal, HTTP {status})", Miss.CAPTIVE)
    raise _Missed(f"trang kiểm tra báo lỗi HTTP {status}")
