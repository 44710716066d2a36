"""Bytes to messages and back. Every byte from outside is judged here, once; limits hold before parsing."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from contract.events import Change, Event, Playout, Refusal
from contract.form import VERSION
from contract.orders import Audio, Command, Counter, Cue, Envelope, Grant, Plan

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


class _LoosePlan(msgspec.Struct):
    """A plan whose sounds and cues are not read yet."""

    node: str
    counter: Counter
    issued_at: datetime
    valid_until: datetime
    v: int = VERSION
    audio: tuple[msgspec.Raw, ...] = ()
    cues: tuple[msgspec.Raw, ...] = ()
    keep: tuple[str, ...] = ()


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
    return _decode(_inflate(packed), kind)


def unpack_plan(packed: bytes) -> tuple[Plan, tuple[str, ...]]:
    """The same for a plan, of which a sound or a cue that is wrong by itself costs itself alone: the plan without them,
    and what was wrong with each. Raises Malformed."""
    raw = _inflate(packed)
    try:
        return _decode(raw, Plan), ()
    except Malformed:
        return _mend(_decode(raw, _LoosePlan))


def _mend(loose: "_LoosePlan") -> tuple[Plan, tuple[str, ...]]:
    """Leave out what cannot be read, what is there twice, and cues whose sounds are not listed."""
    faults: list[str] = []
    audio = {each.sha256: each for each in _read_each(loose.audio, Audio, faults)}
    cues: dict[str, Cue] = {}
    for cue in _read_each(loose.cues, Cue, faults):
        if cue.id in cues or not audio.keys() >= set(cue.sounds):
            faults.append(f"cue {cue.id}: {'there twice' if cue.id in cues else 'names a sound that is not listed'}")
        else:
            cues[cue.id] = cue
    head = {name: getattr(loose, name) for name in ("v", "node", "counter", "issued_at", "valid_until")}
    keep = tuple(sha for sha in loose.keep if sha in audio)
    try:
        return Plan(**head, audio=tuple(audio.values()), cues=tuple(cues.values()), keep=keep), tuple(faults)
    except ValueError as error:
        raise Malformed(str(error)) from None


def _read_each(items: tuple[msgspec.Raw, ...], kind: type[T], faults: list[str]) -> Iterator[T]:
    for number, item in enumerate(items):
        try:
            yield _decode(bytes(item), kind)
        except Malformed as error:
            faults.append(f"{kind.__name__.lower()} number {number}: {error}")


def _inflate(packed: bytes) -> bytes:
    if len(packed) > PLAN_PACKED_MAX:
        raise Malformed(f"{len(packed)} bytes packed, at most {PLAN_PACKED_MAX}")
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(packed, PLAN_UNPACKED_MAX)
    except zlib.error as error:
        raise Malformed(str(error)) from None
    if inflater.unconsumed_tail or not inflater.eof:
        raise Malformed(f"truncated, or more than {PLAN_UNPACKED_MAX} bytes unpacked")
    return raw


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
