"""The kernel's generic netlink, as much of it as asking nl80211 needs: questions and answers as bytes. Pure.

The numbers are those of linux/netlink.h and linux/genetlink.h. A library for all of netlink takes 19 MB of memory.
"""

import struct
import sys
from collections.abc import Iterator, Mapping

HEADER = struct.Struct("=IHHII")
"""Length, type, flags, sequence, port."""
_GENERIC = struct.Struct("=BBH")
_ATTRIBUTE = struct.Struct("=HH")
_TYPE_MASK = 0x3FFF
"""Above it: nested, and the order of bytes."""

ORDER = sys.byteorder

GENERIC = 16
"""The protocol of a socket for it; and the family that knows the numbers of the others."""
CONTROL = 16
GET_FAMILY = 3
FAMILY_ID, FAMILY_NAME = 1, 2
REQUEST, DUMP = 0x1, 0x300
ERROR, DONE = 2, 3

Attributes = Mapping[int, bytes]


class Refused(OSError):
    """The kernel answered with an error (its number in `errno`)."""


def question(kind: int, command: int, attributes: Mapping[int, bytes], sequence: int, flags: int = 0) -> bytes:
    """A whole message to the family `kind`."""
    body = _GENERIC.pack(command, 1, 0) + b"".join(_pack(number, value) for number, value in attributes.items())
    return HEADER.pack(HEADER.size + len(body), kind, REQUEST | flags, sequence, 0) + body


def answers(data: bytes, sequence: int) -> Iterator[Attributes | None]:
    """The attributes of each message of one datagram; None for the word that there are no more. Raises Refused."""
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, _, number, _ = HEADER.unpack_from(data, at)
        if length < HEADER.size or at + length > len(data):
            return
        body = data[at + HEADER.size : at + length]
        at += _aligned(length)
        if number != sequence:
            continue
        if kind == ERROR:
            code = struct.unpack_from("=i", body)[0] if len(body) >= 4 else -5
            if code:
                raise Refused(-code, "netlink")
            yield None
        elif kind == DONE:
            yield None
        else:
            yield read(body[_GENERIC.size :])


def read(data: bytes) -> dict[int, bytes]:
    """Attributes by number, also those within one; what is cut off is left out."""
    found: dict[int, bytes] = {}
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, number = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size or at + length > len(data):
            break
        found[number & _TYPE_MASK] = data[at + _ATTRIBUTE.size : at + length]
        at += _aligned(length)
    return found


def number(value: bytes | None, is_signed: bool = False) -> int | None:
    """An integer of one to eight bytes; None for anything else."""
    if value is None or len(value) not in (1, 2, 4, 8):
        return None
    return int.from_bytes(value, ORDER, signed=is_signed)


def _pack(number: int, value: bytes) -> bytes:
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, number) + value + bytes(_aligned(length) - length)


def _aligned(length: int) -> int:
    return (length + 3) & ~3
