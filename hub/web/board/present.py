"""What is wrong now, in as few sentences as it has causes: the open incidents, and villages that none tells of yet.
Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.incidents.incident import About, Incident, Kept
from hub.nodes.fleet import SPEAKER, Status, process_subject
from hub.nodes.uptime import NODE
from hub.web.wording import incident_words
from hub.web.wording.incident_words import Names
from hub.web.wording.phrases import Line
from hub.web.wording.villages import Village, camera_name

SENTENCES = 5
_MUTE = frozenset({"sound", process_subject(SPEAKER)})


@dataclass(frozen=True, slots=True)
class Present:
    """Open incidents, the worst first, and `more` of them that are not told here; villages that cannot be heard, and
    why, of which no incident tells yet, and `unheard_more`."""

    incidents: tuple[Line, ...]
    more: int
    unheard: tuple[tuple[Village, Line], ...]
    unheard_more: int


def tell(lasting: Iterable[Kept], unheard: Sequence[Village], villages: Mapping[str, Village]) -> Present:
    """What is hidden in a village without contact is told once there is contact again; what is back, no more."""
    incidents = [kept.incident for kept in sorted(lasting, key=incident_words.severity) if kept.incident.away]
    gone = {m.node for i in incidents for m in i.away if m.subject == NODE}
    seen = [i for i in incidents if i.about is About.CONTACT or not {m.node for m in i.away} <= gone]
    names = _names(seen[:SENTENCES], villages)
    told = {(m.node, m.subject) for i in incidents for m in i.away}
    untold = [(v, v.trouble) for v in unheard if v.trouble is not None and not _is_told(v, told)]
    return Present(
        tuple(incident_words.describe(i, names) for i in seen[:SENTENCES]),
        max(0, len(seen) - SENTENCES),
        tuple(untold[:SENTENCES]),
        max(0, len(untold) - SENTENCES),
    )


def _is_told(village: Village, told: set[tuple[str, str]]) -> bool:
    subjects = {NODE} if village.status is Status.DOWN else _MUTE
    return any((village.node.id, subject) in told for subject in subjects)


def _names(incidents: Iterable[Incident], villages: Mapping[str, Village]) -> Names:
    """Of what is told, and no more: a board of a thousand villages asks again and again."""
    nodes = {m.node for i in incidents for m in i.members} & villages.keys()
    beats = {id: beat for id in nodes if (beat := villages[id].heartbeat) is not None}
    cameras = {(id, each.id): camera_name(each) for id, beat in beats.items() for each in beat.cameras}
    return Names({id: villages[id].node.title for id in nodes}, cameras)
