"""/speech: a typed announcement in words, its sound, and the commune's own abbreviations."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Response
from pydantic import Field
from pydantic.dataclasses import dataclass

from hub.api import recordings
from hub.api.caller import Caller, Orderer, Planner
from hub.api.fields import ANSWER, ASKED, Sha256, Text, Whole
from hub.api.problems import answers
from hub.api.recordings import RecordingShown
from hub.media import voice
from hub.media.voice import SPEEDS, VOICES, Manner
from hub.refusals import NotFound, Refused
from hub.sounds import spoken
from hub.speech import scripts
from hub.speech.scripts import Script

router = APIRouter(tags=["speech"])

Voice = Annotated[Text, Field(description="Who speaks: see /speech/voices.", examples=list(VOICES))]
ScriptId = Annotated[str, Path(pattern="^[a-z-]{1,40}$", examples=["power"])]
FILLED_MAX = 300
"""Characters of one place of a script."""
Speed = Annotated[Whole, Field(json_schema_extra={"enum": list(SPEEDS)}, description="Words a minute.")]


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class VoiceShown:
    """One who can speak."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class PlaceShown:
    """One place of a script."""

    id: str
    label: str
    """What belongs there, in the caller's language."""
    hint: str
    """How it is filled, for example."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class ScriptShown:
    """A text with places to fill."""

    id: str
    title: str
    text: str
    """In Vietnamese, since that is what the village hears; the ids of its places in braces."""
    places: tuple[PlaceShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Filled:
    """What belongs in the places of a script."""

    values: Annotated[dict[str, Annotated[Text, Field(max_length=FILLED_MAX)]], Field(examples=[{"who": "UBND xã"}])]
    """By the ids of the places; one that is empty stays visible as "…"."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class ScriptFilled:
    """A script as it was filled in."""

    text: str
    sentences: tuple[str, ...]
    """The same as it will be spoken."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Typed:
    """An announcement as it is typed."""

    text: Annotated[Text, Field(examples=["UBND xã họp lúc 8h15 ngày 2/9."])]
    """At most 3000 characters."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ANSWER)
class Words:
    """The same as it will be spoken."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Said:
    """A text in words, and how it is spoken."""

    text: Annotated[Text, Field(examples=["Ủy ban nhân dân xã họp lúc tám giờ mười lăm."])]
    """In words already: what is not is read letter by letter."""
    voice: Voice = "vi"
    words_a_minute: Speed = 140


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Kept(Said):
    """The same, to be kept as a recording."""

    title: Annotated[Text, Field(examples=["Mời họp"])] = ""
    """Needed, save for the newer version of a recording, which keeps the title of its work."""
    typed: Annotated[Text, Field(max_length=spoken.TYPED_MAX)] = ""
    """What was typed before it was put in words, to be corrected one day."""
    version_of: Sha256 | None = None
    """The recording of which it is the newer version; null for one by itself."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Short:
    """An abbreviation, as it is written."""

    short: Annotated[Text, Field(examples=["NTM"])]


@dataclass(frozen=True, slots=True, kw_only=True, config=ASKED)
class Abbreviation:
    """What is written short, and how it is said."""

    short: Annotated[Text, Field(examples=["NTM"])]
    said: Annotated[Text, Field(examples=["nông thôn mới"])]
    """Empty: it is forgotten."""


@router.get("/speech/voices")
def list_voices(caller: Planner) -> tuple[VoiceShown, ...]:
    """Who can speak here now."""
    found = voice.voices(caller.desk.voices)
    return tuple(VoiceShown(id=id, name=caller.words.pick(*names)) for id, names in found.items())


@router.get("/speech/scripts")
def list_scripts(caller: Planner) -> tuple[ScriptShown, ...]:
    """What communes announce again and again, with places to fill."""
    return tuple(_script(caller, each) for each in scripts.SCRIPTS)


@router.post("/speech/scripts/{id}/words", responses=answers(404, 409))
def fill_script(caller: Planner, id: ScriptId, filled: Filled) -> ScriptFilled:
    """A script with its places filled, and the same in words; nothing is kept."""
    chosen = scripts.script(id)
    if chosen is None:
        raise NotFound("Không có mẫu này.", "There is no such script.")
    strange = sorted(filled.values.keys() - {field.id for field in chosen.fields})
    if strange:
        raise Refused("Mẫu này không có chỗ điền như vậy.", "The script has no such place.")
    text = chosen.fill(filled.values)
    return ScriptFilled(text=text, sentences=tuple(spoken.words(caller.desk, text)))


@router.post("/speech/words", responses=answers(409))
def put_in_words(caller: Planner, typed: Typed) -> Words:
    """Dates, times, money and abbreviations in words, sentence by sentence; nothing is kept."""
    return Words(sentences=tuple(spoken.words(caller.desk, typed.text)))


@router.post(
    "/speech/sound",
    response_class=Response,
    responses={200: {"description": "WAV", "content": {"audio/wav": {}}}, **answers(409)},
)
async def speak(caller: Planner, said: Said) -> Response:
    """The sound of a text in words; nothing is kept. Takes a second."""
    manner = _manner(said)
    sound = await run_sync(spoken.listen, caller.desk, said.text, manner, limiter=caller.hub.speaking)
    return Response(sound, media_type="audio/wav")


@router.post("/speech/recordings", status_code=201, responses=answers(404, 409))
async def keep_speech(caller: Orderer, kept: Kept) -> RecordingShown:
    """A text in words into the library, as speech. Takes seconds."""
    manner = _manner(kept)
    wanted = (kept.text, kept.title, manner, caller.person, kept.typed, kept.version_of or "")
    made = await run_sync(spoken.keep, caller.desk, *wanted, limiter=caller.hub.speaking)
    return recordings.shown(made)


@router.get("/speech/abbreviations")
def list_abbreviations(caller: Planner) -> tuple[Abbreviation, ...]:
    """The commune's own."""
    return tuple(Abbreviation(short=short, said=said) for short, said in spoken.own(caller.desk).items())


@router.post("/speech/abbreviations/put-back", responses=answers(409))
def put_abbreviation_back(caller: Orderer, wanted: Short) -> tuple[Abbreviation, ...]:
    """Say one as it was said before it was forgotten; refused where it was not. Answers with all."""
    spoken.put_back(caller.desk, wanted.short, caller.person)
    return list_abbreviations(caller)


@router.put("/speech/abbreviations", responses=answers(409))
def teach(caller: Orderer, wanted: Abbreviation) -> tuple[Abbreviation, ...]:
    """How one is said from now on; without words it is forgotten. Answers with all."""
    spoken.teach(caller.desk, wanted.short, wanted.said, caller.person)
    return list_abbreviations(caller)


def _script(caller: Caller, script: Script) -> ScriptShown:
    pick = caller.words.pick
    places = (PlaceShown(id=f.id, label=pick(f.label_vi, f.label_en), hint=f.hint) for f in script.fields)
    return ScriptShown(
        id=script.id, title=pick(script.title_vi, script.title_en), text=script.text, places=tuple(places)
    )


def _manner(said: Said) -> Manner:
    try:
        return Manner(said.voice, said.words_a_minute)
    except ValueError:
        raise Refused("Không có giọng đọc này.", "There is no such voice.") from None
