"""/speech: a typed announcement in words, its sound, and the commune's own abbreviations."""

from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from pydantic import Field, with_config

from hub.api import recordings
from hub.api.caller import Orderer, Planner
from hub.api.fields import ANSWER, ASKED, Text, Whole
from hub.api.problems import answers
from hub.api.recordings import RecordingShown
from hub.media.voice import SPEEDS, VOICES, Manner
from hub.refusals import Refused
from hub.sounds import spoken

router = APIRouter(tags=["speech"])

Voice = Annotated[Text, Field(json_schema_extra={"enum": list(VOICES)}, description="Who speaks.")]
Speed = Annotated[Whole, Field(json_schema_extra={"enum": list(SPEEDS)}, description="Words a minute.")]


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """An announcement as it is typed."""

    text: Annotated[Text, Field(examples=["UBND xã họp lúc 8h15 ngày 2/9."])]
    """At most 3000 characters."""


@with_config(ANSWER)
@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same as it will be spoken."""

    sentences: tuple[str, ...]


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text in words, and how it is spoken."""

    text: Annotated[Text, Field(examples=["Ủy ban nhân dân xã họp lúc tám giờ mười lăm."])]
    """In words already: what is not is read letter by letter."""
    voice: Voice = "vi"
    words_a_minute: Speed = 140


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Said):
    """The same, to be kept as a recording."""

    title: Annotated[Text, Field(examples=["Mời họp"])]


@with_config(ASKED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Abbreviation:
    """What is written short, and how it is said."""

    short: Annotated[Text, Field(examples=["NTM"])]
    said: Annotated[Text, Field(examples=["nông thôn mới"])]
    """Empty: it is forgotten."""


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


@router.post("/speech/recordings", status_code=201, responses=answers(409))
async def keep_speech(caller: Orderer, kept: Kept) -> RecordingShown:
    """A text in words into the library, as speech. Takes seconds."""
    manner = _manner(kept)
    made = await run_sync(
        spoken.keep, caller.desk, kept.text, kept.title, manner, caller.person, limiter=caller.hub.speaking
    )
    return recordings.shown(made)


@router.get("/speech/abbreviations")
def list_abbreviations(caller: Planner) -> tuple[Abbreviation, ...]:
    """The commune's own."""
    return tuple(Abbreviation(short=short, said=said) for short, said in spoken.own(caller.desk).items())


@router.put("/speech/abbreviations", responses=answers(409))
def teach(caller: Orderer, wanted: Abbreviation) -> tuple[Abbreviation, ...]:
    """How one is said from now on; without words it is forgotten. Answers with all."""
    spoken.teach(caller.desk, wanted.short, wanted.said, caller.person)
    return list_abbreviations(caller)


def _manner(said: Said) -> Manner:
    try:
        return Manner(said.voice, said.words_a_minute)
    except ValueError:
        raise Refused("Không có giọng đọc này.", "There is no such voice.") from None
