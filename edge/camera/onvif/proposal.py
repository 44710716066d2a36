"""What was found on the LAN as a part of camera.toml, for a person to confirm. Pure."""

import re
import unicodedata
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from contract.settings import to_toml

CODECS = ("H264", "H265")
NARROW = 320
"""Pixels; a stream narrower than this shows too little."""


@dataclass(frozen=True, slots=True)
class Information:
    """What the camera says it is, as it writes it."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One of its streams."""

    token: str
    codec: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One camera that answered. `trouble` says why more is not known of it."""

    onvif: str
    name: str = ""
    information: Information = field(default_factory=Information)
    url: str = ""
    size: tuple[int, int] = (0, 0)
    drift_s: float | None = None
    trouble: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.onvif).hostname or ""


def smallest(profiles: Iterable[Profile]) -> Profile | None:
    """The stream to look at: the smallest that shows enough, else the largest of the narrow ones."""
    by_size = sorted((each for each in profiles if each.codec in CODECS), key=lambda each: each.width * each.height)
    enough = [each for each in by_size if each.width >= NARROW]
    return enough[0] if enough else by_size[-1] if by_size else None


def write(found: Iterable[Proposal], taken: Container[str]) -> str:
    """TOML tables, one a camera whose stream is known; `taken` are the ids that are in use."""
    parts: list[str] = []
    used: list[str] = []
    for each in found:
        if not each.url:
            continue
        id = _free_id(each, lambda name: name in taken or name in used)
        used.append(id)
        known = each.information
        title = _plain(each.name) or " ".join(part for part in (_plain(known.maker), _plain(known.model)) if part)
        parts.append(
            f"# {_comment(known.maker)} {_comment(known.model)}, firmware {_comment(known.firmware)},"
            f" {each.size[0]}x{each.size[1]}\n"
            f"[[cameras]]\nid = {to_toml(id)}\ntitle = {to_toml(title[:80])}\nurl = {to_toml(each.url)}\n"
            f"onvif = {to_toml(each.onvif)}\n"
        )
    return "\n".join(parts)


def _free_id(each: Proposal, is_taken: Callable[[str], bool]) -> str:
    """A short name of plain letters: from what the camera is called, else from where it is."""
    plain = (
        unicodedata.normalize("NFD", each.name.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    )
    base = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:40]
    base = base or "camera-" + each.host.rpartition(".")[2]
    names = [base, f"{base}-{each.host.rpartition('.')[2]}", *(f"{base}-{n}" for n in range(2, 400))]
    return next(name for name in names if not is_taken(name))


def _comment(text: str) -> str:
    return _plain(text) or "?"


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:60]
