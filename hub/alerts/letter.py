"""What the hub and its sending child say to each other: one letter down, one answer up. Pure data."""

from enum import StrEnum
from typing import Any

import msgspec


class Fault(StrEnum):
    """Why something did not arrive, or never can."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOGIN = "login"
    NOT_FOUND = "not_found"
    TOO_MANY = "too_many"
    BROKEN = "broken"
    BAD_ADDRESS = "bad_address"
    FORBIDDEN = "forbidden"
    REMOVED = "removed"
    STALE = "stale"
    OTHER = "other"


NOWHERE = frozenset({Fault.UNREACHABLE, Fault.TIMEOUT, Fault.LOGIN, Fault.TOO_MANY, Fault.BROKEN})
"""Faults of the place, whatever is sent there: its other messages need not be tried at once."""


UNREACHED = NOWHERE - {Fault.BROKEN}
"""Those that no message can bring about: what is newer waits behind one that met them. One that breaks its place must
not keep all others from it."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """`url` goes down by standard input, where no list of processes shows it. With `is_check` nothing is sent."""

    url: str
    subject: str = ""
    text: str = ""
    document: dict[str, Any] = {}
    is_check: bool = False


class Answer(msgspec.Struct, frozen=True):
    """`fault` is None where it arrived, or where the address can be used."""

    fault: Fault | None = None
