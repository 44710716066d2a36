"""Finds cameras on the LAN: WS-Discovery 1.0 (2005), one question by multicast, answers for a few seconds.

An answer is believed only in so far as it says where its sender has its services: the host is always the sender's own
address. It also says since which start the camera runs, by which a restart is noticed.
"""

import fcntl
import ipaddress
import select
import socket
import struct
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from edge.camera.onvif import soap
from edge.camera.onvif.soap import BadXml, Node

GROUP, PORT = "239.255.255.250", 3702
WAIT_S = 3.0
ANSWERS_MAX = 256
_INTERFACE_ADDRESS = 0x8915
_SCOPES = "onvif://www.onvif.org/"
_QUESTION = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:{id}</w:MessageID>'
    "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that answered. `started` is a number that changes whenever it starts anew; empty where it tells none."""

    url: str
    name: str = ""
    hardware: str = ""
    started: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def find(addresses: Iterable[str], wait_s: float = WAIT_S, port: int = PORT) -> list[Found]:
    """Ask on the networks that these addresses of this machine belong to. One entry a host. Raises OSError."""
    found: dict[str, Found] = {}
    for address in addresses:
        for each in _ask((GROUP, port), address, wait_s):
            found.setdefault(each.host, each)
    return sorted(found.values(), key=lambda each: socket.inet_aton(each.host))


def ask_one(host: str, wait_s: float = 1.0, port: int = PORT) -> Found | None:
    """Ask one camera. None where it does not answer. Raises OSError."""
    return next(_ask((host, port), "", wait_s, most=1), None)


def lan_addresses() -> list[str]:
    """This machine's own addresses in private networks, the loopback excepted."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(any_socket, _INTERFACE_ADDRESS, struct.pack("256s", name.encode()))
            except OSError:
                continue
            address = ipaddress.IPv4Address(answer[20:24])
            if address.is_private and not address.is_loopback:
                found.append(str(address))
    return found


def read_answer(data: bytes, sender: str) -> Found | None:
    """What one answer says; None where it is none of a camera's."""
    try:
        said = soap.read(data)
    except BadXml:
        return None
    match = said.first("ProbeMatch")
    if match is None:
        return None
    for named in match.say("XAddrs", most=1000).split():
        url = _moved(named, sender)
        if url:
            return Found(url, _scope(match, "name"), _scope(match, "hardware"), _start(said))
    return None


def _ask(place: tuple[str, int], own: str, wait_s: float, most: int = ANSWERS_MAX) -> Iterator[Found]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        if own:
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            asking.bind((own, 0))
        question = _QUESTION.format(id=uuid.uuid4()).encode()
        asking.sendto(question, place)
        asking.sendto(question, place)  # a datagram may get lost
        until_s = time.monotonic() + wait_s
        for _ in range(ANSWERS_MAX):
            left_s = until_s - time.monotonic()
            if left_s <= 0 or not select.select([asking], [], [], left_s)[0]:
                return
            data, (sender, *_) = asking.recvfrom(65536)
            found = read_answer(data, sender)
            if found is not None and (own or sender == place[0]):
                yield found
                most -= 1
                if most <= 0:
                    return


def _moved(named: str, sender: str) -> str:
    """An address of a service, on the sender's own host; empty where it is none."""
    try:
        parts = urlsplit(named)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not named.isascii() or ":" in (parts.hostname or ":"):
        return ""
    return f"{parts.scheme}://{sender}{port}{parts.path or '/onvif/device_service'}"


def _scope(match: Node, key: str) -> str:
    for scope in match.say("Scopes", most=4000).split():
        if scope.startswith(f"{_SCOPES}{key}/"):
            text = unquote(scope.rpartition("/")[2]).replace("_", " ")
            return "".join(letter for letter in text if letter.isprintable())[:60]
    return ""


def _start(said: Node) -> str:
    sequence = said.first("AppSequence")
    return sequence.attributes.get("InstanceId", "")[:20] if sequence is not None else ""
