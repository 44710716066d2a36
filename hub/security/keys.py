"""The hub's signing keys: made on first start, kept 0600. The recovery secret is shown once and never kept."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.orders import Envelope, Grant
from contract.signing import kid, sign

_KEYS = "signing.json"
_UNSEEN = "recovery.unseen"


class BadRecoveryKey(ValueError):
    """What was typed is not the recovery key of this hub's nodes."""


@dataclass(frozen=True, slots=True)
class HubKeys:
    """What signs every day. `grant` is the recovery key's word for it, once it is not the first daily key."""

    daily: Ed25519PrivateKey
    recovery_public: bytes
    epoch: int = 0
    grant: Envelope | None = None

    @property
    def daily_public(self) -> bytes:
        return self.daily.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """The one file, so that a power cut during a rotation leaves either the old keys or the new, whole."""

    daily: str
    recovery_public: str
    epoch: int
    grant: Envelope | None = None


def load(folder: Path) -> HubKeys | None:
    """Read the keys; None before the first start. Raises contract.codec.Malformed for a damaged file."""
    try:
        stored = codec.decode((folder / _KEYS).read_bytes(), _Stored)
    except FileNotFoundError:
        return None
    return HubKeys(
        daily=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored.daily)),
        recovery_public=bytes.fromhex(stored.recovery_public),
        epoch=stored.epoch,
        grant=stored.grant,
    )


def create(folder: Path) -> HubKeys:
    """Make both pairs. The recovery secret lies in the folder until `reveal` has shown it."""
    recovery = Ed25519PrivateKey.generate()
    keys = HubKeys(Ed25519PrivateKey.generate(), recovery.public_key().public_bytes_raw())
    _write(folder / _UNSEEN, to_text(recovery).encode())
    _save(folder, keys)
    return keys


def is_recovery_unseen(folder: Path) -> bool:
    return (folder / _UNSEEN).exists()


def reveal(folder: Path) -> str | None:
    """The recovery secret as text, once: it is erased here as it is given out. None when that was before."""
    path = folder / _UNSEEN
    try:
        text = path.read_text()
    except FileNotFoundError:
        return None
    path.unlink()
    return text


def rotate(folder: Path, keys: HubKeys, recovery_text: str, known_epoch: int = 0) -> HubKeys:
    """Replace the daily key by a new one, granted by the recovery key, in an epoch above this hub's and above
    `known_epoch`, the highest that any node has spoken of: a hub restored from an old backup may be behind.

    Nodes follow at their next plan. Raises BadRecoveryKey.
    """
    recovery = from_text(recovery_text)
    if recovery.public_key().public_bytes_raw() != keys.recovery_public:
        raise BadRecoveryKey("đây không phải khóa khôi phục của hệ thống này / not the recovery key of these nodes")
    daily = Ed25519PrivateKey.generate()
    grant = Grant(epoch=max(keys.epoch, known_epoch) + 1, daily_key=daily.public_key().public_bytes_raw().hex())
    rotated = HubKeys(daily, keys.recovery_public, grant.epoch, sign(grant, recovery))
    _save(folder, rotated)
    return rotated


def to_text(secret: Ed25519PrivateKey) -> str:
    """Write a secret for paper: base32 in groups of four, with a check of its public half at the end."""
    raw = secret.private_bytes_raw() + bytes.fromhex(kid(secret.public_key()))[:3]
    letters = base64.b32encode(raw).decode().rstrip("=")
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def from_text(text: str) -> Ed25519PrivateKey:
    """Read what `to_text` wrote, forgiving spaces and case. Raises BadRecoveryKey for a slip of the pen."""
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        secret = Ed25519PrivateKey.from_private_bytes(raw[:32])
    except ValueError:
        raise BadRecoveryKey(
            "khóa khôi phục bị gõ thiếu hoặc sai / the recovery key is incomplete or mistyped"
        ) from None
    if raw[32:] != bytes.fromhex(kid(secret.public_key()))[:3]:
        raise BadRecoveryKey("khóa khôi phục bị gõ sai một chữ / a letter of the recovery key is wrong")
    return secret


def _save(folder: Path, keys: HubKeys) -> None:
    stored = _Stored(
        daily=keys.daily.private_bytes_raw().hex(),
        recovery_public=keys.recovery_public.hex(),
        epoch=keys.epoch,
        grant=keys.grant,
    )
    _write(folder / _KEYS, codec.encode(stored))


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
