"""Notes of deeds as sentences in one language, with people, villages and things by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.alerts import places
from hub.people.accounts import Role
from hub.store import alerts, broadcasts, nodes, people, recordings
from hub.store.people import Note
from hub.web.wording import phrases
from hub.web.wording.deeds import ALL, BY_COMMAND, CAMERA, COMMAND, DEEDS, EVERYTHING, ICONS, INCIDENT, OTHER
from hub.web.wording.words import Words


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    sentence: str
    detail: str
    icon: str


def lines(c: Connection, words: Words, found: Sequence[Note]) -> list[Line]:
    """One for each note, in their order."""
    names = {u.name: u.title for u in people.users(c)} | {COMMAND: words.gettext(BY_COMMAND)}
    names |= {places.subject(place.id): place.title for place in alerts.places(c)}
    villages = {n.id: n.title for n in nodes.nodes(c)}
    subjects = {n.subject for n in found}
    titles = names | villages | broadcasts.titles(c, subjects) | recordings.titles(c, subjects)
    titles[ALL] = words.gettext(EVERYTHING)
    for kind, colon, id in (subject.partition(":") for subject in subjects):
        if colon and kind == "incident":
            titles[f"{kind}:{id}"] = words.gettext(INCIDENT, id=id)
    for node, slash, camera in (subject.partition("/") for subject in subjects):
        if slash and node in villages:
            titles[f"{node}/{camera}"] = words.gettext(CAMERA, camera=camera, village=villages[node])
    return [_line(words, note, names, villages, titles) for note in found]


def _line(
    words: Words, note: Note, names: Mapping[str, str], villages: Mapping[str, str], titles: Mapping[str, str]
) -> Line:
    deed, who = DEEDS.get(note.act), names.get(note.who, note.who)
    what = titles.get(note.subject, note.subject)
    if deed is None:
        return Line(note.at, words.gettext(OTHER, who=who, act=note.act, what=what), "", "dot")
    sentence = words.gettext(deed.msgid, who=who, what=what)
    detail = _said(words, note.detail, villages) if deed.has_detail else ""
    return Line(note.at, sentence, detail, ICONS[deed.kind])


def _said(words: Words, detail: str, villages: Mapping[str, str]) -> str:
    """A note's detail with roles and villages by their names."""
    parts = [", ".join(_named(words, word, villages) for word in part.split(", ")) for part in detail.split("; ")]
    return "; ".join(filter(None, parts))


def _named(words: Words, word: str, villages: Mapping[str, str]) -> str:
    return phrases.say(words, Role(word)) if word in list(Role) else villages.get(word, word)
