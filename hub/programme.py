"""What an order is made of: sounds of the library, each in its place."""

from dataclasses import dataclass

from sqlalchemy import Connection

from contract.orders import Audio
from hub.broadcasts import Recording
from hub.media.shelf import Shelf
from hub.refusals import Refused
from hub.rule import Rule
from hub.store import recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What an officer may choose besides the recording: recordings of the library by SHA-256, or empty."""

    intro: str = ""
    outro: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What is heard, as a broadcast keeps it."""

    audio: tuple[Audio, ...]
    outro: tuple[Audio, ...] = ()


def compose(c: Connection, shelf: Shelf, recording: str, chime: Recording | None, extras: Extras) -> Programme:
    """Put the sounds in their order. Raises Refused where one of them is not in the library."""
    body = _choose(c, shelf, recording, "Hãy chọn một bản thu trong thư viện.", "Choose a recording of the library.")
    before = () if chime is None or chime.audio == body else (chime.audio,)
    intro, outro = _besides(c, shelf, extras.intro), _besides(c, shelf, extras.outro)
    return Programme(audio=(*before, *intro, body), outro=outro)


def substitutes(c: Connection, shelf: Shelf, rule: Rule | None) -> tuple[Audio, ...]:
    """The sounds that the rule's exemptions name, each once. Raises Refused."""
    named = dict.fromkeys(e.replacement for e in rule.exemptions if e.replacement) if rule else {}
    said = "Bản thu thay thế không còn trong thư viện.", "The replacement is not in the library."
    return tuple(_choose(c, shelf, sha256, *said) for sha256 in named)


def _besides(c: Connection, shelf: Shelf, sha256: str) -> tuple[Audio, ...]:
    said = "Bản thu mở đầu hoặc kết thúc không còn trong thư viện.", "The intro or outro is not in the library."
    return (_choose(c, shelf, sha256, *said),) if sha256 else ()


def _choose(c: Connection, shelf: Shelf, sha256: str, message_vi: str, message_en: str) -> Audio:
    found = recordings.recording(c, sha256)
    if found is None or not shelf.has(sha256):
        raise Refused(message_vi, message_en)
    return found.audio
