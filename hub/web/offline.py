"""What an answer tells the service worker: whose page it is, and whether it may be shown without the hub."""

import hashlib
import re

PERSON, OFFLINE = "Loa-Person", "Loa-Offline"
NOBODY = "nobody"
_READABLE = re.compile(r"/|/calendar|/broadcasts(?:/(?!new$|preview$)[^/]+)?")


def headers(path: str, token: str) -> dict[str, str]:
    """For a page shown to whoever logged in with `token`."""
    whose = {PERSON: _mark(token)}
    return whose | {OFFLINE: "yes"} if is_readable(path) else whose


def is_readable(path: str) -> bool:
    """Pages whose last state is of use without the hub, and which hold no secret: board, calendar and broadcasts."""
    return _READABLE.fullmatch(path) is not None


def _mark(token: str) -> str:
    """A mark of one log-in, from which nothing about it can be found."""
    return hashlib.sha256(f"seen by {token}".encode()).hexdigest()[:16]
