"""Bytes to messages and back. Every byte from outside is judged here, once; limits hold before parsing."""

import zlib
from typing import TypeVar

import msgspec

from contract.orders import Command, Envelope, Grant, Plan
from contract.reports import Change, Event, Playout, Refusal

PLAN_PACKED_MAX = 64 * 1024
PLAN_UNPACKED_MAX = 2 * 1024 * 1024
MESSAGE_MAX = 128 * 1024
"""Largest payload on any topic: an envelope around a full plan is 86 kB of base64."""

T = TypeVar("T")

_KINDS: dict[str, type[Playout] | type[Change] | type[Refusal]] = {
    "playout": Playout,
    "change": Change,
    "refusal": Refusal,
}


class Malformed(ValueError):
    """The bytes are no message of this contract; the text says why."""


class _Head(msgspec.Struct):
    kind: str = ""


_head = msgspec.json.Decoder(_Head)
_decoders: dict[type, "msgspec.json.Decoder[object]"] = {}
_encoder = msgspec.json.Encoder()


def encode(message: object) -> bytes:
    return _encoder.encode(message)


def decode(data: bytes, kind: type[T]) -> T:
    """Read one message of a known type. Unknown fields are accepted. Raises Malformed."""
    if len(data) > MESSAGE_MAX:
        raise Malformed(f"{len(data)} bytes, at most {MESSAGE_MAX}")
    return _decode(data, kind)


def decode_event(data: bytes) -> Event:
    """Read an event of any known kind. Raises Malformed, for an unknown kind too."""
    if len(data) > MESSAGE_MAX:
        raise Malformed(f"{len(data)} bytes, at most {MESSAGE_MAX}")
    try:
        name = _head.decode(data).kind
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if name not in _KINDS:
        raise Malformed(f"unknown kind of event {name[:40]!r}")
    return _decode(data, _KINDS[name])


def pack(body: Plan | Command | Grant) -> bytes:
    """Deflate a body for signing. Raises Malformed where a plan is larger than a node would take."""
    raw = encode(body)
    if len(raw) > PLAN_UNPACKED_MAX:
        raise Malformed(f"{len(raw)} bytes unpacked, at most {PLAN_UNPACKED_MAX}")
    packed = zlib.compress(raw, 9)
    if len(packed) > PLAN_PACKED_MAX:
        raise Malformed(f"{len(packed)} bytes packed, at most {PLAN_PACKED_MAX}")
    return packed


def unpack(packed: bytes, kind: type[T]) -> T:
    """Inflate and read a signed body, both sizes bounded first. Raises Malformed."""
    if len(packed) > PLAN_PACKED_MAX:
        raise Malformed(f"{len(packed)} bytes packed, at most {PLAN_PACKED_MAX}")
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(packed, PLAN_UNPACKED_MAX)
    except zlib.error as error:
        raise Malformed(str(error)) from None
    if inflater.unconsumed_tail or not inflater.eof:
        raise Malformed(f"truncated, or more than {PLAN_UNPACKED_MAX} bytes unpacked")
    return _decode(raw, kind)


def decode_envelope(data: bytes) -> Envelope:
    return decode(data, Envelope)


def _decode(data: bytes, kind: type[T]) -> T:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(data)  # type: ignore[return-value]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
