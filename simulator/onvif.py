"""A simulated camera that speaks ONVIF: it answers WS-Discovery, and SOAP over HTTP, with a clock of its own.

It judges logins as real ones do: WS-UsernameToken within five minutes of its own clock, or HTTP Digest; a test may give
its answers another text.
"""

import base64
import hashlib
import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Literal

HOST, GROUP = "127.0.0.1", "239.255.255.250"
TOKEN_FOR = timedelta(minutes=5)
REALM, NONCE = "onvif", "c2ltdWxhdG9y"

Way = Literal["token", "digest"]


@dataclass
class OnvifCamera:
    """One camera on loopback. Used as a context manager; what is told of it can be changed while it runs."""

    stream_url: str = "rtsp://192.168.7.7:554/Streaming/Channels/102"
    user: str = "loa"
    password: str = "mat-khau"
    way: Way = "token"
    name: str = "Cổng chợ"
    maker: str = "Sao Vàng"
    model: str = "SV-2"
    firmware: str = "V5.5.0"
    serial: str = "SN001"
    started: int = 1_700_000_000
    clock_ahead: timedelta = timedelta()
    media_host: str = "10.0.0.1"
    """Cameras name themselves by an address of their own past; nobody is to go there."""
    distort: Callable[[str, bytes], bytes] = lambda _question, answer: answer
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    reboots: int = 0
    port: int = 0
    discovery_port: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/onvif/device_service"

    def __enter__(self) -> "OnvifCamera":
        self._web = socket.create_server((HOST, self.port))
        self.port = self._web.getsockname()[1]
        self._ears = _multicast(self.discovery_port)
        self.discovery_port = self._ears.getsockname()[1]
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._serve, self._hear)]
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._web.shutdown(socket.SHUT_RDWR)
        self._web.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (HOST, self.discovery_port))
        for each in self._threads:
            each.join()
        self._ears.close()

    def now(self) -> datetime:
        """By its own clock."""
        return datetime.now(UTC) + self.clock_ahead

    def discovered(self, url: str = "") -> bytes:
        """What it answers to WS-Discovery."""
        scopes = (
            f"onvif://www.onvif.org/name/{self.name.replace(' ', '%20')} onvif://www.onvif.org/hardware/{self.model}"
        )
        return (
            '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
            ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
            f'<d:AppSequence InstanceId="{self.started}" MessageNumber="1"/></e:Header><e:Body><d:ProbeMatches>'
            f"<d:ProbeMatch><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>{url or self._elsewhere('device_service')}</d:XAddrs>"
            "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
        ).encode()

    def _elsewhere(self, service: str) -> str:
        return f"http://{self.media_host}:{self.port}/onvif/{service}"

    def _hear(self) -> None:
        while True:
            data, asker = self._ears.recvfrom(65536)
            if not data:
                return
            if b"NetworkVideoTransmitter" in data:
                self._ears.sendto(self.distort("Probe", self.discovered()), asker)

    def _serve(self) -> None:
        while True:
            try:
                wire, _ = self._web.accept()
            except OSError:
                return
            with wire, suppress(OSError, ValueError):
                self._answer(wire)

    def _answer(self, wire: socket.socket) -> None:
        head, body = _read(wire)
        self.heads.append(head)
        found = re.search(r"<s:Body><\w+:(\w+)", body)
        question = found.group(1) if found else ""
        self.asked.append(question)
        if question != "GetSystemDateAndTime":
            if self.way == "digest" and not self._is_digest_right(head):
                challenge = f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5\r\n'
                wire.sendall(f"HTTP/1.1 401 Unauthorized\r\n{challenge}Content-Length: 0\r\n\r\n".encode())
                return
            if self.way == "token" and not self._is_token_right(body):
                self._send(wire, question, _fault("ter:NotAuthorized"), "400 Bad Request")
                return
        self._send(wire, question, self._tell(question))

    def _send(self, wire: socket.socket, question: str, body: str, status: str = "200 OK") -> None:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope'
            ' xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"'
            ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
            f' xmlns:ter="http://www.onvif.org/ver10/error"><SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
        )
        data = self.distort(question, text.encode())
        wire.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    def _tell(self, question: str) -> str:
        at = self.now()
        if question == "GetSystemDateAndTime":
            date = f"<tt:Year>{at.year}</tt:Year><tt:Month>{at.month}</tt:Month><tt:Day>{at.day}</tt:Day>"
            time = f"<tt:Hour>{at.hour}</tt:Hour><tt:Minute>{at.minute}</tt:Minute><tt:Second>{at.second}</tt:Second>"
            return f"<tds:R><tt:UTCDateTime><tt:Time>{time}</tt:Time><tt:Date>{date}</tt:Date></tt:UTCDateTime></tds:R>"
        if question == "GetDeviceInformation":
            return (
                f"<tds:Manufacturer>{self.maker}</tds:Manufacturer><tds:Model>{self.model}</tds:Model>"
                f"<tds:FirmwareVersion>{self.firmware}</tds:FirmwareVersion>"
                f"<tds:SerialNumber>{self.serial}</tds:SerialNumber>"
            )
        if question == "GetCapabilities":
            return f"<tt:Media><tt:XAddr>{self._elsewhere('Media')}</tt:XAddr></tt:Media>"
        if question == "GetProfiles":
            return _profile("main", 2560, 1440) + _profile("sub&amp;2", 640, 360) + _profile("phone", 176, 144)
        if question == "GetStreamUri":
            return f"<trt:MediaUri><tt:Uri>{self.stream_url}</tt:Uri></trt:MediaUri>"
        if question == "SystemReboot":
            self.reboots += 1
            return "<tds:Message>now</tds:Message>"
        return _fault("ter:ActionNotSupported")

    def _is_token_right(self, body: str) -> bool:
        values = dict(re.findall(r"<\w+:(Username|Password|Nonce|Created)(?: [^>]*)?>([^<]*)<", body))
        if set(values) != {"Username", "Password", "Nonce", "Created"}:
            return False
        created_at = datetime.strptime(values["Created"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        nonce = base64.b64decode(values["Nonce"])
        right = hashlib.sha1(nonce + values["Created"].encode() + self.password.encode()).digest()
        is_fresh = abs(self.now() - created_at) <= TOKEN_FOR
        return is_fresh and values["Username"] == self.user and base64.b64decode(values["Password"]) == right

    def _is_digest_right(self, head: str) -> bool:
        values = dict(re.findall(r'(\w+)="?([^",\r]*)', head.partition("Authorization: Digest")[2]))
        if not values:
            return False
        own, asked = _md5(f"{self.user}:{REALM}:{self.password}"), _md5(f"POST:{values['uri']}")
        right = _md5(f"{own}:{NONCE}:{values['nc']}:{values['cnonce']}:auth:{asked}")
        return bool(values["response"] == right)


def _multicast(port: int) -> socket.socket:
    ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ears.bind(("", port))
    group = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(HOST))
    ears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    return ears


def _read(wire: socket.socket) -> tuple[str, str]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(wire)
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"Content-Length: (\d+)", head)
    length = int(found.group(1)) if found else 0
    while len(body) < length:
        body += _some(wire)
    return head.decode(), body.decode()


def _some(wire: socket.socket) -> bytes:
    piece = wire.recv(65536)
    if not piece:
        raise ConnectionResetError
    return piece


def _profile(token: str, width: int, height: int) -> str:
    size = f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
    encoder = f"<tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding>{size}</tt:VideoEncoderConfiguration>"
    return f'<trt:Profiles token="{token}">{encoder}</trt:Profiles>'


def _fault(code: str) -> str:
    return (
        f"<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Subcode><SOAP-ENV:Value>{code}</SOAP-ENV:Value></SOAP-ENV:Subcode>"
        "</SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text>no</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>"
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
