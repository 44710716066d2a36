"""What changed in the hour before an incident's first sign, from what the hub has written down; it claims no cause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.incidents.incident import Incident
from hub.nodes.fleet import HUB, Flip
from hub.store import broadcasts, nodes, people, plans, records
from hub.web.wording import deed_lines, deeds, flips, phrases
from hub.web.wording.phrases import Line, Tone
from hub.web.wording.words import Words, mark

SPAN = timedelta(hours=1)
VILLAGES_MOST = 20
"""Of an incident of very many villages so many are looked at, those that it took first."""
SHOWN = 12
ACTS = ("maintenance", "maintenance-end", "camera-right")
"""What people do in a village that may have to do with a fault there."""

_PLAN = mark("A new plan went out, number %(number)s")
_BORN = mark("The node connected anew, with the software %(software)s")
_AIRED = mark("“%(title)s” began to sound")
_MISSED = mark("“%(title)s” was to sound and did not")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, in words; `node` is where."""

    at: datetime
    node: str
    sentence: str
    icon: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Before:
    """The hour before the first sign, the newest first; `more` are not shown. `is_whole`: the hub heard its nodes all
    the time, so that nothing is missing that they told at once."""

    since_at: datetime
    changes: Sequence[Change]
    more: int
    is_whole: bool


def look(c: Connection, incident: Incident, words: Words) -> Before:
    end, start = incident.since_at, incident.since_at - SPAN
    first = sorted(incident.members, key=lambda m: m.since_at)
    ids = [*dict.fromkeys(m.node for m in first)][:VILLAGES_MOST]
    found = [*_told(c, ids, start, end, words), *_done(c, ids, start, end, words), *_sounded(c, ids, start, end, words)]
    found.sort(key=lambda change: change.at, reverse=True)
    return Before(start, found[:SHOWN], max(len(found) - SHOWN, 0), _is_whole(c, start, end))


def _told(c: Connection, ids: Sequence[str], start: datetime, end: datetime, words: Words) -> Iterator[Change]:
    """What the nodes noticed, and what the hub did with them."""
    for flip in records.flips_between(c, ids, start, end):
        yield _change(flip.at, flip.node, flips.describe(flip), words)
    for node, counter, at in plans.issued_between(c, ids, start, end):
        yield _change(at, node, Line(_PLAN, "calendar", Tone.INFO, {"number": counter.n}), words)
    for node, birth, at in nodes.born_between(c, ids, start, end):
        yield _change(at, node, Line(_BORN, "up", Tone.INFO, {"software": birth.software}), words)


def _done(c: Connection, ids: Sequence[str], start: datetime, end: datetime, words: Words) -> Iterator[Change]:
    """What people did there."""
    notes = people.notes(c, limit=1000, acts=ACTS, since=start, until=end)
    ours = [note for note in notes if note.subject.partition("/")[0] in ids]
    for note, line in zip(ours, deed_lines.lines(c, words, ours), strict=True):
        said = f"{line.sentence}: {line.detail}" if line.detail else line.sentence
        yield Change(note.at, note.subject.partition("/")[0], said, deeds.ICONS[deeds.DEEDS[note.act].kind], Tone.INFO)


def _sounded(c: Connection, ids: Sequence[str], start: datetime, end: datetime, words: Words) -> Iterator[Change]:
    """What was heard there: an amplifier that goes on draws power."""
    played = [(node, p) for node, p in records.playouts_between(c, start, end) if node in ids]
    titles = broadcasts.titles(c, {p.broadcast for _, p in played})
    for node, playout in played:
        values = {"title": titles.get(playout.broadcast, playout.broadcast)}
        if playout.first_sample_at is not None:
            yield _change(playout.first_sample_at, node, Line(_AIRED, "horn", Tone.INFO, values), words)
        else:
            yield _change(playout.at, node, Line(_MISSED, "horn", Tone.WARN, values), words)


def _change(at: datetime, node: str, line: Line, words: Words) -> Change:
    return Change(at, node, phrases.say(words, line), line.icon, line.tone)


def _is_whole(c: Connection, start: datetime, end: datetime) -> bool:
    """Whether the hub was there, by its own word; of a time before it wrote any, nobody knows."""
    course = [flip for flip in records.course(c, HUB, [HUB], start) if flip.at < end]
    return bool(course) and course[0].at <= start and all(_is_there(flip) for flip in course)


def _is_there(flip: Flip) -> bool:
    return flip.value == "up"
