"""Checks of form that the messages share. Each raises ValueError with what is wrong."""

import re
from datetime import datetime

VERSION = 1
MAX_TEXT = 300

_SHA256 = re.compile(r"[0-9a-f]{64}")
_STREAM = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,200}(/[!-~]{0,300})?")
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,96}")


def require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def require_aware(**instants: datetime | None) -> None:
    for name, value in instants.items():
        require(value is None or value.tzinfo is not None, f"{name}: an instant needs its time zone")


def require_version(v: int) -> None:
    require(v == VERSION, f"version {v} is not spoken here, only {VERSION}")


def require_sha256(value: str) -> None:
    require(_SHA256.fullmatch(value) is not None, "a SHA-256 is 64 hexadecimal digits")


def require_id(name: str, value: str) -> None:
    require(_ID.fullmatch(value) is not None, f"{name}: 1 to 96 of letters, digits, and _ . : -")


def require_text(name: str, value: str, limit: int = MAX_TEXT) -> None:
    require(len(value) <= limit, f"{name}: at most {limit} characters")


def require_stream(name: str, value: str) -> None:
    """An address without name and password in it: it goes into plans, pages and logs."""
    require(_STREAM.fullmatch(value) is not None, f"{name}: an http:// or https:// address, at most 500 characters")
