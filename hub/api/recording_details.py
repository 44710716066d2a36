"""/recordings/{sha256}: how one looks, what was typed for it, and where it is in use."""

from fastapi import APIRouter
from pydantic.dataclasses import dataclass

from hub.api import recordings
from hub.api.broadcasts import BroadcastShown
from hub.api.broadcasts import shown as broadcast_shown
from hub.api.caller import Looker
from hub.api.fields import ANSWER, Sha256
from hub.api.problems import answers
from hub.orders import fallback
from hub.refusals import NotFound
from hub.sounds import library
from hub.store import recordings as recording_rows
from hub.store import texts, waveforms
from hub.web import sight
from hub.web.emergency import alarm_view

router = APIRouter(tags=["recordings"])


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class WaveformShown:
    """How loud a sound is along its length."""

    peaks: tuple[int, ...]
    """The highest level of each of as many equal stretches as there are numbers, 255 for full scale."""
    means: tuple[int, ...]
    """The mean (root mean square) of the same stretches."""
    begins_s: float
    """When something is first heard: before it is silence, which /cut-silence takes away."""
    ends_s: float
    """When something is last heard."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class TextShown:
    """What a recording says, where the hub spoke it."""

    typed: str
    """As it was typed; empty where it came in words."""
    words: str
    """As it was spoken, a sentence a line."""
    voice: str
    words_a_minute: int


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class UsesShown:
    """Where a recording is in use, in any of its versions."""

    ahead: tuple[BroadcastShown, ...]
    """Still to be heard, the soonest first."""
    past: tuple[BroadcastShown, ...]
    """Over, the latest first: at most ten."""
    is_chime: bool
    """It is the commune's chime."""
    is_substitute: bool
    """It is heard where another recording, or a stream, is missing."""
    held: int
    """In how many villages it lies ready, of one that is held for emergencies."""


@router.get("/recordings/{sha256}/waveform", responses=answers(404))
def read_waveform(caller: Looker, sha256: Sha256) -> WaveformShown:
    """How it looks. Of a sound that the hub has not drawn yet there is none (404)."""
    recordings.find(caller, sha256)
    with caller.desk.database.read() as c:
        drawn = waveforms.waveforms(c, [sha256]).get(sha256)
    if drawn is None:
        raise NotFound("Bản thu này chưa có hình sóng âm.", "No waveform of it has been drawn yet.")
    return WaveformShown(
        peaks=tuple(drawn.peaks), means=tuple(drawn.means), begins_s=drawn.begins_s, ends_s=drawn.ends_s
    )


@router.get("/recordings/{sha256}/text", responses=answers(404))
def read_text(caller: Looker, sha256: Sha256) -> TextShown:
    """What was typed for it, to be corrected and spoken again. Of other recordings there is none (404)."""
    recordings.find(caller, sha256)
    with caller.desk.database.read() as c:
        behind = texts.text(c, sha256)
    if behind is None:
        raise NotFound("Bản thu này không có lời đã gõ.", "No text was typed for this recording.")
    return TextShown(typed=behind.typed, words=behind.words, voice=behind.voice, words_a_minute=behind.words_a_minute)


@router.get("/recordings/{sha256}/uses", responses=answers(404))
def read_uses(caller: Looker, sha256: Sha256) -> UsesShown:
    """Where it is in use; what is still to be heard with an older version can be renewed."""
    found = recordings.find(caller, sha256)
    with caller.desk.database.read() as c:
        every = recording_rows.versions(c, found.work)
        uses = library.uses(caller.desk, c, [r.sha256 for r in every])
        seen = sight.look(c, caller.now, caller.hub.online_since())
        held = alarm_view.count_held(c, seen, found) if found.is_kept else 0
        is_chime, is_substitute = found == caller.desk.chime(c), found == fallback.substitute(c)
    return UsesShown(
        ahead=tuple(map(broadcast_shown, uses.ahead)),
        past=tuple(map(broadcast_shown, uses.past)),
        is_chime=is_chime,
        is_substitute=is_substitute,
        held=held,
    )
