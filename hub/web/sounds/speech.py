"""/speech: type an announcement or fill in a script, read and hear it sentence by sentence, keep it as a recording."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import PlainTextResponse, Response

from hub.media import voice
from hub.media.rejection import Rejected
from hub.media.voice import Manner
from hub.people.accounts import Act
from hub.refusals import NotFound, Refused
from hub.sounds import spoken
from hub.speech.scripts import SCRIPTS, Script, script
from hub.store import recordings, texts
from hub.web.visit import Orderer, Visit

router = APIRouter()

TITLE_FROM_TEXT = 60
"""Characters of the first sentence that are suggested as a title."""


@router.get("/speech")
def show_form(visit: Orderer, kind: Annotated[str, Query(alias="script")] = "", of: str = "") -> Response:
    """An empty form; or the text behind a recording, to be corrected and spoken again."""
    if not of:
        return _form_page(visit, script(kind))
    with visit.desk.database.read() as c:
        behind = texts.text(c, of)
    if behind is None:
        raise NotFound("Bản thu này không có lời đã gõ.", "No text was typed for this recording.")
    is_here = behind.voice in voice.voices(visit.desk.voices)
    manner = Manner(behind.voice, behind.words_a_minute) if is_here else Manner()
    return _words_page(visit, behind.words.splitlines(), behind.typed, "", manner, of=of)


@router.post("/speech/words")
async def show_words(visit: Orderer, request: Request) -> Response:
    """What was typed, or filled into a script, as it will be spoken."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    chosen = script(form.get("script", ""))
    typed = chosen.fill(form) if chosen else form.get("text", "")
    try:
        found = await run_sync(spoken.words, visit.desk, typed)
    except Rejected as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(lambda: _form_page(visit, chosen, 422, fault, form))
    title = chosen.title_vi if chosen else _title(typed)
    return await run_sync(lambda: _words_page(visit, found, typed, title, Manner(), of=form.get("of", "")))


@router.post("/speech/listen")
async def listen(
    visit: Orderer,
    text: Annotated[str, Form()] = "",
    voice: Annotated[str, Form()] = "vi",
    speed: Annotated[int, Form()] = 140,
) -> Response:
    """The sound; or one sentence why there is none, which the page shows. One at a time a person: all share a core."""
    manner, name, listening = _manner(voice, speed), visit.person.name, visit.hub.listening
    if name in listening:
        return PlainTextResponse(visit.words.gettext("Another sentence is being spoken for you. Wait for it."), 429)
    listening.add(name)
    try:
        sound = await run_sync(spoken.listen, visit.desk, text, manner, limiter=visit.hub.speaking)
    except Rejected as error:
        return PlainTextResponse(visit.words.pick(error.message_vi, error.message_en), 422)
    finally:
        listening.discard(name)
    return Response(sound, media_type="audio/wav")


@router.post("/speech")
async def keep(
    visit: Orderer,
    sentence: Annotated[Sequence[str], Form()] = (),
    typed: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    voice: Annotated[str, Form()] = "vi",
    speed: Annotated[int, Form()] = 140,
    then: Annotated[str, Form()] = "",
    of: Annotated[str, Form()] = "",
) -> Response:
    """Into the library, as a newer version `of` a recording or by itself, and from there to the order form where that
    was asked for."""
    manner, text = _manner(voice, speed), "\n".join(s for s in sentence if s.strip())
    try:
        kept = await run_sync(
            lambda: spoken.keep(visit.desk, text, title, manner, visit.person, typed[: spoken.TYPED_MAX], of),
            limiter=visit.hub.speaking,
        )
    except (Rejected, Refused) as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return await run_sync(lambda: _words_page(visit, list(sentence), typed, title, manner, 422, fault, of))
    if of:
        return visit.go(f"/audio/{kept.sha256}?made=yes")
    if then == "order":
        return visit.go("/broadcasts/new?" + urlencode({"recording": kept.sha256}))
    return visit.go(f"/audio?new={kept.sha256}")


@router.get("/speech/abbreviations")
def show_abbreviations(visit: Orderer, dropped: str = "") -> Response:
    return _abbreviations_page(visit, dropped=dropped)


@router.post("/speech/abbreviations")
def teach(visit: Orderer, short: Annotated[str, Form()] = "", said: Annotated[str, Form()] = "") -> Response:
    """A new one, or a new way to say it. Without words it is forgotten; the page then offers to put it back."""
    is_known = spoken.tidy(short) in spoken.own(visit.desk)
    try:
        spoken.teach(visit.desk, short, said, visit.person)
    except Refused as error:
        fault = visit.words.pick(error.message_vi, error.message_en)
        return _abbreviations_page(visit, 422, fault, short=short, said=said)
    gone = urlencode({"dropped": spoken.tidy(short)}) if is_known and not said.strip() else ""
    return visit.go("/speech/abbreviations" + (f"?{gone}" if gone else ""))


@router.post("/speech/abbreviations/put-back")
def put_back(visit: Orderer, short: Annotated[str, Form()] = "") -> Response:
    spoken.put_back(visit.desk, short, visit.person)
    return visit.go("/speech/abbreviations")


def _manner(voice_: str, speed: int) -> Manner:
    try:
        return Manner(voice_, speed)
    except ValueError:
        raise Refused("Không có giọng đọc này.", "There is no such voice.") from None


def _title(typed: str) -> str:
    first = " ".join(typed.split())
    return first if len(first) <= TITLE_FROM_TEXT else first[: TITLE_FROM_TEXT - 1].rstrip() + "…"


def _form_page(
    visit: Visit, chosen: Script | None, status: int = 200, fault: str = "", form: Mapping[str, str] | None = None
) -> Response:
    return visit.page(
        "speech.html",
        status,
        chosen=chosen,
        scripts=SCRIPTS,
        form=form or {},
        fault=fault,
        can_speak=bool(voice.voices(visit.desk.voices)),
        typed_max=spoken.TYPED_MAX,
        own=len(spoken.own(visit.desk)),
    )


def _words_page(
    visit: Visit,
    found: Sequence[str],
    typed: str,
    title: str,
    manner: Manner,
    status: int = 200,
    fault: str = "",
    of: str = "",
) -> Response:
    with visit.desk.database.read() as c:
        former = recordings.recording(c, of) if of else None
    return visit.page(
        "speech_words.html",
        status,
        former=former,
        sentences=found,
        typed=typed,
        title=title,
        manner=manner,
        fault=fault,
        voices=voice.voices(visit.desk.voices),
        voice_fault=voice.fault(visit.desk.voices),
        speeds=voice.SPEEDS,
        can_speak=bool(voice.voices(visit.desk.voices)),
        typed_max=spoken.TYPED_MAX,
    )


def _abbreviations_page(visit: Visit, status: int = 200, fault: str = "", **shown: str) -> Response:
    return visit.page(
        "abbreviations.html",
        status,
        own=spoken.own(visit.desk),
        can_teach=visit.may(Act.ORDER, None),
        fault=fault,
        shown=shown,
        short_max=spoken.SHORT_MAX,
        spoken_max=spoken.SPOKEN_MAX,
    )
