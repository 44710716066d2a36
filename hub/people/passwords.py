"""Hashes of passwords and PINs: argon2id, the library's own parameters (RFC 9106, low memory: 64 MiB, 3 passes)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.people.accounts import PIN_DIGITS, pin_fault
from hub.people.password_rules import tidy

_hasher = PasswordHasher()
_pin_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least (19 MiB, 2 passes, one lane): an emergency waits for this. Six digits are no secret from whoever has
the database, by any hash; against guessing at the page stand the pauses."""
_NOBODY = _hasher.hash("nobody's password")
_EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that is taken for another one when read off a slip of paper."""


def hash_password(password: str) -> str:
    return _hasher.hash(tidy(password))


def hash_pin(pin: str) -> str:
    return _pin_hasher.hash(tidy(pin))


def is_password(password_hash: str | None, password: str) -> bool:
    """Check a password or PIN; for an unknown user (None) the work is the same and the answer no."""
    try:
        is_right = _hasher.verify(password_hash or _NOBODY, tidy(password))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and password_hash is not None


def fresh_pin() -> str:
    """A random PIN that is none of the easy ones."""
    while pin_fault(pin := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}") is not None:
        pass
    return pin


def fresh_password() -> str:
    """A random one to be handed over: four groups of four, some 79 bits."""
    return "-".join("".join(secrets.choice(_EASY_TO_TYPE) for _ in range(4)) for _ in range(4))


@cache
def common() -> frozenset[str]:
    """The passwords that are tried first: 30,000 of leaked lists, as the library zxcvbn brings them."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a megabyte that only a new password needs

    return frozenset(FREQUENCY_LISTS["passwords"])
