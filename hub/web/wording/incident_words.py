"""An incident as one sentence, and which of several is the worst. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contract.terms import Ailment, CameraFault
from hub.incidents.book import RULES
from hub.incidents.incident import NODE, UPS, About, Incident, Kept, Member
from hub.nodes.fleet import SPEAKER
from hub.web.wording.machine_lines import INCIDENTS
from hub.web.wording.phrases import Line, Tone, name_fault, name_target
from hub.web.wording.words import mark

_SEVERITY = (
    *(About.CONTACT, About.SOUND, About.PROCESS, About.NETWORK),
    *(About.MAINS, About.CLOCK, About.MACHINE, About.CAMERA),
)
_ICONS = {
    About.CONTACT: "cross",
    About.MAINS: "power",
    About.SOUND: "horn",
    About.PROCESS: "alert",
    About.NETWORK: "wifi",
    About.CLOCK: "clock",
    About.MACHINE: "alert",
    About.CAMERA: "camera",
}
_SILENT = {
    SPEAKER: mark("%(village)s: the sound process on the node is silent"),
    "camera": mark("%(village)s: the camera process on the node is silent"),
    "netmon": mark("%(village)s: the network process on the node is silent"),
}
_TOGETHER = {
    About.CONTACT: mark("Power or provider: several villages lost contact together; sure so far is %(villages)s"),
    About.MAINS: mark("No mains power in several villages together; sure so far is %(villages)s"),
    About.NETWORK: mark("The provider's internet is gone in several villages together; sure so far is %(villages)s"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """How villages are called, by node, and cameras, by node and id."""

    villages: Mapping[str, str]
    cameras: Mapping[tuple[str, str], str]

    def village(self, node: str) -> str:
        return self.villages.get(node, node)

    def camera(self, member: Member) -> str:
        id = member.subject.partition(":")[2]
        return self.cameras.get((member.node, id)) or id


@dataclass(frozen=True, slots=True)
class Card:
    """An open incident, and under it those of villages that it took away."""

    kept: Kept
    line: Line
    villages: tuple[tuple[str, str, datetime], ...]
    """Node, name, and since when it is away; the first first."""
    children: tuple[Line, ...] = ()


def describe(incident: Incident, names: Names) -> Line:
    """What is wrong, as it is now; of one that is over, what it was."""
    members = incident.away or incident.members
    nodes = sorted({m.node for m in members})
    tone = Tone.MUTED if incident.is_closed else Tone.WARN if incident.about is About.CAMERA else Tone.BAD
    msgid, values = _say(incident, members, len(nodes), names)
    is_power = any(m.subject == UPS for m in members) or (incident.is_wide and incident.about is About.CONTACT)
    icon = "power" if is_power else _ICONS[incident.about]
    return Line(msgid, icon, tone, values, incident.since_at, href=f"/incidents/{incident.id}")


def describe_end(incident: Incident, names: Names) -> Line | None:
    """That it is over, as good news; None where the only way to say it is to say what it was."""
    nodes = sorted(incident.nodes)
    if incident.about is not About.CONTACT or not nodes:
        return None
    if len(nodes) > 1:
        return Line(mark("%(count)s villages have contact again"), "up", Tone.GOOD, {"count": len(nodes)})
    return Line(mark("%(village)s has contact again"), "up", Tone.GOOD, {"village": names.village(nodes[0])})


def is_growing(incident: Incident) -> bool:
    """Whether many villages go together here and fewer are sure than that takes: the others are late as yet, or are
    not spoken of."""
    is_whole = len(incident.nodes) >= RULES.least or incident.about not in _TOGETHER
    return incident.is_wide and not is_whole and bool(incident.members) and incident.away == incident.members


def severity(kept: Kept) -> tuple[object, ...]:
    """To sort by: many villages first, then what is worse, then what is older."""
    incident = kept.incident
    villages = len({m.node for m in incident.away})
    return -villages if villages > 1 else -1, _SEVERITY.index(incident.about), incident.since_at, incident.id


def arrange(lasting: Sequence[Kept], names: Names) -> list[Card]:
    """One card a cause, the worst first; what is hidden in a village without contact stands under that."""
    cards: list[Card] = []
    for kept in sorted(lasting, key=severity):
        line = describe(kept.incident, names)
        above = None if kept.incident.about is About.CONTACT else _holder(cards, kept.incident)
        if above is None:
            cards.append(Card(kept, line, _villages(kept.incident, names)))
        else:
            cards[above] = replace(cards[above], children=(*cards[above].children, line))
    return cards


def _holder(cards: Sequence[Card], incident: Incident) -> int | None:
    nodes = {m.node for m in incident.away}
    for n, card in enumerate(cards):
        held = card.kept.incident
        if nodes <= {m.node for m in held.away if m.subject == NODE}:
            return n
    return None


def _villages(incident: Incident, names: Names) -> tuple[tuple[str, str, datetime], ...]:
    first: dict[str, datetime] = {}
    for member in incident.away:
        first[member.node] = min(first.get(member.node, member.since_at), member.since_at)
    return tuple((n, names.village(n), at) for n, at in sorted(first.items(), key=lambda each: (each[1], each[0])))


def _say(incident: Incident, members: Sequence[Member], villages: int, names: Names) -> tuple[str, dict[str, object]]:
    if not members:
        return mark("Nothing is known of this incident any more"), {}
    if is_growing(incident):
        sure = dict.fromkeys(names.village(m.node) for m in members)
        return _TOGETHER[incident.about], {"villages": ", ".join(sure)}
    gone = sum(m.subject == NODE for m in members)
    is_unpowered = any(m.subject == UPS for m in members)
    first = members[0]
    values: dict[str, object] = {"village": names.village(first.node)}
    if villages > 1:
        return _say_wide(incident, is_unpowered, villages, gone)
    match About.MAINS if is_unpowered and not gone else incident.about:
        case About.CONTACT if incident.is_wide and len(incident.nodes) > 1 and not incident.is_closed:
            return mark("%(village)s has no contact; the other %(count)s villages are back"), {
                **values,
                "count": len(incident.nodes) - 1,
            }
        case About.CONTACT if is_unpowered and not incident.is_closed:
            return mark("%(village)s has no contact: no mains power, and its battery is empty"), values
        case About.CONTACT if incident.is_closed:
            return mark("%(village)s had no contact"), values
        case About.CONTACT:
            return mark("%(village)s has no contact: look at its power first, then at the wifi router"), values
        case About.SOUND if not first.detail:
            return mark("%(village)s: the sound does not work"), values
        case About.SOUND:
            msgid = mark("%(village)s: the sound does not work: %(detail)s")
            return msgid, values | {"detail": name_fault(first.detail)}
        case About.NETWORK if len(members) > 1:
            return mark("%(village)s: the network is gone, the node itself has contact"), values
        case About.NETWORK:
            target = name_target(first.subject.partition(":")[2])
            return mark("%(village)s: no answer from %(target)s"), values | {"target": target}
        case About.CLOCK:
            return mark("%(village)s: the node's clock cannot be trusted, timed broadcasts wait"), values
        case About.PROCESS:
            several = mark("%(village)s: processes on the node are silent")
            name = first.subject.partition(":")[2]
            return (several if len(members) > 1 else _SILENT.get(name, several)), values
        case About.MAINS:
            return INCIDENTS[Ailment.ON_BATTERY], values
        case About.MACHINE:
            known = first.value in list(Ailment)
            unknown = mark("%(village)s: something is wrong with the Pi itself")
            return INCIDENTS[Ailment(first.value)] if known else unknown, values | {"detail": first.detail}
        case About.CAMERA if len(members) > 1:
            return mark("%(village)s: %(count)s cameras were lost together"), values | {"count": len(members)}
        case About.CAMERA:
            return mark("%(village)s, camera %(name)s: %(fault)s"), values | {
                "name": names.camera(first),
                "fault": camera_fault(first.value),
            }


def _say_wide(incident: Incident, is_unpowered: bool, villages: int, gone: int) -> tuple[str, dict[str, object]]:
    if incident.about is About.NETWORK:
        return mark("The provider's internet is gone: %(count)s villages have no network"), {"count": villages}
    if is_unpowered and not gone:
        return mark("No mains power: %(count)s villages run on their batteries"), {"count": villages}
    if is_unpowered:
        msgid = mark("No mains power: %(count)s villages, %(gone)s of them without contact")
        return msgid, {"count": villages, "gone": gone}
    return mark("Power or provider: %(count)s villages have no contact"), {"count": villages}


def camera_fault(value: str) -> CameraFault:
    """What this version does not know counts as no signal."""
    return CameraFault(value) if value and value in list(CameraFault) else CameraFault.NO_SIGNAL
