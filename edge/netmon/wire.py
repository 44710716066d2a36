"""What goes over the wire to ask a target, and what its answer means: bytes and texts only, no sockets.

Written out here because it is little: one ICMP echo (RFC 792), one DNS question of which only the header of the
answer matters (RFC 1035), one HTTP request of which only the status line does. The libraries for these cost 8 MB.
"""

import struct
import sys
from urllib.parse import urlsplit

ECHO_REQUEST, ECHO_REPLY = 8, 0
DNS_PORT = 53
HTTP_PORT = 80
_A, _IN = 1, 1
_ICMP = struct.Struct("!BBHHH")
_DNS = struct.Struct("!HHHHHH")
_RECURSE = 0x0100
_ANSWER = 0x8000
_GATEWAY_FLAG = 0x2


def echo_request(token: bytes) -> bytes:
    """An ICMP echo request; `token` comes back with the reply and tells it from others'."""
    draft = _ICMP.pack(ECHO_REQUEST, 0, 0, 0, 1) + token
    return _ICMP.pack(ECHO_REQUEST, 0, _checksum(draft), 0, 1) + token


def is_echo_reply(packet: bytes, token: bytes, has_ip_header: bool) -> bool:
    """Whether a packet is the reply to the request with this token. Raw sockets deliver the IP header too."""
    message = packet[(packet[0] & 0x0F) * 4 :] if has_ip_header and packet else packet
    return len(message) >= _ICMP.size and message[0] == ECHO_REPLY and message[_ICMP.size :] == token


def dns_question(id: int, name: str) -> bytes:
    """A recursive question for the IPv4 address of an ASCII name; `id` is 0 to 65535."""
    labels = (label.encode("ascii") for label in name.rstrip(".").split("."))
    qname = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return _DNS.pack(id, _RECURSE, 1, 0, 0, 0) + qname + struct.pack("!HH", _A, _IN)


def dns_verdict(question: bytes, answer: bytes) -> str | None:
    """What an answer is worth: an empty text where it names an address, else why not; None where it is not ours."""
    if len(answer) < len(question) or answer[:2] != question[:2]:
        return None
    _, flags, questions, answers, _, _ = _DNS.unpack_from(answer)
    asked = question[_DNS.size :].lower()
    if not flags & _ANSWER or questions != 1 or answer[_DNS.size : len(question)].lower() != asked:
        return None
    code = flags & 0x0F
    if code:
        return f"máy chủ tên miền báo lỗi {code} (DNS error {code})"
    return "" if answers else "máy chủ tên miền không có địa chỉ (no address)"


def http_request(url: str) -> bytes:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: loalang\r\nConnection: close\r\n\r\n".encode("ascii")


def http_verdict(head: bytes) -> str:
    """What an answer's first bytes are worth: an empty text for status 204, else why it is not the internet."""
    parts = head.split(b"\r\n", 1)[0].split(b" ")
    is_http = len(parts) >= 2 and parts[0] in (b"HTTP/1.0", b"HTTP/1.1")
    if not is_http or len(parts[1]) != 3 or not parts[1].isdigit():
        return "trả lời không phải HTTP (not HTTP)"
    status = int(parts[1])
    if status == 204:
        return ""
    if status < 400:
        return f"bị chuyển tới trang chào của wifi (captive portal, HTTP {status})"
    return f"trang kiểm tra báo lỗi HTTP {status}"


def address_of_page(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or HTTP_PORT


def address_of_resolver(text: str) -> tuple[str, int]:
    """Read `1.1.1.1`, `127.0.0.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`. Raises ValueError for a bad port."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, int(rest[1:]) if rest else DNS_PORT
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, int(port)
    return text, DNS_PORT


def default_gateway(route_table: str) -> str | None:
    """The router of the best default route, out of /proc/net/route; None without one."""
    rows = [line.split() for line in route_table.splitlines()[1:]]
    defaults = [
        r for r in rows if len(r) >= 8 and int(r[1], 16) == int(r[7], 16) == 0 and int(r[3], 16) & _GATEWAY_FLAG
    ]
    if not defaults:
        return None
    best = min(defaults, key=lambda r: int(r[6]))
    return ".".join(str(byte) for byte in int(best[2], 16).to_bytes(4, sys.byteorder))


def first_resolver(resolv_conf: str) -> str | None:
    """The first name server of a resolv.conf; None without one."""
    rows = (line.split() for line in resolv_conf.splitlines())
    return next((row[1] for row in rows if len(row) >= 2 and row[0] == "nameserver"), None)


def _checksum(data: bytes) -> int:
    """The internet checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
