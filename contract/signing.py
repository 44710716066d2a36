"""Ed25519 envelopes: who may say a thing. Pure: keys come in, nothing is read or kept.

A context string goes before the signed bytes, so that a signature made for one use is none for another.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.codec import Malformed, pack, unpack, unpack_plan
from contract.orders import Command, Envelope, Grant, Plan
from contract.terms import Reason

_CONTEXT: dict[type, bytes] = {
    Plan: b"loa/v1/plan\0",
    Command: b"loa/v1/command\0",
    Grant: b"loa/v1/grant\0",
}

Body = TypeVar("Body", Plan, Command)


class Refused(Exception):
    """A signed message that this node may not act on."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


def kid(public: Ed25519PublicKey | bytes) -> str:
    """Name a key: the first 16 hex digits of the SHA-256 of its 32 raw bytes."""
    raw = public if isinstance(public, bytes) else public.public_bytes_raw()
    return hashlib.sha256(raw).hexdigest()[:16]


def sign(body: Plan | Command | Grant, key: Ed25519PrivateKey, grant: Envelope | None = None) -> Envelope:
    """Wrap a body. Raises Malformed where it is larger than a node takes."""
    packed = pack(body)
    signature = key.sign(_CONTEXT[type(body)] + packed)
    return Envelope(kid=kid(key.public_key()), body=packed, sig=signature, grant=grant)


@dataclass(frozen=True, slots=True)
class Keys:
    """The public keys a node believes (32 raw bytes each), and the epoch its daily key came with."""

    daily: bytes
    recovery: bytes
    epoch: int = 0

    def admit(self, envelope: Envelope) -> "Keys":
        """Follow the grant of an envelope, if it carries a newer one. Raises Refused where it is not genuine."""
        if envelope.grant is None or envelope.kid == kid(self.daily):
            return self
        return self.follow(envelope.grant)

    def follow(self, envelope: Envelope) -> "Keys":
        """Believe the daily key that a grant names. Raises Refused where it is not genuine, or not newer."""
        grant = _open(envelope, self.recovery, Grant)
        if grant.epoch <= self.epoch:
            raise Refused(Reason.REPLAYED, f"grant of epoch {grant.epoch}, this node is in {self.epoch}")
        return replace(self, daily=bytes.fromhex(grant.daily_key), epoch=grant.epoch)

    def open(self, envelope: Envelope, kind: type[Body], node: str) -> Body:
        """Check the signature and the addressee, then read the body.

        The counter, the validity and the nonce are the caller's to check: they need what the node remembers.
        Raises Refused.
        """
        body = _open(envelope, self.daily, kind)
        self._check_addressee(body, node)
        return body

    def open_plan(self, envelope: Envelope, node: str) -> tuple[Plan, tuple[str, ...]]:
        """The same for a plan, without what is wrong in it, which is told. Raises Refused."""
        _verify(envelope, self.daily, Plan)
        try:
            plan, faults = unpack_plan(envelope.body)
        except Malformed as error:
            raise Refused(Reason.MALFORMED, str(error)) from None
        self._check_addressee(plan, node)
        return plan, faults

    def _check_addressee(self, body: Plan | Command, node: str) -> None:
        if body.node != node:
            raise Refused(Reason.OTHER_NODE, body.node)
        if body.counter.epoch != self.epoch:
            raise Refused(Reason.REPLAYED, f"epoch {body.counter.epoch}, this node is in {self.epoch}")


Signed = TypeVar("Signed", Plan, Command, Grant)


def _open(envelope: Envelope, public: bytes, kind: type[Signed]) -> Signed:
    _verify(envelope, public, kind)
    try:
        return unpack(envelope.body, kind)
    except Malformed as error:
        raise Refused(Reason.MALFORMED, str(error)) from None


def _verify(envelope: Envelope, public: bytes, kind: type) -> None:
    if envelope.kid != kid(public):
        raise Refused(Reason.BAD_SIGNATURE, f"key {envelope.kid} is not known here")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(envelope.sig, _CONTEXT[kind] + envelope.body)
    except InvalidSignature:
        raise Refused(Reason.BAD_SIGNATURE) from None
