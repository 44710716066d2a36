"""Whether a lease can be had: a DISCOVER and the OFFER that answers it, never a REQUEST, so nothing is taken.

The form is that of RFC 2131; the packets go by a packet socket, beside whichever program keeps the machine's own lease
and holds the port. That takes CAP_NET_RAW, as pings do.
"""

import os
import socket
import struct
import time
from pathlib import Path

ADDRESSES = "sys/class/net"
_IP = struct.Struct("!BBHHHBBH4s4s")
_UDP = struct.Struct("!HHHH")
_BOOTP = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s4s")
_SERVER_PORT, _CLIENT_PORT, _PROTOCOL_UDP = 67, 68, 17
_BROADCAST, _NOBODY, _EVERYBODY = 0x8000, bytes(4), b"\xff" * 4
_COOKIE = b"\x63\x82\x53\x63"
_KIND, _WANTED, _END = 53, 55, 255
_DISCOVER, _OFFER = 1, 2
_ETHERNET, _ETHERTYPE_IP = 1, 0x0800
_DATAGRAM = 2048


def has_offer(root: Path, device: str, timeout_s: float) -> bool:
    """Ask on this device, wait for an offer. Raises OSError; PermissionError where this machine does not allow it."""
    mac = bytes.fromhex((root / ADDRESSES / device / "address").read_text(encoding="ascii").strip().replace(":", ""))
    number = int.from_bytes(os.urandom(4), "big")
    until_s = time.monotonic() + timeout_s
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.htons(_ETHERTYPE_IP)) as door:
        door.bind((device, _ETHERTYPE_IP))
        door.sendto(discover(number, mac), (device, _ETHERTYPE_IP, 0, 0, b"\xff" * 6))
        while (left_s := until_s - time.monotonic()) > 0:
            door.settimeout(left_s)
            try:
                if is_offer(door.recv(_DATAGRAM), number):
                    return True
            except TimeoutError:
                break
    return False


def discover(number: int, mac: bytes) -> bytes:
    """The packet that asks who would give an address to this card; the answer is wanted by broadcast. Pure."""
    options = bytes([_KIND, 1, _DISCOVER, _WANTED, 2, 1, 3, _END])
    bootp = _BOOTP.pack(
        1, _ETHERNET, 6, 0, number, 0, _BROADCAST, _NOBODY, _NOBODY, _NOBODY, _NOBODY, mac, b"", b"", _COOKIE
    )
    payload = (bootp + options).ljust(300, b"\0")
    udp = _UDP.pack(_CLIENT_PORT, _SERVER_PORT, _UDP.size + len(payload), 0)
    return _ip_header(len(udp) + len(payload)) + udp + payload


def is_offer(packet: bytes, number: int) -> bool:
    """Whether this packet offers an address for the question of that number. Pure."""
    if len(packet) < _IP.size or packet[0] >> 4 != 4 or packet[9] != _PROTOCOL_UDP:
        return False
    udp = packet[4 * (packet[0] & 0xF) :]
    if len(udp) < _UDP.size + _BOOTP.size or _UDP.unpack_from(udp)[1] != _CLIENT_PORT:
        return False
    bootp = _BOOTP.unpack_from(udp, _UDP.size)
    is_answer = bootp[0] == 2 and bootp[4] == number and bootp[-1] == _COOKIE
    return is_answer and _kind(udp[_UDP.size + _BOOTP.size :]) == _OFFER


def _kind(options: bytes) -> int | None:
    at = 0
    while at + 2 < len(options) and options[at] != _END:
        if options[at] == 0:
            at += 1
            continue
        if options[at] == _KIND:
            return options[at + 2]
        at += 2 + options[at + 1]
    return None


def _ip_header(length: int) -> bytes:
    def pack(checksum: int) -> bytes:
        total = _IP.size + length
        return _IP.pack(0x45, 0, total, 0, 0, 64, _PROTOCOL_UDP, checksum, _NOBODY, _EVERYBODY)

    words = sum(struct.unpack("!10H", pack(0)))
    words = (words & 0xFFFF) + (words >> 16)
    return pack(~(words + (words >> 16)) & 0xFFFF)
