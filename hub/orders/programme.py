"""What an order is made of: sounds of the library, each in its place, or a station."""

from dataclasses import dataclass

from sqlalchemy import Connection

from contract.form import require_stream
from contract.orders import Audio
from hub.media.shelf import Shelf
from hub.nodes.fleet import language_fault
from hub.orders.broadcasts import Recording, Variant
from hub.orders.wish import Extras, Station
from hub.refusals import Refused
from hub.rules.rule import Rule
from hub.store import recordings

LONGEST_MIN = 12 * 60
"""Of a rebroadcast; each village has a limit of its own besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What is heard, as a broadcast keeps it."""

    audio: tuple[Audio, ...]
    outro: tuple[Audio, ...] = ()
    stream: str = ""
    stream_s: float = 0.0
    variants: tuple[Variant, ...] = ()


def compose(c: Connection, shelf: Shelf, recording: str, chime: Recording | None, extras: Extras) -> Programme:
    """Put the sounds in their order. Raises Refused where one of them is not in the library, or the station is none."""
    if extras.station is not None:
        return _relay(c, shelf, extras.station, chime, extras)
    body = _choose(c, shelf, recording, "Hãy chọn một bản thu trong thư viện.", "Choose a recording of the library.")
    before = () if chime is None or chime.audio == body else (chime.audio,)
    intro, outro = _besides(c, shelf, extras.intro), _besides(c, shelf, extras.outro)
    return Programme(audio=(*before, *intro, body), outro=outro, variants=_variants(c, shelf, extras.variants))


def substitutes(c: Connection, shelf: Shelf, rule: Rule | None) -> tuple[Audio, ...]:
    """The sounds that the rule's exemptions name, each once. Raises Refused."""
    named = dict.fromkeys(e.replacement for e in rule.exemptions if e.replacement) if rule else {}
    said = "Bản thu thay thế không còn trong thư viện.", "The replacement is not in the library."
    return tuple(_choose(c, shelf, sha256, *said) for sha256 in named)


def _relay(c: Connection, shelf: Shelf, station: Station, chime: Recording | None, extras: Extras) -> Programme:
    address, stream_s = station.address.strip(), station.minutes * 60.0
    try:
        require_stream("stream", address)
    except ValueError:
        raise Refused(
            "Địa chỉ tiếp âm phải bắt đầu bằng http:// hoặc https://, viết liền không dấu, không kèm mật khẩu.",
            "The address of a station begins with http:// or https://, without spaces, accents or a password in it.",
        ) from None
    if not 1 <= station.minutes <= LONGEST_MIN:
        raise Refused(f"Tiếp âm dài từ 1 đến {LONGEST_MIN} phút.", f"A rebroadcast takes 1 to {LONGEST_MIN} minutes.")
    if extras.outro or extras.variants:
        raise Refused(
            "Tiếp âm không có bản thu kết thúc và bản thu theo tiếng nói; hãy bỏ chọn.",
            "A rebroadcast has no outro and no recordings by language; choose none.",
        )
    before = () if chime is None else (chime.audio,)
    audio = (*before, *_besides(c, shelf, extras.intro))
    if sum(a.duration_s for a in audio) >= stream_s:
        raise Refused(
            "Nhạc hiệu và bản thu mở đầu dài hơn cả buổi tiếp âm.",
            "Chime and intro are longer than the whole rebroadcast.",
        )
    return Programme(audio=audio, stream=address, stream_s=stream_s)


def _besides(c: Connection, shelf: Shelf, sha256: str) -> tuple[Audio, ...]:
    said = "Bản thu mở đầu hoặc kết thúc không còn trong thư viện.", "The intro or outro is not in the library."
    return (_choose(c, shelf, sha256, *said),) if sha256 else ()


def _variants(c: Connection, shelf: Shelf, wanted: tuple[tuple[str, str], ...]) -> tuple[Variant, ...]:
    """One a language, each language as it was written first."""
    found: dict[str, Variant] = {}
    for language, sha256 in wanted:
        fault = language_fault(language)
        if fault is not None:
            raise Refused(*fault)
        said = f"Bản thu tiếng {language} không còn trong thư viện.", f"The recording in {language} is not here."
        found.setdefault(language.casefold(), Variant(language, _choose(c, shelf, sha256, *said)))
    return tuple(found.values())


def _choose(c: Connection, shelf: Shelf, sha256: str, message_vi: str, message_en: str) -> Audio:
    found = recordings.offered(c, sha256)
    if found is None or not shelf.has(sha256):
        raise Refused(message_vi, message_en)
    return found.audio
