"""What is typed becomes a recording: first its words, for the officer to read and correct, then its sound.

Beside `desk`. Nothing here is on the play path: a text is spoken before its broadcast is approved, and what villages
play is the recording.
"""

import tempfile
import unicodedata
from pathlib import Path

from hub.media import voice
from hub.media.rejection import Cause, Rejected
from hub.media.voice import Manner
from hub.orders.broadcasts import Recording
from hub.orders.desk import Desk
from hub.people.accounts import Act, User, require
from hub.refusals import Refused
from hub.sounds import versions
from hub.speech.normalise import normalise
from hub.speech.sentences import sentences
from hub.store import abbreviations, people
from hub.store.texts import Text
from hub.titles import clean_title

TYPED_MAX = 3000
"""Characters: some three pages of a notice."""
HEARD_MAX = 3000
"""Characters in words that are heard at once before they are kept: some four minutes, 11 MB."""
SHORT_MAX, SPOKEN_MAX = 30, 120


def words(desk: Desk, typed: str) -> list[str]:
    """The sentences of a typed text as they will be spoken. Raises Rejected where there are none, or too many."""
    typed = unicodedata.normalize("NFC", typed.replace("\r\n", "\n"))  # as the field on the page counts it
    if len(typed) > TYPED_MAX:
        raise Rejected(Cause.LONG_TEXT, limit=(f"{TYPED_MAX} ký tự", f"{TYPED_MAX} characters"))
    with desk.database.read() as c:
        own = abbreviations.abbreviations(c)
    found = sentences(normalise(typed, own))
    if not found:
        raise Rejected(Cause.NO_TEXT)
    if len("\n".join(found)) > voice.SPOKEN_MAX:
        limit = f"{voice.SPOKEN_MAX} ký tự khi đọc thành lời", f"{voice.SPOKEN_MAX} characters once it is in words"
        raise Rejected(Cause.LONG_TEXT, limit=limit)
    return found


def listen(desk: Desk, text: str, manner: Manner) -> bytes:
    """The sound of a text in words, as a WAV file: nothing is kept. Takes a second. Raises Rejected."""
    if len(text) > HEARD_MAX:
        raise Rejected(Cause.LONG_TEXT, limit=(f"{HEARD_MAX} ký tự mỗi lần nghe", f"{HEARD_MAX} characters at a time"))
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "speech.wav")
        voice.speak(text, wav, manner, desk.voices)
        return wav.read_bytes()


def keep(desk: Desk, text: str, title: str, manner: Manner, user: User, typed: str = "", of: str = "") -> Recording:
    """Put a text in words into the library as speech, with what was `typed`; or as the newer version `of` a recording
    (SHA-256), whose title it then has. Takes seconds. Raises Rejected, Refused, NotFound or NotAllowed."""
    require(user, Act.ORDER)
    former = versions.former(desk, of, user) if of else None
    title = clean_title(title) if former is None else former.title
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "speech.wav")
        voice.speak(text, wav, manner, desk.voices)
        stored = desk.receive(wav)
    behind = Text(typed=typed, words=text, voice=manner.voice, words_a_minute=manner.words_a_minute)
    if former is not None:
        return versions.keep(desk, stored, former, user, "speak-version", behind)
    return desk.keep_stored(stored, title, user, behind)


def own(desk: Desk) -> dict[str, str]:
    """The commune's abbreviations."""
    with desk.database.read() as c:
        return abbreviations.abbreviations(c)


def teach(desk: Desk, short: str, spoken: str, user: User) -> None:
    """Say how an abbreviation is spoken from now on; without words it is forgotten. Raises Refused or NotAllowed."""
    require(user, Act.ORDER, None)
    short, spoken = tidy(short), tidy(spoken)
    if len(short) > SHORT_MAX or not any(c.isalnum() for c in short) or len(spoken) > SPOKEN_MAX:
        raise Refused(
            f"Chữ viết tắt dài 1 đến {SHORT_MAX} ký tự, cách đọc dài nhất {SPOKEN_MAX} ký tự.",
            f"An abbreviation has 1 to {SHORT_MAX} characters, its words at most {SPOKEN_MAX}.",
        )
    with desk.database.write() as c:
        before = abbreviations.abbreviations(c).get(short, "")
        if spoken:
            abbreviations.put(c, short, spoken, user.name, desk.clock())
        else:
            abbreviations.drop(c, short)
        people.note(c, desk.clock(), user.name, "abbreviation", short, f"{before} → {spoken}")


def put_back(desk: Desk, short: str, user: User) -> None:
    """Say an abbreviation as it was said before it was removed. Raises Refused where it was not."""
    require(user, Act.ORDER, None)
    with desk.database.read() as c:
        last = people.last_note(c, "abbreviation", tidy(short))
    said = "" if last is None else last.detail.partition(" → ")[0]
    if not said or last is None or not last.detail.endswith(" → "):
        raise Refused("Không có gì để khôi phục.", "There is nothing to put back.")
    teach(desk, short, said, user)


def tidy(text: str) -> str:
    """As it is kept: composed, so that it is found in what any keyboard types, and without blanks around."""
    plain = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(plain.split())
